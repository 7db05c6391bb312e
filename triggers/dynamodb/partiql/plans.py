"""Takes a statement's WHERE apart: what names keys, and what is left to judge. Pure.

Only conditions that are joined by AND at the top can name keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    Path,
    Some,
)
from triggers.dynamodb.expressions.walk import paths_in
from triggers.dynamodb.keys import KeySchema
from triggers.dynamodb.partiql.nodes import Select
from triggers.dynamodb.values import Item

_INDEXABLE: Final = ("=", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Reach:
    """How a SELECT reads: one partition (a key condition) or everything, and what it filters."""

    key_condition: Condition | None
    filter: Condition | None


def reach(where: Condition | None, hashes: Sequence[str], ranges: Sequence[str]) -> Reach:
    """Choose a query where every partition key attribute is given, a scan otherwise.

    Conditions that are left over must not name keys, or everything is filtered instead.
    """
    parts = _parts(where)
    taken: list[Condition] = []
    for name in hashes:
        part = _equality(parts, name)
        if part is None:
            return Reach(None, where)
        taken.append(part)
    for name in ranges:
        part = _equality(parts, name) or _stretch(parts, name)
        if part is None:
            break
        taken.append(part)
        if not _is_equality(part):
            break
    left = [part for part in parts if part not in taken]
    named = {path.parts[0] for part in left for path in paths_in(part)}
    if named & {*hashes, *ranges}:
        return Reach(None, where)
    return Reach(_all(taken), _all(left))


def whole_key(where: Condition | None, schema: KeySchema) -> tuple[Item, Condition | None] | None:
    """Take the primary key out of `where`; the key and what is left. None without a whole key."""
    parts = _parts(where)
    key: Item = {}
    for name in schema.names:
        part = _equality(parts, name)
        if part is None:
            return None
        parts = [one for one in parts if one is not part]
        key[name] = _literal(part)
    return key, _all(parts)


def needs_key(where: Condition | None, schema: KeySchema) -> tuple[Item, Condition | None]:
    """Take the primary key out of the WHERE of a statement that changes one item."""
    found = whole_key(where, schema)
    if found is None:
        raise AwsError(
            "ValidationException",
            "Where clause does not contain a mandatory equality on all key attributes",
        )
    return found


def is_there(schema: KeySchema) -> Condition:
    """Make the condition that the item is there."""
    return Call("attribute_exists", (Path((schema.hash_name,)),))


def is_missing(schema: KeySchema) -> Condition:
    """Make the condition that the item is not there."""
    return Call("attribute_not_exists", (Path((schema.hash_name,)),))


def both(one: Condition, other: Condition | None) -> Condition:
    """Join two conditions by AND."""
    return one if other is None else All((one, other))


def either(one: Condition, other: Condition) -> Condition:
    """Join two conditions by OR."""
    return Some((one, other))


def forward(select: Select, found: Reach, keys: Sequence[str]) -> bool:
    """Read the direction out of ORDER BY, which needs one partition and its keys.

    Source: developer guide, "PartiQL select statements".
    """
    for order in select.order:
        if found.key_condition is None:
            raise AwsError(
                "ValidationException",
                "Must have at least one non-optional hash key condition in WHERE clause when "
                "using ORDER BY clause.",
            )
        if order.name not in keys:
            raise AwsError(
                "ValidationException",
                f"Variable reference {order.name} in ORDER BY clause must be part of the primary "
                "key",
            )
    return not (select.order and select.order[-1].descending)


def _parts(where: Condition | None) -> list[Condition]:
    if where is None:
        return []
    if isinstance(where, All):
        return [part for one in where.parts for part in _parts(one)]
    return [where]


def _equality(parts: Iterable[Condition], name: str) -> Condition | None:
    return next((part for part in parts if _is_equality(part) and _names(part, name)), None)


def _stretch(parts: Iterable[Condition], name: str) -> Condition | None:
    for part in parts:
        match part:
            case Comparison(sign, Path(), Literal()) | Comparison(sign, Literal(), Path()):
                fits = sign in _INDEXABLE
            case Between(Path(), Literal(), Literal()) | Call("begins_with", (Path(), Literal())):
                fits = True
            case _:
                fits = False
        if fits and _names(part, name):
            return part
    return None


def _is_equality(part: Condition) -> bool:
    match part:
        case Comparison("=", Path(), Literal()) | Comparison("=", Literal(), Path()):
            return True
        case _:
            return False


def _names(part: Condition, name: str) -> bool:
    return [path.parts for path in paths_in(part)] == [(name,)]


def _literal(part: Condition) -> dict[str, object]:
    if isinstance(part, Comparison):
        for side in (part.left, part.right):
            if isinstance(side, Literal):
                return side.value
    raise AssertionError(f"no equality: {part}")


def _all(parts: Sequence[Condition]) -> Condition | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else All(tuple(parts))
