"""Worlds with one safeguard taken away each: the checks must tell every one from a sound world."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from tests.simulation.rows import Held, Mapping, Record, Row, Rows, Shard
from tests.simulation.simulator import Parts, Simulator
from tests.simulation.workers import Rest, Worker
from triggers.polling.lane import Discard, Invoke, Lane, Outcome


class NoFenceOnAnyWrite(Rows):
    """Whoever once held a lane may write it."""

    def mine(self, held: Held) -> Row | None:
        return self.lanes.get(held.lane_id)


class NoFenceOnStore(Rows):
    """What an invocation has done is stored whoever holds the lane by now."""

    def store(self, held: Held, lane: Lane, now: float) -> bool:
        row = self.lanes.get(held.lane_id)
        return row is not None and super().store(replace(held, token=row.token), lane, now)


class NoFenceOnStart(Rows):
    """User code starts although the lane was taken over or switched off meanwhile."""

    def pin(self, held: Held, lane: Lane) -> bool:
        super().pin(held, lane)
        return True


class LeasesBindNobody(Rows):
    """A lane that somebody holds is claimed by the next one."""

    def is_free(self, row: Row, now: float) -> bool:
        return True


class CheckpointBeforeSuccess(Rows):
    """The checkpoint moves when a batch is begun."""

    def pin(self, held: Held, lane: Lane) -> bool:
        fixed = super().pin(held, lane)
        if fixed and lane.cuts:
            row = self.lanes[held.lane_id]
            row.lane = replace(row.lane, checkpoint=lane.cuts[0], cuts=lane.cuts[1:])
        return fixed


class BatchNotPinned(Rows):
    """A retry takes whatever is there by then, under the same request id."""

    def pin(self, held: Held, lane: Lane) -> bool:
        return super().pin(held, replace(lane, cuts=()))


class ChildBeforeParent(Simulator):
    """A shard's children are read as soon as it is closed."""

    def split(self, parent: int, count: int) -> list[Shard]:
        children = super().split(parent, count)
        for mapping in self.rows.mappings.values():
            starts = [(one.id, 0) for one in children]
            self.rows.open_lanes(mapping, starts, self.world.now)
        return children


class FirstOfManyOpensTheChildren(Rows):
    """The first of the lanes that share a shard opens what follows, not the last."""

    def is_last(self, row: Row) -> bool:
        return not any(
            one.mapping == row.mapping and one.shard == row.shard and one.lane.done
            for one in self.lanes.values()
            if one.id != row.id and one.upto == row.upto
        )


class NoBarrier(Rows):
    """Lanes start anew where the slowest of the old ones stands."""

    def barrier(self, rows: Sequence[Row]) -> int:
        return min(row.lane.checkpoint for row in rows)


class BarrierBindsNobody(Rows):
    """Lanes run past the barrier."""

    def within_barrier(self, row: Row, furthest: int) -> bool:
        return True


class LanesShareAllItems(Rows):
    """Each of the lanes of a shard takes every record."""

    def wanted(self, held: Held, mapping: Mapping, record: Record) -> bool:
        return mapping.matches(record)


class IdleLanesForget(Rows):
    """A lane that is let go is due again only when it is told anew."""

    def due_again(self, row: Row, now: float) -> float | None:
        return None


class OnlyMessagesWake(Rows):
    """The tick tells lanes how far their shard is, but makes none due."""

    def notice(self, now: float, only: int | None = None) -> None:
        due = {row.id: row.due_at for row in self.lanes.values()}
        super().notice(now, only)
        if only is None:
            for row in self.lanes.values():
                row.due_at = due[row.id]


class SwitchedOnUntold(Rows):
    """A lane that is switched on is neither told what came while it was off, nor made to look."""

    def switch(self, mapping_id: int, enabled: bool, now: float) -> None:
        before = {row.id: (row.head, row.due_at) for row in self.lanes.values()}
        super().switch(mapping_id, enabled, now)
        for row in self.lanes.values():
            row.head, row.due_at = before[row.id]


