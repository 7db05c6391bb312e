"""The query protocol's requests: `Tags.member.1.Key=a` taken apart along a shape.

Values that do not read as their type raise MalformedInput; what is allowed is `constraints`' business.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Any
from urllib.parse import parse_qsl

from botocore.model import ListShape, MapShape, Shape, StructureShape

from console.aws.errors import AwsError
from console.aws.wire import timestamps
from console.aws.wire.jsontext import MAX_DEPTH

Tree = dict[str, Any]
_TEXT = ""


def read_form(shape: StructureShape | None, text: str) -> dict[str, Any]:
    """Read the form `text` as the members of `shape`.

    Raises AwsError MalformedInput for numbers, booleans, blobs and dates that are none.
    """
    return {} if shape is None else _structure(shape, _plant(text))


def _plant(text: str) -> Tree:
    """Turn dotted names into nested dictionaries; a node's own text lies under the empty name."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=20_000)
    except ValueError:
        raise AwsError("MalformedInput", "The form could not be read") from None
    root: Tree = {}
    for name, value in pairs:
        node = root
        for part in name.split(".", MAX_DEPTH):
            node = node.setdefault(part, {})
        node[_TEXT] = value
    return root


def _structure(shape: StructureShape, tree: Tree) -> dict[str, Any]:
    found = {}
    for name, member in shape.members.items():
        node = tree.get(_member_name(name, member))
        if node is not None:
            found[name] = _value(member, node)
    return found


def _member_name(name: str, member: Shape) -> str:
    """Name a member on the wire: a flattened list goes by the name of its items."""
    if isinstance(member, ListShape) and member.serialization.get("flattened"):
        return str(member.member.serialization.get("name", member.serialization.get("name", name)))
    return str(member.serialization.get("name", name))


def _value(shape: Shape, node: Tree) -> Any:
    match shape:
        case StructureShape():
            return _structure(shape, node)
        case ListShape():
            return [_value(shape.member, item) for item in _items(shape, node, "member")]
        case MapShape():
            key_name = shape.key.serialization.get("name", "key")
            value_name = shape.value.serialization.get("name", "value")
            return {
                _value(shape.key, entry.get(key_name, {})): _value(
                    shape.value, entry.get(value_name, {})
                )
                for entry in _items(shape, node, "entry")
            }
        case _:
            return _scalar(shape, node.get(_TEXT, ""))


def _items(shape: Shape, node: Tree, inner: str) -> list[Tree]:
    if not shape.serialization.get("flattened"):
        if isinstance(shape, ListShape):
            inner = shape.member.serialization.get("name", inner)
        node = node.get(inner, {})
    numbered = [(int(name), item) for name, item in node.items() if name.isdecimal()]
    return [item for _, item in sorted(numbered, key=lambda pair: pair[0])]


def _scalar(shape: Shape, text: str) -> Any:
    try:
        match shape.type_name:
            case "integer" | "long":
                return int(text)
            case "float" | "double":
                return float(text)
            case "boolean":
                return {"true": True, "false": False}[text.lower()]
            case "blob":
                return b64decode(text, validate=True)
            case "timestamp":
                return timestamps.parse(text, "iso8601")
            case _:
                return text
    except (ValueError, KeyError, NotBase64):
        raise AwsError("MalformedInput", f"Invalid {shape.type_name}: {text[:100]}") from None
