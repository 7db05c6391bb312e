"""Subscriptions: made, found, changed, listed, ended. What they receive is `delivery`'s business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from console.aws.arn import Arn
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.messaging import filterpolicies
from functions.messaging.models import Subscription, Topic

_OFFERED = ("sqs", "lambda")
_OF_AWS = ("http", "https", "email", "email-json", "sms", "application", "firehose")
_SCOPE = "MessageAttributes"
MISSING = "Subscription does not exist"


@dataclass(frozen=True, slots=True)
class Terms:
    """How a subscription wants its messages; the policy is a document as text."""

    raw: bool = False
    filter_policy: str = ""


def arn_of(scope: Scope, topic: Topic, subscription: Subscription) -> str:
    """Name a subscription of this account and region."""
    return scope.arn("sns", f"{topic.name}:{subscription.uuid}")


def of(scope: Scope) -> QuerySet[Subscription]:
    """Give the subscriptions of an account and region, with their topics."""
    rows = Subscription.objects.filter(topic__tenancy_id=scope.tenancy, topic__region=scope.region)
    return rows.select_related("topic")


def subscribe(
    scope: Scope,
    topic: Topic,
    protocol: str,
    endpoint: str,
    wanted: Mapping[str, str],
    *,
    ids: Ids = SYSTEM_IDS,
) -> Subscription:
    """Subscribe a queue or function (`endpoint` is its ARN); doing so again gives the same one.

    Raises AwsError InvalidParameter.
    """
    _check_protocol(protocol)
    _check_endpoint(scope, protocol, endpoint)
    terms = Terms()
    for name, text in wanted.items():
        terms = _with(terms, protocol, name, text)
    with transaction.atomic():
        there = topic.subscriptions.filter(protocol=protocol, endpoint=endpoint).first()
        if there is None:
            there = _insert(topic, protocol, endpoint, terms, ids)
        elif wanted and (there.raw, there.filter_policy) != (terms.raw, terms.filter_policy):
            raise AwsError(
                "InvalidParameter",
                "Invalid parameter: Attributes Reason: Subscription already exists with different "
                "attributes",
            )
        return there


def find(scope: Scope, subscription_arn: str) -> Subscription:
    """Find a subscription by ARN. Raises AwsError NotFound or InvalidParameter."""
    found = _find(scope, subscription_arn)
    if found is None:
        raise AwsError("NotFound", MISSING)
    return found


def change(scope: Scope, subscription_arn: str, name: str, text: str) -> None:
    """Set one attribute. Raises AwsError NotFound or InvalidParameter."""
    with transaction.atomic():
        row = find(scope, subscription_arn)
        terms = _with(Terms(row.raw, row.filter_policy), row.protocol, name, text)
        row.raw, row.filter_policy = terms.raw, terms.filter_policy
        row.save(update_fields=["raw", "filter_policy"])


def end(scope: Scope, subscription_arn: str) -> None:
    """Unsubscribe; ending one that is not there is no error.

    Raises AwsError InvalidParameter, or NotFound for an ARN of another account or region.
    """
    with transaction.atomic():
        found = _find(scope, subscription_arn)
        if found is not None:
            found.delete()
        elif not scope.owns(_read(subscription_arn)):
            raise AwsError("NotFound", MISSING)


def page(
    scope: Scope, *, topic: Topic | None = None, after: str = "", count: int
) -> list[Subscription]:
    """List up to `count` subscriptions, of one topic or all, after the one with the uuid `after`."""
    rows = of(scope).filter(uuid__gt=after)
    if topic is not None:
        rows = rows.filter(topic=topic)
    return list(rows.order_by("uuid")[:count])


def _find(scope: Scope, subscription_arn: str) -> Subscription | None:
    arn = _read(subscription_arn)
    name, _, uuid = arn.resource.partition(":")
    if arn.service != "sns" or not scope.owns(arn):
        return None
    return of(scope).filter(topic__name=name, uuid=uuid).first()


def _read(subscription_arn: str) -> Arn:
    arn = Arn.parse(subscription_arn)
    if arn is None:
        count = len(subscription_arn.split(":"))
        raise _invalid(f"SubscriptionArn Reason: An ARN must have at least 6 elements, not {count}")
    return arn


def _insert(topic: Topic, protocol: str, endpoint: str, terms: Terms, ids: Ids) -> Subscription:
    row = Subscription(
        topic=topic,
        uuid=ids.uuid(),
        protocol=protocol,
        endpoint=endpoint,
        raw=terms.raw,
        filter_policy=terms.filter_policy,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # another caller was first
        return topic.subscriptions.get(protocol=protocol, endpoint=endpoint)
    return row


def _with(terms: Terms, protocol: str, name: str, text: str) -> Terms:
    match name:
        case "RawMessageDelivery":
            return replace(terms, raw=_raw(protocol, text))
        case "FilterPolicy":
            empty = text.strip() in ("", "{}")
            filterpolicies.parse("" if empty else text)
            return replace(terms, filter_policy="" if empty else text)
        case "FilterPolicyScope" if text == _SCOPE:
            return terms
        case "FilterPolicyScope" | "DeliveryPolicy" | "RedrivePolicy" | "SubscriptionRoleArn":
            raise _invalid(f"Shardlight does not offer {name} {text} yet")
        case _:
            raise _invalid("AttributeName")


def _raw(protocol: str, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise _invalid(f"RawMessageDelivery: Invalid value [{text}]. Must be true or false.")
    if text.lower() == "true" and protocol != "sqs":
        raise _invalid(f"Delivery protocol [{protocol}] does not support raw message delivery.")
    return text.lower() == "true"


def _check_protocol(protocol: str) -> None:
    if protocol in _OFFERED:
        return
    if protocol in _OF_AWS:
        raise _invalid(f"Shardlight does not deliver to {protocol}")
    raise _invalid(f"Amazon SNS does not support this protocol string: {protocol}")


def _check_endpoint(scope: Scope, protocol: str, endpoint: str) -> None:
    arn = Arn.parse(endpoint)
    if arn is None or arn.service != protocol or not scope.owns(arn):
        raise _invalid("SQS endpoint ARN" if protocol == "sqs" else "Lambda endpoint ARN")
    if arn.resource.endswith(".fifo"):
        raise _invalid(
            "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard "
            "SNS topics"
        )


def _invalid(reason: str) -> AwsError:
    return AwsError("InvalidParameter", f"Invalid parameter: {reason}")
