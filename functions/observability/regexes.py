"""Regular expressions of filter patterns, the small language between `%` signs.

No groups and no references: alternatives of repeated characters, with anchors. So a match walks
the text once with a set of places, whatever a stranger writes; Python's `re` could take for ever.
Source: CloudWatch Logs user guide, "Supported regular expressions (regex) syntax".
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass

from console.aws.errors import AwsError

_MOST_PLACES = 64
"""How large an expression may be, each repetition counted; ours, so that a search ends soon."""
_DIGITS = frozenset(string.digits)
_WORD = frozenset(string.ascii_letters + string.digits + "_")
_SPACE = frozenset(" \t\r\n\f\v")
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_PLAIN = frozenset(string.ascii_letters + string.digits + "_#=@/;,-: ")
"""Characters that stand for themselves without a backslash."""
_UNLIMITED = 10**9


@dataclass(frozen=True, slots=True)
class _Set:
    """Some characters, or with `but` all others."""

    members: frozenset[str]
    but: bool = False

    def has(self, character: str) -> bool:
        return (character in self.members) is not self.but


@dataclass(frozen=True, slots=True)
class _Repeat:
    """A character of a set, `least` to `most` times."""

    of: _Set
    least: int = 1
    most: int = 1

    @property
    def cap(self) -> int:
        """Count no further than this: more makes no difference."""
        return self.least if self.most == _UNLIMITED else self.most + 1


@dataclass(frozen=True, slots=True)
class _Alternative:
    items: tuple[_Repeat, ...]
    at_start: bool = False
    at_end: bool = False

    def found_in(self, text: str) -> bool:
        """Walk the text once; a place is (item, how often it matched)."""
        places = set(self._closed({(0, 0)}))
        for character in text:
            if self._ends(places, last=False):
                return True
            following = set(self._steps(places, character))
            if not self.at_start:
                following |= {(0, 0)}
            elif not following:
                return False
            places = set(self._closed(following))
        return self._ends(places, last=True)

    def _ends(self, places: set[tuple[int, int]], *, last: bool) -> bool:
        return (last or not self.at_end) and any(item == len(self.items) for item, _ in places)

    def _steps(self, places: set[tuple[int, int]], character: str) -> Iterator[tuple[int, int]]:
        for item, count in places:
            if item < len(self.items) and self.items[item].of.has(character):
                yield item, min(count + 1, self.items[item].cap)

    def _closed(self, places: set[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Leave items that have matched often enough; drop those that matched too often."""
        todo = list(places)
        seen = set(todo)
        while todo:
            item, count = todo.pop()
            if item < len(self.items):
                repeat = self.items[item]
                if count > repeat.most:
                    continue
                if count >= repeat.least and (item + 1, 0) not in seen:
                    seen.add((item + 1, 0))
                    todo.append((item + 1, 0))
            yield item, count


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression; it is found anywhere in a text unless its anchors say otherwise."""

    alternatives: tuple[_Alternative, ...]

    def found_in(self, text: str) -> bool:
        """Say whether the text contains a match."""
        return any(one.found_in(text) for one in self.alternatives)


def parse(text: str) -> Regex:
    """Read what stands between two `%` signs. Raises AwsError InvalidParameterException."""
    read = Regex(tuple(_Reader(part).alternative() for part in _split(text)))
    places = sum(1 + min(one.cap, 10**6) for part in read.alternatives for one in part.items)
    if places > 2 * _MOST_PLACES:
        raise _refused("it is too large for Shardlight")
    return read


def _split(text: str) -> Iterator[str]:
    """Part alternatives at `|`, but not in classes or behind a backslash."""
    part, inside, escaped = "", False, False
    for character in text:
        if character == "|" and not inside and not escaped:
            yield part
            part = ""
            continue
        if not escaped:
            inside = character == "[" or (inside and character != "]")
        escaped = character == "\\" and not escaped
        part += character
    yield part


class _Reader:
    """Reads one alternative."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def alternative(self) -> _Alternative:
        at_start = self._take("^")
        items: list[_Repeat] = []
        at_end = False
        while self._at < len(self._text):
            if self._take("$"):
                at_end = True
                if self._at < len(self._text):
                    raise _refused("$ must end an expression")
                break
            items.append(self._repeated(self._set()))
        return _Alternative(tuple(items), at_start, at_end)

    def _set(self) -> _Set:
        character = self._next()
        if character == ".":
            return _Set(frozenset(), but=True)
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escape()
        if character not in _PLAIN:
            raise _refused(f"'{character}' is not supported")
        return _Set(frozenset(character))

    def _escape(self) -> _Set:
        character = self._next()
        known = _CLASSES.get(character.lower())
        if known is not None:
            return _Set(known, but=character.isupper())
        if character == "x":
            digits = self._next() + self._next()
            if not all(one in string.hexdigits for one in digits):
                raise _refused("\\x needs two hexadecimal digits")
            return _Set(frozenset(chr(int(digits, 16))))
        if character.isalnum():
            raise _refused(f"\\{character} is not supported")
        return _Set(frozenset(character))

    def _class(self) -> _Set:
        negated = self._take("^")
        members: set[str] = set()
        while not self._take("]"):
            character = self._next()
            if character == "\\":
                escaped = self._escape()
                if escaped.but:
                    raise _refused("negated classes cannot stand in a class")
                members |= escaped.members
                continue
            if self._peek() == "-" and self._peek(1) not in ("]", ""):
                self._next()
                last = self._next()
                members |= {chr(code) for code in range(ord(character), ord(last) + 1)}
            else:
                members.add(character)
        return _Set(frozenset(members), but=negated)

    def _repeated(self, of: _Set) -> _Repeat:
        if self._take("*"):
            return _Repeat(of, 0, _UNLIMITED)
        if self._take("+"):
            return _Repeat(of, 1, _UNLIMITED)
        if self._take("?"):
            return _Repeat(of, 0, 1)
        if not self._take("{"):
            return _Repeat(of)
        inside = ""
        while not self._take("}"):
            inside += self._next()
        least, comma, most = inside.partition(",")
        if not least.isdigit() or (most and not most.isdigit()):
            raise _refused(f"{{{inside}}} is no repetition")
        highest = int(most) if most else (_UNLIMITED if comma else int(least))
        return _Repeat(of, int(least), highest)

    def _next(self) -> str:
        if self._at >= len(self._text):
            raise _refused("the expression ends too early")
        self._at += 1
        return self._text[self._at - 1]

    def _peek(self, ahead: int = 0) -> str:
        return self._text[self._at + ahead : self._at + ahead + 1]

    def _take(self, character: str) -> bool:
        if self._peek() != character:
            return False
        self._at += 1
        return True


def _refused(why: str) -> AwsError:
    return AwsError("InvalidParameterException", f"Invalid regular expression: {why}")
