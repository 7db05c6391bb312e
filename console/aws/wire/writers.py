"""Writers of JSON values, compiled once per shape: what an operation returns in, wire JSON out.

Timestamps become epoch seconds, blobs base64, members that are None are left out. AttributeValue
passes untouched: what an operation returns there is wire JSON already. A member that the model
does not know is a mistake of the operation and raises KeyError.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from console.aws.wire import timestamps
from console.aws.wire.models import holds_attribute_values

Writer = Callable[[Any], Any]


def compile_writer(shape: Shape, known: dict[str, Writer] | None = None) -> Writer:
    """Make the writer of `shape`; `known` lets recursive shapes refer to themselves."""
    known = {} if known is None else known
    key = f"{shape.name}/{shape.serialization.get('timestampFormat', '')}"
    if key in known:
        return known[key]
    if holds_attribute_values(shape):
        return _untouched
    match shape:
        case StructureShape():
            return _structure_writer(shape, key, known)
        case ListShape():
            return _list_writer(shape, key, known)
        case MapShape():
            return _map_writer(shape, key, known)
        case _:
            return _scalar_writer(shape)


def _scalar_writer(shape: Shape) -> Writer:
    match shape.type_name:
        case "timestamp":
            spelled = shape.serialization.get("timestampFormat", "unixTimestamp")
            return lambda value: timestamps.spell(value, spelled)
        case "blob":
            return lambda value: b64encode(value).decode()
        case _:
            return _untouched


def _untouched(value: Any) -> Any:
    return value


def _structure_writer(shape: StructureShape, key: str, known: dict[str, Writer]) -> Writer:
    members: dict[str, tuple[str, Writer]] = {}

    def write(value: Any) -> dict[str, Any]:
        written = {}
        for name, item in value.items():
            if item is not None:
                wire_name, write_member = members[name]
                written[wire_name] = write_member(item)
        return written

    known[key] = write
    for name, member in shape.members.items():
        members[name] = (member.serialization.get("name", name), compile_writer(member, known))
    return write


def _list_writer(shape: ListShape, key: str, known: dict[str, Writer]) -> Writer:
    write_item: Writer = _untouched

    def write(value: Any) -> Any:
        if write_item is _untouched:
            return value
        return [write_item(item) for item in value]

    known[key] = write
    write_item = compile_writer(shape.member, known)
    return write


def _map_writer(shape: MapShape, key: str, known: dict[str, Writer]) -> Writer:
    write_item: Writer = _untouched

    def write(value: Any) -> Any:
        if write_item is _untouched:
            return value
        return {name: write_item(item) for name, item in value.items()}

    known[key] = write
    write_item = compile_writer(shape.value, known)
    return write
