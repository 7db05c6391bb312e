"""SQS's three operations on moving messages: translate, call one verb, translate back."""

from __future__ import annotations

from typing import Any

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.messaging import finding, movetasks
from functions.messaging.models import MessageMove


@operation(
    "sqs", "StartMessageMoveTask", honours="SourceArn DestinationArn MaxNumberOfMessagesPerSecond"
)
def start_message_move_task(scope: Scope, params: Params) -> Params:
    """Begin to move messages out of a dead-letter queue."""
    move = movetasks.start(
        scope,
        params["SourceArn"],
        params.get("DestinationArn") or "",
        params.get("MaxNumberOfMessagesPerSecond"),
    )
    return {"TaskHandle": movetasks.handle_of(scope, move)}


@operation("sqs", "ListMessageMoveTasks", honours="SourceArn MaxResults")
def list_message_move_tasks(scope: Scope, params: Params) -> Params:
    """List the newest tasks of a queue."""
    found = movetasks.newest(scope, params["SourceArn"], params.get("MaxResults", 1))
    return {"Results": [_shown(scope, one) for one in found]}


@operation("sqs", "CancelMessageMoveTask", honours="TaskHandle")
def cancel_message_move_task(scope: Scope, params: Params) -> Params:
    """Stop a task."""
    return {"ApproximateNumberOfMessagesMoved": movetasks.cancel(scope, params["TaskHandle"])}


def _shown(scope: Scope, move: MessageMove) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "Status": move.state,
        "SourceArn": finding.arn_of(scope, move.queue),
        "ApproximateNumberOfMessagesMoved": move.moved,
        "ApproximateNumberOfMessagesToMove": move.to_move,
        "StartedTimestamp": move.started_ms,
    }
    if move.state == MessageMove.State.RUNNING:
        shown["TaskHandle"] = movetasks.handle_of(scope, move)
    if move.destination_arn:
        shown["DestinationArn"] = move.destination_arn
    if move.rate is not None:
        shown["MaxNumberOfMessagesPerSecond"] = move.rate
    if move.failure:
        shown["FailureReason"] = move.failure
    return shown
