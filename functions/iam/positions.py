"""Where in the text of a policy its statements stand: lines and columns. Judges nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass

_BLANKS = " \t\r\n"
_decoder = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a text; lines and columns are counted from 1."""

    line: int
    column: int


def of_statement(text: str, place: int) -> tuple[Position, Position]:
    """Find the statement number `place` (from 1) of a policy that is well-formed JSON."""
    begin, end = spans(text)[place - 1]
    return position(text, begin), position(text, end)


def position(text: str, offset: int) -> Position:
    """Turn an offset into a line and a column."""
    before = text[:offset]
    return Position(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def spans(text: str) -> list[tuple[int, int]]:
    """List where the statements of a policy begin and end, as offsets."""
    at = _skip(text, _skip(text, 0) + 1)
    while text[at] == '"':
        name, at = _decoder.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        if name == "Statement":
            return _elements(text, at) if text[at] == "[" else [(at, _end(text, at))]
        at = _skip(text, _end(text, at))
        if text[at] == ",":
            at = _skip(text, at + 1)
    return []


def _elements(text: str, at: int) -> list[tuple[int, int]]:
    found = []
    at = _skip(text, at + 1)
    while text[at] != "]":
        end = _end(text, at)
        found.append((at, end))
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found


def _end(text: str, at: int) -> int:
    end: int = _decoder.raw_decode(text, at)[1]
    return end


def _skip(text: str, at: int) -> int:
    while text[at] in _BLANKS:
        at += 1
    return at
