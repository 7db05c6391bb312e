"""What differs between two packages, file by file and line by line. Pure; draws nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from console.pages.functions import source

Kind = Literal["same", "gone", "new", "gap"]
_AROUND = 3
"""Unchanged lines shown around a change."""
_MOST_LINES = 2_000
"""Lines of a file above which only its being different is told: comparing takes their product."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison; a number is None on the side that does not have it."""

    kind: Kind
    text: str
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that is not the same in both; `lines` is None when it cannot be shown as text."""

    name: str
    kind: Literal["added", "removed", "changed"]
    lines: tuple[Line, ...] | None


def compare(before: bytes, after: bytes) -> list[FileChange]:
    """List the files (of two zip archives) that differ, the main file first."""
    names = dict.fromkeys([*source.names(after), *source.names(before)])
    changes = (_change(name, before, after) for name in names)
    return [one for one in changes if one is not None]


def lines(before: str, after: str) -> tuple[Line, ...]:
    """Compare two texts line by line; long unchanged stretches become one gap."""
    old, new = before.splitlines(), after.splitlines()
    made: list[Line] = []
    groups = SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_AROUND)
    for number, group in enumerate(groups):
        if number or group[0][1]:
            made.append(Line("gap", ""))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                made += _same(old, old_from, old_to, new_from)
                continue
            made += [Line("gone", old[at], before=at + 1) for at in range(old_from, old_to)]
            made += [Line("new", new[at], after=at + 1) for at in range(new_from, new_to)]
    return tuple(made)


def _same(old: list[str], start: int, end: int, other: int) -> Iterator[Line]:
    for offset, at in enumerate(range(start, end)):
        yield Line("same", old[at], before=at + 1, after=other + offset + 1)


def _change(name: str, before: bytes, after: bytes) -> FileChange | None:
    had, has = name in source.names(before), name in source.names(after)
    old = source.read(before, name) if had else ""
    new = source.read(after, name) if has else ""
    if had and has and source.digest(before, name) == source.digest(after, name):
        return None
    kind: Literal["added", "removed", "changed"] = "changed"
    if not had or not has:
        kind = "added" if has else "removed"
    if old is None or new is None or max(old.count("\n"), new.count("\n")) > _MOST_LINES:
        return FileChange(name, kind, None)
    return FileChange(name, kind, lines(old, new))
