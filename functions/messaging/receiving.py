"""Who gets which message: claims with a visibility timeout, long polls, and the way to dead letters.

A claim is a conditional update that raises `receives`, which ends the receipts given out before.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from console.accounts.secrets import signing_secret
from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.messaging import finding, limits, receipts
from functions.messaging.models import Message, Queue
from functions.messaging.receipts import Receipt
from functions.messaging.sending import next_sequence

_LOOK_SECONDS = 0.1
"""Between two looks of a long poll."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How many messages a receiver takes at most, hides for how long, and waits for; seconds."""

    count: int = 1
    visibility: int | None = None
    wait: int | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A message in flight, and the handle by which its receiver names it."""

    message: Message
    handle: str


def receive(
    scope: Scope, url: str, wish: Wish, *, clock: Clock = SYSTEM_CLOCK
) -> tuple[Received, ...]:
    """Take messages from a queue, waiting for the first one when that is wished.

    Raises AwsError QueueDoesNotExist (also when the queue goes while waiting) or
    InvalidParameterValue.
    """
    _check(wish)
    queue = finding.find_by_url(scope, url)
    wait = queue.wait_seconds if wish.wait is None else wish.wait
    until = clock.monotonic() + wait
    while True:
        taken = _take(scope, queue, wish, int(clock.now() * 1000))
        left = until - clock.monotonic()
        if taken or left <= 0:
            return taken
        clock.sleep(min(_LOOK_SECONDS, left))
        queue = finding.find_by_url(scope, url)


def _check(wish: Wish) -> None:
    ranges = (
        ("MaxNumberOfMessages", wish.count, 1, limits.BATCH_ENTRIES),
        ("WaitTimeSeconds", wish.wait, 0, limits.WAIT_SECONDS),
        ("VisibilityTimeout", wish.visibility, 0, limits.VISIBILITY_SECONDS),
    )
    for name, value, low, high in ranges:
        if value is not None and not low <= value <= high:
            raise AwsError(
                "InvalidParameterValue",
                f"Value {value} for parameter {name} is invalid. Reason: Must be between {low} "
                f"and {high}, if provided.",
            )


def _take(scope: Scope, queue: Queue, wish: Wish, now: int) -> tuple[Received, ...]:
    if not _waiting(queue, now).exists():  # an empty look costs no write transaction
        return ()
    hidden = queue.visibility_seconds if wish.visibility is None else wish.visibility
    taken: list[Message] = []
    with transaction.atomic():
        if queue.fifo:  # one receiver at a time, so that groups stay in order
            Queue.objects.select_for_update().filter(pk=queue.pk).first()
        grave = _grave(scope, queue)
        while len(taken) < wish.count:
            rest = _waiting(queue, now).exclude(pk__in=[row.pk for row in taken])
            if not queue.fifo:
                rest = rest.select_for_update(skip_locked=True)
            rows = list(rest[: wish.count - len(taken)])
            if not rows:
                break
            for row in rows:
                if grave is not None and row.receives >= (queue.max_receives or 0):
                    _bury(scope, queue, row, grave, now)
                elif _claim(row, now, now + hidden * 1000):
                    taken.append(row)
    return tuple(Received(row, _handle(scope, queue, row)) for row in taken)


def _waiting(queue: Queue, now: int) -> QuerySet[Message]:
    """Give the messages that may be taken now, in order."""
    alive = finding.alive(queue, now)
    found = alive.filter(visible_ms__lte=now)
    if not queue.fifo:
        return found.order_by("visible_ms", "sequence", "id")
    before = alive.filter(group_id=OuterRef("group_id"), visible_ms__gt=now).filter(
        Q(receives__gt=0) | Q(sequence__lt=OuterRef("sequence"))
    )
    return found.filter(~Exists(before)).order_by("sequence")


def _claim(row: Message, now: int, until: int) -> bool:
    """Hide a message for its receiver; False when somebody else was faster."""
    first = row.first_received_ms or now
    claimed = Message.objects.filter(
        pk=row.pk, queue_id=row.queue_id, receives=row.receives, visible_ms__lte=now
    ).update(receives=F("receives") + 1, visible_ms=until, first_received_ms=first)
    if not claimed:
        return False
    row.receives, row.visible_ms, row.first_received_ms = row.receives + 1, until, first
    return True


def _grave(scope: Scope, queue: Queue) -> Queue | None:
    """Find where dead letters go; while that queue is missing, messages stay."""
    return finding.find_by_arn(scope, queue.dead_letter_arn) if queue.dead_letter_arn else None


def _bury(scope: Scope, queue: Queue, row: Message, grave: Queue, now: int) -> None:
    """Move a message that was received too often. A standard queue's message keeps its age."""
    fenced = Message.objects.filter(pk=row.pk, queue_id=queue.pk, receives=row.receives)
    system = row.system | {"DeadLetterQueueSourceArn": finding.arn_of(scope, queue)}
    if grave.fifo:
        fenced.update(
            queue=grave, system=system, visible_ms=now, sent_ms=now, sequence=next_sequence(grave)
        )
    else:
        fenced.update(queue=grave, system=system, visible_ms=now)


def _handle(scope: Scope, queue: Queue, row: Message) -> str:
    receipt = Receipt(queue.pk, row.pk, row.receives)
    return receipts.write(scope, signing_secret(), receipt)
