"""Comparisons of filter patterns: one value of a message against one of the pattern.

Used by JSON and space-delimited patterns alike. Source: CloudWatch Logs user guide, "Filter
pattern syntax".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from console.aws.errors import AwsError
from functions.observability import regexes
from functions.observability.regexes import Regex

_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda found, limit: found < limit,
    ">": lambda found, limit: found > limit,
    "<=": lambda found, limit: found <= limit,
    ">=": lambda found, limit: found >= limit,
}
OPERATORS = ("!=", "<=", ">=", "=", "<", ">")
"""In the order in which they are tried."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """An operator with the pattern's value: a text with `*`, a number, or a regular expression."""

    operator: str
    text: str
    number: float | None = None
    regex: Regex | None = None

    def holds(self, found: str) -> bool:
        """Compare a value of the message."""
        if self.operator in _ORDERS:
            value = number_of(found)
            return (
                value is not None
                and self.number is not None
                and _ORDERS[self.operator](value, self.number)
            )
        return self._equals(found) is (self.operator == "=")

    def _equals(self, found: str) -> bool:
        if self.regex is not None:
            return self.regex.found_in(found)
        if self.number is not None:
            return number_of(found) == self.number
        return glob(self.text, found)


def comparison(operator: str, value: str, *, quoted: bool = False) -> Comparison:
    """Make a comparison. Raises AwsError InvalidParameterException.

    A quoted value is a text; an unquoted one between `%` a regular expression, else a number if it
    can be one. Texts are compared for equality only.
    """
    if not quoted and len(value) > 1 and value[0] == value[-1] == "%":
        if operator not in ("=", "!="):
            raise _refused(f"{operator} cannot be used with a regular expression")
        return Comparison(operator, value, regex=regexes.parse(value[1:-1]))
    number = None if quoted else number_of(value)
    if operator in _ORDERS and number is None:
        raise _refused(f"{operator} needs a number, not '{value}'")
    return Comparison(operator, value, number)


def number_of(text: str) -> float | None:
    """Read a number as patterns write them; None for anything else."""
    bare = text[1:] if text[:1] in "+-" else text
    if not bare[:1].isdigit() and bare[:1] != ".":  # neither inf nor nan
        return None
    try:
        return float(text)
    except ValueError:
        return None


def glob(pattern: str, text: str) -> bool:
    """Match `*` (any run) in at most len(pattern) * len(text) steps."""
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == text
    if not text.startswith(first):
        return False
    at = len(first)
    *middle, last = rest
    for part in middle:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return text.endswith(last) and len(text) - len(last) >= at


def _refused(message: str) -> AwsError:
    return AwsError("InvalidParameterException", f"Invalid filter pattern: {message}")
