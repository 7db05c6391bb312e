"""The picture of one lane: records as cells, the batch in hand, what was tried, the checkpoint.

Pure: facts in, a drawing out. Nothing is guessed: fates come from the ledger's runs, attempts from the
invocations that were made. What the drawing looks like is the templates' and stylesheets' business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise

NEWEST = 60
BEFORE = 12
"""Cells left of the checkpoint while records wait."""
STEP, CELL = 28, 25
"""Pixels from cell to cell, and of a cell."""
ROW, TREE = 22, 24
"""Pixels of an attempt's row, and of what stands above the first."""
ABOVE = 24
"""Pixels of a bracket with its text."""
_ROWS = 8
_TEXT = 470
"""Pixels kept free for the text beside an attempt."""


class Look(StrEnum):
    """What has become of a record, as this trigger sees it."""

    PROCESSED = "processed"
    FILTERED = "filtered"
    DISCARDED = "discarded"
    EXPIRED = "expired"
    FLIGHT = "in flight"
    FAILING = "failing"
    WAITING = "waiting"
    BEFORE = "before the start"
    OTHER = "of another batch"


FATES = {
    "delivered": Look.PROCESSED,
    "filtered": Look.FILTERED,
    "expired": Look.EXPIRED,
    "discarded": Look.DISCARDED,
}
"""How the ledger's fates look."""


@dataclass(frozen=True, slots=True)
class Run:
    """Sequences (low, high] with one fate; those in `skipped` (inclusive) were passed over."""

    low: int
    high: int
    fate: str
    skipped: tuple[tuple[int, int], ...] = ()

    def look(self, seq: int) -> Look | None:
        """Say what became of a record; None when the run does not hold it."""
        if not self.low < seq <= self.high:
            return None
        passed = any(first <= seq <= last for first, last in self.skipped)
        return Look.FILTERED if passed else FATES[self.fate]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One invocation with records first..last; `worked` is None while it runs.

    With `reported` it returned, but told of records that failed.
    """

    first: int
    last: int
    number: int
    worked: bool | None
    error: str = ""
    milliseconds: float | None = None
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Gathering:
    """A batching window that fills: seconds left of its length, and how many records end it."""

    left: float
    length: float
    wanted: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a lane and its shard; `cuts` end the batches owed, the first is in hand.

    `next_try` tells people when a failed batch comes again, and how often still.
    """

    head: int
    checkpoint: int
    trimmed: int = 0
    cuts: tuple[int, ...] = ()
    failures: int = 0
    closed: bool = False
    runs: tuple[Run, ...] = ()
    attempts: tuple[Attempt, ...] = ()  # oldest first
    others: frozenset[int] = frozenset()  # what other lanes of the shard read, by item key
    gathering: Gathering | None = None
    next_try: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One record."""

    seq: int
    look: Look
    first: bool  # the one that the keyboard reaches first
    tint: int | None = None  # which of several lanes it falls to

    @property
    def kind(self) -> str:
        """The look as a class of the stylesheet."""
        return self.look.name.lower()

    @property
    def short(self) -> str:
        """What stands in the cell: a sign where colour alone would tell, else the last two digits."""
        return {Look.FAILING: "✕", Look.DISCARDED: "↗"}.get(self.look, f"{self.seq % 100:02d}")


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of cells: where it begins and how wide it is, in pixels; its row and its texts."""

    x: int
    width: int
    kind: str
    text: str
    y: int = 0
    inside: str = ""
    beside: str = ""
    part: float | None = None  # of a window: what is left of it, from 1 to 0
    tint: int | None = None  # which of several lanes it is of

    @property
    def wide(self) -> bool:
        """Say whether its texts fit inside; beside it they would be out of sight."""
        return self.width > _TEXT


