"""A message into a queue: what it may be, and where it stands. Who gets it is `receiving`'s business.

Source of the error texts: recordings of SQS, unless a fidelity fact says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import F

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from functions.messaging import limits
from functions.messaging.messageattributes import Attributes, check, check_count, size
from functions.messaging.models import Deduplication, Message, Queue

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FIFO_ID = re.compile(r"[!-~]{1,128}")
_WRONG_KIND = "The request include parameter that is not valid for this queue type."


@dataclass(frozen=True, slots=True)
class Draft:
    """What a sender wants to send; `system` holds AWSTraceHeader, `delay` is in seconds."""

    body: str
    attributes: Attributes = field(default_factory=dict)
    system: Mapping[str, Any] = field(default_factory=dict)
    delay: int | None = None
    group_id: str = ""
    deduplication_id: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a sender is told; `sequence` is empty unless the queue is FIFO."""

    message_id: str
    sequence: str = ""


def send(
    queue: Queue,
    draft: Draft,
    *,
    sender: str,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Sent:
    """Store a message. A FIFO queue stores one of the same deduplication id once in five minutes.

    Raises AwsError InvalidParameterValue, MissingParameter or InvalidMessageContents.
    """
    _check_content(queue, draft)
    _check_kind(queue, draft)
    now = int(clock.now() * 1000)
    message = Message(
        queue=queue,
        message_id=ids.uuid(),
        body=draft.body,
        attributes=dict(draft.attributes),
        system={name: value["StringValue"] for name, value in draft.system.items()},
        sender=sender,
        sent_ms=now,
        visible_ms=now + 1000 * (queue.delay_seconds if draft.delay is None else draft.delay),
        group_id=draft.group_id,
    )
    with transaction.atomic():
        if queue.fifo:
            return _store_in_order(queue, message, draft, now)
        message.save(force_insert=True)
    return Sent(message.message_id)


def next_sequence(queue: Queue) -> int:
    """Take the next place in a FIFO queue; the queue's row stays locked until the transaction ends."""
    Queue.objects.filter(pk=queue.pk).update(last_sequence=F("last_sequence") + 1)
    return Queue.objects.values_list("last_sequence", flat=True).get(pk=queue.pk)


def spell_sequence(sequence: int) -> str:
    """Write a place as SQS does: twenty digits."""
    return str(limits.FIRST_SEQUENCE + sequence * limits.SEQUENCE_STEP)


def _store_in_order(queue: Queue, message: Message, draft: Draft, now: int) -> Sent:
    sequence = next_sequence(queue)
    seen = draft.deduplication_id or sha256(draft.body.encode()).hexdigest()
    known = Deduplication.objects.filter(queue=queue, deduplication_id=seen).first()
    if known is not None and known.until_ms > now:
        return Sent(known.message_id, spell_sequence(known.sequence))
    Deduplication.objects.update_or_create(
        queue=queue,
        deduplication_id=seen,
        defaults={
            "message_id": message.message_id,
            "sequence": sequence,
            "until_ms": now + limits.DEDUPLICATION_MS,
        },
    )
    message.sequence = sequence
    message.deduplication_id = seen
    message.save(force_insert=True)
    return Sent(message.message_id, spell_sequence(sequence))


def _check_content(queue: Queue, draft: Draft) -> None:
    if not draft.body:
        raise AwsError("MissingParameter", "The request must contain the parameter MessageBody.")
    forbidden = _FORBIDDEN.search(draft.body)
    if forbidden:
        raise AwsError(
            "InvalidMessageContents",
            f"Invalid binary character '#x{ord(forbidden.group()):X}' was found in the message "
            "body, the set of allowed characters is #x9 | #xA | #xD | #x20 to #xD7FF | "
            "#xE000 to #xFFFD | #x10000 to #x10FFFF",
        )
    check(draft.attributes)
    check_count(draft.attributes)
    if len(draft.body.encode()) + size(draft.attributes) > queue.max_bytes:
        raise AwsError(
            "InvalidParameterValue",
            "One or more parameters are invalid. Reason: Message must be shorter than "
            f"{queue.max_bytes} bytes.",
        )
    if draft.delay is not None and not 0 <= draft.delay <= limits.DELAY_SECONDS:
        raise _invalid("DelaySeconds", draft.delay, "DelaySeconds must be >= 0 and <= 900.")


def _check_kind(queue: Queue, draft: Draft) -> None:
    """Keep what only FIFO queues know from standard ones, and the other way round."""
    named = (
        ("MessageGroupId", draft.group_id),
        ("MessageDeduplicationId", draft.deduplication_id),
    )
    for name, text in named:
        if not text:
            continue
        if not queue.fifo:
            raise _invalid(name, text, _WRONG_KIND)
        if not _FIFO_ID.fullmatch(text):
            raise _invalid(
                name,
                text,
                f"{name} can only include alphanumeric and punctuation characters. "
                "1 to 128 in length.",
            )
    if not queue.fifo:
        return
    if draft.delay is not None:
        raise _invalid("DelaySeconds", draft.delay, _WRONG_KIND)
    if not draft.group_id:
        raise AwsError("MissingParameter", "The request must contain the parameter MessageGroupId.")
    if not draft.deduplication_id and not queue.content_deduplication:
        raise AwsError(
            "InvalidParameterValue",
            "The queue should either have ContentBasedDeduplication enabled or "
            "MessageDeduplicationId provided explicitly",
        )


def _invalid(name: str, value: object, reason: str) -> AwsError:
    return AwsError(
        "InvalidParameterValue", f"Value {value} for parameter {name} is invalid. Reason: {reason}"
    )
