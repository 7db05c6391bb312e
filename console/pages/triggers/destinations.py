"""Where a function's results go: what its triggers give up, and how asynchronous calls end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from console.aws.scope import Scope
from console.pages.triggers import qualifiers
from functions.catalog.routing import LATEST
from functions.models import Function
from triggers.mappings import lifecycle
from triggers.models import EventSourceMapping

ON_FAILURE, ON_SUCCESS, DEAD_LETTER = "on failure", "on success", "dead letters"


@dataclass(frozen=True, slots=True)
class Destination:
    """One way out: to `arn`, for a `reason`, of a trigger or, without one, of asynchronous calls.

    `qualifier` is the version or alias it belongs to; empty for $LATEST.
    """

    arn: str
    reason: str
    qualifier: str
    mapping: EventSourceMapping | None = None


def of_triggers(saved: Iterable[lifecycle.Found]) -> list[Destination]:
    """List where triggers send the batches that they give up."""
    return [
        Destination(
            found.row.destination, ON_FAILURE, qualifiers.plain(found.row.qualifier), found.row
        )
        for found in saved
        if found.row.destination
    ]


def of_calls(scope: Scope, function: Function, qualifier: str) -> list[Destination]:
    """List where asynchronous calls of a qualifier are reported to, and dead letters go."""
    config = function.event_configs.filter(qualifier=qualifier or LATEST).first()
    dead_letter = qualifiers.runs(scope, function, qualifier).dead_letter
    found = [
        (config.on_success if config else "", ON_SUCCESS),
        (config.on_failure if config else "", ON_FAILURE),
        (dead_letter, DEAD_LETTER),
    ]
    return [Destination(arn, reason, qualifier) for arn, reason in found if arn]


def of_function(scope: Scope, function: Function) -> list[Destination]:
    """List every destination of a function: its triggers', then those of calls by qualifier."""
    configured = function.event_configs.values_list("qualifier", flat=True)
    calls = sorted({"", *(qualifiers.plain(one) for one in configured)})
    return [
        *of_triggers(qualifiers.all_mappings(scope, function.name)),
        *(one for qualifier in calls for one in of_calls(scope, function, qualifier)),
    ]
