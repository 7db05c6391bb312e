"""Values that keep one bad record from stopping a shard for a day, and why each of them.

Pure: settings in, suggestions out. Only what has no limit, or is off, is suggested.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triggers.mappings.settings import Settings

RETRIES = 5
AGE_SECONDS = 6 * 3600


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One field of the form, what to put into it, and why; `label` is the field's label id."""

    field: str
    label: str
    value: str | int | bool
    said: str
    why: str


def suggest(chosen: Settings, queues: Sequence[str]) -> list[Suggestion]:
    """Suggest what is missing; `queues` are ARNs of queues that failures can be sent to."""
    return list(_missing(chosen, queues))


def _missing(chosen: Settings, queues: Sequence[str]) -> Iterable[Suggestion]:
    if not chosen.bisect and chosen.batch_size > 1:
        yield Suggestion(
            "bisect",
            "trigger.bisect",
            True,
            "on",
            "The bad record is found and only it is given up; the good ones around it get through.",
        )
    if chosen.max_retries < 0:
        yield Suggestion(
            "retries",
            "trigger.retries",
            RETRIES,
            f"{RETRIES}",
            "A short outage passes, and a record that never works holds its shard for seconds, "
            "not for a day.",
        )
    if chosen.max_age_seconds < 0:
        yield Suggestion(
            "max_age",
            "trigger.max_age",
            AGE_SECONDS,
            f"{AGE_SECONDS:,} s",
            "What was given up is still in the stream for 18 h, so that it can be fetched.",
        )
    if not chosen.destination and queues:
        yield Suggestion(
            "destination",
            "trigger.destination",
            queues[0],
            queues[0].rpartition(":")[2],
            "What is given up is told to somebody and can be fetched and replayed.",
        )
