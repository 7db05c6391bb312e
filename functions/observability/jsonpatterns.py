"""Filter patterns of JSON: `{ $.level = "ERROR" && ($.n > 5 || $.user.id NOT EXISTS) }`.

A message that is no JSON object is not meant, and a property that is missing matches only NOT EXISTS.
`$.items[*]` and `$.*` mean any element and any member: one that suits is enough. Source: CloudWatch Logs user guide, "Filter pattern syntax", JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from console.aws.errors import AwsError
from functions.observability.comparisons import OPERATORS, Comparison, comparison

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<mark>&&|\|\||[()])
      | (?P<selector>\$(?:\.\*|\.[\w\-/]+|\.?\[\s*(?:\*|\d+|"[^"]*"|'[^']*')\s*\])*)
      | (?P<operator>!=|<=|>=|=|<|>)
      | (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<regex>%[^%]*%)
      | (?P<word>[^\s()&|=!<>"]+)
    )""",
    re.VERBOSE,
)
_STEP = re.compile(
    r"""(\.\*|\.?\[\s*\*\s*\])|\.?\[\s*(\d+)\s*\]|(?:\.([\w\-/]+)|\.?\[\s*(?:"([^"]*)"|'([^']*)')\s*\])"""
)
_DEPTH = 32
_MOST_WILDCARDS = 3


class Wildcard(Enum):
    """A step of a path that stands for many."""

    MEMBERS = ".*"
    ELEMENTS = "[*]"


Path = tuple[str | int | Wildcard, ...]

Test = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class JsonPattern:
    """A condition on the properties of a JSON message."""

    test: Test
    selectors: tuple[str, ...] = ()

    def matches(self, message: str) -> bool:
        """Say whether a message is meant."""
        if not message.lstrip().startswith("{"):
            return False
        try:
            document = json.loads(message)
        except (ValueError, RecursionError):
            return False
        return self.test(document)

    def extract(self, message: str) -> dict[str, str]:
        """Give the properties that the pattern names, as texts."""
        found = ((one, select(message, one)) for one in self.selectors)
        return {one: text for one, text in found if text is not None}

    def offers(self, selector: str) -> bool:
        """Say whether a selector names one property of a message."""
        try:
            path = _path(selector) if selector.startswith("$") else ()
        except AwsError:
            return False
        return bool(path) and not _wildcards(path)


def select(message: str, selector: str) -> str | None:
    """Find one property of a JSON message as text; None when it is not there."""
    try:
        found = next(_find(json.loads(message), _path(selector)), None)
    except (ValueError, RecursionError):
        return None
    if found is None:
        return None
    return found if isinstance(found, str) else json.dumps(found, separators=(",", ":"))


def parse(text: str) -> JsonPattern:
    """Read a pattern in braces. Raises AwsError InvalidParameterException."""
    text = text.strip()
    if not (text.startswith("{") and text.endswith("}")):
        raise _refused("a JSON pattern ends with '}'")
    reader = _Reader(text[1:-1])
    test = reader.either(0)
    reader.finish()
    if sum(map(_wildcards, map(_path, reader.selectors()))) > _MOST_WILDCARDS:
        raise _refused(f"it may hold {_MOST_WILDCARDS} wildcard selectors")
    return JsonPattern(test, reader.selectors())


