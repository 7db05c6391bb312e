"""The query protocol's answers: a result as XML along its shape."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any
from xml.sax.saxutils import escape

from botocore.model import ListShape, MapShape, Shape, StructureShape

from console.aws.wire import timestamps

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def element(name: str, inner: str) -> str:
    """Wrap markup in an element."""
    return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"


def text_element(name: str, text: str) -> str:
    """Wrap text in an element, escaped."""
    return element(name, escaped(text))


def escaped(text: str) -> str:
    """Make text fit for an element; characters that XML cannot hold become question marks."""
    return escape(_NO_XML.sub("?", text), {"\r": "&#xD;"})


def members_of(shape: StructureShape, value: dict[str, Any]) -> str:
    """Write the members of a structure without an element around them.

    Raises KeyError for a member that the model does not know.
    """
    return "".join(
        _element(shape.members[name].serialization.get("name", name), shape.members[name], item)
        for name, item in value.items()
        if item is not None
    )


def _element(name: str, shape: Shape, value: Any) -> str:
    match shape:
        case StructureShape():
            return element(name, members_of(shape, value))
        case ListShape():
            return _list(name, shape, value)
        case MapShape():
            return _map(name, shape, value)
        case _:
            return text_element(name, _text(shape, value))


def _list(name: str, shape: ListShape, value: list[Any]) -> str:
    if shape.serialization.get("flattened"):
        item_name = shape.member.serialization.get("name", name)
        return "".join(_element(item_name, shape.member, item) for item in value)
    item_name = shape.member.serialization.get("name", "member")
    return element(name, "".join(_element(item_name, shape.member, item) for item in value))


def _map(name: str, shape: MapShape, value: dict[str, Any]) -> str:
    key_name = shape.key.serialization.get("name", "key")
    value_name = shape.value.serialization.get("name", "value")
    flattened = shape.serialization.get("flattened")
    entries = [
        element(
            name if flattened else "entry",
            _element(key_name, shape.key, key) + _element(value_name, shape.value, item),
        )
        for key, item in value.items()
    ]
    return "".join(entries) if flattened else element(name, "".join(entries))


def _text(shape: Shape, value: Any) -> str:
    match shape.type_name:
        case "boolean":
            return "true" if value else "false"
        case "timestamp":
            return str(
                timestamps.spell(value, shape.serialization.get("timestampFormat", "iso8601"))
            )
        case "blob":
            return b64encode(value).decode()
        case _:
            return str(value)
