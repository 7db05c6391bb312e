"""SNS on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from console.aws.errors import AwsError
from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.messaging import (
    batches,
    limits,
    messageattributes,
    paging,
    subscriptions,
    topic_answers,
    topics,
)
from functions.messaging.batches import Entry
from functions.messaging.topics import Extras


@operation("sns", "CreateTopic", honours="Name Attributes Tags")
def create_topic(scope: Scope, params: Params) -> Params:
    """Make a topic."""
    tags = {one["Key"]: one["Value"] for one in params.get("Tags", [])}
    topic = topics.create(scope, params["Name"], params.get("Attributes", {}), tags)
    return {"TopicArn": topics.arn_of(scope, topic)}


@operation("sns", "DeleteTopic", honours="TopicArn")
def delete_topic(scope: Scope, params: Params) -> None:
    """Delete a topic with its subscriptions."""
    topics.delete(scope, params["TopicArn"])


@operation("sns", "ListTopics", honours="NextToken")
def list_topics(scope: Scope, params: Params) -> Params:
    """List topics by name."""
    after = paging.place(scope, "topics", params.get("NextToken"), _bad_token())
    found = topics.page(scope, after=after, count=limits.ENTRIES_A_PAGE + 1)
    page = paging.cut(scope, "topics", found, limits.ENTRIES_A_PAGE, lambda topic: topic.name)
    shown = [{"TopicArn": topics.arn_of(scope, topic)} for topic in page.entries]
    return {"Topics": shown, "NextToken": page.token or None}


@operation("sns", "GetTopicAttributes", honours="TopicArn")
def get_topic_attributes(scope: Scope, params: Params) -> Params:
    """Show a topic's settings and counts."""
    topic = topics.find(scope, params["TopicArn"])
    return {"Attributes": topic_answers.topic(scope, topic)}


@operation("sns", "SetTopicAttributes", honours="TopicArn AttributeName AttributeValue")
def set_topic_attributes(scope: Scope, params: Params) -> None:
    """Change one setting of a topic."""
    topics.change(
        scope, params["TopicArn"], params["AttributeName"], params.get("AttributeValue", "")
    )


@operation("sns", "TagResource", honours="ResourceArn Tags")
def tag_resource(scope: Scope, params: Params) -> Params:
    """Add tags to a topic."""
    topics.tag(scope, params["ResourceArn"], {one["Key"]: one["Value"] for one in params["Tags"]})
    return {}


@operation("sns", "UntagResource", honours="ResourceArn TagKeys")
def untag_resource(scope: Scope, params: Params) -> Params:
    """Take tags from a topic."""
    topics.untag(scope, params["ResourceArn"], params["TagKeys"])
    return {}


@operation("sns", "ListTagsForResource", honours="ResourceArn")
def list_tags_for_resource(scope: Scope, params: Params) -> Params:
    """List a topic's tags."""
    tags = topics.tagged(scope, params["ResourceArn"]).tags
    return {"Tags": [{"Key": key, "Value": text} for key, text in sorted(tags.items())]}


@operation(
    "sns", "Subscribe", honours="TopicArn Protocol Endpoint Attributes ReturnSubscriptionArn"
)
def subscribe(scope: Scope, params: Params) -> Params:
    """Subscribe a queue or a function; both are confirmed at once."""
    topic = topics.find(scope, params["TopicArn"])
    made = subscriptions.subscribe(
        scope,
        topic,
        params["Protocol"],
        params.get("Endpoint", ""),
        params.get("Attributes", {}),
    )
    return {"SubscriptionArn": subscriptions.arn_of(scope, topic, made)}


@operation("sns", "Unsubscribe", honours="SubscriptionArn")
def unsubscribe(scope: Scope, params: Params) -> None:
    """End a subscription."""
    subscriptions.end(scope, params["SubscriptionArn"])


@operation("sns", "ListSubscriptions", honours="NextToken")
def list_subscriptions(scope: Scope, params: Params) -> Params:
    """List all subscriptions."""
    after = paging.place(scope, "subscriptions", params.get("NextToken"), _bad_token())
    found = subscriptions.page(scope, after=after, count=limits.ENTRIES_A_PAGE + 1)
    return topic_answers.subscriptions_page(scope, "subscriptions", found)


@operation("sns", "ListSubscriptionsByTopic", honours="TopicArn NextToken")
def list_subscriptions_by_topic(scope: Scope, params: Params) -> Params:
    """List the subscriptions of one topic."""
    topic = topics.find(scope, params["TopicArn"])
    listing = f"subscriptions of {topic.pk}"
    after = paging.place(scope, listing, params.get("NextToken"), _bad_token())
    found = subscriptions.page(scope, topic=topic, after=after, count=limits.ENTRIES_A_PAGE + 1)
    return topic_answers.subscriptions_page(scope, listing, found)


@operation("sns", "GetSubscriptionAttributes", honours="SubscriptionArn")
def get_subscription_attributes(scope: Scope, params: Params) -> Params:
    """Show a subscription's settings."""
    found = subscriptions.find(scope, params["SubscriptionArn"])
    return {"Attributes": topic_answers.subscription_attributes(scope, found)}


@operation(
    "sns", "SetSubscriptionAttributes", honours="SubscriptionArn AttributeName AttributeValue"
)
def set_subscription_attributes(scope: Scope, params: Params) -> None:
    """Change one setting of a subscription."""
    subscriptions.change(
        scope, params["SubscriptionArn"], params["AttributeName"], params.get("AttributeValue", "")
    )


@operation(
    "sns",
    "Publish",
    honours="TopicArn TargetArn Message Subject MessageStructure MessageAttributes",
)
def publish(scope: Scope, params: Params) -> Params:
    """Publish a message to a topic."""
    topic_arn = params.get("TopicArn") or params.get("TargetArn")
    if not topic_arn:
        raise AwsError(
            "InvalidParameter", "Invalid parameter: TopicArn or TargetArn Reason: no value"
        )
    return {"MessageId": topics.publish(scope, topic_arn, params["Message"], _extras(params))}


@operation("sns", "PublishBatch", honours="TopicArn PublishBatchRequestEntries")
def publish_batch(scope: Scope, params: Params) -> Params:
    """Publish up to ten messages to a topic."""
    topic_arn, entries = params["TopicArn"], params["PublishBatchRequestEntries"]
    topics.find(scope, topic_arn)
    batches.check(entries, "PublishBatchRequestEntry")
    batches.check_size(sum(len(one["Message"].encode()) for one in entries), limits.PUBLISHED_BYTES)

    def publish_one(entry: Entry) -> Params:
        for name in ("MessageDeduplicationId", "MessageGroupId"):
            if entry.get(name):
                raise AwsError(
                    "InvalidParameter",
                    f"Invalid parameter: {name} Reason: The request includes {name} parameter that is not valid for this topic type",
                )
        return {"MessageId": topics.publish(scope, topic_arn, entry["Message"], _extras(entry))}

    outcome = batches.run(entries, publish_one)
    return {"Successful": outcome.successful, "Failed": outcome.failed}


def _extras(entry: Entry) -> Extras:
    return Extras(
        subject=entry.get("Subject", ""),
        structure=entry.get("MessageStructure", ""),
        attributes=messageattributes.kept(entry.get("MessageAttributes")),
    )


def _bad_token() -> AwsError:
    return AwsError("InvalidParameter", "Invalid parameter: NextToken")
