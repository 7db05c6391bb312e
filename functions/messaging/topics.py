"""Topics: made, found, changed, listed, deleted; and what is published to them.

Who receives it is `subscriptions`', how it gets there `delivery`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet

from console.aws.arn import Arn
from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.messaging import delivery, limits, messageattributes
from functions.messaging.messageattributes import Attributes
from functions.messaging.models import Topic
from functions.messaging.notifications import Notification, read_texts

MISSING = "Topic does not exist"
_NAME = re.compile(r"[\w-]{1,256}", re.ASCII)
_SUBJECT = re.compile(r"[ -~]+")
_NOT_OFFERED = frozenset(
    {
        "Policy",
        "DeliveryPolicy",
        "KmsMasterKeyId",
        "SignatureVersion",
        "TracingConfig",
        "FifoTopic",
        "ContentBasedDeduplication",
        "ArchivePolicy",
        "FifoThroughputScope",
    }
)


@dataclass(frozen=True, slots=True)
class Extras:
    """What may go with a published message; `structure` is "json" for one text per protocol."""

    subject: str = ""
    structure: str = ""
    attributes: Attributes = field(default_factory=dict)


NO_EXTRAS = Extras()


def of(scope: Scope) -> QuerySet[Topic]:
    """Give the topics of an account and region."""
    return Topic.objects.filter(tenancy_id=scope.tenancy, region=scope.region)


def arn_of(scope: Scope, topic: Topic) -> str:
    """Name a topic of this account and region."""
    return scope.arn("sns", topic.name)


def create(scope: Scope, name: str, wanted: Mapping[str, str], tags: Mapping[str, str]) -> Topic:
    """Make a topic; making it again gives the one that is there.

    Raises AwsError InvalidParameter, also for a topic that is there with another display name.
    """
    if not _NAME.fullmatch(name):
        raise _invalid("Topic Name")
    display = ""
    for attribute, text in wanted.items():
        display = _display(attribute, text) or display
    with transaction.atomic():
        topic, is_new = Topic.objects.get_or_create(
            tenancy_id=scope.tenancy,
            region=scope.region,
            name=name,
            defaults={"display_name": display, "tags": dict(tags)},
        )
    if not is_new and "DisplayName" in wanted and topic.display_name != display:
        raise _invalid("Attributes Reason: Topic already exists with different attributes")
    if not is_new and tags and topic.tags != dict(tags):
        raise _invalid("Tags Reason: Topic already exists with different tags")
    return topic


def find(scope: Scope, topic_arn: str) -> Topic:
    """Find a topic by ARN; one of another account or region does not exist.

    Raises AwsError NotFound or InvalidParameter.
    """
    if Arn.parse(topic_arn) is None:
        count = len(topic_arn.split(":"))
        raise _invalid(f"TopicArn Reason: An ARN must have at least 6 elements, not {count}")
    topic = find_by_arn(scope, topic_arn)
    if topic is None:
        raise AwsError("NotFound", MISSING)
    return topic


def find_by_arn(scope: Scope, topic_arn: str) -> Topic | None:
    """Find a topic of this account and region by ARN; None for anything else."""
    arn = Arn.parse(topic_arn)
    if arn is None or arn.service != "sns" or not scope.owns(arn):
        return None
    return of(scope).filter(name=arn.resource).first()


def change(scope: Scope, topic_arn: str, name: str, text: str) -> None:
    """Set one attribute of a topic. Raises AwsError NotFound or InvalidParameter."""
    with transaction.atomic():
        topic = find(scope, topic_arn)
        topic.display_name = _display(name, text)
        topic.save(update_fields=["display_name"])


def delete(scope: Scope, topic_arn: str) -> None:
    """Delete a topic with its subscriptions; deleting one that is not there is no error.

    Raises AwsError InvalidParameter, or NotFound for an ARN of another account or region.
    """
    with transaction.atomic():
        topic = find_by_arn(scope, topic_arn)
        if topic is not None:
            topic.delete()
            return
        arn = Arn.parse(topic_arn)
        if arn is None or not scope.owns(arn):
            find(scope, topic_arn)  # which says what is wrong


def tag(scope: Scope, topic_arn: str, tags: Mapping[str, str]) -> None:
    """Add tags to a topic. Raises AwsError ResourceNotFound or TagLimitExceeded."""
    with transaction.atomic():
        topic = tagged(scope, topic_arn)
        topic.tags = topic.tags | dict(tags)
        if len(topic.tags) > limits.TAGS:
            raise AwsError(
                "TagLimitExceeded",
                f"Could not complete request: tag quota of per resource exceeded ({limits.TAGS})",
            )
        topic.save(update_fields=["tags"])


def untag(scope: Scope, topic_arn: str, keys: Iterable[str]) -> None:
    """Take tags away from a topic. Raises AwsError ResourceNotFound."""
    with transaction.atomic():
        topic, gone = tagged(scope, topic_arn), set(keys)
        topic.tags = {key: text for key, text in topic.tags.items() if key not in gone}
        topic.save(update_fields=["tags"])


def tagged(scope: Scope, topic_arn: str) -> Topic:
    """Find a topic for its tags. Raises AwsError ResourceNotFound."""
    try:
        return find(scope, topic_arn)
    except AwsError as error:
        if error.code != "NotFound":
            raise
        raise AwsError("ResourceNotFound", "Resource does not exist") from error


def page(scope: Scope, *, after: str = "", count: int) -> list[Topic]:
    """List up to `count` topics by name, after the name `after`."""
    return list(of(scope).filter(name__gt=after).order_by("name")[:count])


def publish(
    scope: Scope,
    topic_arn: str,
    message: str,
    extras: Extras = NO_EXTRAS,
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> str:
    """Publish a message to a topic and return its id; joins the caller's transaction.

    Raises AwsError NotFound, InvalidParameter or ParameterValueInvalid.
    """
    _check(message, extras)
    texts = read_texts(message, extras.structure)
    with transaction.atomic():
        topic = find(scope, topic_arn)
        notification = Notification(
            topic_arn=arn_of(scope, topic),
            message_id=ids.uuid(),
            at=clock.now(),
            texts=texts,
            subject=extras.subject,
            attributes=extras.attributes,
        )
        delivery.deliver(scope, topic, notification, clock=clock, ids=ids)
    return notification.message_id


def _check(message: str, extras: Extras) -> None:
    if not message:
        raise _invalid("Empty message")
    subject = extras.subject
    if subject and not (_SUBJECT.fullmatch(subject) and len(subject) <= limits.SUBJECT_CHARACTERS):
        raise _invalid("Subject")
    messageattributes.check(extras.attributes, "ParameterValueInvalid")
    size = len(message.encode()) + messageattributes.size(extras.attributes)
    if size > limits.PUBLISHED_BYTES:
        raise _invalid("Message too long")


def _display(name: str, text: str) -> str:
    """Read an attribute to set: only DisplayName has an effect here, so only it is taken."""
    if name == "DisplayName":
        if len(text) > limits.SUBJECT_CHARACTERS:
            raise _invalid("DisplayName")
        return text
    if name not in _NOT_OFFERED:
        raise _invalid("AttributeName")
    if text in ("", "false"):
        return ""
    raise _invalid(f"Shardlight does not offer {name} yet")


def _invalid(reason: str) -> AwsError:
    return AwsError("InvalidParameter", f"Invalid parameter: {reason}")
