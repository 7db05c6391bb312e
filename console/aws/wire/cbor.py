"""CBOR (RFC 8949) as far as AWS speaks it: bytes to values, from strangers and within limits.

Epoch times (tag 1) become their number, undefined becomes None; other tags are refused. Whatever
is malformed raises SerializationException; it never crashes or reserves what a length merely claims.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from console.aws.errors import AwsError
from console.aws.wire.jsontext import MAX_DEPTH

MEDIA_TYPE = "application/cbor"
_INDEFINITE = 31
_BREAK = 0xFF
_EPOCH_TIME = 1
_SIMPLE = {20: False, 21: True, 22: None, 23: None}
_FLOATS = {25: (">e", 2), 26: (">f", 4), 27: (">d", 8)}


def decode(body: bytes) -> Any:
    """Decode one value; raises AwsError SerializationException. No bytes are an empty map."""
    if not body:
        return {}
    reading = _Reading(body)
    try:
        value = reading.value(0)
    except (UnicodeDecodeError, TypeError):  # a text that is not UTF-8, a map's key that is none
        raise malformed() from None
    if reading.at != len(body):
        raise malformed()
    return value


def malformed() -> AwsError:
    """Make the refusal of bytes that cannot be read."""
    return AwsError("SerializationException", "")


class _Reading:
    """Bytes and how far they have been read."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.at = 0

    def value(self, depth: int) -> Any:
        """Read the value that begins here, inside `depth` others."""
        if depth > MAX_DEPTH:
            raise malformed()
        major, info = divmod(self._take(1)[0], 32)
        read: Callable[[int, int], Any] = (
            self._unsigned,
            self._negative,
            self._bytes,
            self._text,
            self._array,
            self._map,
            self._tagged,
            self._simple,
        )[major]
        return read(info, depth + 1)

    def _take(self, size: int) -> bytes:
        end = self.at + size
        if end > len(self._body):
            raise malformed()
        taken = self._body[self.at : end]
        self.at = end
        return taken

    def _unsigned(self, info: int, _depth: int) -> int:
        if info < 24:
            return info
        if info > 27:
            raise malformed()
        return int.from_bytes(self._take(1 << (info - 24)))

    def _negative(self, info: int, depth: int) -> int:
        return -1 - self._unsigned(info, depth)

    def _bytes(self, info: int, depth: int, major: int = 2) -> bytes:
        if info != _INDEFINITE:
            return self._take(self._unsigned(info, depth))
        chunks = []
        while not self._ends():
            kind, size = divmod(self._take(1)[0], 32)
            if kind != major:
                raise malformed()
            chunks.append(self._take(self._unsigned(size, depth)))
        return b"".join(chunks)

    def _text(self, info: int, depth: int) -> str:
        return self._bytes(info, depth, 3).decode()

    def _array(self, info: int, depth: int) -> list[Any]:
        return [self.value(depth) for _ in self._items(info, depth)]

    def _map(self, info: int, depth: int) -> dict[str, Any]:
        found = {}
        for _ in self._items(info, depth):
            key = self.value(depth)
            if type(key) is not str:
                raise malformed()
            found[key] = self.value(depth)
        return found

    def _items(self, info: int, depth: int) -> Any:
        """Count off the items of an array or map, or go on until the break."""
        if info == _INDEFINITE:
            return iter(self._ends, True)
        return range(self._unsigned(info, depth))

    def _ends(self) -> bool:
        """Say whether a break stands here, and step over it."""
        if self.at < len(self._body) and self._body[self.at] == _BREAK:
            self.at += 1
            return True
        return False

    def _tagged(self, info: int, depth: int) -> float:
        tag, value = self._unsigned(info, depth), self.value(depth)
        if tag != _EPOCH_TIME or type(value) not in (int, float):
            raise malformed()
        return float(value) if type(value) is float else value

    def _simple(self, info: int, _depth: int) -> float | bool | None:
        if info in _SIMPLE:
            return _SIMPLE[info]
        if info not in _FLOATS:
            raise malformed()
        spelling, size = _FLOATS[info]
        number: float = struct.unpack(spelling, self._take(size))[0]
        return number
