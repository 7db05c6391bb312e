"""The end of a path in a pattern: an array of alternatives, and which values of a record they accept.

Decides single values. How a path is walked is `clauses`' business, what may be written `grammar`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from triggers.mappings.patterns.values import Scalar, scalars, token


class Test(Protocol):
    """One operator with its operand."""

    def accepts(self, value: Scalar) -> bool:
        """Say whether `value` is meant."""
        ...


@dataclass(frozen=True, slots=True)
class Leaf:
    """Alternatives for one path: any of them will do.

    `exact` holds the tokens of plain values; `presence` what `exists` asks for. A path without a
    scalar at its end is absent, also when an object lies there. Source: recorded from AWS, a
    filter `"presentKey": [{"exists": false}]` let records with presentKey pass.
    """

    wanted: str  # as the pattern has it
    exact: frozenset[str]
    tests: tuple[Test, ...]
    presence: frozenset[bool]

    def holds(self, node: Any) -> bool:
        """Say whether what lies at the end of the path is accepted; of an array, any element."""
        if type(node) is str:
            return True in self.presence or self._accepts(node)
        found = scalars(node)
        return bool(found) in self.presence or any(map(self._accepts, found))

    def _accepts(self, value: Scalar) -> bool:
        return token(value) in self.exact or any(test.accepts(value) for test in self.tests)


@dataclass(frozen=True, slots=True)
class AnythingBut:
    """Every value that is there, except these."""

    tokens: frozenset[str]

    def accepts(self, value: Scalar) -> bool:
        """Say whether `value` is none of the excluded ones."""
        return token(value) not in self.tokens


@dataclass(frozen=True, slots=True)
class Within:
    """Numbers of a range; texts of digits, such as DynamoDB's N, are no numbers.

    Source: recorded from AWS, a numeric test never matched an attribute of type N.
    """

    low: float
    high: float
    with_low: bool
    with_high: bool

    def accepts(self, value: Scalar) -> bool:
        """Say whether `value` is a number of the range."""
        if type(value) is not int and type(value) is not float:
            return False
        above = value >= self.low if self.with_low else value > self.low
        below = value <= self.high if self.with_high else value < self.high
        return above and below


@dataclass(frozen=True, slots=True)
class Prefix:
    """Texts that begin so; `folded` does not look at upper and lower case."""

    word: str
    folded: bool

    def accepts(self, value: Scalar) -> bool:
        """Say whether `value` is a text that begins with the word."""
        return type(value) is str and _seen(value, self.folded).startswith(self.word)


@dataclass(frozen=True, slots=True)
class Suffix:
    """Texts that end so; `folded` does not look at upper and lower case."""

    word: str
    folded: bool

    def accepts(self, value: Scalar) -> bool:
        """Say whether `value` is a text that ends with the word."""
        return type(value) is str and _seen(value, self.folded).endswith(self.word)


@dataclass(frozen=True, slots=True)
class Folded:
    """One text in any mixture of upper and lower case."""

    word: str

    def accepts(self, value: Scalar) -> bool:
        """Say whether `value` is this text."""
        return type(value) is str and value.casefold() == self.word


def _seen(text: str, folded: bool) -> str:
    return text.casefold() if folded else text


def shown(node: Any, most: int) -> tuple[str, ...]:
    """Write up to `most` values that lie at the end of a path, as JSON."""
    return tuple(orjson.dumps(value).decode() for value in scalars(node)[:most])
