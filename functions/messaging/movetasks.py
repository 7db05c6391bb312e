"""Tasks that move messages out of a dead-letter queue: started, listed, cancelled, carried on.

A task is a row; workers carry all of them on once a second, each step one short transaction. How a
message moves is `moving`'s business. Source: SQS API reference, StartMessageMoveTask.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from console.aws.arn import Arn
from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.messaging import finding, limits, moving
from functions.messaging.models import Message, MessageMove, Queue

State = MessageMove.State
_UNKNOWN_ORIGIN = "CouldNotDetermineMessageSource"
_QUEUE_GONE = "AWS.SimpleQueueService.NonExistentQueue"
_AT_ONCE = 500
"""Messages of one step when no rate was asked for. Ours; AWS finds a rate of its own."""


def start(
    scope: Scope,
    source_arn: str,
    destination_arn: str,
    rate: int | None,
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> MessageMove:
    """Begin to move what lies in a dead-letter queue now, at most `rate` messages a second.

    Without a destination every message goes back to where it came from. Raises AwsError
    ResourceNotFoundException or InvalidParameterValue.
    """
    if rate is not None and not 1 <= rate <= limits.MOVED_A_SECOND:
        raise _out_of_range("MaxNumberOfMessagesPerSecond", rate, limits.MOVED_A_SECOND)
    queue = _source(scope, source_arn)
    if not finding.sources(scope, queue, count=1):
        raise _invalid("Source queue must be configured as a Dead Letter Queue.")
    if destination_arn and finding.find_by_arn(scope, destination_arn) is None:
        raise _missing("DestinationArn")
    now = int(clock.now() * 1000)
    with transaction.atomic():
        list(Queue.objects.select_for_update(no_key=True).filter(pk=queue.pk))
        if MessageMove.objects.filter(queue=queue, state=State.RUNNING).exists():
            raise _invalid(
                "There is already a task running. Only one active task is allowed for a source "
                "queue arn at a given time."
            )
        waiting = finding.alive(queue, now)
        return MessageMove.objects.create(
            queue=queue,
            task_id=ids.uuid(),
            destination_arn=destination_arn,
            rate=rate,
            last=waiting.aggregate(last=Max("pk"))["last"] or 0,
            to_move=waiting.count(),
            started_ms=now,
            stepped_ms=now,
        )


def newest(scope: Scope, source_arn: str, count: int) -> Sequence[MessageMove]:
    """List the last tasks of a queue, newest first. Raises AwsError as `start` does."""
    if not 1 <= count <= limits.MOVES_LISTED:
        raise _out_of_range("MaxResults", count, limits.MOVES_LISTED)
    queue = _source(scope, source_arn)
    return list(MessageMove.objects.filter(queue=queue).order_by("-pk")[:count])


def cancel(scope: Scope, handle: str) -> int:
    """Stop a task that is running; returns how many messages it has moved, which stay moved.

    Raises AwsError InvalidParameterValue or ResourceNotFoundException.
    """
    task_id, source_arn = _read(handle)
    queue = _source(scope, source_arn)
    with transaction.atomic():
        running = MessageMove.objects.select_for_update().filter(
            queue=queue, task_id=task_id, state=State.RUNNING
        )
        move = running.first()
        if move is None:
            raise AwsError("ResourceNotFoundException", "Task does not exist.", status=404)
        move.state = State.CANCELLED
        move.save(update_fields=["state"])
    return move.moved


def handle_of(scope: Scope, move: MessageMove) -> str:
    """Write the handle of a task. Source: SQS returns base64 of this JSON."""
    told = {"taskId": move.task_id, "sourceArn": finding.arn_of(scope, move.queue)}
    return base64.b64encode(json.dumps(told, separators=(",", ":")).encode()).decode()


def carry_on(*, clock: Clock = SYSTEM_CLOCK, ids: Ids = SYSTEM_IDS) -> int:
    """Take the next step of every running task; the number of messages moved. Safe to run twice."""
    running = MessageMove.objects.filter(state=State.RUNNING).order_by("pk")
    return sum(_step(pk, clock, ids) for pk in list(running.values_list("pk", flat=True)))


def _step(pk: int, clock: Clock, ids: Ids) -> int:
    now = int(clock.now() * 1000)
    with transaction.atomic():
        move = MessageMove.objects.select_for_update().filter(pk=pk, state=State.RUNNING).first()
        if move is None:
            return 0
        waiting = finding.alive(move.queue, now).filter(pk__lte=move.last, visible_ms__lte=now)
        allowed = _allowed(move, now)
        moved = 0
        for message in waiting.order_by("sequence", "pk")[:allowed]:
            destination = _destination(move, message)
            if isinstance(destination, str):
                move.state, move.failure = State.FAILED, destination
                break
            moved += moving.give(message, destination, clock=clock, ids=ids)
        move.moved += moved
        if allowed:
            move.stepped_ms = now
        if move.state == State.RUNNING and not waiting.exists():
            move.state = State.COMPLETED
        move.save(update_fields=["state", "failure", "moved", "stepped_ms"])
    return moved


def _allowed(move: MessageMove, now: int) -> int:
    """How many messages may be moved by now."""
    if move.rate is None:
        return _AT_ONCE
    return min(_AT_ONCE, move.rate * max(0, now - move.stepped_ms) // 1000)


def _destination(move: MessageMove, message: Message) -> Queue | str:
    """Find where a message goes, or say why it goes nowhere."""
    arn = move.destination_arn or message.system.get(moving.ORIGIN)
    if not arn:
        return _UNKNOWN_ORIGIN
    home: Any = Arn.parse(arn)
    queue = Queue.objects.filter(
        tenancy_id=move.queue.tenancy_id, region=move.queue.region, name=home.resource
    ).first()
    return queue or _QUEUE_GONE


def _source(scope: Scope, arn: str) -> Queue:
    queue = finding.find_by_arn(scope, arn)
    if queue is None:
        raise _missing("SourceArn")
    return queue


def _read(handle: str) -> tuple[str, str]:
    try:
        told = json.loads(base64.b64decode(handle, validate=True))
        return str(told["taskId"]), str(told["sourceArn"])
    except (ValueError, KeyError, TypeError):
        raise _invalid("Value for parameter TaskHandle is invalid.") from None


def _missing(parameter: str) -> AwsError:
    return AwsError(
        "ResourceNotFoundException",
        f"The resource that you specified for the {parameter} parameter doesn't exist.",
        status=404,
    )


def _out_of_range(parameter: str, value: int, most: int) -> AwsError:
    return _invalid(
        f"Value {value} for parameter {parameter} is invalid. Reason: Must be between 1 and {most}."
    )


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message)
