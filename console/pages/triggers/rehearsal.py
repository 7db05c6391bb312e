"""A trigger tried out before it is saved: one batch with one bad record, step by step.

Pure. Nothing is imitated: the steps are those that the poller's own machine decides on, in a time
that is only counted. What is drawn is laid out here, how it looks is the templates' business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from triggers.mappings.settings import Settings
from triggers.polling.lane import (
    Batch,
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
    Wait,
    decide,
    settle,
)
from triggers.polling.limits import PAYLOAD_BYTES

SHOWN = 8
"""Records of the batch that is tried out."""
CALL_SECONDS = 1.0
"""How long each call is taken to last; less where the function's timeout is less."""
LEFT, STEP, CELL = 52, 20, 18
"""Pixels left of the records, from record to record, and of a record."""
HEAD, ROW = 24, 22
"""Pixels of the row of records, and of a row."""
_STEPS = 60
_SAME = 4
"""Rows that one range gets before those in between are left out."""


@dataclass(frozen=True, slots=True)
class Try:
    """One call, or what ended the batch: records first..last, `at` seconds after the first call."""

    at: float
    first: int
    last: int
    kind: str  # "done", "failed", "reported", "given"
    wait: float = 0.0  # seconds until the next try of the same records


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the drawing; `y` and `x` in pixels, without a `width` it is text alone."""

    y: int
    time: str
    kind: str
    x: int
    width: int
    inside: str
    beside: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the batch; the bad one makes every call fail that holds it."""

    seq: int
    x: int
    bad: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is drawn: what a batch waits for, and what becomes of one with a bad record."""

    gathers: int  # seconds, 0: not at all
    records: int
    kilobytes: float  # average size from which 6 MB come before the count of records
    call: float  # seconds
    batch: tuple[Record, ...]
    rows: tuple[Row, ...]

    @property
    def side(self) -> int:
        """Pixels left of the text beside the rows."""
        return LEFT + len(self.batch) * STEP + 6

    @property
    def height(self) -> int:
        """Pixels of the drawing."""
        return HEAD + len(self.rows) * ROW + 4


def rehearse(chosen: Settings, *, timeout: int, backoff_cap: float) -> Timeline:
    """Try the settings out; `timeout` is the function's and `backoff_cap` the poller's, in seconds."""
    count = max(1, min(chosen.batch_size, SHOWN))
    bad = count // 2 + 1
    call = min(CALL_SECONDS, float(timeout))
    tries = list(_play(_rules(chosen, backoff_cap), count, bad, call))
    cells = tuple(Record(seq, _x(seq), seq == bad) for seq in range(1, count + 1))
    return Timeline(
        chosen.window_seconds,
        chosen.batch_size,
        PAYLOAD_BYTES / max(chosen.batch_size, 1) / 1024,
        call,
        cells,
        tuple(_rows(tries)),
    )


def _rules(chosen: Settings, backoff_cap: float) -> Rules:
    return Rules(
        batch_size=max(1, chosen.batch_size),
        backoff_cap=backoff_cap,
        max_retries=chosen.max_retries,
        max_age=chosen.max_age_seconds,
        bisect=chosen.bisect,
        reports=chosen.reports_failures,
    )


def _play(rules: Rules, count: int, bad: int, call: float) -> Iterable[Try]:
    """Let the machine work until the batch is settled, or long enough to see how it goes on."""
    lane, now = Lane(), 0.0
    records = [SeenRecord(seq, 0.0, 100) for seq in range(1, count + 1)]
    for _ in range(_STEPS):
        seen = Seen([one for one in records if one.seq > lane.checkpoint], closed=True)
        action = decide(lane, seen, rules, now)
        match action:
            case Wait(until) if until is not None:
                now = until
            case Wait() | Finish() | Skip():
                return
            case Discard(batch):
                yield Try(now, batch.seqs[0], batch.seqs[-1], "given")
                lane = settle(lane, action, None, rules, now)
            case Invoke(batch):
                began, outcome = now, _outcome(batch, bad, rules)
                now += call
                lane = settle(lane, action, outcome, rules, now)
                wait = max(lane.not_before - now, 0.0)
                yield Try(began, batch.seqs[0], batch.seqs[-1], _kind(outcome, batch), wait)
            case _:
                lane = settle(lane, action, None, rules, now)


def _outcome(batch: Batch, bad: int, rules: Rules) -> Outcome:
    if bad not in batch.seqs:
        return Succeeded()
    return Partial(bad) if rules.reports else Failed()


def _kind(outcome: Outcome, batch: Batch) -> str:
    """Name a call by what it leaves: a report of the first record alone leaves all, as a failure."""
    match outcome:
        case Succeeded():
            return "done"
        case Partial(first) if first > batch.seqs[0]:
            return "reported"
        case _:
            return "failed"


def _rows(tries: Sequence[Try]) -> Iterable[Row]:
    """Lay the tries out, one a row; of many alike the first two and the last are to be seen."""
    place = 0
    for _, same in groupby(tries, key=lambda one: (one.first, one.last, one.kind)):
        alike = list(same)
        cut = len(alike) > _SAME
        for one in alike[:2] if cut else alike:
            yield _row(place, one)
            place += 1
        if cut:
            endless = alike[-1] is tries[-1]
            longest = max(one.wait for one in (alike if endless else alike[1:-1]))
            yield _gap(place, len(alike) - 3, endless=endless, wait=longest)
            place += 1
            if not endless:
                yield _row(place, alike[-1])
                place += 1


def _row(place: int, one: Try) -> Row:
    mark = {"done": "✓", "given": "↗"}.get(one.kind, "✕")
    span = f"{one.first}" if one.first == one.last else f"{one.first}–{one.last}"
    return Row(
        HEAD + place * ROW,
        f"{said(one.at)}",
        "failed" if one.kind == "reported" else one.kind,
        _x(one.first),
        (one.last - one.first) * STEP + CELL,
        mark if one.last - one.first < 2 else f"{span} {mark}",
        _beside(one),
    )


def _gap(place: int, left: int, *, endless: bool, wait: float) -> Row:
    text = f"… again, {said(wait)} apart" if endless else f"… {left} more, up to {said(wait)} apart"
    return Row(HEAD + place * ROW, "", "gap", LEFT, 0, "", text)


def _beside(one: Try) -> str:
    match one.kind:
        case "done":
            return "done"
        case "given":
            return "given up"
        case "reported":
            return "reports the bad one"
        case _:
            return f"waits {said(one.wait)}" if one.wait else "splits"


def _x(seq: int) -> int:
    return LEFT + (seq - 1) * STEP


def said(seconds: float) -> str:
    """Write a short time: 0 s, 1.2 s, 4 min, 2 h."""
    if seconds < 60:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    if seconds < 7200:
        return f"{seconds / 60:.1f}".removesuffix(".0") + " min"
    return f"{seconds / 3600:.0f} h"
