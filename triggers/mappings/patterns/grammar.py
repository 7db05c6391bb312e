"""The text of a filter pattern, read and checked once: the one place that refuses a pattern.

    pattern      = { field, … }                                one at least
    field        = name: pattern | name: [ alternative, … ]    one at least
                 | "$or": [ pattern, pattern, … ]              two at least
    alternative  = text | number | true | false | null | { operator: operand }

Operators are those that EventBridge's table grants to pipes, which filter as event source mappings
do; its others (wildcard, cidr, nested anything-but) are refused.
Source: EventBridge user guide, "Comparison operators"; Lambda developer guide, "Event filtering".
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import orjson

from console.aws.errors import AwsError
from console.aws.wire.jsontext import is_deeper
from triggers.mappings.patterns import limits
from triggers.mappings.patterns.clauses import Choice, Fields
from triggers.mappings.patterns.leaves import (
    AnythingBut,
    Folded,
    Leaf,
    Prefix,
    Suffix,
    Test,
    Within,
)
from triggers.mappings.patterns.values import Number, token

_OR = "$or"


def parse(text: str) -> Fields:
    """Read a pattern.

    Raises AwsError InvalidParameterValueException `Invalid filter pattern definition.`
    """
    if len(text) > limits.PATTERN_LENGTH:
        raise invalid()
    try:
        plain = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise invalid() from None
    if type(plain) is not dict or is_deeper(plain, limits.DEPTH):
        raise invalid()
    return _fields(json.loads(text, parse_int=Number, parse_float=Number))


def invalid() -> AwsError:
    """Make AWS's refusal of a pattern. Source: recorded from AWS."""
    return AwsError("InvalidParameterValueException", "Invalid filter pattern definition.")


def _fields(value: Any) -> Fields:
    if type(value) is not dict or not value:
        raise invalid()
    named: list[tuple[str, Fields | Leaf]] = []
    choices: list[Choice] = []
    for name, inner in value.items():
        if name == _OR:
            choices.append(_choice(inner))
        else:
            named.append((name, _leaf(inner) if type(inner) is list else _fields(inner)))
    return Fields(tuple(named), tuple(choices))


def _choice(value: Any) -> Choice:
    if type(value) is not list or len(value) < 2:
        raise invalid()
    return Choice(tuple(_fields(option) for option in value))


def _leaf(alternatives: list[Any]) -> Leaf:
    if not alternatives:
        raise invalid()
    exact: set[str] = set()
    tests: list[Test] = []
    presence: set[bool] = set()
    for one in alternatives:
        if type(one) is list:
            raise invalid()
        if type(one) is not dict:
            exact.add(token(one))
            continue
        operator, operand = _operation(one)
        if operator == "exists":
            presence.add(_boolean(operand))
        else:
            tests.append(_test(operator, operand))
    return Leaf(_written(alternatives), frozenset(exact), tuple(tests), frozenset(presence))


def _operation(expression: dict[str, Any]) -> tuple[str, Any]:
    if len(expression) != 1:
        raise invalid()
    return next(iter(expression.items()))


def _test(operator: str, operand: Any) -> Test:
    read = _OPERATORS.get(operator)
    if read is None:
        raise invalid()
    return read(operand)


def _prefix(operand: Any) -> Test:
    return Prefix(*_word(operand))


def _suffix(operand: Any) -> Test:
    return Suffix(*_word(operand))


def _ignoring_case(operand: Any) -> Test:
    return Folded(_text(operand).casefold())


def _word(operand: Any) -> tuple[str, bool]:
    """Read the operand of prefix and suffix: a text, or {"equals-ignore-case": text}."""
    if type(operand) is not dict:
        return _text(operand), False
    operator, text = _operation(operand)
    if operator != "equals-ignore-case":
        raise invalid()
    return _text(text).casefold(), True


def _anything_but(operand: Any) -> Test:
    excluded = operand if type(operand) is list else [operand]
    kinds = {type(one) for one in excluded}
    if kinds not in ({str}, {Number}):  # one or more, all texts or all numbers
        raise invalid()
    return AnythingBut(frozenset(map(token, excluded)))


def _numeric(operand: Any) -> Test:
    """Read `["=", n]`, `["<", n]`, `[">", n]` or `[">", n, "<", m]`; < and > may have an =."""
    match operand:
        case ["=", exactly]:
            amount = _amount(exactly)
            return Within(amount, amount, with_low=True, with_high=True)
        case ["<" | "<=" as under, high]:
            return Within(-math.inf, _amount(high), with_low=True, with_high=under == "<=")
        case [">" | ">=" as over, low]:
            return Within(_amount(low), math.inf, with_low=over == ">=", with_high=True)
        case [">" | ">=" as over, low, "<" | "<=" as under, high] if _amount(low) < _amount(high):
            return Within(
                _amount(low), _amount(high), with_low=over == ">=", with_high=under == "<="
            )
        case _:
            raise invalid()


def _amount(value: Any) -> float:
    if type(value) is not Number or abs(amount := float(value)) > limits.WIDEST:
        raise invalid()
    return amount


def _text(value: Any) -> str:
    if type(value) is not str:
        raise invalid()
    return value


def _boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise invalid()
    return value


_OPERATORS: dict[str, Callable[[Any], Test]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _ignoring_case,
    "anything-but": _anything_but,
    "numeric": _numeric,
}


def _written(value: Any) -> str:
    """Write a part of a pattern back as compact JSON, numbers as they were written."""
    match value:
        case Number():
            return str(value)
        case list():
            return f"[{', '.join(map(_written, value))}]"
        case dict():
            pairs = (f"{json.dumps(name)}: {_written(one)}" for name, one in value.items())
            return f"{{{', '.join(pairs)}}}"
        case _:
            return json.dumps(value, ensure_ascii=False)
