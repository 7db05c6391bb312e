"""A worker's turn with a lane, step for step as `triggers.polling.runner` and `attempt` take it.

A turn is a generator that rests at every boundary where a real worker may be killed, frozen or
overtaken; between two rests everything is one transaction. What it decides is the real `decide`
and `settle`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Generator
from dataclasses import dataclass, field, replace

from tests.simulation.rows import Grip, Held, Mapping, Rows
from tests.simulation.story import Event, Story
from triggers.polling.batching import Seen
from triggers.polling.lane import (
    Discard,
    Failed,
    Finish,
    Invoke,
    Lane,
    Outcome,
    Partial,
    Skip,
    Succeeded,
    Take,
    Unreachable,
    Wait,
    decide,
    settle,
)

PATIENCE = 1.0
Rest = float | None
"""What a turn yields: a time (true clock) before which it need not go on, or None."""


class DatabaseAwayError(Exception):
    """What a turn meets when the database has gone away under it."""


@dataclass
class World:
    """What all workers of a run share."""

    rows: Rows
    story: Story
    luck: random.Random
    now: float = 0.0
    calls: int = 0
    calm: bool = False  # no more faults, and functions are repaired
    flaky: float = 0.0  # how often a function that would succeed fails

    def tell(self, kind: str, held: Held | None = None, **more: object) -> None:
        """Take an event down."""
        if held is not None:
            more = {
                "lane": held.lane_id,
                "token": held.token,
                "shard": held.shard,
                "mapping": held.mapping,
                "number": held.number,
                "factor": held.factor,
                **more,
            }
        self.story.events.append(Event(self.now, kind, **more))  # type: ignore[arg-type]


class Worker:
    """A process: a clock of its own, lanes in hand, turns under way."""

    def __init__(self, name: str, world: World) -> None:
        self.name = name
        self.world = world
        self.skew = 0.0
        self.frozen_until = 0.0
        self.stopping = False  # asked to end after what is under way
        self.renewed_at = world.now
        self.turns: list[list[object]] = []  # [generator, not before]
        self.hand: set[Grip] = set()
        self.lost: set[Grip] = set()

    def now(self) -> float:
        """The time by this worker's clock."""
        return self.world.now + self.skew

    def is_frozen(self) -> bool:
        """Whether the process is stopped."""
        return self.world.now < self.frozen_until

    def begin(self, lane_id: int) -> None:
        """Start a turn with a lane."""
        if not self.stopping:
            self.turns.append([self.turn(lane_id), 0.0])

    def stop(self) -> None:
        """Ask all turns to let go after what they are doing now; none waits any longer."""
        self.stopping = True
        for turn in self.turns:
            turn[1] = 0.0

    def renew(self) -> None:
        """Extend the leases of all lanes in hand, in one statement."""
        self.renewed_at = self.world.now
        asked = sorted(self.hand)
        kept = self.world.rows.renew(self.name, asked, self.now())
        self.lost |= (set(asked) - kept) & self.hand
        for lane, token in sorted(kept):
            self.world.tell("renewed", lane=lane, token=token, worker=self.name, skew=self.skew)

    def turn(self, lane_id: int) -> Generator[Rest, None, None]:
        """Hold a lane for as long as there is work."""
        held = self.claim(lane_id)
        if held is None:
            self.world.tell("refused", lane=lane_id, worker=self.name)
            return
        self.world.tell("claimed", held, worker=self.name, skew=self.skew)
        self.hand.add(held.grip)
        try:
            yield None
            until = yield from self.work(held)
            self.release(held, until)
        except DatabaseAwayError:
            self.world.tell("broke", held, worker=self.name)
            if self._unlucky(0.5):  # letting go fails too: the lease has to run out
                self.forget(held)
            else:
                self.release(held, self.now() + PATIENCE)
        finally:
            self.let_go(held)

    def release(self, held: Held, until: float | None) -> None:
        """Let go of a lane until it is due again."""
        self.world.rows.release(held, self.now(), until)
        self.world.tell("released", held, worker=self.name)

    def forget(self, held: Held) -> None:
        """Leave a lane to its lease."""

    def let_go(self, held: Held) -> None:
        """Take a lane out of the hand."""
        self.hand.discard(held.grip)
        self.lost.discard(held.grip)

    def claim(self, lane_id: int) -> Held | None:
        """Claim a lane."""
        return self.world.rows.claim(lane_id, self.name, self.now())

    def work(self, held: Held) -> Generator[Rest, None, float | None]:
        """Decide and carry out until the lane has to wait; returns when it is due again."""
        lane, until = held.lane, None
        while True:
            errand = self.world.rows.errand(held)
            if errand is None:
                return self.now()  # when it is still ours: it was switched off and on again
            mapping, upto = replace(errand[0]), errand[1]
            if self._unlucky(0.2):  # another statement follows
                yield None
            seen = self.look(held, lane, mapping, upto)
            yield None
            action = decide(lane, seen, mapping.rules, self.now())
            if isinstance(action, Finish):
                self.finish(held, replace(lane, done=True))
                return None
            if isinstance(action, Wait):
                until = action.until
                if until is None or until - self.now() > PATIENCE:
                    return until
                yield self.world.now + max(0.0, until - self.now())
            else:
                after = yield from self.carry_out(held, lane, action, mapping)
                if after is None:
                    return self.now()
                lane, until = after, max(self.now(), after.not_before)
                yield None
            if held.grip in self.lost or self.stopping:
                return until

    def carry_out(
        self, held: Held, lane: Lane, action: Take | Skip | Invoke | Discard, mapping: Mapping
    ) -> Generator[Rest, None, Lane | None]:
        """Do what was decided; None when the lane may not be written any more."""
        match action:
            case Take(batch):
                lane = settle(lane, action, None, mapping.rules, self.now())
                return (yield from self.attempt(held, lane, Invoke(batch), mapping))
            case Invoke():
                return (yield from self.attempt(held, lane, action, mapping))
            case Discard():
                return (yield from self.give_up(held, lane, action, mapping))
            case Skip():
                return self.skip(held, lane, action, mapping)

    def look(self, held: Held, lane: Lane, mapping: Mapping, upto: int | None) -> Seen:
        """Look at the batch in hand, or at as much as the next one can need."""
        rows = self.world.rows
        if lane.cuts:
            return rows.look(held, lane.checkpoint, lane.cuts[0], None, mapping)
        size = mapping.rules.batch_size
        passes_all = not mapping.leaves_out and held.factor == 1
        limit = size if passes_all else 3 * size
        seen = rows.look(held, lane.checkpoint, upto, limit, mapping)
        at_barrier = upto is not None and not seen.more
        return replace(seen, closed=True) if at_barrier else seen

    def finish(self, held: Held, lane: Lane) -> None:
        """End the lane and open what follows."""
        if self.world.rows.finish(held, lane, self.now()):
            self.world.tell("finished", held)

    def skip(self, held: Held, lane: Lane, action: Skip, mapping: Mapping) -> Lane | None:
        """Move over records in one transaction."""
        after = settle(lane, action, None, mapping.rules, self.now())
        if not self.world.rows.store(held, after, self.now()):
            self.world.tell("fenced", held, worker=self.name)
            return None
        fate = "expired" if action.expired else "filtered"
        self._stored(held, after, lane.checkpoint, action.upto, fate)
        return after

    def give_up(
        self, held: Held, lane: Lane, action: Discard, mapping: Mapping
    ) -> Generator[Rest, None, Lane | None]:
        """Discard a batch and tell the destination in one transaction."""
        after = settle(lane, action, None, mapping.rules, self.now())
        if not self.world.rows.store(held, after, self.now()):
            self.world.tell("fenced", held, worker=self.name)
            return None
        batch = action.batch
        self.say_lost(held, lane, action, mapping)
        self._stored(
            held,
            after,
            batch.low,
            batch.high,
            f"discarded {action.condition}",
            batch.seqs,
            request=lane.request_id,
        )
        return after
        yield None  # only mutants rest in between

    def say_lost(self, held: Held, lane: Lane, action: Discard, mapping: Mapping) -> None:
        """Put a message into the destination, if there is one."""
        if mapping.destination:
            self.world.tell("message", held, seqs=action.batch.seqs, request=lane.request_id)

    def attempt(
        self, held: Held, lane: Lane, action: Invoke, mapping: Mapping
    ) -> Generator[Rest, None, Lane | None]:
        """Run the function once: fence, run, store."""
        world = self.world
        if self._unlucky(0.03):
            return self.unreached(held, lane, action, mapping)
        if not lane.request_id:
            world.calls += 1
            lane = replace(lane, request_id=f"r{world.calls}")
        shard = world.rows.shards[held.shard]
        if any(seq <= shard.trimmed for seq in action.batch.seqs):
            return lane
        if not self.pin(held, lane):
            world.tell("fenced", held, worker=self.name)
            return None
        world.calls += 1
        call = world.calls
        enabled = held.mapping in world.rows.mappings and world.rows.mappings[held.mapping].enabled
        window = lane.window
        world.tell(
            "began",
            held,
            worker=self.name,
            call=call,
            low=action.batch.low,
            high=action.batch.high,
            seqs=action.batch.seqs,
            request=lane.request_id,
            enabled=enabled,
            final=action.final,
            window=window.start if window else None,
            total=int(json.loads(window.state) or 0) if window and action.final else -1,
        )
        yield None
        if self._unlucky(0.03):
            world.tell("ended", held, worker=self.name, call=call, fate="Unreachable")
            return self.unreached(held, lane, action, mapping)
        returns = world.now + (world.luck.choice([20.0, 40.0, 90.0]) if self._unlucky(0.04) else 0)
        yield returns
        while world.now < returns and not world.calm:  # only waits can be cut short
            yield returns
        outcome = self._run(held, lane, action, mapping)
        world.tell("ended", held, worker=self.name, call=call, fate=type(outcome).__name__)
        yield None
        return self.keep(held, lane, action, mapping, outcome, call)

    def pin(self, held: Held, lane: Lane) -> bool:
        """Fix the batch before user code sees it."""
        return self.world.rows.pin(held, lane)

    def keep(
        self,
        held: Held,
        lane: Lane,
        action: Invoke,
        mapping: Mapping,
        outcome: Outcome,
        call: int,
    ) -> Lane | None:
        """Store what an invocation has done, in one transaction."""
        after = settle(lane, action, outcome, mapping.rules, self.now())
        if not self.world.rows.store(held, after, self.now()):
            self.world.tell("fenced", held, worker=self.name, call=call)
            return None
        batch = action.batch
        seqs = tuple(seq for seq in batch.seqs if seq <= after.checkpoint)
        high = after.checkpoint
        done = high > batch.low or (action.final and isinstance(outcome, Succeeded))
        fate = "delivered" if done else "failed"
        self._stored(held, after, batch.low, high, fate, seqs, call, final=action.final)
        return after

    def unreached(self, held: Held, lane: Lane, action: Invoke, mapping: Mapping) -> Lane | None:
        """Store that the function could not be run."""
        after = settle(lane, action, Unreachable(), mapping.rules, self.now())
        if not self.world.rows.store(held, after, self.now()):
            self.world.tell("fenced", held, worker=self.name)
            return None
        return after

    def _run(self, held: Held, lane: Lane, action: Invoke, mapping: Mapping) -> Outcome:
        """What the function answers: poison fails until the world is calm."""
        seqs = set(action.batch.seqs)
        records = [r for r in self.world.story.records[held.shard] if r.seq in seqs]
        endless = mapping.rules.max_retries < 0
        bad = [r.seq for r in records if r.poison and not (endless and self.world.calm)]
        state = str(int(json.loads(lane.window.state) or 0) + len(records)) if lane.window else "{}"
        if bad and mapping.rules.reports:
            return Partial(min(bad), _count(lane, [s for s in seqs if s < min(bad)]))
        if bad or (endless and self._unlucky(self.world.flaky)):
            return Failed()
        return Succeeded(state)

    def _unlucky(self, chance: float) -> bool:
        return not self.world.calm and self.world.luck.random() < chance

    def _stored(
        self,
        held: Held,
        after: Lane,
        low: int,
        high: int,
        fate: str,
        seqs: tuple[int, ...] = (),
        call: int = 0,
        request: str = "",
        *,
        final: bool = False,
    ) -> None:
        self.world.tell(
            "stored",
            held,
            worker=self.name,
            low=low,
            high=max(low, high),
            fate=fate,
            seqs=seqs,
            call=call,
            request=request,
            skew=self.skew,
            final=final,
            total=after.checkpoint,
        )


def _count(lane: Lane, seqs: list[int]) -> str:
    """The state of a window after these records: how many there were."""
    if lane.window is None:
        return "{}"
    return str(int(json.loads(lane.window.state) or 0) + len(seqs))


@dataclass
class Message:
    """A hint on its way: advance this lane (or look after this shard)."""

    lane: int | None = None
    shard: int | None = None
    at: float = field(default=0.0)