@dataclass(frozen=True, slots=True)
class Drawing:
    """A lane as it is drawn; the checkpoint's flag stands at `flag` (pixels, None: not in sight)."""

    cells: tuple[Cell, ...]
    older: int
    newer: int
    batches: tuple[Bar, ...]
    flag: int | None
    flag_text: str
    attempts: tuple[Bar, ...]
    caught_up: bool  # nothing waits: the newest cells are what to look at
    above: int = ABOVE  # pixels above the cells, for the brackets

    @property
    def width(self) -> int:
        """Pixels of the drawing."""
        return len(self.cells) * STEP + (_TEXT if self.attempts else 90)

    @property
    def height(self) -> int:
        """Pixels of what stands below the cells."""
        return TREE + len(self.attempts) * ROW


def draw(facts: Facts) -> Drawing:
    """Draw a lane."""
    seqs = in_sight(facts)
    oldest = seqs.start
    flag = facts.checkpoint - oldest + 1
    ended = facts.closed and facts.checkpoint >= facts.head
    return Drawing(
        tuple(_cells(facts, seqs)),
        oldest - 1,
        facts.head - seqs.stop + 1,
        tuple(brackets(facts, seqs)),
        flag * STEP - 2 if seqs and 0 <= flag <= len(seqs) else None,
        "end of shard" if ended else "checkpoint",
        tuple(tree(facts, seqs)) if seqs else (),
        is_caught_up(facts),
    )


def in_sight(facts: Facts) -> range:
    """The records that are drawn: the newest ones, or while records wait, those around the batch."""
    oldest = facts.head - NEWEST + 1 if is_caught_up(facts) else root(facts) - BEFORE
    oldest = max(1, oldest)
    return range(oldest, min(facts.head, oldest + NEWEST - 1) + 1)


def is_caught_up(facts: Facts) -> bool:
    """Say whether nothing waits."""
    return facts.checkpoint >= facts.head


def look(facts: Facts, seq: int) -> Look:
    """Say what has become of one record."""
    if seq in facts.others:
        return Look.OTHER
    looks = [found for run in facts.runs if (found := run.look(seq)) is not None]
    done = next((one for one in looks if one is not Look.FILTERED), None)
    if done is not None:
        return done
    if seq > facts.checkpoint:
        return _pending(facts, seq)
    if looks:
        return Look.FILTERED
    return Look.EXPIRED if seq <= facts.trimmed else Look.BEFORE


def _pending(facts: Facts, seq: int) -> Look:
    running = (one for one in facts.attempts if one.worked is None)
    if any(one.first <= seq <= one.last for one in running):
        return Look.FLIGHT
    if facts.failures and facts.cuts and seq <= facts.cuts[0]:
        return Look.FAILING
    return Look.EXPIRED if seq <= facts.trimmed else Look.WAITING


def _cells(facts: Facts, seqs: Sequence[int]) -> Iterable[Cell]:
    reached = min(facts.checkpoint + 1, seqs[-1]) if seqs else 0
    for seq in seqs:
        yield Cell(seq, look(facts, seq), seq == reached)


def brackets(facts: Facts, seqs: Sequence[int]) -> Iterable[Bar]:
    """Span the batch in hand and those owed next, or the batching window that fills."""
    low = facts.checkpoint
    if facts.gathering is not None and not facts.cuts:
        yield from _window(facts, facts.gathering, seqs)
    for place, high in enumerate(facts.cuts):
        if place == 0:
            text = f"batch {_counted(facts, low, high)} · attempt {facts.failures + 1}"
            kind = "failing" if facts.failures else "inhand"
        else:
            text, kind = "owed next", "owed"
        yield from _bar(seqs, low + 1, high, kind, text)
        low = high


def _window(facts: Facts, gathering: Gathering, seqs: Sequence[int]) -> Iterable[Bar]:
    low = facts.checkpoint
    found = facts.head - low - sum(seq > low for seq in facts.others)
    text = f"gathering · {found} of {gathering.wanted} records · {gathering.left:.0f} s left"
    part = min(max(gathering.left / gathering.length, 0.0), 1.0)
    yield from _bar(seqs, low + 1, facts.head, "gathering", text, part=part)


def _counted(facts: Facts, low: int, high: int) -> str:
    count = high - low - sum(low < seq <= high for seq in facts.others)
    noun = "record" if count == 1 else "records"
    span = f"{high}" if high - low == 1 else f"{low + 1}–{high}"
    return f"{span} · {count} {noun}"


