"""What a destination or a dead-letter queue is told of an event, with AWS's keys in AWS's order. Pure.

Source: recordings of real AWS (LocalStack snapshots of destinations); Lambda developer guide,
"Capturing records of Lambda asynchronous invocations".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from console.aws.clock import as_datetime
from functions.invocations import limits
from functions.invocations.eventrules import Condition


@dataclass(frozen=True, slots=True)
class Response:
    """What an attempt came to; `version` is the one that ran, `error` FunctionError or empty."""

    version: str
    error: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Story:
    """An event from its beginning to its end; `response` is None when nothing ran at last."""

    request_id: str
    function_arn: str  # qualified
    condition: Condition
    attempts: int
    payload: bytes
    response: Response | None
    now: float


def record(story: Story) -> bytes:
    """Write the invocation record."""
    document: dict[str, Any] = {
        "version": "1.0",
        "timestamp": _milliseconds(story.now),
        "requestContext": {
            "requestId": story.request_id,
            "functionArn": story.function_arn,
            "condition": str(story.condition),
            "approximateInvokeCount": story.attempts,
        },
        "requestPayload": orjson.Fragment(story.payload),
    }
    if story.response is not None:
        context: dict[str, Any] = {"statusCode": 200, "executedVersion": story.response.version}
        if story.response.error:
            context["functionError"] = story.response.error
        document["responseContext"] = context
        document["responsePayload"] = _embedded(story.response.payload)
    return orjson.dumps(document)


def labels(story: Story, message: str) -> dict[str, dict[str, str]]:
    """Make the attributes of a dead-letter message; without a response the code is that of a 429.

    A guess: AWS's code for events that never ran was never seen.
    """
    code = "200" if story.response is not None else "429"
    return {
        "RequestID": {"DataType": "String", "StringValue": story.request_id},
        "ErrorCode": {"DataType": "Number", "StringValue": code},
        "ErrorMessage": {
            "DataType": "String",
            "StringValue": message[: limits.ERROR_MESSAGE] or str(story.condition),
        },
    }


def object_key(function_name: str, now: float, unique: str) -> str:
    """Name the object that a bucket gets; `unique` is a UUID. Source: the guide."""
    moment = as_datetime(now)
    day, stamp = moment.strftime("%Y/%m/%d"), moment.strftime("%Y-%m-%dT%H.%M.%S")
    return f"aws/lambda/async/{function_name}/{day}/{stamp}-{unique}"


def _embedded(payload: bytes) -> Any:
    """Embed an answer as it is, or as text when it is no JSON."""
    try:
        orjson.loads(payload)
    except orjson.JSONDecodeError:
        return payload.decode(errors="replace")
    return orjson.Fragment(payload)


def _milliseconds(now: float) -> str:
    moment = as_datetime(now)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
