"""A queue's attributes as SQS spells them, read into settings and back. Touches no rows.

Source of names, ranges and defaults: SQS API reference, CreateQueue and SetQueueAttributes; of the
error texts: recordings of SQS.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from console.aws.arn import Arn
from console.aws.errors import AwsError
from functions.messaging import allowing, limits, queuepolicies


@dataclass(frozen=True, slots=True)
class Redrive:
    """After how many receives a message goes to which queue (ARN)."""

    target_arn: str
    receives: int


@dataclass(frozen=True, slots=True)
class Settings:
    """What a queue does; times in seconds."""

    fifo: bool = False
    content_deduplication: bool = False
    visibility: int = 30
    retention: int = 345_600
    delay: int = 0
    wait: int = 0
    max_bytes: int = limits.MESSAGE_BYTES
    redrive: Redrive | None = None
    redrive_allow: str = ""  # RedriveAllowPolicy, checked
    policy: str = ""  # as it was sent


_NUMBERS = {
    "VisibilityTimeout": ("visibility", 0, limits.VISIBILITY_SECONDS),
    "MessageRetentionPeriod": ("retention", *limits.RETENTION_SECONDS),
    "DelaySeconds": ("delay", 0, limits.DELAY_SECONDS),
    "ReceiveMessageWaitTimeSeconds": ("wait", 0, limits.WAIT_SECONDS),
    "MaximumMessageSize": ("max_bytes", limits.SMALLEST_MAX_BYTES, limits.MESSAGE_BYTES),
}
_FLAGS = {"FifoQueue": "fifo", "ContentBasedDeduplication": "content_deduplication"}
_FIXED = {"DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"}
"""FIFO attributes that have one value here; any other is refused."""

_NOT_OFFERED = frozenset(
    {
        "KmsMasterKeyId",
        "KmsDataKeyReusePeriodSeconds",
        "SqsManagedSseEnabled",
    }
)

KNOWN = frozenset(
    {*_NUMBERS, *_FLAGS, *_FIXED, *_NOT_OFFERED, "RedrivePolicy", "RedriveAllowPolicy", "Policy"}
)
"""Attributes that a queue may have on AWS; asking for one that this queue has not is no error."""


def changed(settings: Settings, attributes: Mapping[str, str]) -> Settings:
    """Apply what a request sets.

    Raises AwsError InvalidAttributeName, InvalidAttributeValue or InvalidParameterValue.
    """
    for name, text in attributes.items():
        settings = _with(settings, name, text)
    if settings.content_deduplication and not settings.fifo:
        raise _unknown("ContentBasedDeduplication")
    return settings


def spelled(settings: Settings) -> dict[str, str]:
    """Write settings as GetQueueAttributes shows them."""
    shown = {name: str(getattr(settings, field)) for name, (field, _, _) in _NUMBERS.items()}
    if settings.fifo:
        flags = {name: str(getattr(settings, field)).lower() for name, field in _FLAGS.items()}
        shown |= flags | _FIXED
    if settings.redrive is not None:
        shown["RedrivePolicy"] = _spelled_redrive(settings.redrive)
    if settings.redrive_allow:
        shown["RedriveAllowPolicy"] = settings.redrive_allow
    if settings.policy:
        shown["Policy"] = settings.policy
    return shown


def _with(settings: Settings, name: str, text: str) -> Settings:
    if name in _NUMBERS:
        field, low, high = _NUMBERS[name]
        number: dict[str, Any] = {field: _number(name, text, low, high)}
        return replace(settings, **number)
    if name in _FLAGS:
        flag: dict[str, Any] = {_FLAGS[name]: _flag(name, text)}
        return replace(settings, **flag)
    if name in _DOCUMENTS:
        document, read = _DOCUMENTS[name]
        told: dict[str, Any] = {document: read(text)}
        return replace(settings, **told)
    if name in _FIXED and settings.fifo:
        if text == _FIXED[name]:
            return settings
        raise _refused(f"{name}={text}")
    if name in _NOT_OFFERED:
        if not text:
            return settings
        raise _refused(name)
    raise _unknown(name)


def _number(name: str, text: str, low: int, high: int) -> int:
    if text.isascii() and text.isdecimal() and low <= int(text) <= high:
        return int(text)
    raise AwsError("InvalidAttributeValue", f"Invalid value for the parameter {name}.")


def _flag(name: str, text: str) -> bool:
    match text.lower():
        case "true":
            return True
        case "false" if name != "FifoQueue":
            return False
        case "false":
            raise _unknown(name)
        case _:
            raise AwsError("InvalidAttributeValue", f"Invalid value for the parameter {name}.")


def _redrive(text: str) -> Redrive | None:
    if not text:
        return None
    policy = _document(text)
    target = policy.pop("deadLetterTargetArn", None)
    receives = policy.pop("maxReceiveCount", None)
    if target is None or receives is None or policy:
        raise _bad_redrive(text, "Redrive policy does not contain mandatory attributes")
    arn = Arn.parse(target) if isinstance(target, str) else None
    if arn is None or arn.service != "sqs":
        raise _bad_redrive(text, "Invalid value for deadLetterTargetArn.")
    count = str(receives)
    if not (count.isdecimal() and 1 <= int(count) <= limits.RECEIVES):
        raise _bad_redrive(
            text, f"Invalid value for maxReceiveCount: {count}, valid values are from 1 to 1000"
        )
    return Redrive(target, int(count))


def _document(text: str) -> dict[str, Any]:
    try:
        policy = json.loads(text)
    except ValueError:
        policy = None
    if not isinstance(policy, dict):
        raise _bad_redrive(text, "Redrive policy is not a valid JSON map.")
    return policy


_DOCUMENTS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "RedrivePolicy": ("redrive", _redrive),
    "RedriveAllowPolicy": ("redrive_allow", allowing.read),
    "Policy": ("policy", queuepolicies.checked),
}


def _spelled_redrive(redrive: Redrive) -> str:
    policy = {"deadLetterTargetArn": redrive.target_arn, "maxReceiveCount": redrive.receives}
    return json.dumps(policy, separators=(",", ":"))


def _bad_redrive(text: str, reason: str) -> AwsError:
    return AwsError(
        "InvalidParameterValue",
        f"Value {text} for parameter RedrivePolicy is invalid. Reason: {reason}",
    )


def _unknown(name: str) -> AwsError:
    return AwsError("InvalidAttributeName", f"Unknown Attribute {name}.")


def _refused(what: str) -> AwsError:
    return AwsError("UnsupportedOperation", f"Shardlight does not offer the attribute {what} yet.")
