"""A failure record read back: what `documents` wrote, from a queue, a topic or a bucket. Pure.

Says which records it is about; whether they are still there is `replay`'s business.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Failure:
    """A batch that was given up.

    `first` and `last` are sequence numbers, empty for a window's final invocation; `window` is
    (start, end) in epoch seconds; `payload` is the whole event, which only buckets get.
    """

    function_arn: str
    stream_arn: str
    shard: str  # its name
    first: str
    last: str
    records: int
    condition: str
    request_id: str
    window: tuple[int, int] | None = None
    payload: bytes = b""


def read(text: str) -> Failure | None:
    """Read a message body or an object; None for what is no failure record.

    A notification that a topic sent to a queue is opened first.
    """
    body = _object(text)
    if body.get("Type") == "Notification":
        body = _object(body.get("Message"))
    try:
        return _failure(body)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _failure(body: Mapping[str, Any]) -> Failure:
    asked, batch = body["requestContext"], body["DDBStreamBatchInfo"]
    window = (body.get("timeWindowInfo") or {}).get("window")
    first, last = batch.get("startSequenceNumber", ""), batch.get("endSequenceNumber", "")
    return Failure(
        function_arn=_text(asked["functionArn"]),
        stream_arn=_text(batch["streamArn"]),
        shard=_text(batch["shardId"]),
        first=_text(first),
        last=_text(last),
        records=int(batch.get("batchSize", 0)),
        condition=_text(asked["condition"]),
        request_id=_text(asked["requestId"]),
        window=(_seconds(window["start"]), _seconds(window["end"])) if window else None,
        payload=_text(body.get("payload", "")).encode(),
    )


def _object(text: Any) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())
