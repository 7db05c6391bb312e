"""Writers of CBOR, compiled once per shape: what an operation returns in, bytes out.

Lengths are always definite, floating point numbers always double, times tag 1 with a number.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

Writer = Callable[[Any], bytes]
_BYTES, _TEXT, _ARRAY, _MAP = 2, 3, 4, 5
_EPOCH_TIME = b"\xc1"
_DOUBLE = b"\xfb"


def compile_writer(shape: Shape, known: dict[str, Writer] | None = None) -> Writer:
    """Make the writer of `shape`; `known` lets recursive shapes refer to themselves."""
    known = {} if known is None else known
    if shape.name in known:
        return known[shape.name]
    match shape:
        case StructureShape():
            return _structure_writer(shape, known)
        case ListShape():
            return _list_writer(shape, known)
        case MapShape():
            return _map_writer(shape, known)
        case _:
            return _scalar_writer(shape.type_name)


def text(value: str) -> bytes:
    """Write a text."""
    content = value.encode()
    return _head(_TEXT, len(content)) + content


def fields(members: list[tuple[str, bytes]]) -> bytes:
    """Write a map of names to values that are written already."""
    return _head(_MAP, len(members)) + b"".join(text(name) + value for name, value in members)


def _structure_writer(shape: StructureShape, known: dict[str, Writer]) -> Writer:
    members: dict[str, tuple[str, Writer]] = {}

    def write(value: Any) -> bytes:
        written = []
        for name, item in value.items():
            if item is not None:
                wire_name, write_member = members[name]
                written.append((wire_name, write_member(item)))
        return fields(written)

    known[shape.name] = write
    for name, member in shape.members.items():
        members[name] = (member.serialization.get("name", name), compile_writer(member, known))
    return write


def _list_writer(shape: ListShape, known: dict[str, Writer]) -> Writer:
    write_item: Writer = text

    def write(value: Any) -> bytes:
        return _head(_ARRAY, len(value)) + b"".join(map(write_item, value))

    known[shape.name] = write
    write_item = compile_writer(shape.member, known)
    return write


def _map_writer(shape: MapShape, known: dict[str, Writer]) -> Writer:
    write_item: Writer = text

    def write(value: Any) -> bytes:
        return fields([(name, write_item(item)) for name, item in value.items()])

    known[shape.name] = write
    write_item = compile_writer(shape.value, known)
    return write


def _scalar_writer(type_name: str) -> Writer:
    match type_name:
        case "integer" | "long":
            return _integer
        case "float" | "double":
            return _double
        case "boolean":
            return lambda value: b"\xf5" if value else b"\xf4"
        case "blob":
            return lambda value: _head(_BYTES, len(value)) + value
        case "timestamp":
            return _timestamp
        case _:
            return text


def _integer(value: int) -> bytes:
    return _head(0, value) if value >= 0 else _head(1, -1 - value)


def _double(value: float) -> bytes:
    return _DOUBLE + struct.pack(">d", value)


def _timestamp(value: datetime | float) -> bytes:
    seconds = value.timestamp() if isinstance(value, datetime) else value
    return _EPOCH_TIME + _double(round(seconds, 3))


def _head(major: int, amount: int) -> bytes:
    """Write the first byte of a value and the amount that belongs to it."""
    if amount < 24:
        return bytes((major << 5 | amount,))
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if amount < 1 << 8 * size:
            return bytes((major << 5 | info,)) + amount.to_bytes(size)
    raise OverflowError(amount)
