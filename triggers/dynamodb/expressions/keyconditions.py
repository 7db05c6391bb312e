"""Turns a bound key condition into the stretch of keys it asks for. Reads no row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from console.aws.errors import AwsError
from triggers.dynamodb.expressions.nodes import (
    All,
    Between,
    Call,
    Comparison,
    Condition,
    Literal,
    Operand,
    Path,
)
from triggers.dynamodb.keys import KeySchema, encode
from triggers.dynamodb.values import Value, kind_of

MAX_PARTS: Final = 2
"""Of a key condition on a table, or on an index with a key of so many attributes."""
_TURNED: Final = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Stretch:
    """One partition and the sort keys from `low` to `high` in it (bytes; None: no bound)."""

    partition: Value
    low: bytes | None = None
    low_open: bool = False
    high: bytes | None = None
    high_open: bool = False

    def holds(self, key: bytes) -> bool:
        """Say whether an encoded sort key lies in the stretch."""
        if self.low is not None and (key < self.low or (self.low_open and key == self.low)):
            return False
        return self.high is None or key < self.high or (key == self.high and not self.high_open)


@dataclass(frozen=True, slots=True)
class Part:
    """What the condition says about one key attribute."""

    name: str
    operator: str
    values: tuple[Value, ...]


def stretch(schema: KeySchema, condition: Condition) -> Stretch:
    """Read which keys `condition` asks for.

    Raises AwsError("ValidationException") when it is no key condition for this schema.
    """
    parts = read_parts(condition)
    if len(parts) > MAX_PARTS:
        raise _invalid("Conditions can be of length 1 or 2 only")
    hash_part = parts.pop(schema.hash_name, None)
    if hash_part is None:
        raise _invalid(f"Query condition missed key schema element: {schema.hash_name}")
    range_part = parts.pop(schema.range_name, None) if schema.range_name else None
    if parts and schema.range_name and range_part is None:
        raise _invalid(f"Query condition missed key schema element: {schema.range_name}")
    if parts or hash_part.operator != "=":
        raise _invalid("Query key condition not supported")
    for one in (hash_part, *([range_part] if range_part else [])):
        check_values(one, schema.type_of(one.name))
    return _bounded(hash_part.values[0], range_part)


def read_parts(condition: Condition) -> dict[str, Part]:
    """Read what a key condition says about each attribute; at most one thing about each."""
    nodes = condition.parts if isinstance(condition, All) else (condition,)
    parts: dict[str, Part] = {}
    for node in _flat(nodes):
        part = _part(node)
        if part.name in parts:
            raise _invalid("KeyConditionExpressions must only contain one condition per key")
        parts[part.name] = part
    return parts


def check_values(part: Part, kind: str) -> None:
    """Refuse values that a key attribute of type `kind` cannot have."""
    for value in part.values:
        if kind_of(value) != kind:
            raise _invalid(
                "One or more parameter values were invalid: "
                "Condition parameter type does not match schema type"
            )
        if not next(iter(value.values())):
            raise _invalid(
                "One or more parameter values are not valid. The AttributeValue for a key "
                f"attribute cannot contain an empty string value. Key: {part.name}"
            )


def _flat(nodes: tuple[Condition, ...]) -> list[Condition]:
    """Take parentheses around ANDs away."""
    found: list[Condition] = []
    for node in nodes:
        found += _flat(node.parts) if isinstance(node, All) else [node]
    return found


def _part(node: Condition) -> Part:
    match node:
        case Comparison("<>", _, _):
            raise _operator("<>")
        case Comparison(operator, Path() as path, right):
            return Part(_key(path), operator, (_literal(right),))
        case Comparison(operator, left, Path() as path):
            return Part(_key(path), _TURNED[operator], (_literal(left),))
        case Between(Path() as path, low, high):
            return Part(_key(path), "BETWEEN", (_literal(low), _literal(high)))
        case Call("begins_with", (Path() as path, prefix)):
            return Part(_key(path), "begins_with", (_literal(prefix),))
        case Call(function, _):
            raise _operator(function)
        case Comparison() | Between():
            raise _invalid(
                "Invalid condition in KeyConditionExpression: No key attribute specified"
            )
        case _:
            raise _operator({"In": "IN", "Some": "OR", "Not": "NOT"}[type(node).__name__])


def _key(path: Path) -> str:
    if len(path.parts) != 1:
        raise _invalid(
            "Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on "
            "nested attributes"
        )
    return str(path.parts[0])


def _literal(operand: Operand) -> Value:
    match operand:
        case Literal(value):
            return value
        case Path():
            raise _invalid(
                "Invalid condition in KeyConditionExpression: "
                "Multiple attribute names used in one condition"
            )
        case Call(function, _):
            raise _operator(function)
        case _:
            raise _invalid("Query key condition not supported")


def _bounded(partition: Value, part: Part | None) -> Stretch:
    if part is None:
        return Stretch(partition)
    low, high = encode(part.values[0]), encode(part.values[-1])
    match part.operator:
        case "=" | "BETWEEN":
            return Stretch(partition, low=low, high=high)
        case "<" | "<=":
            return Stretch(partition, high=high, high_open=part.operator == "<")
        case ">" | ">=":
            return Stretch(partition, low=low, low_open=part.operator == ">")
        case _:
            return Stretch(partition, low=low, high=after(low), high_open=True)


def after(prefix: bytes) -> bytes | None:
    """Find the first bytes above all that begin with `prefix`; None when there are none."""
    stem = prefix.rstrip(b"\xff")
    return stem[:-1] + bytes([stem[-1] + 1]) if stem else None


def _operator(name: str) -> AwsError:
    return _invalid(f"Invalid operator used in KeyConditionExpression: {name}")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
