"""Tokens we give out and get back (iterators, page markers): opaque, signed, bound to one kind.

A token is not secret, only unforgeable: whoever seals one puts account and region inside and
compares them after unsealing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

_SIGNATURE_BYTES = 16


def seal(secret: bytes, kind: str, payload: dict[str, Any]) -> str:
    """Turn `payload` (JSON values) into URL-safe text that only `secret` and `kind` can open."""
    body = json.dumps(payload, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_sign(secret, kind, body) + body).decode().rstrip("=")


def unseal(secret: bytes, kind: str, text: str) -> dict[str, Any] | None:
    """Take the payload out again; None when `text` was not sealed so."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, TypeError):
        return None
    signature, body = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _sign(secret, kind, body)):
        return None
    payload = json.loads(body)
    return payload if isinstance(payload, dict) else None


def _sign(secret: bytes, kind: str, body: bytes) -> bytes:
    mac = hmac.new(secret, kind.encode() + b"\0" + body, hashlib.sha256)
    return mac.digest()[:_SIGNATURE_BYTES]
