"""Which records make a batch: count, bytes, batching window, age, tumbling window. Pure; remembers
nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple

from triggers.polling.limits import PAYLOAD_BYTES, WINDOW_GRACE_SECONDS

_ENVELOPE_BYTES = len('{"Records":[]}')
FOREVER = -1
"""Of ages and retries: no limit but the stream's own."""


class SeenRecord(NamedTuple):
    """What the lane needs to know of a record: never its content."""

    seq: int
    arrived: float  # epoch seconds
    size: int  # bytes it takes in the event
    matches: bool = True  # passes the filters, and belongs to this lane


@dataclass(frozen=True, slots=True)
class Seen:
    """What the lane can see of its shard: the records after its checkpoint, oldest first.

    While a batch is in hand they need to reach only to its end. `trimmed` is the newest sequence
    there that has expired; `closed` says that no record will follow the ones seen, `more` that
    some do. `ready` are records that were met with on the way, as the function receives them, by
    sequence: nothing is decided by them.
    """

    records: Sequence[SeenRecord] = ()
    trimmed: int = 0
    closed: bool = False
    more: bool = False
    ready: Mapping[int, bytes] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Rules:
    """A frozen copy of the mapping's settings, in seconds and bytes; -1 means no limit."""

    batch_size: int = 100
    payload_limit: int = PAYLOAD_BYTES
    backoff_cap: float = 60.0
    window: float = 0.0  # MaximumBatchingWindowInSeconds
    max_retries: int = FOREVER
    max_age: float = FOREVER
    bisect: bool = False
    reports: bool = False  # ReportBatchItemFailures
    tumbling: int = 0  # TumblingWindowInSeconds


class Condition(StrEnum):
    """Why records are given up; AWS's words in failure records. Source: recordings of real AWS."""

    RETRIES = "RetryAttemptsExhausted"
    AGE = "RecordAgeExceeded"


@dataclass(frozen=True, slots=True)
class Batch:
    """A run of the shard (low, high] and the sequences in it that the function is owed."""

    low: int
    high: int
    seqs: tuple[int, ...]
    last_arrived: float | None = field(default=None, compare=False)  # epoch seconds


@dataclass(frozen=True, slots=True)
class Cut:
    """A batch, and whether it cannot grow."""

    batch: Batch
    full: bool


def of(low: int, high: int, records: Sequence[SeenRecord]) -> Batch:
    """Make a batch of the given records of (low, high]."""
    last = records[-1].arrived if records else None
    return Batch(low, high, tuple([record.seq for record in records]), last)


def cut(low: int, seen: Seen, matching: Sequence[SeenRecord], rules: Rules) -> Cut:
    """Cut off the largest batch that fits one invocation; it reaches up to the next match.

    A single record beyond the payload's limit goes alone: its shard would stand still otherwise.
    """
    fitting = _fitting(matching, rules)
    taken = matching[:fitting]
    left = fitting < len(matching)
    high = matching[fitting].seq - 1 if left else seen.records[-1].seq
    return Cut(of(low, high, taken), left or fitting >= rules.batch_size)


def within(low: int, high: int, owed: Sequence[SeenRecord], limit: int) -> Batch:
    """Leave of the batch (low, high] that is in hand what fits into an event of `limit` bytes."""
    fitting = _fitting_bytes(owed, limit)
    return of(low, owed[fitting].seq - 1 if fitting < len(owed) else high, owed[:fitting])


def _fitting(matching: Sequence[SeenRecord], rules: Rules) -> int:
    """Count the first records that go together: by number, by tumbling window, by bytes."""
    together = matching[: rules.batch_size]
    if rules.tumbling > 0:
        window = window_of(matching[0], rules)
        together = list(takewhile(lambda record: window_of(record, rules) == window, together))
    return _fitting_bytes(together, rules.payload_limit)


def _fitting_bytes(records: Sequence[SeenRecord], limit: int) -> int:
    total = _ENVELOPE_BYTES
    for place, record in enumerate(records):
        total += record.size + 1
        if place and total > limit:
            return place
    return len(records)


def gather_until(first: SeenRecord, began: float, rules: Rules, now: float) -> float:
    """When the batching window that `first` falls into is over; never more than a window ahead.

    Windows follow each other without a gap from the end of the last invocation (`began`), not from
    the first record. Source: Lambda developer guide, "Batching behavior". What lies further ahead
    than a window was written by a clock that has been set back since: nothing is waited for.
    """
    if rules.window <= 0 or max(began, first.arrived) > now + rules.window:
        return now
    waited = max(0.0, first.arrived - began)
    over = began + rules.window * max(1, math.ceil(waited / rules.window))
    return min(over, now + rules.window)


def too_old(matching: Sequence[SeenRecord], rules: Rules, now: float) -> list[SeenRecord]:
    """The records at the head that are older than the limit; arrival never falls in a shard."""
    if rules.max_age < 0:
        return []
    return list(takewhile(lambda record: now - record.arrived > rules.max_age, matching))


def before_age(until: float, owed: Sequence[SeenRecord], rules: Rules) -> float:
    """Shorten a wait to the moment when the first record becomes too old."""
    if rules.max_age < 0:
        return until
    return min(until, math.nextafter(owed[0].arrived + rules.max_age, math.inf))


def window_of(record: SeenRecord, rules: Rules) -> int | None:
    """Start of the tumbling window a record belongs to: a multiple of its length since the epoch."""
    if rules.tumbling <= 0:
        return None
    return int(record.arrived // rules.tumbling) * rules.tumbling


def window_is_over_at(start: int, rules: Rules) -> float:
    """When no record of the tumbling window can arrive any more."""
    return start + rules.tumbling + WINDOW_GRACE_SECONDS
