"""The event a function receives: the records, and for tumbling windows what surrounds them. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from console.aws.clock import as_datetime
from triggers.polling.lane import Window


def of_records(records: Sequence[bytes]) -> bytes:
    """Join records, which are JSON already, into an event."""
    return b'{"Records":[' + b",".join(records) + b"]}"


def of_window(
    records: Sequence[bytes], window: Window, length: int, shard_name: str, arn: str, *, final: bool
) -> bytes:
    """Join records into the event of a tumbling window of `length` seconds.

    Source: recordings of real AWS, whose order of members this is.
    """
    around = {
        "shardId": shard_name,
        "eventSourceARN": arn,
        "window": {"start": _moment(window.start), "end": _moment(window.start + length)},
    }
    after = {
        "isFinalInvokeForWindow": final,
        "isWindowTerminatedEarly": final and window.full,
    }
    state = b'"state":' + window.state.encode()
    return b",".join([of_records(records)[:-1], _inside(around), state, _inside(after)]) + b"}"


def _inside(members: Mapping[str, object]) -> bytes:
    """Write the members of an object without its brackets."""
    return json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode()[1:-1]


def _moment(seconds: float) -> str:
    return as_datetime(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")
