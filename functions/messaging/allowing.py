"""Which queues may send their dead letters to a queue: RedriveAllowPolicy, read and asked. Pure.

Source: SQS API reference, SetQueueAttributes; error texts are guesses.
"""

from __future__ import annotations

import json
from typing import Any

from console.aws.arn import Arn
from console.aws.errors import AwsError

MOST_SOURCES = 10
_ALL, _NONE, _LISTED = "allowAll", "denyAll", "byQueue"


def read(text: str) -> str:
    """Check a policy document; returns it in the form that is kept, empty for none.

    Raises AwsError InvalidParameterValue.
    """
    if not text:
        return ""
    policy = _document(text)
    permission = policy.get("redrivePermission")
    arns = policy.get("sourceQueueArns")
    if permission not in (_ALL, _NONE, _LISTED) or policy.keys() - {
        "redrivePermission",
        "sourceQueueArns",
    }:
        raise _bad(text, "redrivePermission must be one of allowAll, denyAll and byQueue.")
    if (permission == _LISTED) is not (arns is not None):
        raise _bad(text, "sourceQueueArns go with the permission byQueue, and only with it.")
    if arns is not None and not _are_queues(arns):
        raise _bad(text, f"sourceQueueArns must be 1 to {MOST_SOURCES} ARNs of queues.")
    return json.dumps(policy, separators=(",", ":"))


def allows(policy: str, source_arn: str) -> bool:
    """Say whether a queue may send its dead letters here; without a policy all may."""
    if not policy:
        return True
    told = json.loads(policy)
    permission = told["redrivePermission"]
    return permission == _ALL or (permission == _LISTED and source_arn in told["sourceQueueArns"])


def _are_queues(arns: Any) -> bool:
    if not isinstance(arns, list) or not 1 <= len(arns) <= MOST_SOURCES:
        return False
    parsed = [Arn.parse(one) if isinstance(one, str) else None for one in arns]
    return all(one is not None and one.service == "sqs" for one in parsed)


def _document(text: str) -> dict[str, Any]:
    try:
        policy = json.loads(text)
    except ValueError:
        policy = None
    if not isinstance(policy, dict):
        raise _bad(text, "Redrive allow policy is not a valid JSON map.")
    return policy


def _bad(text: str, reason: str) -> AwsError:
    return AwsError(
        "InvalidParameterValue",
        f"Value {text} for parameter RedriveAllowPolicy is invalid. Reason: {reason}",
    )
