"""What became of each record, per lane: runs of settled sequences, written with the checkpoint.

Never a row per record: a run has one fate, and within it the ones that were not the lane's or did
not match are kept as runs too.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from functions.invocations.rows import key
from triggers.models import Lane, Record, Settled, Shard
from triggers.sources.protocol import Sieve

Fate = Settled.Fate
PENDING = "pending"
_AT_ONCE = 1000
_ENTER = """
INSERT INTO triggers_settled
  (lane_id, low, high, fate, skipped, invocation_id, "condition", destination, message_id, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Sequences (low, high] of a lane with one fate; `seqs` are those the fate is of (None: all)."""

    low: int
    high: int
    fate: Settled.Fate
    seqs: Sequence[int] | None = None
    invocation: UUID | None = None
    condition: str = ""
    destination: str = ""
    message_id: str = ""


def enter(lane_id: int, run: Run, now: float) -> None:
    """Write a run down, inside the transaction that moves the checkpoint over it."""
    if run.high <= run.low:
        return
    values = [
        lane_id,
        run.low,
        run.high,
        run.fate.value,
        _skipped(run),
        None if run.invocation is None else key(run.invocation),
        run.condition,
        run.destination,
        run.message_id,
        connection.ops.adapt_datetimefield_value(as_datetime(now)),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, values)


def fate_of(lane_id: int, seq: int) -> Settled | None:
    """Find the run that a sequence was settled in; None while it is pending.

    Its fate is the record's unless `is_skipped` says that the record was passed over. The runs of
    a lane do not overlap: the first that ends at the sequence or behind it is the one, or none is.
    """
    run = Settled.objects.filter(lane_id=lane_id, high__gte=seq).order_by("high").first()
    return run if run is not None and run.low < seq else None


@dataclass(frozen=True, slots=True)
class Where:
    """What became of a record with one mapping; `run` and `lane` say by whom and when, once known.

    `fate` is one of delivered, filtered, expired, discarded and pending.
    """

    fate: str
    run: Settled | None = None
    lane: Lane | None = None


def where(mapping: UUID, shard_id: int, seq: int) -> Where | None:
    """Say where a record is; None for what lay before the mapping's beginning, or is forgotten.

    Of lanes that share a shard the one that the record's item falls to knows. When the record has
    expired nobody can say any more which one that is: each passes over what falls to the others, so
    a fate that is more than that counts first, then that some lane has not come so far.
    """
    lanes = list(Lane.objects.filter(mapping_id=mapping, shard_id=shard_id).order_by("pk"))
    item = _item(shard_id, seq) if any(lane.factor > 1 for lane in lanes) else None
    own = [lane for lane in lanes if item is None or _falls_to(lane, item)]
    told = min((one for lane in own if (one := _told(lane, seq))), key=_weight, default=None)
    if told is not None and (item is not None or told.fate != Fate.FILTERED):
        return told
    if item is not None and any(lane.checkpoint >= seq for lane in own):
        return None
    behind = [lane for lane in (*own, *lanes) if not lane.done and lane.checkpoint < seq]
    if behind:
        return Where(PENDING, lane=behind[0])
    if told is None and _is_to_come(mapping, shard_id):
        return Where(PENDING)
    return told


def _item(shard_id: int, seq: int) -> bytes | None:
    """Look up which item a record is of; None when it has expired."""
    record = Record.objects.filter(shard_id=shard_id, seq=seq).only("key_hash").first()
    return bytes(record.key_hash) if record else None


def _falls_to(lane: Lane, item: bytes) -> bool:
    return Sieve(None, lane.number, lane.factor).takes(item)


def _told(lane: Lane, seq: int) -> Where | None:
    """Say what a lane has written down about a record."""
    run = fate_of(lane.pk, seq)
    if run is None:
        return None
    return Where(Fate.FILTERED if is_skipped(run, seq) else run.fate, run, lane)


def _weight(told: Where) -> int:
    """Order what several lanes tell: who had it in hand knows, then who saw it expire."""
    return {Fate.EXPIRED: 1, Fate.FILTERED: 2}.get(Fate(told.fate), 0)


def _is_to_come(mapping: UUID, shard_id: int) -> bool:
    """Say whether the mapping reads an ancestor of a shard that it has not begun."""
    lanes = Lane.objects.filter(mapping_id=mapping)
    if lanes.filter(shard_id=shard_id).exists():
        return False
    parent = Shard.objects.filter(pk=shard_id).values_list("parent_id", flat=True).first()
    while parent is not None:
        if lanes.filter(shard_id=parent, done=False).exists():
            return True
        parent = Shard.objects.filter(pk=parent).values_list("parent_id", flat=True).first()
    return False


def is_skipped(run: Settled, seq: int) -> bool:
    """Say whether the record within the run was not the lane's, or did not match the filters."""
    return not kept(run, [seq])


def kept(run: Settled, seqs: Sequence[int]) -> list[int]:
    """Leave those of `seqs` (rising) that the run's fate is of."""
    holes = json.loads(run.skipped or "[]")
    starts = [low for low, _ in holes]

    def is_hole(seq: int) -> bool:
        place = bisect_right(starts, seq) - 1
        return place >= 0 and seq <= holes[place][1]

    return [seq for seq in seqs if run.low < seq <= run.high and not is_hole(seq)]


def trim(*, clock: Clock = SYSTEM_CLOCK) -> int:
    """Delete runs older than invocations are kept; how many."""
    until = as_datetime(clock.now()) - timedelta(hours=settings.INVOCATION_RETENTION_HOURS)
    deleted = 0
    while keys := list(
        Settled.objects.filter(at__lt=until).values_list("pk", flat=True)[:_AT_ONCE]
    ):
        deleted += Settled.objects.filter(pk__in=keys).delete()[0]
    return deleted


def _skipped(run: Run) -> str:
    """Write the sequences between `seqs` as runs: [[2, 4], [7, 7]]."""
    if run.seqs is None or len(run.seqs) == run.high - run.low:
        return ""
    runs = []
    before = run.low
    for seq in (*run.seqs, run.high + 1):
        if seq - before > 1:
            runs.append((before + 1, seq - 1))
        before = seq
    return json.dumps(runs)
