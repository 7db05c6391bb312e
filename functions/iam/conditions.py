"""Conditions of statements: operators, quantifiers, values. Decides whether one holds for a request.

Several conditions must all hold; of the values of one, any may. An operator that negates wants none
of them. Source: IAM user guide, "IAM JSON policy elements: Condition operators" and "Set operators
for multi-valued context keys".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime
from functools import lru_cache
from ipaddress import ip_address, ip_network
from math import inf

from functions.iam.context import Context
from functions.iam.matching import LITERAL, glob, resource_matches
from functions.iam.variables import filled

_LAST_SECOND = 2**63 - 1
_DIGITS = 4000
"""Of a number that Python still reads."""
_DATE = re.compile(
    r"(-?[0-9]{1,9})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?"
    r"(?:T(?:([0-9]{1,2})(?::([0-9]{1,2})(?::([0-9]{1,2})(?:\.([0-9]{1,9}))?)?)?)?"
    r"(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?",
    re.IGNORECASE,
)
"""What IAM takes for a date. Source: recorded answers, February 2026 (LocalStack, test_iam_policies)."""
_RESTORED = {ord(mark): chr(code) for code, mark in LITERAL.items()}

Test = Callable[[str, str], bool]
"""(value of the policy, value of the request) -> does it match?"""


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key with the values that the policy gives."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator taken apart; `quantifier` is "", "ForAllValues" or "ForAnyValue"."""

    name: str
    quantifier: str
    if_exists: bool


def _plain(text: str) -> str:
    return text.translate(_RESTORED)


def _equals(wanted: str, found: str) -> bool:
    return _plain(wanted) == found


def _equals_whatever_case(wanted: str, found: str) -> bool:
    return _plain(wanted).casefold() == found.casefold()


def _bool(wanted: str, found: str) -> bool:
    return wanted.lower() == found.lower()


def _network(wanted: str, found: str) -> bool:
    try:
        return ip_address(found) in ip_network(wanted, strict=False)
    except ValueError:
        return False


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def moment(text: str) -> float | None:
    """Read a date of a policy, ISO 8601 or epoch seconds; None when it is none."""
    if text.isascii() and text.isdigit():
        fits = len(text) <= _DIGITS and int(text) <= _LAST_SECOND
        return float(text) if fits else None
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    if not 0 < int(year) <= MAXYEAR:
        return -inf if int(year) <= 0 else inf
    try:
        read = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=UTC,
        )
    except ValueError:
        return None
    return read.timestamp() + float(f"0.{fraction or 0}") - _offset(zone or "Z")


def _offset(zone: str) -> int:
    """Read "Z", "+01" or "-01:30" as seconds east of Greenwich."""
    if zone in "Zz":
        return 0
    seconds = 3600 * int(zone[1:3]) + 60 * int(zone[-2:] if len(zone) > 3 else 0)
    return -seconds if zone.startswith("-") else seconds


def _ordered(read: Callable[[str], float | None], holds: Callable[[float, float], bool]) -> Test:
    def test(wanted: str, found: str) -> bool:
        limit, value = read(wanted), read(found)
        return limit is not None and value is not None and holds(value, limit)

    return test


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "Equals": lambda value, limit: value == limit,
    "LessThan": lambda value, limit: value < limit,
    "LessThanEquals": lambda value, limit: value <= limit,
    "GreaterThan": lambda value, limit: value > limit,
    "GreaterThanEquals": lambda value, limit: value >= limit,
}
_TESTS: dict[str, Test] = {
    "StringEquals": _equals,
    "StringEqualsIgnoreCase": _equals_whatever_case,
    "StringLike": glob,
    "Bool": _bool,
    "BinaryEquals": _equals,
    "IpAddress": _network,
    "ArnEquals": resource_matches,
    "ArnLike": resource_matches,
    **{f"Numeric{name}": _ordered(_number, holds) for name, holds in _COMPARISONS.items()},
    **{f"Date{name}": _ordered(moment, holds) for name, holds in _COMPARISONS.items()},
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


@lru_cache(maxsize=512)
def operator(text: str) -> Operator | None:
    """Take an operator apart; None when IAM has none of that name."""
    quantifier, colon, name = text.rpartition(":")
    if colon and quantifier not in ("ForAllValues", "ForAnyValue"):
        return None
    bare = name.removesuffix("IfExists")
    known = bare in _TESTS or bare in _NEGATED or (bare == "Null" and bare == name)
    return Operator(bare, quantifier, bare != name) if known else None


def holds(conditions: Iterable[Condition], context: Context, *, has_variables: bool = True) -> bool:
    """Say whether all conditions of a statement hold for a request."""
    return all(_holds(one, context, has_variables) for one in conditions)


def _holds(condition: Condition, context: Context, has_variables: bool) -> bool:
    kind = operator(condition.operator)
    if kind is None:  # `grammar` lets no such document through
        return False
    found = context.values(condition.key)
    if kind.name == "Null":
        return any((found is None) is (one.lower() == "true") for one in condition.values)
    negated = kind.name in _NEGATED
    if not found:
        return _holds_without(kind, negated)
    test = _TESTS[_NEGATED.get(kind.name, kind.name)]
    values = [filled(one, context) if has_variables else one for one in condition.values]
    wanted = [one for one in values if one is not None]

    def suits(value: str) -> bool:
        return any(test(one, value) for one in wanted) is not negated

    if kind.quantifier == "ForAllValues" or (negated and not kind.quantifier):
        return all(suits(value) for value in found)
    return any(suits(value) for value in found)


def _holds_without(kind: Operator, negated: bool) -> bool:
    """Decide for a key that the request does not have."""
    if kind.quantifier == "ForAnyValue":
        return kind.if_exists
    return kind.if_exists or kind.quantifier == "ForAllValues" or negated


def is_date(text: str) -> bool:
    """Say whether a value can stand behind a Date operator."""
    return moment(text) is not None
