"""The body of a record that was read outside, in the bytes that our own records have. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

_OUTER = ("eventID", "eventName", "eventVersion", "eventSource", "awsRegion")
_INNER = ("Keys", "NewImage", "OldImage", "SequenceNumber", "SizeBytes", "StreamViewType")


@dataclass(frozen=True, slots=True)
class Copied:
    """A record as it is kept here: its number outside, arrival, item and final JSON."""

    number: str
    created_ms: int
    key_hash: bytes
    body: bytes


def copied(record: Mapping[str, Any]) -> Copied:
    """Write down a record as boto3 gives it, members in the order that AWS has in its events."""
    told = record["dynamodb"]
    arrived: datetime = told["ApproximateCreationDateTime"]
    inner: dict[str, Any] = {"ApproximateCreationDateTime": float(int(arrived.timestamp()))}
    inner |= {name: told[name] for name in _INNER if name in told}
    outer: dict[str, Any] = {name: record[name] for name in _OUTER if name in record}
    outer["dynamodb"] = inner
    if record.get("userIdentity"):
        who = record["userIdentity"]
        outer["userIdentity"] = {"PrincipalId": who["PrincipalId"], "Type": who["Type"]}
    keys = orjson.dumps(told["Keys"], default=_text, option=orjson.OPT_SORT_KEYS)
    return Copied(
        number=told["SequenceNumber"],
        created_ms=int(arrived.timestamp() * 1000),
        key_hash=sha256(keys).digest()[:16],
        body=orjson.dumps(outer, default=_text),
    )


def _text(value: Any) -> str:
    """Spell binary values as events do."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)
