"""Drives the pure lane over a shard as the runner does, in virtual time, and takes down what
happened."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

from triggers.polling.lane import (
    Discard,
    Failed,
    Finish,
    Invoke,
    Lane,
    Outcome,
    Partial,
    Rules,
    Seen,
    SeenRecord,
    Skip,
    Succeeded,
    Take,
    Wait,
    Window,
    decide,
    settle,
)

BEGIN = 1_800_000_000.0
Function = Callable[[list[int]], Outcome]


@dataclass
class Call:
    """One invocation: when (seconds since BEGIN), with which sequences, under which request id."""

    at: float
    seqs: list[int]
    request: str
    final: bool = False
    window: Window | None = None


@dataclass
class Drive:
    """A shard, a lane on it, and what became of both; `seconds` is what one invocation takes."""

    rules: Rules
    function: Function
    records: list[SeenRecord] = field(default_factory=list)
    lane: Lane = field(default_factory=lambda: Lane(gathered_from=BEGIN))
    now: float = BEGIN
    seconds: float = 0.0
    trimmed: int = 0
    closed: bool = False
    calls: list[Call] = field(default_factory=list)
    discarded: list[Discard] = field(default_factory=list)
    skipped: list[Skip] = field(default_factory=list)
    requests: int = 0

    def write(self, count: int = 1, *, size: int = 100, matches: bool = True) -> None:
        """Append records that arrive now."""
        first = len(self.records) + 1
        self.records += [
            SeenRecord(seq, self.now, size, matches) for seq in range(first, first + count)
        ]

    def seen(self) -> Seen:
        """What the lane can see, as the runner looks."""
        low = max(self.lane.checkpoint, self.trimmed)
        high = self.lane.cuts[0] if self.lane.cuts else len(self.records)
        return Seen(self.records[low:high], self.trimmed, self.closed and high >= len(self.records))

    def step(self) -> Wait | Finish | None:
        """Take one decision; a wait or the end is given back, everything else is carried out."""
        action = decide(self.lane, self.seen(), self.rules, self.now)
        outcome = None
        match action:
            case Wait():
                return action
            case Finish():
                self.lane = settle(self.lane, action, None, self.rules, self.now)
                return action
            case Discard():
                self.discarded.append(action)
            case Skip():
                self.skipped.append(action)
            case Take():
                pass
            case Invoke(batch, final):
                if not self.lane.request_id:
                    self.requests += 1
                    self.lane = replace(self.lane, request_id=f"r{self.requests}")
                call = Call(
                    round(self.now - BEGIN, 6),
                    list(batch.seqs),
                    self.lane.request_id,
                    final,
                    self.lane.window,
                )
                self.calls.append(call)
                self.now += self.seconds
                outcome = self.function(list(batch.seqs))
        self.lane = settle(self.lane, action, outcome, self.rules, self.now)
        return None

    def run(self, until: float = float("inf"), steps: int = 10_000) -> None:
        """Go on, skipping over waits, until the lane waits for records or past `until`."""
        for _ in range(steps):
            rest = self.step()
            if isinstance(rest, Finish):
                return
            if isinstance(rest, Wait):
                if rest.until is None or rest.until - BEGIN > until:
                    return
                self.now = max(self.now, rest.until)
        raise AssertionError("the lane does not come to rest")

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def crash(self) -> None:
        """Forget everything but what a row holds."""
        row = json.loads(json.dumps(asdict(self.lane)))
        window = row.pop("window")
        row["cuts"] = tuple(row["cuts"])
        self.lane = Lane(**row, window=Window(**window) if window else None)

    def batches(self) -> list[list[int]]:
        """The sequences of each invocation."""
        return [call.seqs for call in self.calls]


def succeed(_seqs: list[int]) -> Outcome:
    """A function that always succeeds."""
    return Succeeded()


def fail_on(*bad: int) -> Function:
    """A function that raises when a bad record is among its records."""

    def function(seqs: list[int]) -> Outcome:
        return Failed() if set(bad) & set(seqs) else Succeeded()

    return function


def report(*bad: int) -> Function:
    """A function that reports the first bad record among its records."""

    def function(seqs: list[int]) -> Outcome:
        found = [seq for seq in seqs if seq in bad]
        return Partial(min(found)) if found else Succeeded()

    return function


def drive(function: Function = succeed, count: int = 0, **rules: object) -> Drive:
    made = Drive(Rules(**rules), function)  # type: ignore[arg-type]
    made.write(count)
    return made
