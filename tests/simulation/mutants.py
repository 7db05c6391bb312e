"""Worlds with one safeguard taken away each: the checks must tell every one from a sound world."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from tests.simulation.rows import Grip, Grown, Held, Mapping, Record, Row, Rows, Shard
from tests.simulation.simulator import Parts, Simulator
from tests.simulation.workers import Rest, Worker
from triggers.polling.lane import (
    Discard,
    Failed,
    Invoke,
    Lane,
    Outcome,
    Skip,
    Succeeded,
    settle,
)

_SENDING = 5.0
"""Seconds that a destination takes to answer."""


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


class TheDeadHoldForEver(Rows):
    """A lane is free only when somebody let it go."""

    def is_free(self, row: Row, now: float) -> bool:
        return not row.owner


class LeasesOfClocksAheadBind(Rows):
    """A lease that a clock which ran ahead has written lasts until that time comes."""

    def is_free(self, row: Row, now: float) -> bool:
        return not row.owner or row.expires_at is None or row.expires_at < now


class TokensStandStill(Rows):
    """Whoever claims what it holds already needs no new token."""

    def claim(self, lane_id: int, owner: str, now: float) -> Held | None:
        row = self.lanes.get(lane_id)
        again = row is not None and row.owner == owner
        held = super().claim(lane_id, owner, now)
        if held is None or row is None or not again:
            return held
        row.token -= 1
        return replace(held, token=row.token)


class StoredAfterDeletion(Rows):
    """A lane that is gone is written anew, as by saving an object that was read before."""

    def store(self, held: Held, lane: Lane, now: float) -> bool:
        return held.lane_id not in self.lanes or super().store(held, lane, now)


class OffDropsTheResult(Rows):
    """What an invocation has done is not stored when its mapping was switched off meanwhile."""

    def store(self, held: Held, lane: Lane, now: float) -> bool:
        row = self.mine(held)
        return row is not None and row.enabled and super().store(held, lane, now)


class RequestForgotten(Rows):
    """The request id of a batch is known to the worker alone until an attempt has ended."""

    def pin(self, held: Held, lane: Lane) -> bool:
        return super().pin(held, replace(lane, request_id=""))


class WindowInMemoryOnly(Rows):
    """The state of a tumbling window stays with the worker."""

    def store(self, held: Held, lane: Lane, now: float) -> bool:
        row = self.lanes.get(held.lane_id)
        before = row.lane.window if row is not None else None
        stored = super().store(held, lane, now)
        if stored and row is not None and before is not None and lane.window is not None:
            row.lane = replace(lane, window=before)
        return stored


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


class FiltersForgotten(Rows):
    """Each lane takes every record of its items."""

    def wanted(self, held: Held, mapping: Mapping, record: Record) -> bool:
        return held.owns(record)


class SkipsToTheHead(Worker):
    """Where nothing matches, all that the shard has is passed over, seen or not."""

    def skip(self, held: Held, lane: Lane, action: Skip, mapping: Mapping) -> Lane | None:
        if not action.expired:
            action = replace(action, upto=self.world.rows.shards[held.shard].head)
        return super().skip(held, lane, action, mapping)


class ExpiresTheWholeBatch(Worker):
    """A batch whose head has expired is passed over with its rest."""

    def skip(self, held: Held, lane: Lane, action: Skip, mapping: Mapping) -> Lane | None:
        if action.expired and lane.cuts:
            action = replace(action, upto=max(action.upto, lane.cuts[0]))
        return super().skip(held, lane, action, mapping)


class OldBeforeTheirTime(Rows):
    """Records are given up at half the age that they may reach."""

    def errand(self, held: Held) -> tuple[Mapping, int | None] | None:
        found = super().errand(held)
        if found is None or found[0].rules.max_age < 0:
            return found
        rules = replace(found[0].rules, max_age=found[0].rules.max_age / 2)
        return replace(found[0], rules=rules), found[1]


class ArrivalsFollowTheClock(Rows):
    """A record arrives when its writer's clock says so."""

    def arrival(self, shard: Shard, now: float) -> float:
        return now


class AnsweredBeforeTheCommit(Simulator):
    """A write is answered before it is known to be there."""

    def _write(self, key: int | None = None) -> None:
        if self.luck.random() < 0.02:
            shard = self.rows.open_shard(self.luck.randrange(12))
            self._answer(shard.id, shard.head + 1)  # and its process is killed
        else:
            super()._write(key)


class IdleLanesForget(Rows):
    """A lane that is let go is due again only when it is told anew."""

    def due_again(self, row: Row, now: float) -> float | None:
        return None


class OnlyMessagesWake(Rows):
    """The tick tells lanes how far their shard is, but makes none due."""

    def notice(self, now: float, only: int | None = None) -> None:
        if only is None:
            self.tell(self.grown(), now)
        else:
            super().tell(self.grown(only), now)

    def tell(self, seen: Sequence[Grown], now: float) -> None:
        due = {row.id: row.due_at for row in self.lanes.values()}
        super().tell(seen, now)
        for row in self.lanes.values():
            row.due_at = due[row.id]


class ToldOfWhatWasSeen(Rows):
    """A tick that stood still takes a shard that has closed meanwhile for noticed."""

    def is_as_seen(self, shard: Shard, seen: Grown) -> bool:
        return True


