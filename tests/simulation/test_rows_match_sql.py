"""The simulator's rows behave as the SQL does: both are driven with the same calls."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from console.aws.scope import Scope
from tests.polling.conftest import EPOCH, FrozenClock, at, make_shard, scope, write
from tests.simulation.mutants import MUTANTS
from tests.simulation.rows import LEASE, POINTS, Grown, Held, Mapping, Row, Rows, Shard
from triggers import models
from triggers.models import EventSourceMapping, Lane
from triggers.polling import errand, lanes, leases, tick
from triggers.polling.batching import Rules
from triggers.polling.lane import Lane as Pure
from triggers.polling.tick import due_lanes, notice, recall
from triggers.sources.dynamodb import SOURCE
from triggers.sources.protocol import Sieve
from triggers.streams import resharding, trimming

__all__ = ["scope"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
OPERATIONS = 120
SEEDS = 25
_BEYOND = {
    "StoredAfterDeletion",
    "WindowInMemoryOnly",
    "LanesShareAllItems",
    "FiltersForgotten",
    "OldBeforeTheirTime",
    "ArrivalsFollowTheClock",
}
"""Mutants of what is not compared here: deletion, windows, which lane a record falls to, its time."""

_STEPS = [0.0, 0.0, 0.5, 0.5, 0.5, 0.5, 20.0, 40.0]  # seconds


class Pair:
    """One world twice: in memory, and in the database."""

    def __init__(self, scope: Scope, seed: int, rows: Rows | None = None) -> None:
        self.scope = scope
        self.luck = random.Random(seed)
        self.clock = FrozenClock()
        self.rows = rows or Rows()
        self.shards = {1: make_shard(scope)}
        self.rows.shards[1] = Shard(1, 0, POINTS - 1)
        self.real: dict[int, EventSourceMapping] = {}
        self.held: list[tuple[Held, leases.Held]] = []
        self.seen: list[tuple[list[Grown], list[tick.Grown]]] = []

    @property
    def now(self) -> float:
        return self.clock.now()

    def lane_pks(self) -> list[int]:
        return list(Lane.objects.order_by("pk").values_list("pk", flat=True))

    def do(self) -> None:
        """One operation on both."""
        operations = [
            *[self.claim] * 5,
            *[self.act] * 8,
            self.write,
            self.notice,
            self.see,
            self.tell,
            self.create,
            self.switch,
            self.divide,
            self.split,
            self.renew,
            self.expire,
            self.trim,
            self.due,
            self.recall,
        ]
        self.luck.choice(operations)()
        set_back = self.luck.random() < 0.03
        self.clock.sleep(self.luck.choice([-90.0, -400.0] if set_back else _STEPS))

    def write(self) -> None:
        count = self.luck.randint(1, 3)
        shard = self.luck.choice([one for one in self.rows.shards.values() if not one.closed])
        write(self.shards[shard.id], count)
        key = next(key for key in range(500) if self.rows.open_shard(key) is shard)
        for _ in range(count):
            self.rows.write(key, self.now, poison=False)

    def notice(self) -> None:
        self.rows.notice(self.now)
        notice(clock=self.clock)

    def see(self) -> None:
        """The first half of a tick."""
        shard_of = {real.pk: number for number, real in self.shards.items()}
        ours, theirs = self.rows.grown(), tick.grown()
        spelled = [Grown(shard_of[one.shard], *one[1:3], bool(one.closed)) for one in theirs]
        assert sorted(ours) == sorted(spelled)
        self.seen.append((ours, theirs))

    def tell(self) -> None:
        """The second half, whatever has happened since the first."""
        if self.seen:
            ours, theirs = self.seen.pop(self.luck.choice([0, -1, -1]))
            self.rows.tell(ours, self.now)
            tick.tell(theirs, clock=self.clock)

    def due(self) -> None:
        known = dict(zip(self.lane_pks(), self.rows.lanes, strict=True))
        overdue = self.luck.choice([0.0, 2.0])
        found = due_lanes(overdue=overdue, clock=self.clock)
        assert sorted(known[pk] for pk in found) == self.rows.due(self.now, overdue=overdue)

    def create(self) -> None:
        if len(self.real) == 2:
            return
        factor, position = self.luck.choice([1, 2]), self.luck.choice(["LATEST", "TRIM_HORIZON"])
        mapping = Mapping(len(self.real) + 1, Rules(), factor=factor)
        stream = models.Stream.objects.get()
        row = EventSourceMapping.objects.create(
            uuid=f"00000000-0000-0000-0000-00000000000{mapping.id}",
            tenancy_id=self.scope.tenancy,
            region=self.scope.region,
            function_name=f"f{mapping.id}",
            stream_arn=stream.arn,
            stream=stream,
            starting_position=position,
            parallelization=factor,
            transition="Creating",
            settles_at=at(EPOCH),
            modified_at=at(EPOCH),
        )
        self.rows.create(mapping, position, self.now)
        lanes.open_lanes(row, SOURCE.starts(stream.pk, position), due_at=at(self.now))
        self.real[mapping.id] = row

    def switch(self) -> None:
        for number, row in self._one():
            row.enabled = not row.enabled
            row.save()
            with transaction.atomic():
                lanes.switch(row, due_at=at(self.now))
            self.rows.switch(number, row.enabled, self.now)

    def divide(self) -> None:
        for number, row in self._one():
            row.parallelization = self.luck.choice([1, 2, 3])
            row.save()
            with transaction.atomic():
                lanes.divide(row, due_at=at(self.now))
            self.rows.divide(number, row.parallelization, self.now)

    def split(self) -> None:
        """Split a shard, perhaps one that a tick has just seen to have grown and will tell of."""
        if len(self.rows.shards) > 5:
            return
        under_a_tick = self.luck.random() < 0.5
        if under_a_tick:
            self.write()
            self.see()
        open_ones = [one for one in self.rows.shards.values() if not one.closed]
        grown = [one for one in open_ones if under_a_tick and one.head > one.noticed]
        parent = self.luck.choice(grown or open_ones)
        real = self.shards[parent.id]
        children = self.rows.split(parent.id, 2)
        made = resharding.split_shard(self.scope, real.stream.arn, real.name, clock=self.clock)
        self.shards |= {ours.id: theirs for ours, theirs in zip(children, made, strict=True)}
        if under_a_tick:
            self.tell()

    def trim(self) -> None:
        """Expire a record or two, as a day that passes does."""
        shard = self.luck.choice(list(self.rows.shards.values()))
        upto = min(shard.trimmed + self.luck.randint(1, 2), shard.head)
        self.rows.trim(shard.id, upto)
        real = self.shards[shard.id]
        old = int((self.now - trimming.RETENTION_SECONDS - 60) * 1000)
        models.Record.objects.filter(shard=real, seq__lte=upto).update(created_ms=old)
        trimming.trim(self.clock)

    def claim(self) -> None:
        if not self.rows.lanes:
            return
        due = [place for place, one in enumerate(self.rows.lanes) if one in self.rows.due(self.now)]
        wanted = due if due and self.luck.random() < 0.7 else range(len(self.rows.lanes))
        place = self.luck.choice(wanted)
        mine, pk = list(self.rows.lanes)[place], self.lane_pks()[place]
        owner = self.luck.choice("abc")
        ours = self.rows.claim(mine, owner, self.now)
        theirs = leases.claim(pk, owner, self.now, LEASE)
        assert (ours is None) is (theirs is None)
        if ours is not None and theirs is not None:
            assert (ours.token, ours.number, ours.factor) == (
                theirs.token,
                theirs.number,
                theirs.factor,
            )
            assert ours.lane == theirs.lane
            self.held.append((ours, theirs))

    def renew(self) -> None:
        owner = self.luck.choice("abc")
        asked = [one for one in self.held if self.luck.random() < 0.7]
        ours = self.rows.renew(owner, {one.grip for one, _ in asked}, self.now)
        known = dict(zip(self.lane_pks(), self.rows.lanes, strict=True))
        theirs = leases.renew(owner, {one.grip for _, one in asked}, self.now, LEASE)
        assert {(known[pk], token) for pk, token in theirs} == ours

    def recall(self) -> None:
        self.rows.recall(self.now)
        recall(clock=self.clock)

    def expire(self) -> None:
        owner = self.luck.choice("abc")
        self.rows.expire(owner)
        leases.expire(owner, self.now)

    def act(self) -> None:
        """What a holder does, whether it still holds the lane or not."""
        if not self.held:
            return
        ours, theirs = self.luck.choice(self.held[-4:])
        if self.rows.lanes[ours.lane_id].lane.done:  # nobody goes on after the end
            return
        kinds = ["look", "pin", "pin", "store", "store", "release", "release", "finish", "errand"]
        match self.luck.choice(kinds):
            case "look":
                self._look(ours, theirs)
            case "errand":
                told = self.rows.errand(ours)
                work = errand.read(theirs, 60.0, self.now)
                assert (told is None) is (work is None)
                assert work is None or told is None or work.upto == told[1]
            case "pin":
                lane = self._lane(ours)
                assert self.rows.pin(ours, lane) is leases.pin(theirs, lane)
            case "store":
                lane = self._lane(ours)
                assert self.rows.store(ours, lane, self.now) is leases.store(
                    theirs, lane, "", self.now
                )
            case "release":
                until = self.luck.choice([None, None, self.now, self.now + 5])
                self.rows.release(ours, self.now, until)
                leases.release(theirs, self.now, until)
            case "finish":
                row = self.rows.lanes[ours.lane_id]
                shard = self.rows.shards[row.shard]
                end = shard.head if row.upto is None else row.upto
                if row.upto is not None or shard.closed:
                    lane = Pure(checkpoint=end, done=True)
                    assert self.rows.finish(ours, lane, self.now) is lanes.finish(
                        theirs, lane, SOURCE, clock=self.clock
                    )

    def _look(self, ours: Held, theirs: leases.Held) -> None:
        after = self.rows.lanes[ours.lane_id].lane.checkpoint
        upto = self.luck.choice([None, after + 3])
        limit = self.luck.choice([None, 2])
        mapping = replace(self.rows.mappings[ours.mapping], leaves_out=0)
        seen = self.rows.look(ours, after, upto, limit, mapping)
        found = SOURCE.look(theirs.shard_id, after, upto, limit, Sieve())
        assert [one.seq for one in seen.records] == [one.seq for one in found.records]
        assert (seen.trimmed, seen.closed, seen.more) == (found.trimmed, found.closed, found.more)

    def _lane(self, held: Held) -> Pure:
        """A lane somewhat further than it was."""
        row = self.rows.lanes[held.lane_id]
        head = self.rows.shards[row.shard].head
        checkpoint = min(head, row.lane.checkpoint + self.luck.randint(0, 2))
        cuts = tuple(sorted({checkpoint + self.luck.randint(1, 3) for _ in range(2)}))
        return Pure(
            checkpoint=checkpoint,
            cuts=self.luck.choice([(), cuts]),
            attempt=self.luck.randint(0, 2),
            unreached=self.luck.randint(0, 1),
            not_before=self.luck.choice([0.0, self.now + 4]),
            request_id=self.luck.choice(["", "r1"]),
            reported=self.luck.random() < 0.5,
            gathered_from=self.now,
        )

    def _one(self) -> list[tuple[int, EventSourceMapping]]:
        return [self.luck.choice(list(self.real.items()))] if self.real else []

    def compare(self) -> None:
        """Every column of every row is the same."""
        shard_of = {real.pk: number for number, real in self.shards.items()}
        mapping_of = {row.uuid: number for number, row in self.real.items()}
        mapping_of |= {str(row.uuid): number for number, row in self.real.items()}  # type: ignore[dict-item]
        theirs = [
            _spelled(row, mapping_of[str(row.mapping_id)], shard_of[row.shard_id])  # type: ignore[index]
            for row in Lane.objects.order_by("pk")
        ]
        assert [_ours(row) for row in self.rows.lanes.values()] == theirs
        columns = ("head", "noticed", "trimmed", "readers")
        for number, shard in self.rows.shards.items():
            real = models.Shard.objects.get(pk=self.shards[number].pk)
            assert [getattr(shard, one) for one in columns] == [
                getattr(real, one) for one in columns
            ]
            assert shard.closed is (real.closed_at is not None)


def _ours(row: Row) -> dict[str, Any]:
    lane = row.lane
    return {
        "place": (row.mapping, row.shard, row.number, row.factor, row.upto),
        "flags": (row.enabled, lane.done, row.head),
        "lane": (lane.checkpoint, list(lane.cuts), lane.attempt, lane.unreached),
        "batch": (lane.request_id, lane.reported, lane.gathered_from, row.starts),
        "lease": (row.owner, row.token, row.due_at, row.expires_at),
    }


def _spelled(row: Lane, mapping: int, shard: int) -> dict[str, Any]:
    return {
        "place": (mapping, shard, row.number, row.factor, row.upto),
        "flags": (row.enabled, row.done, row.head),
        "lane": (row.checkpoint, json.loads(row.cuts), row.attempt, row.unreached),
        "batch": (row.request_id, row.reported, row.gathered_from, row.starts),
        "lease": (row.owner, row.token, _seconds(row.due_at), _seconds(row.expires_at)),
    }


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


@pytest.mark.parametrize("seed", range(8))
def test_the_rows_in_memory_do_what_the_statements_do(scope: Scope, seed: int) -> None:
    pair = Pair(scope, seed)
    pair.create()  # in every world: without a mapping nothing is compared

    for _ in range(OPERATIONS):
        pair.do()
        pair.compare()

    assert pair.rows.lanes


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(8, 48))
def test_so_they_do_for_more_seeds(scope: Scope, seed: int) -> None:
    test_the_rows_in_memory_do_what_the_statements_do(scope, seed)


@pytest.mark.proof
@pytest.mark.parametrize(
    "name",
    [name for name, parts in MUTANTS.items() if parts.rows is not Rows and name not in _BEYOND],
)
def test_rows_that_do_something_else_are_noticed(scope: Scope, name: str) -> None:
    for seed in range(SEEDS):
        if _differ(Pair(scope, seed, MUTANTS[name].rows())):
            return
        EventSourceMapping.objects.all().delete()
        models.Stream.objects.all().delete()
    raise AssertionError(f"{name} does what the statements do, for {SEEDS} seeds")


def _differ(pair: Pair) -> bool:
    try:
        for _ in range(OPERATIONS):
            pair.do()
            pair.compare()
    except AssertionError:
        return True
    return False
