"""The drawing of a stream's shards: each one a node, parents to the left of their children.

Pure: facts in, places in pixels out. What a shard is and when it ends is `triggers.streams`'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 208
HEIGHT: Final = 58
ROW: Final = 72
GAP: Final = 52
"""Pixels: of a node, from row to row, between parent and child."""

BAR: Final = 184
"""Pixels of the bar that shows which part of all keys a shard takes."""

_ALL: Final = 2**64


@dataclass(frozen=True, slots=True)
class Shard:
    """What is known of a shard; it takes keys whose digest lies in low..high."""

    name: str
    parent: str
    low: int
    high: int
    records: int
    closed: bool

    @property
    def share(self) -> float:
        """The part of all keys it takes, in percent."""
        return (self.high - self.low + 1) / _ALL * 100


@dataclass(frozen=True, slots=True)
class Node:
    """A shard in the drawing; `bar` is where its keys begin and how wide they are."""

    shard: Shard
    x: int
    y: int
    bar: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Wire:
    """The curve from a parent to a child."""

    path: str
    open: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it, in pixels."""

    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]
    width: int
    height: int


def draw(shards: Sequence[Shard]) -> Drawing:
    """Lay shards out: a column for each generation, a row for each that has no child."""
    named = {one.name: one for one in shards}
    children: dict[str, list[Shard]] = {}
    for one in sorted(shards, key=lambda shard: (shard.low, shard.name)):
        children.setdefault(one.parent if one.parent in named else "", []).append(one)
    places: dict[str, tuple[int, float]] = {}
    rows = 0
    for one, depth in reversed(_walk(children)):
        below = [places[child.name][1] for child in children.get(one.name, [])]
        if below:
            places[one.name] = depth, sum(below) / len(below)
        else:
            places[one.name] = depth, -float(rows)
            rows += 1
    nodes = {name: _node(named[name], depth, rows - 1 + y) for name, (depth, y) in places.items()}
    wires = tuple(
        _wire(nodes[one.parent], nodes[one.name])
        for one in shards
        if one.parent in nodes and one.name in nodes
    )
    deepest = max((depth for depth, _ in places.values()), default=0)
    order = tuple(nodes[one.name] for one in shards)
    return Drawing(
        order, wires, (deepest + 1) * (WIDTH + GAP) - GAP, max(rows, 1) * ROW - (ROW - HEIGHT)
    )


def _walk(children: dict[str, list[Shard]]) -> list[tuple[Shard, int]]:
    """List every shard with its generation, a parent before its children."""
    found: list[tuple[Shard, int]] = []
    left = [(one, 0) for one in reversed(children.get("", []))]
    while left:
        one, depth = left.pop()
        found.append((one, depth))
        left += [(child, depth + 1) for child in reversed(children.get(one.name, []))]
    return found


def _node(shard: Shard, depth: int, row: float) -> Node:
    start = round(shard.low / _ALL * BAR)
    width = max(2, round((shard.high - shard.low + 1) / _ALL * BAR))
    return Node(shard, depth * (WIDTH + GAP), round(row * ROW), (min(start, BAR - width), width))


def _wire(parent: Node, child: Node) -> Wire:
    x, y = parent.x + WIDTH, parent.y + HEIGHT // 2
    to_x, to_y = child.x, child.y + HEIGHT // 2
    bend = GAP // 2
    path = f"M{x} {y}C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}"
    return Wire(path, not child.shard.closed)
