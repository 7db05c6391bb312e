"""MD5 digests by which SDKs check what SQS received and gives out. Checks nothing itself.

Source: SQS developer guide, "Calculating the MD5 message digest for message attributes".
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

_TEXT, _BINARY = b"\x01", b"\x02"


def of_text(text: str) -> str:
    """Digest a message body."""
    return _md5(text.encode())


def of_attributes(attributes: Mapping[str, Mapping[str, Any]]) -> str:
    """Digest message attributes in their stored form (binary values in base64)."""
    content = bytearray()
    for name in sorted(attributes):
        value = attributes[name]
        content += _measured(name.encode()) + _measured(value["DataType"].encode())
        if "BinaryValue" in value:
            content += _BINARY + _measured(b64decode(value["BinaryValue"]))
        else:
            content += _TEXT + _measured(value["StringValue"].encode())
    return _md5(bytes(content))


def _measured(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
