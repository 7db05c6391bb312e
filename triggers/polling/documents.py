"""The documents that tell a destination of discarded records, with AWS's keys in AWS's order. Pure.

Source: recordings of real AWS (SQS, SNS and S3 destinations of DynamoDB mappings).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.aws.clock import as_datetime
from triggers.polling.batching import Condition

_ARRIVAL = re.compile(r'("ApproximateCreationDateTime":)(\d)(\d+)\.0(?=[,}])')
"""In the text of a value the name's closing quotation mark is escaped, and does not match."""


@dataclass(frozen=True, slots=True)
class LossWindow:
    """The tumbling window a loss belongs to, in epoch seconds; `final` and `early` as its event said."""

    start: float
    end: float
    final: bool = False
    early: bool = False


@dataclass(frozen=True, slots=True)
class Loss:
    """A batch given up. `first` and `last` are (sequence number, arrival in epoch seconds); both
    are missing for the final invocation of a window. `function_error` is None for a report."""

    request_id: str
    function_arn: str
    version: str
    condition: Condition
    invocations: int
    function_error: str | None
    shard_name: str
    stream_arn: str
    records: int
    first: tuple[str, float] | None
    last: tuple[str, float] | None
    window: LossWindow | None
    now: float


def document(loss: Loss, payload: bytes | None = None) -> str:
    """Write the failure record; `payload` is the whole event, for buckets only."""
    body: dict[str, Any] = {
        "requestContext": {
            "requestId": loss.request_id,
            "functionArn": loss.function_arn,
            "condition": str(loss.condition),
            "approximateInvokeCount": loss.invocations,
        }
    }
    if loss.condition is Condition.RETRIES:
        body["responseContext"] = {
            "statusCode": 200,
            "executedVersion": loss.version,
            "functionError": loss.function_error,
        }
    body["version"] = "1.0"
    if payload is not None:
        body["payload"] = _ARRIVAL.sub(_as_a_double, payload.decode())
    body["timestamp"] = _milliseconds(as_datetime(loss.now))
    body["DDBStreamBatchInfo"] = _batch_info(loss)
    if loss.window is not None:
        body["timeWindowInfo"] = _window_info(loss.window)
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def object_key(mapping: str, shard_name: str, now: float, unique: str) -> str:
    """Name the object that a bucket gets; `mapping` and `unique` are UUIDs."""
    moment = as_datetime(now)
    day, stamp = moment.strftime("%Y/%m/%d"), moment.strftime("%Y-%m-%dT%H.%M.%S")
    return f"aws/lambda/{mapping}/{shard_name}/{day}/{stamp}-{unique}"


def _as_a_double(found: re.Match[str]) -> str:
    """Write whole seconds as AWS's payload has them: 1.789651658E9."""
    name, first, rest = found.groups()
    return f"{name}{first}.{rest.rstrip('0') or '0'}E{len(rest)}"


def _batch_info(loss: Loss) -> dict[str, Any]:
    info: dict[str, Any] = {"shardId": loss.shard_name}
    if loss.first is not None and loss.last is not None:
        info |= {
            "startSequenceNumber": loss.first[0],
            "endSequenceNumber": loss.last[0],
            "approximateArrivalOfFirstRecord": _seconds(loss.first[1]),
            "approximateArrivalOfLastRecord": _seconds(loss.last[1]),
            "batchSize": loss.records,
        }
    return info | {"streamArn": loss.stream_arn}


def _window_info(window: LossWindow) -> dict[str, Any]:
    return {
        "window": {"start": _seconds(window.start), "end": _seconds(window.end)},
        "isFinalInvokeForWindow": window.final,
        "isWindowTerminatedEarly": window.early,
    }


def _seconds(moment: float) -> str:
    return as_datetime(moment).strftime("%Y-%m-%dT%H:%M:%SZ")


def _milliseconds(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
