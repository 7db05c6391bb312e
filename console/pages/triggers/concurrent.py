"""The picture of a shard that several lanes read at once: one rail, a bracket and a tint for each.

Pure, like `shardview`, whose drawing this is; every lane's facts must cover what is in sight.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from console.pages.triggers import shardview
from console.pages.triggers.shardview import (
    ABOVE,
    BEFORE,
    NEWEST,
    ROW,
    STEP,
    Bar,
    Cell,
    Drawing,
    Facts,
)


def in_sight(lanes: Sequence[Facts]) -> range:
    """The records that are drawn: those around the lane that is furthest behind, or the newest."""
    head = lanes[0].head
    behind = [shardview.root(one) for one in lanes if not shardview.is_caught_up(one)]
    oldest = max(1, min(behind) - BEFORE if behind else head - NEWEST + 1)
    return range(oldest, min(head, oldest + NEWEST - 1) + 1)


def draw(lanes: Sequence[Facts]) -> Drawing:
    """Draw the lanes of one shard together; the flag stands at the lowest checkpoint."""
    seqs = in_sight(lanes)
    checkpoint, head = min(one.checkpoint for one in lanes), lanes[0].head
    flag = checkpoint - seqs.start + 1
    rows, batches = _brackets(lanes, seqs)
    return Drawing(
        tuple(_cells(lanes, seqs, checkpoint)),
        seqs.start - 1,
        head - seqs.stop + 1,
        tuple(batches),
        flag * STEP - 2 if seqs and 0 <= flag <= len(seqs) else None,
        "end of shard" if lanes[0].closed and checkpoint >= head else "checkpoint",
        tuple(_trees(lanes, seqs)) if seqs else (),
        all(shardview.is_caught_up(one) for one in lanes),
        max(rows, 1) * ABOVE,
    )


def _cells(lanes: Sequence[Facts], seqs: range, checkpoint: int) -> Iterable[Cell]:
    reached = min(checkpoint + 1, seqs[-1]) if seqs else 0
    for seq in seqs:
        number = next((at for at, one in enumerate(lanes) if seq not in one.others), 0)
        yield Cell(seq, shardview.look(lanes[number], seq), seq == reached, number)


def _brackets(lanes: Sequence[Facts], seqs: range) -> tuple[int, list[Bar]]:
    """Give each lane that has a batch a row of its own above the cells."""
    rows, found = 0, []
    for number, one in enumerate(lanes):
        bars = list(shardview.brackets(one, seqs))
        found += [
            replace(bar, y=rows * ABOVE, text=f"{number + 1}: {bar.text}", tint=number)
            for bar in bars
        ]
        rows += bool(bars)
    return rows, found


def _trees(lanes: Sequence[Facts], seqs: range) -> Iterable[Bar]:
    """Put the lanes' attempts below each other."""
    rows = 0
    for number, one in enumerate(lanes):
        bars = list(shardview.tree(one, seqs))
        for bar in bars:
            yield replace(bar, y=bar.y + rows * ROW, text=f"{number + 1}: {bar.text}", tint=number)
        rows += len(bars)
