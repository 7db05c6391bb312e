"""PutLogEvents: which events are taken, and why the others are not. `writing` stores them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.observability import groups, limits
from functions.observability.writing import Event, put_events, size_of


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A slice of the batch that is taken, by index; `expired` says why its start was left out.

    Events before `start` are too old (or expired by the group's retention), from `end` on too new.
    `number` tells batches apart.
    """

    start: int
    end: int
    expired: bool
    number: int = 0


def accept(
    scope: Scope,
    group_name: str,
    stream_name: str,
    events: Sequence[Event],
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> Acceptance:
    """Store the acceptable events of a batch in a stream that exists.

    Raises AwsError ResourceNotFoundException or InvalidParameterException.
    """
    check_batch(events)
    now_ms = int(clock.now() * 1000)
    with transaction.atomic():
        group = groups.find_group(scope, group_name)
        groups.find_stream(group, stream_name)
        taken = judge(events, now_ms, group.retention_days)
        put_events(
            scope.tenancy,
            scope.region,
            group_name,
            stream_name,
            events[taken.start : taken.end],
            now_ms,
        )
    return replace(taken, number=int(clock.now() * 1_000_000))


def check_batch(events: Sequence[Event]) -> None:
    """Refuse a batch that is out of order, too large or too long in time."""
    times = [at for at, _ in events]
    if times != sorted(times):
        raise _refused(
            "Log events in a single PutLogEvents request must be in chronological order."
        )
    size = size_of(events)
    if size > limits.BATCH_BYTES:
        raise _refused(f"Upload too large: {size} bytes exceeds limit of {limits.BATCH_BYTES}")
    if times and times[-1] - times[0] > limits.BATCH_SPAN_MS:
        raise _refused(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours."
        )


def judge(events: Sequence[Event], now_ms: int, retention_days: int | None) -> Acceptance:
    """Decide which events of an ordered batch are neither too old nor too new."""
    oldest = now_ms - limits.OLDEST_MS
    expiry = oldest if retention_days is None else now_ms - retention_days * limits.DAY_MS
    start = sum(at < max(oldest, expiry) for at, _ in events)
    end = sum(at <= now_ms + limits.NEWEST_MS for at, _ in events)
    return Acceptance(start, end, expired=expiry > oldest)


def _refused(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)
