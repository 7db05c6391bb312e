"""What a trigger with given settings will do, in plain sentences, and how long it can stand still.

Computed from settings alone: nothing is looked up. The rules themselves are `triggers.polling`'s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.conf import settings as knobs
from django.utils.html import format_html

from triggers.mappings.settings import Settings
from triggers.polling.lane import backoff

RETENTION = 24 * 3600.0
"""Seconds that a record stays in its stream. Source: DynamoDB developer guide, "Streams"."""
_MOST_RETRIES = 10_000


@dataclass(frozen=True, slots=True)
class Prospect:
    """What will happen, step by step, and the longest time that one bad record stops its shard."""

    steps: list[str]
    stall: float  # seconds
    until: str  # what ends it
    lost: bool  # whether records behind the bad one can expire unread


def foresee(
    chosen: Settings, *, table: str, function: str, timeout: int, latest: bool | None
) -> Prospect:
    """Say what will happen; `timeout` is the function's in seconds, `latest` None once it began."""
    steps = [_reading(chosen, table), *_beginning(latest)]
    if chosen.filters:
        steps.append(_filtering(len(chosen.filters)))
    steps += [_calling(chosen, function), *_windows(chosen), *_failing(chosen)]
    seconds, until = stall(chosen, timeout)
    return Prospect(steps, seconds, until, seconds >= RETENTION)


def stall(chosen: Settings, timeout: int) -> tuple[float, str]:
    """The longest time in seconds that one record stops its shard, and what ends that."""
    ends = [(RETENTION, "the record expires from the stream")]
    if chosen.max_age_seconds >= 0:
        ends.append((float(chosen.max_age_seconds), "the record is older than its maximum age"))
    if chosen.max_retries >= 0:
        ends.append((_retrying(chosen, timeout), "its retries are used up"))
    return min(ends, key=lambda end: end[0])


def _retrying(chosen: Settings, timeout: int) -> float:
    """Every attempt runs into the timeout; a split costs one more attempt, but no wait."""
    retries = min(chosen.max_retries, _MOST_RETRIES)
    size = max(1, min(chosen.batch_size, 10_000))
    splits = math.ceil(math.log2(size)) if chosen.bisect else 0
    waits = sum(backoff(one, knobs.BACKOFF_CAP_SECONDS) for one in range(1, retries + 1))
    return (retries + 1 + splits) * timeout + waits


def _reading(chosen: Settings, table: str) -> str:
    if not chosen.enabled:
        return "Nothing is read until you enable the trigger."
    return format_html(
        "Each shard of {} is read 4 times a second.",
        format_html("<b>{}</b>", table) if table else "the table",
    )


def _beginning(latest: bool | None) -> list[str]:
    if latest is None:
        return []
    if latest:
        return ["It begins with what is written after you choose Save."]
    return ["It begins with the oldest record that is still in the stream."]


def _filtering(patterns: int) -> str:
    if patterns == 1:
        return "Records that do not match the pattern are passed over and cost nothing."
    return format_html(
        "Records that match none of <b>{}</b> patterns are passed over and cost nothing.", patterns
    )


def _calling(chosen: Settings, function: str) -> str:
    gathering = (
        format_html(", gathered for up to <b>{} s</b>", chosen.window_seconds)
        if chosen.window_seconds
        else ""
    )
    return format_html(
        'Up to <b class="number">{}</b> record{} go to <b>{}</b> in one call{}.',
        chosen.batch_size,
        "" if chosen.batch_size == 1 else "s",
        function,
        gathering,
    )


def _windows(chosen: Settings) -> list[str]:
    said: list[str] = []
    if chosen.parallelization > 1:
        said.append(
            format_html(
                "A shard runs <b>{}</b> batches at once; records of one item stay in order.",
                chosen.parallelization,
            )
        )
    if chosen.tumbling_seconds:
        said.append(
            format_html(
                "Calls within <b>{} s</b> hand their state on; the last one closes the window.",
                chosen.tumbling_seconds,
            )
        )
    return said


def _failing(chosen: Settings) -> list[str]:
    said: list[str] = []
    if chosen.bisect:
        said.append(
            "A failed batch is split in two until the bad record is alone; this costs no retry."
        )
    if chosen.reports_failures:
        said.append(
            "When the function names the first record that failed, only the rest comes again."
        )
    limits = chosen.max_retries >= 0 or chosen.max_age_seconds >= 0
    if not limits:
        said.append(
            "When the function fails, the same batch is tried again until it succeeds or its "
            "records expire after 24 h. Meanwhile its shard waits."
        )
        return said
    said.append(_giving_up(chosen))
    return said


def _giving_up(chosen: Settings) -> str:
    limits = []
    if chosen.max_retries >= 0:
        noun = "retry" if chosen.max_retries == 1 else "retries"
        limits.append(format_html("<b>{}</b> {}", chosen.max_retries, noun))
    if chosen.max_age_seconds >= 0:
        limits.append(format_html("an age of <b>{} s</b>", chosen.max_age_seconds))
    where = (
        format_html(
            "their place in the stream is sent to <b>{}</b>", chosen.destination.split(":")[-1]
        )
        if chosen.destination
        else "nobody is told: there is no on-failure destination"
    )
    limit = format_html("{} or {}", *limits) if len(limits) > 1 else limits[0]
    return format_html("Failing records are given up after {}, and {}.", limit, where)
