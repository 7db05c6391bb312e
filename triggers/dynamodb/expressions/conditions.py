"""Judges a bound condition on an item. Reads and decides nothing else.

An operand that is not there makes every comparison false but `<>`.
Source: Alternator's tests of condition expressions.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Final

from triggers.dynamodb import values
from triggers.dynamodb.expressions.nodes import (
    All,
    Between,
    Call,
    Comparison,
    Condition,
    In,
    Literal,
    Not,
    Operand,
    Path,
    Some,
)
from triggers.dynamodb.expressions.paths import find
from triggers.dynamodb.values import Item, Value, kind_of, raw

_ORDERS: Final[dict[str, Callable[[int, int], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def holds(node: Condition, item: Item) -> bool:  # noqa: PLR0911 (one case a node)
    """Say whether `item` (empty when there is none) meets the condition."""
    match node:
        case All(parts):
            return all(holds(part, item) for part in parts)
        case Some(parts):
            return any(holds(part, item) for part in parts)
        case Not(part):
            return not holds(part, item)
        case Comparison(sign, left, right):
            return compared(sign, evaluate(left, item), evaluate(right, item))
        case Between(operand, low, high):
            value = evaluate(operand, item)
            return compared(">=", value, evaluate(low, item)) and compared(
                "<=", value, evaluate(high, item)
            )
        case In(operand, choices):
            value = evaluate(operand, item)
            return value is not None and any(value == evaluate(one, item) for one in choices)
        case Call():
            return _called(node, item)


def evaluate(node: Operand, item: Item) -> Value | None:
    """Give the value of an operand of a condition; None when it is not there."""
    match node:
        case Path():
            return find(item, node)
        case Literal(value):
            return value
        case Call("size", (operand,)):
            return _measured(evaluate(operand, item))
        case _:
            raise AssertionError(f"not an operand of a condition: {node}")


def compared(sign: str, left: Value | None, right: Value | None) -> bool:
    """Compare two values under one of = <> < <= > >=."""
    if sign == "<>":
        return left is None or right is None or left != right
    if left is None or right is None:
        return False
    if sign == "=":
        return left == right
    order = values.compare(left, right)
    return order is not None and _ORDERS[sign](order, 0)


def _called(node: Call, item: Item) -> bool:
    value = evaluate(node.operands[0], item)
    if node.function == "attribute_exists":
        return value is not None
    if node.function == "attribute_not_exists":
        return value is None
    other = evaluate(node.operands[1], item)
    if value is None or other is None:
        return False
    if node.function == "attribute_type":
        return kind_of(value) == str(other["S"])
    return _begins(value, other) if node.function == "begins_with" else _contains(value, other)


def _begins(value: Value, prefix: Value) -> bool:
    if "S" in value and "S" in prefix:
        return bool(value["S"].startswith(prefix["S"]))
    if "B" in value and "B" in prefix:
        return raw(value["B"]).startswith(raw(prefix["B"]))
    return False


def _contains(value: Value, member: Value) -> bool:
    kind, content = next(iter(value.items()))
    inner, wanted = next(iter(member.items()))
    match kind:
        case "S":
            return inner == "S" and wanted in content
        case "B":
            return inner == "B" and raw(wanted) in raw(content)
        case "SS" | "NS" | "BS":
            return kind == f"{inner}S" and wanted in content
        case "L":
            return member in content
        case _:
            return False


def _measured(value: Value | None) -> Value | None:
    if value is None:
        return None
    kind, content = next(iter(value.items()))
    match kind:
        case "S" | "B":
            return {"N": str(values.size(value))}
        case "SS" | "NS" | "BS" | "L" | "M":
            return {"N": str(len(content))}
        case _:
            return None
