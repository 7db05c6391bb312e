"""Items as plain JSON, without types: written with every digit, read with the types JSON has.

Sets and binary values have no form of their own in JSON: they are written as lists and base64 text
and read back as such only where an older item says so. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from console.pages.items.attributes import Value

_SETS: Final = {"SS": "S", "NS": "N", "BS": "B"}


class Number(str):
    """A JSON number, kept as its text so that no digit is lost."""

    __slots__ = ()


def decoder() -> json.JSONDecoder:
    """Give a decoder that keeps the text of numbers and refuses NaN and Infinity."""
    return json.JSONDecoder(
        parse_float=Number, parse_int=Number, parse_constant=_refuse, object_pairs_hook=_pairs
    )


def item_of(document: Any, like: Mapping[str, Value] | None = None) -> dict[str, Value]:
    """Give a JSON object as an item; `like` is the older one, whose sets and binaries stay so.

    Raises ValueError for what is no object.
    """
    if not isinstance(document, dict):
        raise ValueError('An item is a JSON object: {"id": "A-17"}')
    known = like or {}
    return {name: typed(value, known.get(name)) for name, value in document.items()}


def typed(value: Any, like: Value | None = None) -> Value:
    """Give a JSON value its type in DynamoDB."""
    kind, content = next(iter(like.items())) if like else ("", {})
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case Number() | int() | float():
            return {"N": str(value)}
        case str():
            return {"B" if kind == "B" else "S": value}
        case dict():
            inner = content if kind == "M" else {}
            return {"M": {name: typed(one, inner.get(name)) for name, one in value.items()}}
        case _:
            return _listed(list(value), kind, content)


def _listed(values: list[Any], kind: str, content: Any) -> Value:
    if kind in _SETS and values and all(_fits(one, kind) for one in values):
        return {kind: [str(one) for one in values]}
    older = content if kind == "L" else []
    return {
        "L": [
            typed(one, older[place] if place < len(older) else None)
            for place, one in enumerate(values)
        ]
    }


def _fits(value: Any, kind: str) -> bool:
    number = isinstance(value, Number)
    return isinstance(value, str) and number == (kind == "NS")


def write(item: Mapping[str, Value], indent: int | None = None) -> str:
    """Write an item as plain JSON text; `indent` spaces a level, None for one line."""
    return "".join(_object(item, indent, 0))


def _write(value: Value, indent: int | None, depth: int) -> Iterator[str]:
    kind, content = next(iter(value.items()))
    match kind:
        case "N":
            yield content
        case "BOOL":
            yield "true" if content else "false"
        case "NULL":
            yield "null"
        case "M":
            yield from _object(content, indent, depth)
        case "L":
            yield from _array(content, indent, depth)
        case "SS" | "NS" | "BS":
            yield from _array([{_SETS[kind]: one} for one in content], indent, depth)
        case _:
            yield json.dumps(content, ensure_ascii=False)


def _object(members: Mapping[str, Value], indent: int | None, depth: int) -> Iterator[str]:
    yield "{"
    for place, (name, value) in enumerate(members.items()):
        yield _gap(place, indent, depth + 1)
        yield f"{json.dumps(name, ensure_ascii=False)}: "
        yield from _write(value, indent, depth + 1)
    yield _end(members, indent, depth) + "}"


def _array(values: list[Value], indent: int | None, depth: int) -> Iterator[str]:
    yield "["
    for place, value in enumerate(values):
        yield _gap(place, indent, depth + 1)
        yield from _write(value, indent, depth + 1)
    yield _end(values, indent, depth) + "]"


def _gap(place: int, indent: int | None, depth: int) -> str:
    comma = "," if place else ""
    if indent is None:
        return f"{comma} " if place else ""
    return f"{comma}\n{' ' * indent * depth}"


def _end(inside: Any, indent: int | None, depth: int) -> str:
    return "" if indent is None or not inside else f"\n{' ' * indent * depth}"


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"The name {twice} is there twice.")
    return found


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is no JSON.")