def _bar(
    seqs: Sequence[int], first: int, last: int, kind: str, text: str, **more: object
) -> Iterable[Bar]:
    """Place a stretch under the cells in sight; nothing when none of them is."""
    begin, end = max(first, seqs[0]) if seqs else 1, min(last, seqs[-1]) if seqs else 0
    if begin <= end:
        width = (end - begin) * STEP + CELL
        yield Bar((begin - seqs[0]) * STEP, width, kind, text, **more)  # type: ignore[arg-type]


def tree(facts: Facts, seqs: Sequence[int]) -> Iterable[Bar]:
    """What was tried with the batches owed: one row a range, alike failures in a row drawn as one."""
    if not facts.cuts:
        return
    begin = root(facts)
    shown = [one for one in facts.attempts if begin <= one.first and one.last <= facts.cuts[-1]]
    groups = [list(same) for _, same in groupby(shown, key=_alike)][-_ROWS:]
    wider: list[Attempt] = []
    for row, same in enumerate(groups):
        last = same[-1]
        reported = last.reported
        kind = (
            "failed" if reported else {None: "inhand", True: "done", False: "failed"}[last.worked]
        )
        yield from _bar(
            seqs,
            last.first,
            last.last,
            kind,
            _name(wider, same),
            y=TREE + row * ROW,
            inside=_span(last, reported=reported),
            beside="reported batch item failures" if reported else _said(same),
        )
        wider.append(last)
    yield from _to_come(facts, seqs, len(groups))


def _to_come(facts: Facts, seqs: Sequence[int], rows: int) -> Iterable[Bar]:
    """What comes next: the failed batch again, and parts that were split off and not tried yet."""
    if facts.next_try:
        first, last = facts.checkpoint + 1, facts.cuts[0]
        named = f"{first}" if first == last else f"{first}–{last}"
        again = {"y": TREE + rows * ROW, "inside": named, "beside": facts.next_try}
        yield from _bar(seqs, first, last, "next", f"Retry {facts.failures}", **again)
        rows += 1
    for low, high in pairwise(facts.cuts):
        named = f"{high}" if high - low == 1 else f"{low + 1}–{high}"
        y = TREE + rows * ROW
        yield from _bar(seqs, low + 1, high, "owed", "Not tried yet", y=y, inside=named)
        rows += 1


def root(facts: Facts) -> int:
    """Say where the batch began that the batches owed are parts of; the checkpoint's next without one."""
    owed = facts.checkpoint + 1
    if not facts.cuts:
        return owed
    tried = (one.first for one in facts.attempts if owed <= one.last <= facts.cuts[-1])
    return min((first for first in tried if first > owed - NEWEST + BEFORE), default=owed)


def _alike(one: Attempt) -> tuple[int, int, bool | None, str]:
    return one.first, one.last, one.worked, one.error


def _name(wider: Sequence[Attempt], same: Sequence[Attempt]) -> str:
    """Name a row: a part of what was tried before is a split of it, or the rest that was reported."""
    first, last = same[0], same[-1]
    whole = next((one for one in reversed(wider) if _holds(one, first)), None)
    if whole is not None:
        part = "Rest" if whole.worked else "Split"
        return part if len(same) == 1 else f"{part}, {len(same)} times"
    if len(same) > 1:
        return f"Attempts {first.number}–{last.number}"
    return f"Attempt {first.number}"


def _holds(one: Attempt, part: Attempt) -> bool:
    inside = one.first <= part.first and part.last <= one.last
    return inside and one.last - one.first > part.last - part.first


def _span(one: Attempt, *, reported: bool = False) -> str:
    mark = "✕" if reported else {None: "…", True: "✓", False: "✕"}[one.worked]
    return f"{one.first} {mark}" if one.first == one.last else f"{one.first}–{one.last} {mark}"


def _said(same: Sequence[Attempt]) -> str:
    last = same[-1]
    if last.worked is None:
        return "running now"
    took = "" if last.milliseconds is None else f"{last.milliseconds:.0f} ms"
    text = last.error if not last.worked else "succeeded"
    return " · ".join(part for part in (text[:48], took) if part)
