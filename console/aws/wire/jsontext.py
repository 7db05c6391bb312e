"""JSON from strangers: bytes to values within limits, or SerializationException; never a crash.

orjson refuses NaN, Infinity, broken UTF-8, lone surrogates and more than 1,024 levels by itself.
It turns integers beyond 64 bits into floats, which no member of type Integer or Long accepts
(`readers`), so none passes silently.
"""

from __future__ import annotations

from typing import Any

import orjson

from console.aws.errors import AwsError

MAX_DEPTH = 256
"""Levels of brackets. DynamoDB's deepest item takes about 70; no walker may meet Python's own limit."""


def decode(body: bytes) -> Any:
    """Decode `body`; raises AwsError SerializationException without a message, as AWS does."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise AwsError("SerializationException", "") from None
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH and is_deeper(value, MAX_DEPTH):
        raise AwsError("SerializationException", "")
    return value


def is_deeper(value: Any, limit: int) -> bool:
    """Say whether an object or array holds more than `limit` levels of them, itself included."""
    level = [value]
    for _ in range(limit + 1):
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return True
