"""Event streams as binary messages: headers, a payload, checksums. Knows no service.

Source: Smithy specification, "Amazon Event Stream Specification".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from struct import pack
from typing import Any
from zlib import crc32

import orjson
from botocore.model import Shape, StructureShape

from console.aws.wire.writers import compile_writer

MEDIA_TYPE = "application/vnd.amazon.eventstream"
_STRING = 7
_BYTES = "application/octet-stream"


def is_stream(shape: Shape | None) -> bool:
    """Say whether a member is a stream of events."""
    return shape is not None and bool(shape.serialization.get("eventstream"))


def encode(shape: StructureShape, events: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Write events, each a dict of its one member's name and content, as one message each."""
    for event in events:
        for name, content in event.items():
            yield _message(shape.members[name], name, content)


def _message(shape: Shape, name: str, content: Mapping[str, Any]) -> bytes:
    assert isinstance(shape, StructureShape)  # noqa: S101 - so are all events of the models
    blob = next(
        (one for one, member in shape.members.items() if member.serialization.get("eventpayload")),
        None,
    )
    if blob is not None:
        return _framed(name, _BYTES, content.get(blob, b""))
    written = orjson.dumps(compile_writer(shape)(content))
    return _framed(name, "application/json", written)


def _framed(name: str, content_type: str, payload: bytes) -> bytes:
    headers = b"".join(
        pack("!B", len(key)) + key + pack("!BH", _STRING, len(value)) + value
        for key, value in (
            (b":event-type", name.encode()),
            (b":content-type", content_type.encode()),
            (b":message-type", b"event"),
        )
    )
    prelude = pack("!II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + pack("!I", crc32(prelude)) + headers + payload
    return message + pack("!I", crc32(message))
