"""A seeded world of writers, workers and misfortune, run until it comes to rest.

Everything is chosen by one `random.Random`: the same seed, number of steps and safeguards give the
same story, event by event. First chaos, then calm: the workers that are left must finish all there
is to do, with ticks that arrive and no further fault.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from math import inf

from tests.simulation.rows import (
    LEASE,
    LONGEST_WAIT,
    MAX_AGE,
    POINTS,
    Grown,
    Mapping,
    Record,
    Rows,
    Shard,
)
from tests.simulation.story import Reads, Story
from tests.simulation.workers import DatabaseAwayError, Message, Worker, World
from triggers.polling.batching import Rules

STEPS = 1_200
_TRICKLES = 3  # times that a few records come one by one when all is calm
_CALM_ROUNDS = 200
_CALM_SECONDS = 5.0  # between two rounds, at most
_SWEEP_OVERDUE = 2.0
_MOST_SHARDS = 14
_MOST_MAPPINGS = 10


@dataclass(frozen=True, slots=True)
class Parts:
    """What a world is built of; mutants put damaged ones in."""

    rows: Callable[[], Rows] = Rows
    worker: Callable[[str, World], Worker] = Worker
    simulator: type[Simulator] | None = None


class Simulator:
    """One run."""

    def __init__(self, seed: int, steps: int = STEPS, parts: Parts | None = None) -> None:
        self.parts = parts or Parts()
        self.luck = random.Random(seed)
        self.steps = steps
        self.world = World(self.parts.rows(), Story(), self.luck)
        self.messages: list[Message] = []
        self.workers: list[Worker] = []
        self.hired = 0
        self.next_mapping = 1
        self.loss = self.luck.choice([0.0, 0.2, 0.6])  # of messages
        self.misfortune = self.luck.choice([0.0, 0.6, 1.0, 1.0, 1.0, 1.0])
        self.world.flaky = self.luck.choice([0.0, 0.1, 0.3])
        self.writers_skew = 0.0  # how far their clock is ahead of the true one
        self.beat_is_back = self.redis_is_back = 0.0  # true times
        self.stale: list[Grown] | None = None  # what a tick saw that stands still since
        self.troubles = self._troubles()
        self.never_back = self.luck.choice(["", "", "beat", "redis"])
        self._furnish()

    @property
    def rows(self) -> Rows:
        """The tables."""
        return self.world.rows

    def run(self) -> Story:
        """Live through chaos, then calm, and hand the story over."""
        for _ in range(self.steps):
            self._chaos()
        self._calm()
        return self.world.story

    # --- the beginning -----------------------------------------------------------------------

    def _furnish(self) -> None:
        parts = self.luck.choice([1, 1, 2, 4])
        width = POINTS // parts
        for n in range(parts):
            self._know(Shard(n + 1, n * width, (n + 1) * width - 1))
        for _ in range(self.luck.randint(0, 20)):
            self._write()
        for _ in range(self.luck.randint(1, 3)):
            self._map(self.luck.choice(["TRIM_HORIZON", "LATEST"]))
        for _ in range(self.luck.randint(1, 4)):
            self._hire()

    def _know(self, shard: Shard) -> None:
        self.rows.shards[shard.id] = shard
        self.world.story.records.setdefault(shard.id, shard.records)
        self.world.story.parents[shard.id] = shard.parent

    def _map(self, position: str) -> None:
        tumbling = self.luck.random() < 0.2
        mapping = Mapping(
            id=self.next_mapping,
            rules=self._rules(20 if tumbling else 0),
            enabled=self.luck.random() < 0.9,
            factor=1 if tumbling else self.luck.choice([1, 1, 2, 3]),
            leaves_out=0 if tumbling else self.luck.choice([0, 0, 2, 3]),
            destination=self.luck.random() < 0.5,
        )
        self.next_mapping += 1
        self.rows.create(mapping, position, self.world.now)
        starts = {
            row.shard: row.lane.checkpoint
            for row in self.rows.lanes.values()
            if row.mapping == mapping.id
        }
        self.world.story.mappings[mapping.id] = Reads(replace(mapping), starts)

    def _rules(self, tumbling: int) -> Rules:
        return Rules(
            batch_size=self.luck.choice([1, 3, 5, 10]),
            backoff_cap=self.luck.choice([0.2, 2.0, 10.0]),
            window=self.luck.choice([0.0, 0.0, 2.0]),
            max_retries=self.luck.choice([-1, 0, 1, 3]),
            max_age=self.luck.choice([-1, -1, MAX_AGE]),
            bisect=self.luck.random() < 0.4,
            reports=self.luck.random() < 0.3,
            tumbling=tumbling,
        )

    # --- chaos -------------------------------------------------------------------------------

    def _chaos(self) -> None:
        self._dismiss()
        dice = self.luck.random()
        if dice < 0.60:
            self._go_on()
        elif dice < 0.74:
            self._write()
        elif dice < 0.84:
            self._pass(self.luck.choice([0.01, 0.25, 0.25, 1.0, 5.0]))
        elif dice < 0.90:
            self._tick()
        elif dice < 0.93:
            self._sweep()
        elif self.luck.random() < self.misfortune:
            self.luck.choice(self.troubles)()
        else:
            self._pass(0.25)

    def _troubles(self) -> list[Callable[[], None]]:
        """What goes wrong in this world: some of all there is, so that each happens often enough."""
        known = [
            self._kill,
            self._kill,
            self._freeze,
            self._freeze,
            self._jump,
            self._split,
            self._toggle,
            self._divide,
            self._retune,
            self._trim,
            self._map_anew,
            self._hire,
            self._stop,
            self._break,
            self._set_writers_clock,
            self._lose_beat,
            self._lose_redis,
            self._black_out,
            self._suspend,
        ]
        chosen = [one for one in known if self.luck.random() < 0.5]
        return [*chosen, lambda: self._pass(40.0)]

    def _go_on(self) -> None:
        """Let a message arrive, or a turn take its next step."""
        ready = [
            (worker, turn)
            for worker in self.workers
            if not worker.is_frozen()
            for turn in worker.turns
            if turn[1] <= self.world.now  # type: ignore[operator]
        ]
        if self.messages and (not ready or self.luck.random() < 0.3):
            self._arrive(self.messages.pop(self.luck.randrange(len(self.messages))))
        elif ready:
            self._step(*self.luck.choice(ready))
        else:
            self._pass(0.25)

    def _step(self, worker: Worker, turn: list[object]) -> None:
        try:
            rest = next(turn[0])  # type: ignore[call-overload]
        except StopIteration:
            worker.turns.remove(turn)
            return
        turn[1] = 0.0 if rest is None else rest

    def _dismiss(self) -> None:
        """Let workers go that were asked to end and have nothing in hand any more."""
        self.workers = [one for one in self.workers if one.turns or not one.stopping]

    def _arrive(self, message: Message) -> None:
        awake = [worker for worker in self.workers if not worker.is_frozen()]
        if not awake:
            return
        worker = self.luck.choice(awake)
        if message.lane is not None:
            worker.begin(message.lane)
            return
        self.rows.notice(worker.now(), message.shard)
        for lane in self.rows.due(worker.now(), message.shard):
            worker.begin(lane)

    def _send(self, message: Message) -> None:
        """Send a hint, which may be lost or doubled."""
        if self.world.now < self.redis_is_back:
            self.world.story.counts["message lost with Redis away"] += 1
        elif self.world.calm:
            self.messages += [message] if message not in self.messages else []
        elif self.luck.random() < self.loss:
            self.world.story.counts["message lost"] += 1
        else:
            self.messages += [message] * (2 if self.luck.random() < 0.1 else 1)

    def _write(self, key: int | None = None) -> None:
        """Write a record; its writer may die before the commit, or before it answers."""
        key = self.luck.randrange(12) if key is None else key
        dice = self.luck.random()
        if dice < 0.03:
            self.world.story.counts["writer died before its commit"] += 1
            return
        now = self.world.now + self.writers_skew
        shard, record = self.rows.write(key, now, poison=self.luck.random() < 0.06)
        self.world.story.counts["record written by a clock behind its shard"] += (
            record.arrived > now
        )
        self._written(shard, record, answered=dice < 0.97)

    def _written(self, shard: Shard, record: Record, *, answered: bool = True) -> None:
        if answered:
            self._answer(shard.id, record.seq)
        self.world.tell(
            "written", shard=shard.id, low=record.seq - 1, high=record.seq, enabled=answered
        )
        if answered and self.luck.random() < 0.7:
            self._send(Message(shard=shard.id))

    def _answer(self, shard: int, seq: int) -> None:
        self.world.story.acknowledged.add((shard, seq))

    def _tick(self) -> None:
        """Look and tell; now and then a tick stands still in between, while others go on."""
        if self.world.now < self.beat_is_back:
            return
        if self.stale is not None and (self.world.calm or self.luck.random() < 0.3):
            self._told_late(self.stale)
            self.stale = None
        elif self.stale is None and not self.world.calm and self.luck.random() < 0.2:
            self.stale = self.rows.grown() or None
        self.rows.notice(self.world.now)
        for lane in self.rows.due(self.world.now):
            self._send(Message(lane=lane))

    def _told_late(self, stale: list[Grown]) -> None:
        for one in stale:
            shard = self.rows.shards[one.shard]
            if shard.closed is not one.closed and shard.noticed < one.head:
                self.world.story.counts["shard closed under a tick"] += 1
            elif shard.noticed >= one.head:
                self.world.story.counts["two ticks told of the same"] += 1
        self.rows.tell(stale, self.world.now)

    def _sweep(self, overdue: float = _SWEEP_OVERDUE) -> None:
        """A worker takes in hand what ticks and messages should have brought."""
        awake = [worker for worker in self.workers if not worker.is_frozen()]
        if awake:
            worker = self.luck.choice(awake)
            self.rows.recall(worker.now())
            self.rows.notice(worker.now())
            quiet = self.world.now < self.beat_is_back
            for lane in self.rows.due(worker.now(), overdue=0.0 if quiet else overdue):
                worker.begin(lane)

    def _pass(self, seconds: float) -> None:
        """Let time pass; workers that are not frozen renew their leases in time."""
        until = self.world.now + seconds
        while self.world.now < until:
            self.world.now = min(until, self.world.now + LEASE / 6)
            for worker in self.workers:
                late = self.world.now - worker.renewed_at >= LEASE / 3
                if late and not worker.is_frozen():
                    worker.renew()

    # --- misfortune --------------------------------------------------------------------------

    def _hire(self) -> None:
        if len(self.workers) < 5:
            self.hired += 1
            self.workers.append(self.parts.worker(f"w{self.hired}", self.world))

    def _kill(self) -> None:
        """Kill a worker; a supervisor on the same host may notice, or nobody."""
        if self.workers:
            self._bury(self.luck.choice(self.workers))
            if not self.workers or self.luck.random() < 0.7:
                self._hire()

    def _bury(self, worker: Worker) -> None:
        self.workers.remove(worker)
        for turn in worker.turns:
            turn[0].close()  # type: ignore[attr-defined]
        self.world.tell("killed", worker=worker.name)
        if self.luck.random() < 0.5:
            self.rows.expire(worker.name)

    def _black_out(self) -> None:
        """Everything is killed at once, and starts again with an empty Redis."""
        for worker in list(self.workers):
            self._bury(worker)
        self.messages.clear()
        self.stale = None
        self.world.tell("darkened")
        self._hire()

    def _stop(self) -> None:
        """Ask a worker to end, as a new version's start does; another takes its place."""
        if self.workers:
            worker = self.luck.choice(self.workers)
            self.world.tell("stopped", worker=worker.name)
            worker.stop()
            self._hire()

    def _break(self) -> None:
        """Take the database away under a turn."""
        busy = [(one, turn) for one in self.workers if not one.is_frozen() for turn in one.turns]
        if busy:
            worker, turn = self.luck.choice(busy)
            worker.turns.remove(turn)
            with suppress(StopIteration, DatabaseAwayError):
                turn[0].throw(DatabaseAwayError())  # type: ignore[attr-defined]

    def _suspend(self) -> None:
        """Stop the whole host for a while."""
        for worker in self.workers:
            self.world.tell("frozen", worker=worker.name)
        self.world.now += self.luck.choice([60.0, 60.0, MAX_AGE + 60.0])

    def _set_writers_clock(self) -> None:
        skew = self.luck.choice([0.0, 5.0, 50.0, -50.0, -3600.0])
        self.world.tell("reset", skew=skew, high=int(skew < self.writers_skew))
        self.writers_skew = skew

    def _lose_beat(self) -> None:
        self.beat_is_back = self.world.now + self.luck.choice([10.0, 60.0])
        self.world.tell("unbeaten")

    def _lose_redis(self) -> None:
        """Redis goes with all it holds."""
        self.redis_is_back = self.world.now + self.luck.choice([0.0, 10.0, 60.0])
        self.world.story.counts["message lost with Redis away"] += len(self.messages)
        self.messages.clear()

    def _freeze(self) -> None:
        """Stop a process, perhaps for longer than the leases of what it has in hand last."""
        busy = [one for one in self.workers if one.turns] or self.workers
        if busy:
            worker = self.luck.choice(busy)
            seconds = self.luck.choice([5.0, 25.0, 45.0, 45.0, 120.0])
            worker.frozen_until = self.world.now + seconds
            self.world.tell("frozen", worker=worker.name)
            if seconds > LEASE and self.luck.random() < 0.7:
                self._pass(LEASE + 6)

    def _jump(self) -> None:
        """Set a worker's clock."""
        if self.workers:
            worker = self.luck.choice(self.workers)
            worker.skew = self.luck.choice([0.0, 0.0, 5.0, -5.0, 50.0, -50.0, 3600.0, -3600.0])
            self.world.tell("jumped", worker=worker.name, skew=worker.skew)

    def _split(self) -> None:
        if self.luck.random() < 0.5:
            self._stand_still_under_a_tick()
        shards = [one for one in self.rows.shards.values() if not one.closed and one.lo < one.hi]
        if shards and len(self.rows.shards) < _MOST_SHARDS:
            seen = {one.shard: one.head for one in self.stale or ()}
            under_a_tick = [one for one in shards if seen.get(one.id) == one.head]
            parent = self.luck.choice(under_a_tick or shards)
            children = self.split(parent.id, self.luck.choice([1, 2, 2]))
            for child in children:
                self._know(child)
            self.world.tell("closed", shard=parent.id)
            self._send(Message(shard=parent.id))
            if under_a_tick and self.stale is not None and self.luck.random() < 0.7:
                self._told_late(self.stale)
                self.stale = None

    def _stand_still_under_a_tick(self) -> None:
        """A tick sees a new record and stands still; another one tells of it, and it is read."""
        self._write()
        self.stale = self.rows.grown() or None
        self._sweep(overdue=0.0)
        for _ in range(self.luck.randint(0, 60)):
            self._go_on()

    def split(self, parent: int, count: int) -> list[Shard]:
        """Close a shard."""
        return self.rows.split(parent, count)

    def _toggle(self) -> None:
        mapping = self._some_mapping()
        if mapping is not None:
            self.rows.switch(mapping.id, not mapping.enabled, self.world.now)
            self.world.tell("switched", mapping=mapping.id, enabled=mapping.enabled)

    def _divide(self) -> None:
        mapping = self._some_mapping()
        if mapping is not None and not mapping.rules.tumbling:
            self.rows.divide(mapping.id, self.luck.choice([1, 2, 3, 4]), self.world.now)
            self.world.tell("divided", mapping=mapping.id, factor=mapping.factor)

    def _retune(self) -> None:
        mapping = self._some_mapping()
        if mapping is not None:
            rules = self._rules(mapping.rules.tumbling)
            mapping.rules = replace(rules, max_retries=mapping.rules.max_retries)
            self.world.tell("retuned", mapping=mapping.id)

    def _trim(self) -> None:
        """Let the oldest records of a shard expire, or the first one of a batch in hand."""
        if self.luck.random() < 0.3:
            shard = self.luck.choice(list(self.rows.shards.values()))
            self._expire(shard, self.luck.randint(shard.trimmed, shard.head))
        in_hand = [one for one in self.rows.lanes.values() if one.lane.cuts and not one.lane.done]
        if in_hand:
            row = self.luck.choice(in_hand)
            self._expire(self.rows.shards[row.shard], row.lane.checkpoint + 1)

    def _expire(self, shard: Shard, upto: int) -> None:
        self.rows.trim(shard.id, upto)
        self.world.tell("trimmed", shard=shard.id, high=shard.trimmed)

    def _map_anew(self) -> None:
        """Delete a mapping, create another."""
        mapping = self._some_mapping()
        if mapping is not None and self.next_mapping < _MOST_MAPPINGS and self.luck.random() < 0.5:
            self.rows.delete(mapping.id)
            del self.world.story.mappings[mapping.id]
            self.world.tell("deleted", mapping=mapping.id)
        elif self.next_mapping < _MOST_MAPPINGS:
            self._map(self.luck.choice(["TRIM_HORIZON", "LATEST"]))

    def _some_mapping(self) -> Mapping | None:
        mappings = list(self.rows.mappings.values())
        return self.luck.choice(mappings) if mappings else None

    # --- calm --------------------------------------------------------------------------------

    def _calm(self) -> None:
        """End all misfortune and let everything be finished; beat or Redis may stay away."""
        if self.luck.random() < self.misfortune and self.workers:
            busy = [one for one in self.workers if one.turns] or self.workers
            self._last_blow(self.luck.choice(busy))
        self._look_around()
        self._calm_down()
        trickles = _TRICKLES
        for _ in range(_CALM_ROUNDS):
            self.world.story.rested_at = self.world.now
            if self._at_rest():
                if not trickles:
                    return
                trickles -= 1
                self._trickle()
            self._round()
        self.world.story.settled = False

    def _calm_down(self) -> None:
        """Set every clock right, thaw every worker, switch every mapping on."""
        self.world.calm = True
        self.world.story.calm_at = self.world.now
        self.world.tell("calmed", fate=self.never_back)
        self.beat_is_back = inf if self.never_back == "beat" else 0.0
        self.redis_is_back = inf if self.never_back == "redis" else 0.0
        self.writers_skew = 0.0
        for worker in self.workers:
            worker.skew, worker.frozen_until = 0.0, 0.0
        if all(worker.stopping for worker in self.workers):
            self._hire()
        for mapping in list(self.rows.mappings.values()):
            if not mapping.enabled:
                self.rows.switch(mapping.id, True, self.world.now)
                self.world.tell("switched", mapping=mapping.id, enabled=True)

    def _round(self) -> None:
        """Tick, sweep, and do what there is to do by then."""
        self._tick()
        self._sweep()
        for _ in range(400):
            if not self.messages and not any(worker.turns for worker in self.workers):
                break
            self._go_on()
        self._dismiss()
        self._pass(self._until_next())

    def _look_around(self) -> None:
        """Take down what wrong clocks have left behind."""
        now, alive = self.world.now, {worker.name for worker in self.workers}
        for row in self.rows.lanes.values():
            orphaned = row.owner not in alive and row.expires_at is not None
            if orphaned and row.expires_at > now + 2 * LEASE:  # type: ignore[operator]
                self.world.story.counts["lease by a clock ahead when all became calm"] += 1
            if row.enabled and not row.lane.done and (row.due_at or now) > now + LONGEST_WAIT:
                self.world.story.counts["lane put off by a clock ahead when all became calm"] += 1

    def _trickle(self) -> None:
        """Write records one by one while lanes are taken in hand and let go; then split a shard."""
        key = self.luck.randrange(12)
        for _ in range(8):
            self._write(key)
            for _ in range(self.luck.randint(1, 12)):
                self._go_on()
        if self.luck.random() < 0.5:
            self._split()

    def _last_blow(self, worker: Worker) -> None:
        """Set a worker's clock far ahead for a moment, kill one, or both."""
        if self.luck.random() < 0.6:
            worker.frozen_until = 0.0
            worker.skew = self.luck.choice([50.0, 3600.0])
            self.world.tell("jumped", worker=worker.name, skew=worker.skew)
            worker.renew()
            for _ in range(self.luck.randint(0, 12)):
                for turn in [one for one in worker.turns if one[1] <= self.world.now]:  # type: ignore[operator]
                    self._step(worker, turn)
        if self.luck.random() < 0.7:
            self._bury(worker)

    def _until_next(self) -> float:
        """Seconds to the next thing that anybody waits for; at least one."""
        now = self.world.now
        lanes = [row.due_at for row in self.rows.lanes.values() if not row.lane.done]
        turns = [turn[1] for worker in self.workers for turn in worker.turns]
        ahead = [one for one in (*lanes, *turns) if one is not None and one > now]  # type: ignore[operator]
        return min(_CALM_SECONDS, max(1.0, min(ahead, default=now) - now))  # type: ignore[type-var]

    def _at_rest(self) -> bool:
        """Whether every lane of every mapping has read its shard to the end."""
        if self.messages or any(worker.turns for worker in self.workers):
            return False
        for row in self.rows.lanes.values():
            shard = self.rows.shards[row.shard]
            if row.lane.done:
                continue
            if shard.closed or row.upto is not None or row.lane.checkpoint < shard.head:
                return False
            if row.lane.cuts or row.lane.window is not None:
                return False
        return True


def simulate(seed: int, steps: int = STEPS, parts: Parts | None = None) -> Story:
    """Run one world; the same arguments give the same story."""
    chosen = parts or Parts()
    return (chosen.simulator or Simulator)(seed, steps, chosen).run()