class _Reader:
    """Recursive descent over the tokens of a pattern."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at, text = 0, text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None or found.end() == at:
                raise _refused(f"'{text[at:].strip()[:20]}' is not understood")
            kind = found.lastgroup or ""
            self._tokens.append((kind, found[kind]))
            at = found.end()
        self._at = 0

    def either(self, depth: int) -> Test:
        tests = [self._both(depth)]
        while self._take("||"):
            tests.append(self._both(depth))
        return tests[0] if len(tests) == 1 else lambda value: any(one(value) for one in tests)

    def selectors(self) -> tuple[str, ...]:
        """Name the properties that the pattern asks about, each once."""
        return tuple(dict.fromkeys(text for kind, text in self._tokens if kind == "selector"))

    def finish(self) -> None:
        if self._at < len(self._tokens):
            raise _refused(f"'{self._tokens[self._at][1]}' is not expected")

    def _both(self, depth: int) -> Test:
        tests = [self._one(depth)]
        while self._take("&&"):
            tests.append(self._one(depth))
        return tests[0] if len(tests) == 1 else lambda value: all(one(value) for one in tests)

    def _one(self, depth: int) -> Test:
        if depth > _DEPTH:
            raise _refused("too many parentheses")
        if self._take("("):
            inside = self.either(depth + 1)
            if not self._take(")"):
                raise _refused("')' is missing")
            return inside
        kind, selector = self._next()
        if kind != "selector" or selector == "$":
            raise _refused(f"'{selector}' is no property selector")
        path = _path(selector)
        if _wildcards(path) > 1:
            raise _refused(f"'{selector}' has more than one wildcard")
        kind, word = self._next()
        if kind == "operator" and word in OPERATORS:
            return _Compared(path, self._value(word))
        return self._words(path, word.upper())

    def _value(self, operator: str) -> Comparison:
        kind, value = self._next()
        if kind == "text":
            return comparison(operator, re.sub(r"\\(.)", r"\1", value[1:-1]), quoted=True)
        if kind not in ("word", "regex"):
            raise _refused(f"'{value}' is no value")
        return comparison(operator, value)

    def _words(self, path: Path, word: str) -> Test:
        _, second = self._next()
        match word, second.upper():
            case "NOT", "EXISTS":
                return lambda value: not any(True for _ in _find(value, path))
            case "IS", "NULL":
                return lambda value: any(one is None for one in _find(value, path))
            case "IS", "TRUE":
                return lambda value: any(one is True for one in _find(value, path))
            case "IS", "FALSE":
                return lambda value: any(one is False for one in _find(value, path))
        raise _refused(f"'{word} {second}' is no comparison")

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise _refused("it ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, mark: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == ("mark", mark):
            self._at += 1
            return True
        return False


@dataclass(frozen=True, slots=True)
class _Compared:
    path: Path
    comparison: Comparison

    def __call__(self, value: Any) -> bool:
        return any(map(self._holds, _find(value, self.path)))

    def _holds(self, found: Any) -> bool:
        if found is None or isinstance(found, (dict, list)):
            return False
        return self.comparison.holds(found if isinstance(found, str) else json.dumps(found))


def _path(selector: str) -> Path:
    path: list[str | int | Wildcard] = []
    at = 1
    while at < len(selector):
        step = _STEP.match(selector, at)
        if step is None:
            raise _refused(f"'{selector}' is no property selector")
        wildcard, place, *named = step.groups()
        if wildcard is not None:
            path.append(Wildcard.ELEMENTS if "[" in wildcard else Wildcard.MEMBERS)
        elif place is not None:
            path.append(int(place))
        else:
            path.append(next(one for one in named if one is not None))
        at = step.end()
    return tuple(path)


def _wildcards(path: Path) -> int:
    return sum(isinstance(step, Wildcard) for step in path)


def _find(value: Any, path: Path) -> Iterator[Any]:
    """Give what is found at a path: nothing, one value, or with a wildcard any number of them."""
    for at, step in enumerate(path):
        match step:
            case Wildcard.MEMBERS | Wildcard.ELEMENTS:
                for one in _inside(value, step):
                    yield from _find(one, path[at + 1 :])
                return
            case int():
                if not isinstance(value, list) or step >= len(value):
                    return
            case str():
                if not isinstance(value, dict) or step not in value:
                    return
        value = value[step]
    yield value


def _inside(value: Any, step: Wildcard) -> list[Any]:
    if step is Wildcard.MEMBERS:
        return list(value.values()) if isinstance(value, dict) else []
    return value if isinstance(value, list) else []


def _refused(message: str) -> AwsError:
    return AwsError("InvalidParameterException", f"Invalid filter pattern: {message}")
