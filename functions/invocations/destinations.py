"""Brings the record of an event to its destination, inside the transaction that ends the event.

The execution role is asked at delivery. What cannot be delivered is counted and dropped, as on AWS.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from django.db import transaction

from console.aws.arn import Arn
from console.aws.clock import Clock
from console.aws.errors import AwsError
from console.aws.ids import Ids
from console.aws.scope import Scope
from functions.catalog.finding import named
from functions.iam.roles import permits
from functions.invocations import eventrecords, invoking
from functions.invocations.eventrecords import Story
from functions.invocations.invoking import InvocationType
from functions.messaging import buckets, queues, targets, topics
from functions.messaging.topics import Extras

_log = logging.getLogger("shardlight.invocations")
_OBJECT_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the function's account, name and execution role, with time and chance."""

    scope: Scope
    function_name: str
    role_arn: str
    clock: Clock
    ids: Ids


def send_record(sender: Sender, arn: str, story: Story) -> bool:
    """Send the record of an event to a queue, topic, function or bucket; whether it got there."""
    text = eventrecords.record(story)
    return _attempt(arn, lambda: _send(sender, arn, text, story))


def send_dead_letter(sender: Sender, arn: str, story: Story, message: str) -> bool:
    """Send the bare event to a queue or topic; whether it got there."""
    return _attempt(arn, lambda: _send_bare(sender, arn, story, message))


def _attempt(arn: str, send: Callable[[], None]) -> bool:
    try:
        with transaction.atomic():
            send()
    except AwsError as refusal:
        _log.info("event not delivered to %s: %s", arn, refusal.message)
        return False
    return True


def _send(sender: Sender, arn: str, text: bytes, story: Story) -> None:
    parsed = Arn.parse(arn)
    if parsed is not None and parsed.service == "lambda":
        _check(sender, (("lambda:InvokeFunction", arn),))
        name = named(sender.scope, arn)
        kind = InvocationType.EVENT
        invoking.invoke(sender.scope, name, text, kind, clock=sender.clock, ids=sender.ids)
        return
    target = _target(sender, arn)
    scope, clock, ids = sender.scope, sender.clock, sender.ids
    match target.kind:
        case "sqs":
            queues.send(scope, arn, text.decode(), sender=_name(sender), clock=clock, ids=ids)
        case "sns":
            topics.publish(scope, arn, text.decode(), clock=clock, ids=ids)
        case "s3":
            key = eventrecords.object_key(sender.function_name, story.now, ids.uuid())
            buckets.put(scope, target.name, key, text, _OBJECT_TYPE, clock=clock)
        case _:
            assert_never(target.kind)


def _send_bare(sender: Sender, arn: str, story: Story, message: str) -> None:
    target = _target(sender, arn)
    scope, clock, ids = sender.scope, sender.clock, sender.ids
    body, labels = story.payload.decode(), eventrecords.labels(story, message)
    if target.kind == "sqs":
        name = _name(sender)
        queues.send(scope, arn, body, sender=name, labels=labels, clock=clock, ids=ids)
    else:
        topics.publish(scope, arn, body, Extras(attributes=labels), clock=clock, ids=ids)


def _target(sender: Sender, arn: str) -> targets.Target:
    target = targets.find(sender.scope, arn)
    if target is None:
        raise AwsError("ResourceNotFoundException", f"{arn} does not exist.")
    if target.fifo:
        raise AwsError("InvalidParameterValueException", f"{arn} is a FIFO queue.")
    _check(sender, target.needs)
    return target


def _check(sender: Sender, needs: tuple[tuple[str, str], ...]) -> None:
    for action, resource in needs:
        decision = permits(sender.scope, sender.role_arn, action, resource)
        if not decision.allowed:
            raise AwsError("AccessDeniedException", f"{action} on {resource}: {decision.reason}")


def _name(sender: Sender) -> str:
    return sender.role_arn.rpartition("/")[2]
