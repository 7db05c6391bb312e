"""What ListMetrics gives out: pages of metrics, chosen by name and dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.scope import Scope
from functions.observability.metrics import limits, places, reading, series
from functions.observability.metrics.reading import Name


@dataclass(frozen=True, slots=True)
class Choice:
    """Which metrics are wanted; a dimension without a value (None) may have any."""

    namespace: str = ""
    name: str = ""
    dimensions: Sequence[tuple[str, str | None]] = ()
    recent: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some metrics, and the token for what follows; None at the end."""

    metrics: Sequence[Name]
    token: str | None


def list_metrics(
    scope: Scope, choice: Choice, *, token: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> Page:
    """List metrics that took values of late. A page may be short although more follow.

    Raises AwsError InvalidNextToken.
    """
    listing = f"metrics {choice}"
    after = None
    if token:
        namespace, name, dimensions = places.unseal(scope, listing, token)
        after = Name(namespace, name, series.read(dimensions))
    span = limits.RECENT_MINUTES if choice.recent else limits.LISTED_DAYS * limits.DAY_MINUTES
    rows = reading.metrics(
        scope,
        namespace=choice.namespace,
        name=choice.name,
        since=int(clock.now()) // 60 - span,
        after=after,
        count=limits.LISTED_METRICS + 1,
    )
    page = rows[: limits.LISTED_METRICS]
    named = [Name(space, name, series.read(text)) for space, name, text in page]
    more = places.seal(scope, listing, page[-1]) if len(rows) > len(page) else None
    return Page([one for one in named if _has(one, choice.dimensions)], more)


def _has(name: Name, wanted: Sequence[tuple[str, str | None]]) -> bool:
    held = dict(name.dimensions)
    return all(key in held and (value is None or held[key] == value) for key, value in wanted)
