"""A notification to the receivers of its topic: rows in queues, queued invocations of functions.

Runs inside the publisher's transaction. A receiver that is not there gets nothing and stops nobody.
"""

from __future__ import annotations

import logging

from django.conf import settings

from console.accounts.secrets import signing_secret
from console.aws.clock import Clock
from console.aws.errors import AwsError
from console.aws.ids import Ids
from console.aws.scope import Scope
from functions.catalog.finding import named
from functions.iam import facts
from functions.invocations import invoking
from functions.invocations.invoking import InvocationType
from functions.messaging import (
    filterpolicies,
    finding,
    notifications,
    queuepolicies,
    sending,
    subscriptions,
)
from functions.messaging.models import Subscription, Topic
from functions.messaging.notifications import Letterhead, Notification
from functions.messaging.sending import Draft

_log = logging.getLogger("shardlight.messaging")
_SENDER = "AIDAISMY7JYY5F7RTT6AO"
"""Who sends for SNS. Source: recordings of queues subscribed to topics."""


def deliver(
    scope: Scope, topic: Topic, notification: Notification, *, clock: Clock, ids: Ids
) -> None:
    """Hand a notification to every subscription whose filter lets it through."""
    for subscription in topic.subscriptions.order_by("pk"):
        policy = filterpolicies.parse(subscription.filter_policy)
        if not filterpolicies.matches(policy, notification.attributes):
            continue
        head = Letterhead(
            signing_secret(),
            settings.GATEWAY_URL.rstrip("/"),
            subscriptions.arn_of(scope, topic, subscription),
        )
        try:
            if subscription.protocol == "sqs":
                _to_queue(scope, subscription, notification, head, clock, ids)
            else:
                _to_function(scope, subscription, notification, head, clock, ids)
        except AwsError as error:
            _log.info("nothing delivered to %s: %s", subscription.endpoint, error)


def _to_queue(
    scope: Scope,
    subscription: Subscription,
    notification: Notification,
    head: Letterhead,
    clock: Clock,
    ids: Ids,
) -> None:
    queue = finding.find_by_arn(scope, subscription.endpoint)
    if queue is None:
        raise AwsError("QueueDoesNotExist", finding.MISSING)
    known = facts.of_account(scope) | {"aws:SourceAccount": (scope.account,)}
    if not queuepolicies.lets_topic(
        queue.policy, subscription.endpoint, notification.topic_arn, known
    ):
        raise AwsError(
            "AccessDenied", f"the policy of {subscription.endpoint} does not let SNS send"
        )
    if subscription.raw:
        draft = Draft(notification.text("sqs"), attributes=notification.attributes)
    else:
        draft = Draft(notifications.for_queue(notification, head))
    sending.send(queue, draft, sender=_SENDER, clock=clock, ids=ids)


def _to_function(
    scope: Scope,
    subscription: Subscription,
    notification: Notification,
    head: Letterhead,
    clock: Clock,
    ids: Ids,
) -> None:
    invoking.invoke(
        scope,
        named(scope, subscription.endpoint),
        notifications.for_function(notification, head),
        InvocationType.EVENT,
        clock=clock,
        ids=ids,
    )
