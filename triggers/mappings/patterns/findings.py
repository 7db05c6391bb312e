"""A pattern held against one record, clause by clause, for people who ask why it does not match."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

from triggers.mappings.patterns.clauses import Choice, Fields
from triggers.mappings.patterns.leaves import Leaf, shown
from triggers.mappings.patterns.values import NOTHING, objects

_VALUES_SHOWN = 10
Path = tuple[str, ...]


class Kind(StrEnum):
    """What a clause asks for."""

    ALL = "all"  # all of its parts
    ANY = "any"  # one of its parts
    LEAF = "leaf"  # a value at the end of a path


class Lies(StrEnum):
    """What lies at the end of a path."""

    ABSENT = "absent"
    OBJECT = "object"  # often a pattern that leaves out the type letter (S, N, …)
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Finding:
    """One clause and whether it holds; `wanted` and `found` (JSON texts) are a leaf's."""

    kind: Kind
    path: Path
    holds: bool
    parts: tuple[Finding, ...] = ()
    wanted: str = ""
    found: tuple[str, ...] = ()
    lies: Lies = Lies.VALUE

    def failures(self) -> Iterator[Finding]:
        """Give the leaves because of which this does not hold, in the pattern's order."""
        if self.holds:
            return
        if self.kind is Kind.LEAF:
            yield self
        for part in self.parts:
            yield from part.failures()


def find(pattern: Fields, record: dict[str, Any]) -> Finding:
    """Hold `pattern` against `record`. Of an array it shows the first element that satisfies."""
    return _fields(pattern, (), record)


def _fields(fields: Fields, path: Path, node: Any) -> Finding:
    candidates = objects(node)
    one = next((one for one in candidates if fields.holds_in(one)), candidates[0])
    named = (_part(part, (*path, name), one.get(name, NOTHING)) for name, part in fields.named)
    chosen = (_choice(choice, path, one) for choice in fields.choices)
    parts = (*named, *chosen)
    return Finding(Kind.ALL, path, all(part.holds for part in parts), parts)


def _part(part: Fields | Leaf, path: Path, node: Any) -> Finding:
    match part:
        case Leaf():
            return _leaf(part, path, node)
        case Fields():
            return _fields(part, path, node)
        case _:
            assert_never(part)


def _choice(choice: Choice, path: Path, one: dict[str, Any]) -> Finding:
    parts = tuple(_fields(option, path, one) for option in choice.options)
    return Finding(Kind.ANY, path, any(part.holds for part in parts), parts)


def _leaf(leaf: Leaf, path: Path, node: Any) -> Finding:
    found = shown(node, _VALUES_SHOWN)
    lies = Lies.VALUE if found else Lies.OBJECT if node else Lies.ABSENT
    return Finding(Kind.LEAF, path, leaf.holds(node), (), leaf.wanted, found, lies)