class NoSweep(Simulator):
    """Workers wait for ticks and messages."""

    def _sweep(self, overdue: float = 0.0) -> None:
        pass


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

    def _write(self, key: int | None = None) -> None:
        dice = self.luck.random()
        if self.late is None and dice < 0.3:
            key = self.luck.randrange(12)
            self.late = self.rows.write(key, self.world.now, poison=False)
            self.late[0].records.remove(self.late[1])
        elif dice < 0.3:
            self._show()
        else:
            super()._write(key)

    def _show(self) -> None:
        if self.late is not None:
            shard, record = self.late
            shard.records.append(record)
            shard.records.sort(key=lambda one: one.seq)
            self._written(shard, record)
            self.late = None

    def _calm(self) -> None:
        self._show()
        super()._calm()


class NoFenceOnClosing(Simulator):
    """A writer that found a shard open writes to it although it has been closed meanwhile."""

    def _write(self, key: int | None = None) -> None:
        closed = [shard for shard in self.rows.shards.values() if shard.closed]
        if closed and self.luck.random() < 0.3:
            shard = closed[-1]
            shard.head += 1
            key = next(k for k in range(500) if shard.lo <= k * 29 % 64 <= shard.hi)
            shard.records.append(Record(shard.head, key, max(shard.last, self.world.now)))
            self._written(shard, shard.records[-1])
        else:
            super()._write(key)


class PutOffForEver(Rows):
    """A lane that a clock that ran ahead has put off waits for that time to come."""

    def oversleeps(self, due_at: float, now: float) -> bool:
        return False


class HeldByLaneAlone(Worker):
    """A turn that ends takes the lane out of the hand, also when a newer turn has it."""

    def let_go(self, held: Held) -> None:
        self.hand = {grip for grip in self.hand if grip[0] != held.lane_id}
        self.lost = {grip for grip in self.lost if grip[0] != held.lane_id}


class NoHeartbeat(Worker):
    """Leases are not renewed."""

    def renew(self) -> None:
        self.renewed_at = self.world.now


class HeldAfterAFall(Worker):
    """A turn that ends by a fault keeps its lane in the hand, whose leases are renewed."""

    fallen: Held | None = None

    def forget(self, held: Held) -> None:
        self.fallen = held

    def let_go(self, held: Held) -> None:
        if held is not self.fallen:
            super().let_go(held)


class StopsAtOnce(Worker):
    """A worker that is asked to end drops what is under way."""

    def stop(self) -> None:
        super().stop()
        for turn in self.turns:
            turn[0].close()  # type: ignore[attr-defined]
        self.turns.clear()
        self.world.rows.expire(self.name)


class StoresEverySecondBatch(Worker):
    """A success is kept in memory until the next one is stored with it."""

    ahead: frozenset[Grip] = frozenset()

    def keep(
        self,
        held: Held,
        lane: Lane,
        action: Invoke,
        mapping: Mapping,
        outcome: Outcome,
        call: int,
    ) -> Lane | None:
        if isinstance(outcome, Succeeded) and held.grip not in self.ahead:
            self.ahead |= {held.grip}
            return settle(lane, action, outcome, mapping.rules, self.now())
        self.ahead -= {held.grip}
        return super().keep(held, lane, action, mapping, outcome, call)


class UnreachableCostsAnAttempt(Worker):
    """A function that could not be run is taken for one that failed."""

    def unreached(self, held: Held, lane: Lane, action: Invoke, mapping: Mapping) -> Lane | None:
        after = settle(lane, action, Failed(), mapping.rules, self.now())
        return after if self.world.rows.store(held, after, self.now()) else None


class MessageBeforeTheTransaction(Worker):
    """The destination is told before the checkpoint is known to have moved."""

    def give_up(
        self, held: Held, lane: Lane, action: Discard, mapping: Mapping
    ) -> Generator[Rest, None, Lane | None]:
        self.say_lost(held, lane, action, mapping)
        yield self.world.now + _SENDING
        return (yield from super().give_up(held, lane, action, replace(mapping, destination=False)))


class MessageAfterTheTransaction(Worker):
    """The destination is told in a step of its own, after the checkpoint has moved."""

    def give_up(
        self, held: Held, lane: Lane, action: Discard, mapping: Mapping
    ) -> Generator[Rest, None, Lane | None]:
        silent = replace(mapping, destination=False)
        after = yield from super().give_up(held, lane, action, silent)
        yield self.world.now + _SENDING
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
        TheDeadHoldForEver,
        LeasesOfClocksAheadBind,
        TokensStandStill,
        StoredAfterDeletion,
        OffDropsTheResult,
        RequestForgotten,
        WindowInMemoryOnly,
        CheckpointBeforeSuccess,
        BatchNotPinned,
        ChildBeforeParent,
        FirstOfManyOpensTheChildren,
        NoBarrier,
        BarrierBindsNobody,
        LanesShareAllItems,
        FiltersForgotten,
        SkipsToTheHead,
        ExpiresTheWholeBatch,
        OldBeforeTheirTime,
        ArrivalsFollowTheClock,
        AnsweredBeforeTheCommit,
        IdleLanesForget,
        OnlyMessagesWake,
        ToldOfWhatWasSeen,
        NoSweep,
        SwitchedOnUntold,
        SequenceOutsideTheTransaction,
        NoFenceOnClosing,
        PutOffForEver,
        HeldByLaneAlone,
        NoHeartbeat,
        HeldAfterAFall,
        StopsAtOnce,
        StoresEverySecondBatch,
        UnreachableCostsAnAttempt,
        MessageBeforeTheTransaction,
        MessageAfterTheTransaction,
        AttemptsAreForgotten,
    )
}
