"""How one message moves to another queue, or goes without a receipt.

Tasks that move many, which SQS calls a redrive, are `movetasks`' business. A moved message is
a new one: new id, new age, received by nobody yet.
Source: SQS developer guide, "Configuring a dead-letter queue redrive".
"""

from __future__ import annotations

from console.aws.clock import Clock
from console.aws.ids import Ids
from console.aws.scope import Scope
from functions.messaging import finding, sending
from functions.messaging.models import Message, Queue

ORIGIN = "DeadLetterQueueSourceArn"


def give(row: Message, target: Queue, *, clock: Clock, ids: Ids) -> bool:
    """Put a message into another queue as a new one, inside the caller's transaction.

    False when a receiver was faster. Raises AwsError when the queue does not take such a message.
    """
    if not _take(row):
        return False
    _send(target, row, clock, ids)
    return True


def drop(scope: Scope, name: str, message_id: str) -> bool:
    """Delete one message by its id, without a receipt; False when it is gone already.

    Raises AwsError QueueDoesNotExist.
    """
    queue = finding.find(scope, name)
    gone, _ = Message.objects.filter(queue=queue, message_id=message_id).delete()
    return gone > 0


def _take(row: Message) -> bool:
    """Take a message out of its queue; 0 rows: a receiver was faster and has it now."""
    fenced = Message.objects.filter(pk=row.pk, queue_id=row.queue_id, receives=row.receives)
    return fenced.delete()[0] > 0


def _send(target: Queue, row: Message, clock: Clock, ids: Ids) -> None:
    draft = sending.Draft(
        body=row.body,
        attributes=row.attributes,
        system={
            name: {"StringValue": value} for name, value in row.system.items() if name != ORIGIN
        },
        delay=None if target.fifo else 0,
        group_id=(row.group_id or row.message_id) if target.fifo else "",
        deduplication_id=(row.deduplication_id or row.message_id) if target.fifo else "",
    )
    sending.send(target, draft, sender=row.sender, clock=clock, ids=ids)
