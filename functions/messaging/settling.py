"""What a receiver does with a message that it holds: delete it, or change how long it is hidden."""

from __future__ import annotations

from django.db import transaction

from console.accounts.secrets import signing_secret
from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.messaging import limits, receipts
from functions.messaging.models import Message, Queue


def delete(scope: Scope, queue: Queue, handle: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Delete a message by the handle of its last receive.

    With an older handle a standard queue says yes and keeps the message; a FIFO queue refuses.
    Raises AwsError ReceiptHandleIsInvalid or InvalidParameterValue. Source: SQS API reference,
    DeleteMessage, and recordings.
    """
    receipt = receipts.read(scope, signing_secret(), handle, queue.pk)
    held = Message.objects.filter(pk=receipt.message, queue=queue, receives=receipt.receives)
    with transaction.atomic():
        if not queue.fifo:
            held.delete()
            return
        now = int(clock.now() * 1000)
        gone, _ = held.filter(visible_ms__gt=now).delete()
        if not gone and Message.objects.filter(pk=receipt.message, queue=queue).exists():
            raise _invalid(handle, "The receipt handle has expired.")


def hide(
    scope: Scope, queue: Queue, handle: str, seconds: int, *, clock: Clock = SYSTEM_CLOCK
) -> None:
    """Let a held message be hidden for `seconds` from now; 0 gives it back.

    Raises AwsError ReceiptHandleIsInvalid, MessageNotInflight or InvalidParameterValue.
    """
    if not 0 <= seconds <= limits.VISIBILITY_SECONDS:
        raise AwsError(
            "InvalidParameterValue",
            f"Value {seconds} for parameter VisibilityTimeout is invalid. Reason: Must be between "
            f"0 and {limits.VISIBILITY_SECONDS}, if provided.",
        )
    receipt = receipts.read(scope, signing_secret(), handle, queue.pk)
    now = int(clock.now() * 1000)
    with transaction.atomic():
        there = Message.objects.filter(pk=receipt.message, queue=queue)
        held = there.filter(receives=receipt.receives, visible_ms__gt=now)
        if held.update(visible_ms=now + seconds * 1000):
            return
        if there.exists():  # visible again, or somebody else holds it
            raise AwsError(
                "MessageNotInflight",
                f"Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not "
                "exist or is not available for visibility timeout change.",
            )
        raise _invalid(
            handle, "Message does not exist or is not available for visibility timeout change."
        )


def _invalid(handle: str, reason: str) -> AwsError:
    return AwsError(
        "InvalidParameterValue",
        f"Value {handle} for parameter ReceiptHandle is invalid. Reason: {reason}",
    )
