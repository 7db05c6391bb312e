"""Old messages and deduplication ids go when their queue's time for them is over."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from console.aws.clock import SYSTEM_CLOCK, Clock
from functions.messaging.models import Deduplication, Message, MessageMove, Queue

_ROWS_A_TURN = 2000
_DAY_MS = 24 * 3600 * 1000


def trim(clock: Clock = SYSTEM_CLOCK) -> int:
    """Delete expired messages of all queues, a few at a time; return how many.

    Each turn is a short transaction of its own; running it twice at once is harmless.
    """
    now = int(clock.now() * 1000)
    while _trim_deduplications(now):
        pass
    old = MessageMove.objects.filter(started_ms__lt=now - settings.MOVE_RETENTION_DAYS * _DAY_MS)
    old.exclude(state=MessageMove.State.RUNNING).delete()
    return sum(_trim_queue(queue, now) for queue in Queue.objects.order_by("pk"))


def _trim_queue(queue: Queue, now: int) -> int:
    edge, gone = now - queue.retention_seconds * 1000, 0
    old = Message.objects.filter(queue=queue, sent_ms__lte=edge).order_by("sent_ms")
    while True:
        ids = list(old.values_list("pk", flat=True)[:_ROWS_A_TURN])
        if not ids:  # most queues have none: looking costs no write transaction
            return gone
        with transaction.atomic():
            Message.objects.filter(pk__in=ids).delete()
        gone += len(ids)


def _trim_deduplications(now: int) -> bool:
    """Delete some expired ids; False when there are none left."""
    old = Deduplication.objects.filter(until_ms__lte=now)
    ids = list(old.values_list("pk", flat=True)[:_ROWS_A_TURN])
    if ids:
        with transaction.atomic():
            Deduplication.objects.filter(pk__in=ids).delete()
    return bool(ids)
