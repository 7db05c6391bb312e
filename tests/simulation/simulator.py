"""A seeded world of writers, workers and misfortune, run until it comes to rest.

Everything is chosen by one `random.Random`: the same seed, number of steps and safeguards give the
same story, event by event. First chaos, then calm: the workers that are left must finish all there
is to do, with ticks that arrive and no further fault.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.simulation.rows import LEASE, POINTS, Mapping, Rows, Shard
from tests.simulation.story import Reads, Story
from tests.simulation.workers import Message, Worker, World
from triggers.polling.batching import Rules

STEPS = 1_200
_CALM_ROUNDS = 150
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
        self.misfortune = self.luck.choice([0.0, 0.5, 1.0, 1.0])
        self.world.flaky = self.luck.choice([0.0, 0.1, 0.3])
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
        story = self.world.story
        story.trimmed = {shard.id: shard.trimmed for shard in self.rows.shards.values()}
        return story

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
            max_age=self.luck.choice([-1, -1, 600]),
            bisect=self.luck.random() < 0.4,
            reports=self.luck.random() < 0.3,
            tumbling=tumbling,
        )

    # --- chaos -------------------------------------------------------------------------------

    def _chaos(self) -> None:
        dice = self.luck.random()
        if dice < 0.60:
            self._go_on()
        elif dice < 0.74:
            self._write()
        elif dice < 0.84:
            self._pass(self.luck.choice([0.01, 0.25, 0.25, 1.0, 5.0]))
        elif dice < 0.91:
            self._tick()
        elif dice < 0.94:
            self._sweep()
        elif self.luck.random() < self.misfortune:
            self.luck.choice(self._misfortunes())()
        else:
            self._pass(0.25)

    def _misfortunes(self) -> list[Callable[[], None]]:
        return [
            self._kill,
            self._kill,
            self._freeze,
            self._freeze,
            self._jump,
            self._split,
            self._toggle,
            self._toggle,
            self._divide,
            self._divide,
            self._retune,
            self._trim,
            self._map_anew,
            self._hire,
            lambda: self._pass(40.0),
        ]

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
        if self.world.calm:
            self.messages += [message] if message not in self.messages else []
            return
        if self.luck.random() < self.loss:
            return
        self.messages += [message] * (2 if self.luck.random() < 0.1 else 1)

    def _write(self) -> None:
        key = self.luck.randrange(12)
        shard, record = self.rows.write(key, self.world.now, poison=self.luck.random() < 0.06)
        self._written(shard.id, record.seq)

    def _written(self, shard: int, seq: int) -> None:
        self.world.story.acknowledged.add((shard, seq))
        self.world.tell("written", shard=shard, low=seq - 1, high=seq)
        if self.luck.random() < 0.7:
            self._send(Message(shard=shard))

    def _tick(self) -> None:
        self.rows.notice(self.world.now)
        for lane in self.rows.due(self.world.now):
            self._send(Message(lane=lane))

    def _sweep(self) -> None:
        """A worker takes in hand what ticks and messages should have brought."""
        awake = [worker for worker in self.workers if not worker.is_frozen()]
        if awake:
            worker = self.luck.choice(awake)
            self.rows.recall(worker.now())
            self.rows.notice(worker.now())
            for lane in self.rows.due(worker.now(), overdue=_SWEEP_OVERDUE):
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
        if not self.workers:
            return
        worker = self.workers.pop(self.luck.randrange(len(self.workers)))
        for turn in worker.turns:
            turn[0].close()  # type: ignore[attr-defined]
        self.world.tell("killed", worker=worker.name)
        if self.luck.random() < 0.5:
            self.rows.expire(worker.name)
        if not self.workers or self.luck.random() < 0.7:
            self._hire()

    def _freeze(self) -> None:
        if self.workers:
            worker = self.luck.choice(self.workers)
            worker.frozen_until = self.world.now + self.luck.choice([5.0, 25.0, 45.0, 120.0])
            self.world.tell("frozen", worker=worker.name)

    def _jump(self) -> None:
        """Set a worker's clock."""
        if self.workers:
            worker = self.luck.choice(self.workers)
            worker.skew = self.luck.choice([0.0, 0.0, 5.0, -5.0, 50.0, -50.0, 3600.0, -3600.0])
            self.world.tell("jumped", worker=worker.name, skew=worker.skew)

    def _split(self) -> None:
        shards = [one for one in self.rows.shards.values() if not one.closed and one.lo < one.hi]
        if shards and len(self.rows.shards) < _MOST_SHARDS:
            parent = self.luck.choice(shards)
            children = self.split(parent.id, self.luck.choice([1, 2, 2]))
            for child in children:
                self._know(child)
            self.world.tell("closed", shard=parent.id)
            self._send(Message(shard=parent.id))

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

    def _trim(self) -> None:
        shard = self.luck.choice(list(self.rows.shards.values()))
        if self.luck.random() < 0.2:
            self.rows.trim(shard.id, self.luck.randint(0, shard.head))
            self.world.tell("trimmed", shard=shard.id, high=shard.trimmed)

    def _map_anew(self) -> None:
        """Delete a mapping, create another."""
        mapping = self._some_mapping()
        if mapping is not None and self.next_mapping < _MOST_MAPPINGS and self.luck.random() < 0.5:
            self.rows.delete(mapping.id)
            del self.world.story.mappings[mapping.id]
        elif self.next_mapping < _MOST_MAPPINGS:
            self._map(self.luck.choice(["TRIM_HORIZON", "LATEST"]))

    def _some_mapping(self) -> Mapping | None:
        mappings = list(self.rows.mappings.values())
        return self.luck.choice(mappings) if mappings else None

    # --- calm --------------------------------------------------------------------------------

    def _calm(self) -> None:
        """End all misfortune and let everything be finished."""
        self.world.calm = True
        self.world.story.calm_at = self.world.now
        for worker in self.workers:
            worker.skew, worker.frozen_until = 0.0, 0.0
        if not self.workers:
            self._hire()
        for mapping in list(self.rows.mappings.values()):
            if not mapping.enabled:
                self.rows.switch(mapping.id, True, self.world.now)
                self.world.tell("switched", mapping=mapping.id, enabled=True)
        for _ in range(_CALM_ROUNDS):
            self.world.story.rested_at = self.world.now
            if self._at_rest():
                return
            self._tick()
            self._sweep()
            for _ in range(400):
                if not self.messages and not any(worker.turns for worker in self.workers):
                    break
                self._go_on()
            self._pass(self._until_next())
        self.world.story.settled = False

    def _until_next(self) -> float:
        """Seconds to the next thing that anybody waits for; at least one, a minute at most."""
        now = self.world.now
        lanes = [row.due_at for row in self.rows.lanes.values() if not row.lane.done]
        turns = [turn[1] for worker in self.workers for turn in worker.turns]
        ahead = [one for one in (*lanes, *turns) if one is not None and one > now]  # type: ignore[operator]
        return min(60.0, max(1.0, min(ahead, default=now) - now))  # type: ignore[type-var]

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
