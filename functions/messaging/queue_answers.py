"""What SQS answers: queues and messages as AWS spells them, and requests turned into drafts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from console.aws.errors import AwsError
from console.aws.registry import Params
from console.aws.scope import Scope
from functions.messaging import digests, finding, messageattributes, sending
from functions.messaging.attributes import KNOWN, spelled
from functions.messaging.batches import Entry
from functions.messaging.models import Message, Queue
from functions.messaging.paging import Page
from functions.messaging.receiving import Received
from functions.messaging.sending import Draft, spell_sequence

_ALL = "All"
_TRACE = "AWSTraceHeader"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which attributes of messages a receiver asked for."""

    system: tuple[str, ...]
    user: tuple[str, ...]


def attributes(scope: Scope, queue: Queue, names: Iterable[str]) -> dict[str, str]:
    """Write the attributes of a queue that were asked for. Raises AwsError InvalidAttributeName."""
    listed = set(names)
    if not listed:
        return {}
    tally = finding.tally(queue)
    shown = {
        "QueueArn": finding.arn_of(scope, queue),
        "ApproximateNumberOfMessages": str(tally.visible),
        "ApproximateNumberOfMessagesNotVisible": str(tally.in_flight),
        "ApproximateNumberOfMessagesDelayed": str(tally.delayed),
        "CreatedTimestamp": str(queue.created_ms // 1000),
        "LastModifiedTimestamp": str(queue.modified_ms // 1000),
    } | spelled(finding.settings_of(queue))
    for name in listed - shown.keys() - KNOWN - {_ALL}:
        raise AwsError("InvalidAttributeName", f"Unknown Attribute {name}.")
    return shown if _ALL in listed else {n: text for n, text in shown.items() if n in listed}


def urls(scope: Scope, page: Page[Queue], member: str) -> Params:
    """Write a page of queues; without any, SQS leaves the list out."""
    shown = [finding.url_of(scope, queue) for queue in page.entries]
    return ({member: shown} if shown else {}) | ({"NextToken": page.token} if page.token else {})


def send(scope: Scope, queue: Queue, entry: Entry) -> Params:
    """Send what SendMessage, or an entry of its batch, holds; answer with what is told of it."""
    draft = _draft(entry)
    sent = sending.send(queue, draft, sender=scope.account)
    answer = {"MessageId": sent.message_id, "MD5OfMessageBody": digests.of_text(draft.body)}
    if draft.attributes:
        answer["MD5OfMessageAttributes"] = digests.of_attributes(draft.attributes)
    if draft.system:
        answer["MD5OfMessageSystemAttributes"] = digests.of_attributes(draft.system)
    if sent.sequence:
        answer["SequenceNumber"] = sent.sequence
    return answer


def weight(entry: Entry) -> int:
    """Count the bytes of a message to send, attributes included."""
    kept = messageattributes.kept(entry.get("MessageAttributes"))
    texts = [value for value in kept.values() if len(value) > 1]
    if len(texts) != len(kept):  # refused later, entry by entry
        return len(entry["MessageBody"].encode())
    return len(entry["MessageBody"].encode()) + messageattributes.size(kept)


def message(received: Received, asked: Asked) -> Params:
    """Write a received message with the attributes that were asked for."""
    row = received.message
    answer: Params = {
        "MessageId": row.message_id,
        "ReceiptHandle": received.handle,
        "MD5OfBody": digests.of_text(row.body),
        "Body": row.body,
    }
    system = _system(row)
    if _ALL not in asked.system:
        system = {name: text for name, text in system.items() if name in asked.system}
    if system:
        answer["Attributes"] = system
    user = messageattributes.chosen(row.attributes, asked.user)
    if user:
        answer["MD5OfMessageAttributes"] = digests.of_attributes(user)
        answer["MessageAttributes"] = messageattributes.shown(user)
    return answer


def _system(row: Message) -> dict[str, str]:
    shown: dict[str, str] = {
        "SenderId": row.sender,
        "SentTimestamp": str(row.sent_ms),
        "ApproximateReceiveCount": str(row.receives),
        "ApproximateFirstReceiveTimestamp": str(row.first_received_ms),
    }
    if row.sequence:
        shown |= {
            "SequenceNumber": spell_sequence(row.sequence),
            "MessageGroupId": row.group_id,
            "MessageDeduplicationId": row.deduplication_id,
        }
    shown |= row.system
    return shown


def _draft(entry: Entry) -> Draft:
    system = messageattributes.kept(entry.get("MessageSystemAttributes"))
    for name, value in system.items():
        if name != _TRACE or value["DataType"] != "String" or "StringValue" not in value:
            raise AwsError(
                "InvalidParameterValue",
                f"Message system attribute name '{name}' is invalid. Reason: only "
                f"{_TRACE} of type String is supported.",
            )
    return Draft(
        body=entry["MessageBody"],
        attributes=messageattributes.kept(entry.get("MessageAttributes")),
        system=system,
        delay=entry.get("DelaySeconds"),
        group_id=entry.get("MessageGroupId", ""),
        deduplication_id=entry.get("MessageDeduplicationId", ""),
    )
