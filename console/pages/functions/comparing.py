"""What differs between two packages, file by file and line by line. Pure; draws nothing."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from console.pages.functions import source

Kind = Literal["same", "gone", "new", "gap"]
Texts = Mapping[str, str]
MOST_SHOWN = 100
"""Files that are compared line by line."""
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
    """A file that is not the same in both; `lines` is None when it cannot be shown as text.

    The text of a symbolic link is where it leads.
    """

    name: str
    kind: Literal["added", "removed", "changed"]
    lines: tuple[Line, ...] | None
    is_link: bool = False


def compare(before: bytes, after: bytes) -> list[FileChange]:
    """List what differs of two zip archives: files, the main one first, then symbolic links.

    Of many only the first are compared line by line.
    """
    old, new = source.digests(before), source.digests(after)
    names = _differing(old, new)
    shown = names[:MOST_SHOWN]
    was = source.texts(before, [name for name in shown if name in old])
    now = source.texts(after, [name for name in shown if name in new])
    files = [
        FileChange(name, _kind(name, old, new), _compared(name, old, new, was, now))
        for name in names
    ]
    led, leads = source.links(before), source.links(after)
    return files + [
        FileChange(
            name, _kind(name, led, leads), lines(led.get(name, ""), leads.get(name, "")), True
        )
        for name in _differing(led, leads)
    ]


def lines(before: str, after: str) -> tuple[Line, ...]:
    """Compare two texts line by line; long unchanged stretches become one gap."""
    old, new = before.splitlines(), after.splitlines()
    made: list[Line] = []
    groups = SequenceMatcher(None, old, new).get_grouped_opcodes(_AROUND)
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


def _differing(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    return [name for name in dict.fromkeys([*new, *old]) if old.get(name) != new.get(name)]


def _kind(
    name: str, old: Mapping[str, object], new: Mapping[str, object]
) -> Literal["added", "removed", "changed"]:
    if name in old and name in new:
        return "changed"
    return "added" if name in new else "removed"


def _compared(
    name: str, old: Container[str], new: Container[str], was: Texts, now: Texts
) -> tuple[Line, ...] | None:
    """Compare the texts of a file; None when one that is there has none, or is too long."""
    before, after = was.get(name, ""), now.get(name, "")
    unread = (name in old and name not in was) or (name in new and name not in now)
    if unread or max(before.count("\n"), after.count("\n")) > _MOST_LINES:
        return None
    return lines(before, after)
