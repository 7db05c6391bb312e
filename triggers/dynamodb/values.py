"""Attribute values: DynamoDB's ten types, checked, written one way, compared and measured.

A value is the JSON form `{"S": "text"}`; binary is base64 text inside and may be bytes on the way
in. Checked values have canonical numbers and sorted sets, so that equal values are equal
dictionaries and equal items have equal bytes. Knows nothing of tables and keys.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Mapping
from functools import cmp_to_key
from typing import Any, Final

import orjson

from console.aws.errors import AwsError
from triggers.dynamodb import jsontypes, numbers

Value = dict[str, Any]
Item = dict[str, Value]

TYPES: Final = ("S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M")
MAX_DEPTH: Final = 32
"""Levels of lists and maps in one attribute. Source: developer guide, "Quotas", Item attributes."""
MAX_NAME_BYTES: Final = 65_535

_EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
_INVALID = "One or more parameter values were invalid: "


def check(value: Mapping[str, Any] | None, depth: int = 0) -> Value:
    """Give the canonical form of one attribute value from outside.

    Raises AwsError("ValidationException") in AWS's words; `depth` counts enclosing lists and maps.
    """
    if type(value) is not dict:
        value = {} if value is None else jsontypes.attribute_value(value)
    if len(value) != 1:
        value = _only_member(value, depth)
    kind, content = next(iter(value.items()))
    checker = _CHECKS.get(kind)
    if checker is None or content is None:
        raise _invalid(_EMPTY)
    return {kind: checker(content, depth)}


def check_item(item: Mapping[str, Mapping[str, Any]]) -> Item:
    """Give the canonical form of a map of attributes from outside."""
    checked = {}
    for name, value in item.items():
        checked[name] = check(value)
        if not name:
            raise _invalid(f"{_INVALID}Attribute name must not be empty")
        if len(name) > MAX_NAME_BYTES // 4 and len(name.encode()) > MAX_NAME_BYTES:
            raise _invalid(f"{_INVALID}Attribute name is too large, must be less than 65536 bytes")
    return checked


def dump(item: Item) -> bytes:
    """Write a checked item as the JSON bytes that are stored; equal items give equal bytes."""
    return orjson.dumps(item, option=orjson.OPT_SORT_KEYS)


def kind_of(value: Value) -> str:
    """Name the type of a checked value."""
    return next(iter(value))


def item_size(item: Item) -> int:
    """Count the bytes of a map of attributes as AWS does: names in UTF-8 plus values."""
    total = 0
    for name, value in item.items():
        total += (len(name) if name.isascii() else len(name.encode())) + size(value)
    return total


def size(value: Value) -> int:
    """Count the bytes of one checked value. Source: dynalite's recordings of item sizes."""
    kind, content = next(iter(value.items()))
    return _SIZES[kind](content)


def compare(left: Value, right: Value) -> int | None:
    """Order two checked values of one ordered type (S, N, B): below, at or above 0.

    None when the types differ or have no order.
    """
    kind = kind_of(left)
    if kind != kind_of(right) or kind not in ("S", "N", "B"):
        return None
    one, other = left[kind], right[kind]
    if one == other:
        return 0
    if kind == "N":
        return numbers.compare(one, other)
    if kind == "B":
        one, other = raw(one), raw(other)
    return 1 if one > other else -1


def raw(text: str) -> bytes:
    """Take binary content out of its canonical base64 text."""
    return binascii.a2b_base64(text)


def show(value: Value) -> str:
    """Write a value as AWS's messages do: `{S:a}`."""
    kind, content = next(iter(value.items()))
    return f"{{{kind}:{content}}}"


def _only_member(value: Mapping[str, Any], depth: int) -> Mapping[str, Any]:
    """Leave out what AWS does not know; refuse a value of no type or of several."""
    known = {
        kind: content for kind, content in value.items() if kind in _CHECKS and content is not None
    }
    if not known:
        raise _invalid(_EMPTY)
    if len(known) == 1:
        return known
    for kind, content in known.items():
        _CHECKS[kind](content, depth)
    raise _invalid(
        "Supplied AttributeValue has more than one datatypes set, "
        "must contain exactly one of the supported datatypes"
    )


def _string(content: Any, _depth: int) -> str:
    return content if type(content) is str else jsontypes.string(content)


def _number(content: Any, _depth: int) -> str:
    return numbers.canonical(jsontypes.string(content))


def _binary(content: Any, _depth: int) -> str:
    return jsontypes.binary(content)


def _bool(content: Any, _depth: int) -> bool:
    return jsontypes.boolean(content)


def _null(content: Any, _depth: int) -> bool:
    if jsontypes.boolean(content) is not True:
        raise _invalid(f"{_INVALID}Null attribute value types must have the value of true")
    return True


def _strings(content: Any, _depth: int) -> list[str]:
    members = [jsontypes.string(member) for member in jsontypes.array(content)]
    if not members:
        raise _invalid(f"{_INVALID}An string set  may not be empty")
    if len(set(members)) != len(members):
        raise _invalid(f"{_INVALID}Input collection [{', '.join(members)}] contains duplicates.")
    return sorted(members)


def _numbers(content: Any, _depth: int) -> list[str]:
    texts = [jsontypes.string(member) for member in jsontypes.array(content)]
    if not texts:
        raise _invalid(f"{_INVALID}An number set  may not be empty")
    members = [numbers.canonical(text) for text in texts]
    if len(set(members)) != len(members):
        raise _invalid("Input collection contains duplicates")
    return sorted(members, key=cmp_to_key(numbers.compare))


def _binaries(content: Any, _depth: int) -> list[str]:
    members = [jsontypes.binary(member) for member in jsontypes.array(content)]
    if not members:
        raise _invalid(f"{_INVALID}Binary sets should not be empty")
    if len(set(members)) != len(members):
        raise _invalid(
            f"{_INVALID}Input collection [{', '.join(members)}]of type BS contains duplicates."
        )
    return sorted(members, key=raw)


def _list(content: Any, depth: int) -> list[Value]:
    deeper = _one_deeper(depth)
    return [check(member, deeper) for member in jsontypes.array(content)]


def _map(content: Any, depth: int) -> Item:
    deeper = _one_deeper(depth)
    return {name: check(member, deeper) for name, member in jsontypes.mapping(content).items()}


def _one_deeper(depth: int) -> int:
    if depth >= MAX_DEPTH:
        raise _invalid(
            "Nesting Levels have exceeded supported limits: "
            "Attributes in the item have nested levels beyond supported limit"
        )
    return depth + 1


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)


_CHECKS: Final[Mapping[str, Callable[[Any, int], Any]]] = {
    "S": _string,
    "N": _number,
    "B": _binary,
    "BOOL": _bool,
    "NULL": _null,
    "SS": _strings,
    "NS": _numbers,
    "BS": _binaries,
    "L": _list,
    "M": _map,
}


def _string_size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _binary_size(text: str) -> int:
    return len(text) // 4 * 3 - text.count("=", -2)


_SIZES: Final[Mapping[str, Callable[[Any], int]]] = {
    "S": _string_size,
    "N": numbers.size,
    "B": _binary_size,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "SS": lambda texts: sum(map(_string_size, texts)),
    "NS": lambda texts: sum(map(numbers.size, texts)),
    "BS": lambda texts: sum(map(_binary_size, texts)),
    "L": lambda members: 3 + len(members) + sum(map(size, members)),
    "M": lambda members: 3 + len(members) + item_size(members),
}
