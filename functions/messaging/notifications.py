"""What a published message looks like to its receivers. Pure; who receives it is `delivery`'s business.

Source: SNS developer guide, "Parsing message formats" and "Using AWS Lambda with Amazon SNS".
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from console.aws.errors import AwsError
from functions.messaging.messageattributes import Attributes

_SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")


@dataclass(frozen=True, slots=True)
class Notification:
    """A message as it was published; `at` is epoch seconds, `texts` differ by protocol."""

    topic_arn: str
    message_id: str
    at: float
    texts: Mapping[str, str]
    subject: str = ""
    attributes: Attributes = field(default_factory=dict)

    def text(self, protocol: str) -> str:
        """Give the message for receivers of `protocol` ("sqs", "lambda")."""
        return self.texts.get(protocol, self.texts["default"])


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What surrounds a message: who signs it, with what, and where the gateway is."""

    secret: bytes
    gateway: str
    subscription_arn: str


def read_texts(message: str, structure: str) -> dict[str, str]:
    """Read a message, or a JSON object of one message per protocol.

    Raises AwsError InvalidParameter.
    """
    if not structure:
        return {"default": message}
    if structure != "json":
        raise AwsError("InvalidParameter", "Invalid parameter: MessageStructure")
    try:
        texts = json.loads(message)
    except (ValueError, RecursionError):
        texts = None
    if not isinstance(texts, dict):
        raise _bad_structure("JSON message body failed to parse")
    if not isinstance(texts.get("default"), str):
        raise _bad_structure("No default entry in JSON message body")
    return {name: text for name, text in texts.items() if isinstance(text, str)}


def for_queue(notification: Notification, head: Letterhead) -> str:
    """Write the JSON that a queue gets, unless it asked for the raw message."""
    body = _signed(notification, head, notification.text("sqs"))
    if body["Subject"] is None:
        del body["Subject"]
    body |= {"SigningCertURL": _certificate(head), "UnsubscribeURL": _unsubscribe(head)}
    if notification.attributes:
        body["MessageAttributes"] = _attributes(notification.attributes)
    return json.dumps(body, indent=2, separators=(",", " : "), ensure_ascii=False)


def for_function(notification: Notification, head: Letterhead) -> bytes:
    """Write the event that a function gets."""
    sns = _signed(notification, head, notification.text("lambda")) | {
        "SigningCertUrl": _certificate(head),
        "UnsubscribeUrl": _unsubscribe(head),
        "MessageAttributes": _attributes(notification.attributes),
    }
    record = {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": head.subscription_arn,
        "Sns": sns,
    }
    return json.dumps({"Records": [record]}, ensure_ascii=False).encode()


def _signed(notification: Notification, head: Letterhead, text: str) -> dict[str, Any]:
    moment = datetime.fromtimestamp(notification.at, UTC).isoformat(timespec="milliseconds")
    body: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": notification.message_id,
        "TopicArn": notification.topic_arn,
        "Subject": notification.subject or None,
        "Message": text,
        "Timestamp": moment.replace("+00:00", "Z"),
        "SignatureVersion": "1",
    }
    content = "".join(f"{name}\n{body[name]}\n" for name in _SIGNED if body[name] is not None)
    mac = hmac.new(head.secret, content.encode(), hashlib.sha256)
    return body | {"Signature": b64encode(mac.digest()).decode()}


def _certificate(head: Letterhead) -> str:
    """Name a certificate that does not exist: signatures are keyed hashes here, see docs/limits.md."""
    return f"{head.gateway}/SimpleNotificationService-none.pem"


def _unsubscribe(head: Letterhead) -> str:
    return f"{head.gateway}/?Action=Unsubscribe&SubscriptionArn={head.subscription_arn}"


def _attributes(attributes: Attributes) -> dict[str, dict[str, str]]:
    return {
        name: {
            "Type": value["DataType"],
            "Value": value.get("BinaryValue") or value.get("StringValue", ""),
        }
        for name, value in attributes.items()
    }


def _bad_structure(reason: str) -> AwsError:
    return AwsError("InvalidParameter", f"Invalid parameter: Message Structure - {reason}")
