"""Reads what the shard view shows: lanes, their shards, what became of records, attempts.

How it is drawn is `shardview`'s business; nothing here writes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.pages.triggers import concurrent, shardview, spark
from console.pages.triggers.prospects import RETENTION
from console.pages.triggers.shardview import Attempt, Drawing, Facts, Gathering, Run
from functions.models import Invocation
from triggers.models import EventSourceMapping, Lane, Record, Settled, Shard
from triggers.polling import batching
from triggers.polling.batching import Rules, SeenRecord
from triggers.sources.protocol import Sieve
from triggers.sources.registry import source_of

MOST_LANES = 12
_ATTEMPTS = 200
_SAMPLES = 60
_STALLED = 2
"""Failed attempts at the same batch that make a shard stalled."""
_YOUNG = 5.0
"""Seconds of iterator age that nobody needs to worry about."""


@dataclass(frozen=True, slots=True)
class LaneView:
    """One lane as the page shows it; ages in seconds."""

    lane: Lane
    shard: Shard
    drawing: Drawing
    waiting: int
    age: float | None  # of the oldest record that waits
    next_try: float | None  # seconds from now
    tries_left: int | None  # None: no limit
    parent: str
    children: tuple[str, ...]
    ages: tuple[float, ...] = ()  # newest samples, oldest first
    known: Facts = field(default_factory=lambda: Facts(0, 0))
    members: tuple[LaneView, ...] = ()  # the lanes, where several read the shard at once

    @property
    def spark(self) -> str:
        """The ages as the points of a curve."""
        return spark.points(self.ages)

    @property
    def mood(self) -> str:
        """How worrying the age is: a batch failed twice, it grows, it is young, or none of these."""
        if self.lane.attempt >= _STALLED:
            return "bad"
        if spark.grows(self.ages):
            return "warn"
        return "ok" if (self.age or 0.0) < _YOUNG else ""

    @property
    def failing(self) -> bool:
        """Say whether the batch in hand has failed."""
        return self.lane.attempt > 0 or self.lane.unreached > 0

    @property
    def expires(self) -> float | None:
        """Seconds until the oldest record that waits is gone from the stream."""
        return None if self.age is None else max(RETENTION - self.age, 0.0)

    @property
    def closed(self) -> bool:
        """Say whether the shard takes no more records."""
        return self.shard.closed_at is not None


def views(mapping: EventSourceMapping, *, clock: Clock = SYSTEM_CLOCK) -> list[LaneView]:
    """Show the lanes of a mapping: those that read, and those of closed shards, oldest first."""
    rows = Lane.objects.filter(mapping=mapping).select_related("shard")
    lanes = list(rows.order_by("-shard__ordinal", "done", "-number")[: MOST_LANES * 10])
    reading = {lane.shard_id for lane in lanes if not lane.done}
    shown = [lane for lane in lanes if not lane.done or lane.shard_id not in reading][:MOST_LANES]
    return [view(mapping, lane, clock.now()) for lane in reversed(shown)]


def view(mapping: EventSourceMapping, lane: Lane, now: float) -> LaneView:
    """Show one lane at the moment `now` (epoch seconds)."""
    shard = lane.shard
    waiting = max(shard.head - lane.checkpoint, 0)
    left = None if mapping.max_retries < 0 else max(mapping.max_retries + 1 - lane.attempt, 0)
    family = Shard.objects.filter(parent=shard).order_by("ordinal")
    oldest = _oldest(shard, lane.checkpoint) if waiting else None
    age = None if oldest is None else max(now - oldest, 0.0)
    next_try = _until(lane.due_at, now) if lane.attempt or lane.unreached else None
    known = replace(
        facts(mapping, lane),
        next_try=_coming(lane, next_try, left),
        gathering=_gathering(mapping, lane, oldest, now),
    )
    return LaneView(
        lane,
        shard,
        shardview.draw(known),
        waiting,
        age,
        next_try,
        left,
        shard.parent.name if shard.parent else "",
        tuple(family.values_list("name", flat=True)),
        (*_ages(lane), age or 0.0),
        known,
    )


def pictures(mapping: EventSourceMapping, found: Sequence[LaneView]) -> list[LaneView]:
    """Draw lanes that read the same shard at once as one; the rest stay as they are."""
    together = (list(same) for _, same in groupby(found, key=lambda one: one.shard.pk))
    return [same[0] if len(same) == 1 else _together(mapping, same) for same in together]


def _together(mapping: EventSourceMapping, same: Sequence[LaneView]) -> LaneView:
    """Join lanes of one shard; what worries most stands for all of them."""
    seqs = concurrent.in_sight([one.known for one in same])
    known = [replace(one.known, others=_others(mapping, one.lane, seqs)) for one in same]
    worst = max(same, key=lambda one: (one.failing, one.age or 0.0))
    return replace(
        worst,
        drawing=concurrent.draw(known),
        waiting=max(one.waiting for one in same),
        age=max((one.age for one in same if one.age is not None), default=None),
        members=tuple(same),
    )


def _coming(lane: Lane, next_try: float | None, left: int | None) -> str:
    """Say when a failed batch comes again, and how often still."""
    if not lane.attempt or next_try is None:
        return ""
    when = f"next try in {next_try:.1f} s" if next_try else "trying now"
    return f"{when} · no retry limit set" if left is None else f"{when} · {left} left"


def _gathering(
    mapping: EventSourceMapping, lane: Lane, oldest: float | None, now: float
) -> Gathering | None:
    """Look at the batching window that fills; None while nothing waits or a batch is in hand."""
    if not mapping.window_seconds or oldest is None or not lane.enabled or lane.cuts != "[]":
        return None
    rules = Rules(window=float(mapping.window_seconds))
    until = batching.gather_until(SeenRecord(0, oldest, 0), lane.gathered_from, rules, now)
    return Gathering(max(until - now, 0.0), rules.window, mapping.batch_size)


def facts(mapping: EventSourceMapping, lane: Lane) -> Facts:
    """Gather what the drawing of a lane is made of."""
    shard = lane.shard
    alone = Facts(
        head=shard.head,
        checkpoint=lane.checkpoint,
        trimmed=shard.trimmed,
        cuts=tuple(json.loads(lane.cuts)),
        failures=lane.attempt,
        closed=shard.closed_at is not None,
        runs=_runs(mapping, lane),
        attempts=_attempts(lane),
    )
    return replace(alone, others=_others(mapping, lane, shardview.in_sight(alone)))


def _others(mapping: EventSourceMapping, lane: Lane, seqs: range) -> frozenset[int]:
    """The records in sight whose items fall to other lanes of the shard."""
    source = source_of(mapping.stream_arn)
    if lane.factor == 1 or source is None or not seqs:
        return frozenset()
    sieve = Sieve(None, lane.number, lane.factor)
    seen = source.look(lane.shard_id, seqs.start - 1, seqs.stop - 1, None, sieve)
    return frozenset(one.seq for one in seen.records if not one.matches)


def _runs(mapping: EventSourceMapping, lane: Lane) -> tuple[Run, ...]:
    """The runs in sight, of every lane that reads or has read the shard for this mapping."""
    since = min(lane.checkpoint, lane.shard.head) - shardview.NEWEST
    rows = Settled.objects.filter(
        lane__mapping=mapping, lane__shard_id=lane.shard_id, high__gt=since
    )
    return tuple(
        Run(row.low, row.high, row.fate, tuple(map(tuple, json.loads(row.skipped or "[]"))))
        for row in rows.order_by("-high")[: shardview.NEWEST * 10]
    )


def _attempts(lane: Lane) -> tuple[Attempt, ...]:
    rows = Invocation.objects.filter(lane_id=lane.pk, last_seq__gt=lane.checkpoint - 60)
    newest = list(rows.order_by("-created_at")[:_ATTEMPTS])
    return tuple(attempt_of(row) for row in reversed(newest) if row.state != "lost")


def attempt_of(row: Invocation) -> Attempt:
    """Read an attempt out of its row."""
    running = row.state != Invocation.State.DONE
    failed = bool(row.function_error or row.error_type)
    error = ": ".join(part for part in (row.error_type, row.error_message) if part)
    return Attempt(
        row.first_seq or 0,
        row.last_seq or 0,
        row.attempt,
        None if running else not failed,
        error or row.function_error,
        row.duration_ms,
        row.reported_seq is not None,
    )


def _oldest(shard: Shard, checkpoint: int) -> float | None:
    """When the first record behind the checkpoint arrived, in epoch seconds."""
    rows = Record.objects.filter(shard=shard, seq__gt=checkpoint).order_by("seq")
    at = rows.values_list("created_ms", flat=True).first()
    return None if at is None else at / 1000


def _ages(lane: Lane) -> tuple[float, ...]:
    """How old the first record of each of the newest batches was when its call began."""
    rows = Invocation.objects.filter(lane_id=lane.pk, first_seq__isnull=False)
    newest = list(rows.order_by("-created_at").values_list("first_seq", "created_at")[:_SAMPLES])
    records = Record.objects.filter(shard=lane.shard_id, seq__in={seq for seq, _ in newest})
    arrived = dict(records.values_list("seq", "created_ms"))
    return tuple(
        max(at.timestamp() - arrived[seq] / 1000, 0.0)
        for seq, at in reversed(newest)
        if seq in arrived
    )


def _until(due: datetime | None, now: float) -> float | None:
    return None if due is None else max(due.timestamp() - now, 0.0)
