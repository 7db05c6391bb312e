"""Queues: made, changed, tagged, emptied, deleted; and the poller's way to send into one.

What a message may be is `sending`'s business, who gets it `receiving`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.db import IntegrityError, transaction

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.messaging import allowing, attributes, finding, limits, sending
from functions.messaging.attributes import Settings
from functions.messaging.messageattributes import Attributes
from functions.messaging.models import Message, Queue
from functions.messaging.sending import Draft

FIFO = ".fifo"
_NAME = re.compile(r"[\w-]{1,80}", re.ASCII)


def create(
    scope: Scope,
    name: str,
    wanted: Mapping[str, str],
    *,
    tags: Mapping[str, str] | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Queue:
    """Make a queue; making the same one again gives the one that is there.

    Raises AwsError InvalidParameterValue or QueueNameExists, and those of `attributes.changed`.
    """
    settings = attributes.changed(Settings(fifo=wanted.get("FifoQueue") == "true"), wanted)
    _check_name(name, fifo=settings.fifo)
    with transaction.atomic():
        there = finding.of(scope).filter(name=name).first()
        if there is None:
            _check_redrive(scope, name, settings)
            there = _insert(scope, name, settings, tags or {}, int(clock.now() * 1000))
        if there is not None:
            return _same(there, settings, wanted)
    return create(scope, name, wanted, tags=tags, clock=clock)  # another caller was first


def change(
    scope: Scope, url: str, wanted: Mapping[str, str], *, clock: Clock = SYSTEM_CLOCK
) -> None:
    """Set attributes of a queue.

    Raises AwsError QueueDoesNotExist and those of `attributes.changed`.
    """
    with transaction.atomic():
        queue = finding.locked(scope, url)
        if "FifoQueue" in wanted:
            raise AwsError("InvalidAttributeName", "Unknown Attribute FifoQueue.")
        settings = attributes.changed(finding.settings_of(queue), wanted)
        _check_redrive(scope, queue.name, settings)
        _write(queue, settings)
        queue.modified_ms = int(clock.now() * 1000)
        queue.save()


def delete(scope: Scope, url: str) -> None:
    """Delete a queue with its messages."""
    with transaction.atomic():
        queue = finding.locked(scope, url)
        queue.delete()


def purge(scope: Scope, url: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Delete all messages of a queue. Raises AwsError PurgeQueueInProgress within 60 seconds."""
    now = int(clock.now() * 1000)
    with transaction.atomic():
        queue = finding.locked(scope, url)
        if queue.purged_ms is not None and now - queue.purged_ms < limits.PURGE_MS:
            raise AwsError(
                "PurgeQueueInProgress",
                f"Only one PurgeQueue operation on {queue.name} is allowed every 60 seconds.",
                status=403,
            )
        Message.objects.filter(queue=queue).delete()
        queue.purged_ms = now
        queue.save(update_fields=["purged_ms"])


def tag(scope: Scope, url: str, tags: Mapping[str, str]) -> None:
    """Add tags to a queue. Raises AwsError InvalidParameterValue beyond fifty."""
    with transaction.atomic():
        queue = finding.locked(scope, url)
        queue.tags = queue.tags | dict(tags)
        if len(queue.tags) > limits.TAGS:
            raise AwsError("InvalidParameterValue", f"Too many tags added for queue {queue.name}.")
        queue.save(update_fields=["tags"])


def untag(scope: Scope, url: str, keys: Iterable[str]) -> None:
    """Take tags away from a queue."""
    with transaction.atomic():
        queue = finding.locked(scope, url)
        gone = set(keys)
        queue.tags = {key: text for key, text in queue.tags.items() if key not in gone}
        queue.save(update_fields=["tags"])


def send(
    scope: Scope,
    queue_arn: str,
    body: str,
    *,
    sender: str,
    labels: Attributes | None = None,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> str:
    """Put a message into a standard queue, inside the caller's transaction; return its id.

    `labels` are its message attributes. Raises AwsError QueueDoesNotExist, also for queues of other accounts and regions, and
    MissingParameter for a FIFO queue.
    """
    queue = finding.find_by_arn(scope, queue_arn)
    if queue is None:
        raise AwsError("QueueDoesNotExist", finding.MISSING)
    draft = Draft(body, attributes=labels or {})
    return sending.send(queue, draft, sender=sender, clock=clock, ids=ids).message_id


def _check_name(name: str, *, fifo: bool) -> None:
    bare = name.removesuffix(FIFO) if fifo else name
    if _NAME.fullmatch(bare) and len(name) <= 80 and (name != bare) is fifo:
        return
    if fifo:
        raise AwsError(
            "InvalidParameterValue",
            "The name of a FIFO queue can only include alphanumeric characters, hyphens, or "
            "underscores, must end with .fifo suffix and be 1 to 80 in length.",
        )
    raise AwsError(
        "InvalidParameterValue",
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
    )


def _check_redrive(scope: Scope, name: str, settings: Settings) -> None:
    """Dead letters go to a queue of the same kind in this account and region."""
    if settings.redrive is None:
        return
    target = finding.find_by_arn(scope, settings.redrive.target_arn)
    reason = ""
    if target is None:
        reason = "Dead letter target does not exist."
    elif target.name == name or target.fifo is not settings.fifo:
        reason = "Dead letter queue and source queue must be of the same type and not the same."
    elif not allowing.allows(target.redrive_allow, scope.arn("sqs", name)):
        reason = "The redrive allow policy of the dead letter queue denies this source queue."
    if reason:
        text = attributes.spelled(settings)["RedrivePolicy"]
        raise AwsError(
            "InvalidParameterValue",
            f"Value {text} for parameter RedrivePolicy is invalid. Reason: {reason}",
        )


def _insert(
    scope: Scope, name: str, settings: Settings, tags: Mapping[str, str], now_ms: int
) -> Queue | None:
    queue = Queue(
        tenancy_id=scope.tenancy,
        region=scope.region,
        name=name,
        fifo=settings.fifo,
        tags=dict(tags),
        created_ms=now_ms,
        modified_ms=now_ms,
    )
    _write(queue, settings)
    try:
        with transaction.atomic():
            queue.save(force_insert=True)
    except IntegrityError:
        return None
    return queue


def _write(queue: Queue, settings: Settings) -> None:
    queue.content_deduplication = settings.content_deduplication
    queue.visibility_seconds = settings.visibility
    queue.retention_seconds = settings.retention
    queue.delay_seconds = settings.delay
    queue.wait_seconds = settings.wait
    queue.max_bytes = settings.max_bytes
    queue.dead_letter_arn = settings.redrive.target_arn if settings.redrive else ""
    queue.max_receives = settings.redrive.receives if settings.redrive else None
    queue.redrive_allow = settings.redrive_allow
    queue.policy = settings.policy


def _same(queue: Queue, settings: Settings, wanted: Iterable[str]) -> Queue:
    """Give back a queue that is there already, when it has every attribute that is asked for."""
    have, want = (attributes.spelled(one) for one in (finding.settings_of(queue), settings))
    for name in wanted:
        if have.get(name, "") != want.get(name, ""):
            raise AwsError(
                "QueueNameExists",
                "A queue already exists with the same name and a different value for attribute "
                f"{name}",
            )
    return queue
