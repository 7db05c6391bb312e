"""What SNS answers: topics and subscriptions as AWS spells them."""

from __future__ import annotations

from collections.abc import Sequence

from console.aws.registry import Params
from console.aws.scope import Scope
from functions.messaging import limits, paging, subscriptions, topics
from functions.messaging.models import Subscription, Topic


def topic(scope: Scope, row: Topic) -> dict[str, str]:
    """Write a topic's attributes."""
    return {
        "TopicArn": topics.arn_of(scope, row),
        "Owner": scope.account,
        "DisplayName": row.display_name,
        "SubscriptionsConfirmed": str(row.subscriptions.count()),
        "SubscriptionsPending": "0",
        "SubscriptionsDeleted": "0",
    }


def subscriptions_page(scope: Scope, listing: str, found: Sequence[Subscription]) -> Params:
    """Write a page of subscriptions from one entry more than fits."""
    page = paging.cut(scope, listing, found, limits.ENTRIES_A_PAGE, lambda row: row.uuid)
    shown = [_subscription(scope, row) for row in page.entries]
    return {"Subscriptions": shown, "NextToken": page.token or None}


def subscription_attributes(scope: Scope, row: Subscription) -> dict[str, str]:
    """Write a subscription's attributes."""
    shown = _subscription(scope, row) | {
        "SubscriptionPrincipal": scope.principal,
        "ConfirmationWasAuthenticated": "true",
        "PendingConfirmation": "false",
        "RawMessageDelivery": "true" if row.raw else "false",
    }
    if row.filter_policy:
        shown |= {"FilterPolicy": row.filter_policy, "FilterPolicyScope": "MessageAttributes"}
    return shown


def _subscription(scope: Scope, row: Subscription) -> dict[str, str]:
    return {
        "SubscriptionArn": subscriptions.arn_of(scope, row.topic, row),
        "Owner": scope.account,
        "Protocol": row.protocol,
        "Endpoint": row.endpoint,
        "TopicArn": topics.arn_of(scope, row.topic),
    }
