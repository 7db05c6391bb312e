"""What happened in a simulated world, as an onlooker with the true clock took it down."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.simulation.rows import Mapping, Record


@dataclass(slots=True)
class Event:
    """One thing that happened; which fields have a meaning depends on `kind`."""

    at: float  # true time
    kind: str
    mapping: int = 0
    lane: int = 0
    shard: int = 0
    token: int = 0
    worker: str = ""
    call: int = 0  # an invocation
    low: int = 0
    high: int = 0
    seqs: tuple[int, ...] = ()
    fate: str = ""
    request: str = ""
    skew: float = 0.0  # how far the worker's clock is ahead of the true one
    number: int = 0
    factor: int = 1
    final: bool = False
    total: int = -1  # of a window's final invocation: records counted in its state
    window: int | None = None
    enabled: bool = True

    def line(self) -> str:
        """Write the event for people."""
        told = [f"{self.at:9.2f}", f"{self.kind:<9}"]
        names = ("worker", "mapping", "lane", "shard", "token", "call", "seqs", "fate", "request")
        for name in names:
            value = getattr(self, name)
            if value:
                told.append(f"{name}={_short(value)}")
        if self.high or self.low:
            told.append(f"({self.low}, {self.high}]")
        return " ".join(told)


@dataclass(slots=True)
class Reads:
    """What a mapping owes: the shards it was to read, each from a place."""

    mapping: Mapping
    starts: dict[int, int]


@dataclass(slots=True)
class Story:
    """A whole run: events in order, and the world's end state as far as checks need it."""

    events: list[Event] = field(default_factory=list)
    records: dict[int, list[Record]] = field(default_factory=dict)  # shard -> all ever committed
    parents: dict[int, int | None] = field(default_factory=dict)
    mappings: dict[int, Reads] = field(default_factory=dict)
    settled: bool = True  # the world came to rest in the end
    calm_at: float = 0.0  # true times: the last misfortune, and when there was nothing left to do
    rested_at: float = 0.0
    acknowledged: set[tuple[int, int]] = field(default_factory=set)  # (shard, seq)

    counts: Counter[str] = field(default_factory=Counter)  # what no event tells, by its words

    def of(self, kind: str) -> list[Event]:
        """All events of one kind."""
        return [event for event in self.events if event.kind == kind]


def _short(value: object) -> str:
    if isinstance(value, tuple):
        shown = ",".join(map(str, value[:6]))
        return f"[{shown}{',…' if len(value) > 6 else ''}]"
    return str(value)
