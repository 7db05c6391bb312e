"""Opens, switches, divides and closes lanes for their mapping. Claims none and reads no records."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.failpoints import failpoint
from triggers import models as rows
from triggers.models import EventSourceMapping
from triggers.polling import leases
from triggers.polling.lane import Lane
from triggers.polling.leases import Held
from triggers.sources.protocol import Source, Start


def open_lanes(mapping: EventSourceMapping, starts: Iterable[Start], *, due_at: datetime) -> None:
    """Open the lanes of shards that have none yet. Inside the caller's transaction."""
    known = set(mapping.lanes.values_list("shard_id", flat=True))
    fresh = [start for start in starts if start.shard_id not in known]
    _open(mapping, fresh, due_at)


def switch(mapping: EventSourceMapping, *, due_at: datetime) -> None:
    """Let the lanes follow `mapping.enabled`; each keeps its checkpoint and its batch in hand.

    A lane that is running finishes its invocation and then sees that it is off. One that is
    switched on is told how far its shard has come meanwhile.
    """
    unlike = mapping.lanes.filter(done=False).exclude(enabled=mapping.enabled)
    _lock_shards(unlike.values_list("shard_id", flat=True))
    shards = list(unlike.values_list("shard_id", flat=True))
    if mapping.enabled:
        for shard in rows.Shard.objects.filter(pk__in=shards):
            end = shard.head + (shard.closed_at is not None)
            barrier = Coalesce(F("upto") + 1, 0)  # it has that to see, too
            unlike.filter(shard=shard).update(head=Greatest(barrier, end))
    unlike.update(enabled=mapping.enabled, due_at=due_at if mapping.enabled else None)
    _count_readers(shards, +1 if mapping.enabled else -1)


def divide(mapping: EventSourceMapping, *, due_at: datetime) -> None:
    """Give each shard as many lanes as `mapping.parallelization` says from now on.

    The lanes that are there go on to the furthest sequence that any of them has begun (the
    barrier; some may have read a closed shard to its end), and when all have reached it the new
    ones start behind it: nothing is read twice.
    """
    undone = mapping.lanes.filter(done=False, upto=None).exclude(factor=mapping.parallelization)
    shards = list(undone.values_list("shard_id", flat=True))
    _lock_shards(shards)
    furthest: dict[int, int] = defaultdict(int)
    for lane in mapping.lanes.filter(shard_id__in=shards, upto=None).select_for_update():
        begun = max([lane.checkpoint, *json.loads(lane.cuts)])
        furthest[lane.shard_id] = max(furthest[lane.shard_id], begun)
    for shard, barrier in furthest.items():
        mapping.lanes.filter(shard_id=shard, done=False, upto=None).update(
            upto=barrier,
            head=Greatest("head", barrier + 1),  # it has the barrier to see
            due_at=due_at if mapping.enabled else None,
        )


def finish(held: Held, lane: Lane, source: Source, *, clock: Clock = SYSTEM_CLOCK) -> bool:
    """End a lane at its shard's end or at its barrier; the last one of its shard opens what follows.

    False when the lane was taken over meanwhile, and nothing was done.
    """
    now = clock.now()
    with transaction.atomic():
        _lock_shards([held.shard_id])
        if not leases.store(held, lane, "", now):
            return False
        row = rows.Lane.objects.select_related("mapping").get(pk=held.lane_id)
        if row.enabled:
            _count_readers([held.shard_id], -1)
        if not row.mapping.lanes.filter(shard_id=held.shard_id, done=False).exists():
            if row.upto is None:
                open_lanes(row.mapping, source.children(held.shard_id), due_at=as_datetime(now))
            else:
                _open(row.mapping, [Start(held.shard_id, row.upto)], as_datetime(now))
        failpoint("lane.finishing")
    failpoint("lane.finished")
    return True


def trim() -> int:
    """Delete lanes that ended at a barrier and whose ledger is forgotten; others read on; how many."""
    ended = rows.Lane.objects.filter(done=True, upto__isnull=False, settled=None)
    return ended.delete()[0]


def _open(mapping: EventSourceMapping, starts: list[Start], due_at: datetime) -> None:
    factor = mapping.parallelization
    rows.Lane.objects.bulk_create(
        rows.Lane(
            mapping=mapping,
            shard_id=start.shard_id,
            number=number,
            factor=factor,
            checkpoint=start.checkpoint,
            head=start.checkpoint,
            gathered_from=due_at.timestamp(),
            enabled=mapping.enabled,
            due_at=due_at if mapping.enabled else None,
        )
        for start in starts
        for number in range(factor)
    )
    if mapping.enabled:
        _count_readers([start.shard_id for start in starts] * factor, +1)


def _lock_shards(shards: Iterable[int]) -> None:
    """Take shards before lanes, as everybody does who needs both."""
    list(rows.Shard.objects.select_for_update().filter(pk__in=list(shards)).order_by("pk"))


def _count_readers(shards: list[int], step: int) -> None:
    for shard, times in sorted(Counter(shards).items()):
        rows.Shard.objects.filter(pk=shard).update(readers=F("readers") + step * times)
