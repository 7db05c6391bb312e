"""Attribute values as people type and read them, and as DynamoDB's JSON has them.

Strings, numbers and flags are typed as they are; sets, lists and maps as JSON. Whether a value is
allowed is DynamoDB's rule, not decided here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from console.pages import jsontext

TYPES = {
    "S": "String",
    "N": "Number",
    "BOOL": "Boolean",
    "NULL": "Null",
    "B": "Binary (Base64)",
    "SS": "String set",
    "NS": "Number set",
    "BS": "Binary set",
    "L": "List",
    "M": "Map",
}
AS_TYPED = frozenset({"S", "N", "B"})
Value = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One line of the item form; `complaint` says why it could not be read."""

    name: str = ""
    kind: str = "S"
    text: str = ""
    is_key: bool = False
    complaint: str = ""


def shown(value: Value) -> str:
    """Write a value in one short line, as a grid shows it."""
    kind, inner = next(iter(value.items()))
    match kind:
        case "NULL":
            return "null"
        case "BOOL":
            return "true" if inner else "false"
        case "L" | "M" | "SS" | "NS" | "BS":
            return json.dumps(plain(value), ensure_ascii=False)
        case _:
            return str(inner)


def plain(value: Value) -> Any:
    """Drop the types, for reading only; numbers stay text so that no digit is lost."""
    kind, inner = next(iter(value.items()))
    match kind:
        case "L":
            return [plain(one) for one in inner]
        case "M":
            return {name: plain(one) for name, one in inner.items()}
        case "NULL":
            return None
        case _:
            return inner


def lines(item: dict[str, Value], keys: tuple[str, ...]) -> list[Attribute]:
    """Spread an item over the form's lines, its keys first."""
    order = [name for name in keys if name in item]
    order += sorted(name for name in item if name not in keys)
    return [_line(name, item[name], name in keys) for name in order]


def _line(name: str, value: Value, is_key: bool) -> Attribute:
    return Attribute(name, next(iter(value)), typed_text(value), is_key)


def typed_text(value: Value) -> str:
    """Write a value as people type it; `value_of` reads it back."""
    kind, inner = next(iter(value.items()))
    match kind:
        case "BOOL":
            return "true" if inner else "false"
        case "NULL":
            return ""
        case "S" | "N" | "B":
            return str(inner)
        case _:
            return json.dumps(inner, ensure_ascii=False)


def value_of(line: Attribute) -> Value:
    """Read what was typed. Raises ValueError with words for people."""
    match line.kind:
        case "S" | "N" | "B":
            return {line.kind: line.text if line.kind == "S" else line.text.strip()}
        case "BOOL":
            if line.text.strip().lower() not in ("true", "false"):
                raise ValueError("Type true or false.")
            return {"BOOL": line.text.strip().lower() == "true"}
        case "NULL":
            return {"NULL": True}
        case "SS" | "NS" | "BS" | "L" | "M":
            return {line.kind: _json(line)}
        case _:
            raise ValueError("Choose a type.")


def _json(line: Attribute) -> Any:
    wanted: type = dict if line.kind == "M" else list
    example = {"M": '{"qty": {"N": "2"}}', "L": '[{"S": "a"}]'}.get(line.kind, '["a", "b"]')
    found = jsontext.read(line.text)
    if not isinstance(found, wanted):
        raise ValueError(f"Type it like {example}")
    return found
