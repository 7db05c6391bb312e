"""Checksums of objects: verified when a sender gives one, given back to a reader. Pure.

CRC32, SHA-1 and SHA-256; the others of AWS need libraries that are not here and are refused.
Source: S3 user guide, "Checking object integrity".
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from zlib import crc32

from console.aws.errors import AwsError

_ALGORITHMS: Mapping[str, Callable[[bytes], bytes]] = {
    "CRC32": lambda body: crc32(body).to_bytes(4, "big"),
    "SHA1": lambda body: hashlib.sha1(body, usedforsecurity=False).digest(),
    "SHA256": lambda body: hashlib.sha256(body).digest(),
}
MEMBERS = frozenset(f"Checksum{name}" for name in _ALGORITHMS)
"""Members of requests and answers that hold a checksum in base64."""


def verified(body: bytes, given: Mapping[str, str], algorithm: str = "") -> dict[str, str]:
    """Choose the checksum to keep: the one given (member -> base64), else one by `algorithm`.

    Raises AwsError BadDigest, InvalidRequest for two at once, NotImplemented for other algorithms.
    """
    if algorithm and algorithm not in _ALGORITHMS:
        raise AwsError("NotImplemented", f"Shardlight does not offer {algorithm} checksums.")
    if len(given) > 1:
        raise AwsError(
            "InvalidRequest",
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
        )
    for member, text in given.items():
        name = member.removeprefix("Checksum")
        if _digest(name, body) != text:
            raise AwsError(
                "BadDigest",
                f"The {name} you specified did not match the calculated checksum.",
                status=400,
            )
        return {member: text}
    return {f"Checksum{algorithm}": _digest(algorithm, body)} if algorithm else {}


def check_md5(body: bytes, text: str | None) -> None:
    """Compare Content-MD5, when there is one. Raises AwsError BadDigest or InvalidDigest."""
    if not text:
        return
    try:
        wanted = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        wanted = b""
    if len(wanted) != hashlib.md5(usedforsecurity=False).digest_size:
        raise AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.", status=400)
    if hashlib.md5(body, usedforsecurity=False).digest() != wanted:
        raise AwsError(
            "BadDigest", "The Content-MD5 you specified did not match what we received.", status=400
        )


def _digest(name: str, body: bytes) -> str:
    return b64encode(_ALGORITHMS[name](body)).decode()