class SequenceOutsideTheTransaction(Simulator):
    """A record takes its number first and becomes visible later, after younger ones."""

    late: tuple[Shard, Record] | None = None

    def _write(self) -> None:
        dice = self.luck.random()
        if self.late is None and dice < 0.3:
            key = self.luck.randrange(12)
            self.late = self.rows.write(key, self.world.now, poison=False)
            self.late[0].records.remove(self.late[1])
        elif dice < 0.3:
            self._show()
        else:
            super()._write()

    def _show(self) -> None:
        if self.late is not None:
            shard, record = self.late
            shard.records.append(record)
            shard.records.sort(key=lambda one: one.seq)
            self._written(shard.id, record.seq)
            self.late = None

    def _calm(self) -> None:
        self._show()
        super()._calm()


class NoFenceOnClosing(Simulator):
    """A writer that found a shard open writes to it although it has been closed meanwhile."""

    def _write(self) -> None:
        closed = [shard for shard in self.rows.shards.values() if shard.closed]
        if closed and self.luck.random() < 0.3:
            shard = closed[-1]
            shard.head += 1
            key = next(k for k in range(500) if shard.lo <= k * 29 % 64 <= shard.hi)
            shard.records.append(Record(shard.head, key, max(shard.last, self.world.now)))
            self._written(shard.id, shard.head)
        else:
            super()._write()


class PutOffForEver(Rows):
    """A lane that a clock that ran ahead has put off waits for that time to come."""

    def oversleeps(self, due_at: float, now: float) -> bool:
        return False


class HeldByLaneAlone(Worker):
    """A turn that ends takes the lane out of the hand, also when a newer turn has it."""

    def let_go(self, held: Held) -> None:
        self.hand = {grip for grip in self.hand if grip[0] != held.lane_id}
        self.lost = {grip for grip in self.lost if grip[0] != held.lane_id}


class MessageBeforeTheTransaction(Worker):
    """The destination is told before the checkpoint is known to have moved."""

    def give_up(
        self, held: Held, lane: Lane, action: Discard, mapping: Mapping
    ) -> Generator[Rest, None, Lane | None]:
        self.say_lost(held, lane, action, mapping)
        yield None
        return (yield from super().give_up(held, lane, action, replace(mapping, destination=False)))


class MessageAfterTheTransaction(Worker):
    """The destination is told in a step of its own, after the checkpoint has moved."""

    def give_up(
        self, held: Held, lane: Lane, action: Discard, mapping: Mapping
    ) -> Generator[Rest, None, Lane | None]:
        silent = replace(mapping, destination=False)
        after = yield from super().give_up(held, lane, action, silent)
        yield None
        if after is not None:
            self.say_lost(held, lane, action, mapping)
        return after


class AttemptsAreForgotten(Worker):
    """A failed attempt is counted in memory only."""

    def keep(
        self,
        held: Held,
        lane: Lane,
        action: Invoke,
        mapping: Mapping,
        outcome: Outcome,
        call: int,
    ) -> Lane | None:
        after = super().keep(held, lane, action, mapping, outcome, call)
        if after is not None and after.attempt:
            row = self.world.rows.lanes[held.lane_id]
            row.lane = replace(row.lane, attempt=0)
            return replace(after, attempt=0)
        return after


MUTANTS: dict[str, Parts] = {
    one.__name__: Parts(
        rows=one if issubclass(one, Rows) else Rows,
        worker=one if issubclass(one, Worker) else Worker,
        simulator=one if issubclass(one, Simulator) else None,
    )
    for one in (
        NoFenceOnAnyWrite,
        NoFenceOnStore,
        NoFenceOnStart,
        LeasesBindNobody,
        CheckpointBeforeSuccess,
        BatchNotPinned,
        ChildBeforeParent,
        FirstOfManyOpensTheChildren,
        NoBarrier,
        BarrierBindsNobody,
        LanesShareAllItems,
        IdleLanesForget,
        OnlyMessagesWake,
        SwitchedOnUntold,
        SequenceOutsideTheTransaction,
        NoFenceOnClosing,
        PutOffForEver,
        HeldByLaneAlone,
        MessageBeforeTheTransaction,
        MessageAfterTheTransaction,
        AttemptsAreForgotten,
    )
}
