"""Brings a failure record to its destination, inside the transaction that gives the records up.

The role is asked again at delivery; what cannot be delivered is dropped, as on AWS.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from django.db import transaction

from console.aws.errors import AwsError
from functions.iam import roles
from functions.messaging import buckets, queues, targets, topics
from functions.messaging.targets import Target
from triggers.polling.attempt import Step
from triggers.polling.documents import Loss, document, object_key
from triggers.polling.permission import session_name

log = logging.getLogger(__name__)
_OBJECT_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the destination is told, the event for buckets, and the role that tells it."""

    loss: Loss
    event: bytes
    role_arn: str


def deliver(step: Step, delivery: Delivery) -> str:
    """Send the failure record; returns the message's id, empty when it could not be sent."""
    try:
        with transaction.atomic():
            return _send(step, delivery)
    except AwsError as refusal:
        log.info("failure record of %s not delivered: %s", step.work.mapping, refusal.message)
        return ""


def _send(step: Step, delivery: Delivery) -> str:
    scope, arn = step.work.scope, step.work.destination
    target = targets.find(scope, arn)
    if target is None:
        raise AwsError("ResourceNotFoundException", f"{arn} does not exist.")
    found = targets.decisions(scope, target, delivery.role_arn)
    for (action, _), decision in zip(target.needs, found, strict=True):
        if not decision.allowed:
            raise AwsError("AccessDeniedException", f"{action} on {arn}: {decision.reason}")
    return _to(target, step, delivery)


def _to(target: Target, step: Step, delivery: Delivery) -> str:
    scope, loss = step.work.scope, delivery.loss
    tools = step.tools
    match target.kind:
        case "sqs":
            role = roles.find_by_arn(scope, delivery.role_arn)
            sender = f"{role.role_id if role else ''}:{session_name(loss.now)}"
            return queues.send(
                scope, target.arn, document(loss), sender=sender, clock=tools.clock, ids=tools.ids
            )
        case "sns":
            text = document(loss)
            return topics.publish(scope, target.arn, text, clock=tools.clock, ids=tools.ids)
        case "s3":
            mapping = str(UUID(str(step.work.mapping)))
            key = object_key(mapping, loss.shard_name, loss.now, tools.ids.uuid())
            body = document(loss, delivery.event).encode()
            buckets.put(scope, target.name, key, body, _OBJECT_TYPE, clock=tools.clock)
            return key
        case _:
            assert_never(target.kind)
