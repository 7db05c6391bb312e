"""What one account has of queues, topics and buckets: its part of the isolation matrix."""

from __future__ import annotations

import json
from typing import Any

NAMELESS = """
    AttributeName AttributeNames AttributeValue Body BucketRegion CacheControl ChecksumAlgorithm
    ChecksumCRC32 ChecksumMode ChecksumSHA1 ChecksumSHA256 ContentDisposition ContentEncoding
    ContentLanguage ContentLength ContentMD5 ContentType CreateBucketConfiguration DelaySeconds
    Delete Delimiter EncodingType FetchOwner IfMatch IfNoneMatch MaxBuckets MaxKeys
    MaxNumberOfMessages MaxNumberOfMessagesPerSecond MaxResults Message MessageAttributeNames MessageAttributes MessageBody
    MessageDeduplicationId MessageGroupId MessageStructure MessageSystemAttributeNames
    MessageSystemAttributes Metadata Prefix Protocol PublishBatchRequestEntries Range
    ReturnSubscriptionArn StartAfter Subject VisibilityTimeout WaitTimeSeconds tags
"""
"""Members that name nothing of an account."""

SAMPLES: dict[str, Any] = {
    "AttributeName": lambda: "DisplayName",
    "Delete": lambda: {"Objects": [{"Key": "key"}]},
    "Message": lambda: "m",
    "MessageBody": lambda: "m",
    "Protocol": lambda: "sqs",
    "PublishBatchRequestEntries": lambda: [{"Id": "a", "Message": "m"}],
    "VisibilityTimeout": lambda: 0,
    "s3.Key": lambda: "key",
}

FRESH = {"CreateBucket.Bucket", "CreateQueue.QueueName", "CreateTopic.Name"}


def build(world: Any, secret: str) -> dict[str, list[Any]]:
    """Make what the account has; return the names by which it can be asked for."""
    failed = f"arn:aws:sqs:{world.region}:{world.account}:{world.name}-queue-1"
    return {
        "DestinationConfig": [{"OnFailure": {"Destination": failed}}],
        **_queues(world, secret),
        **_topics(world, secret),
        **_buckets(world, secret),
        "ExpectedBucketOwner": [world.account],
        "QueueOwnerAWSAccountId": [world.account],
    }


def snapshot(world: Any) -> list[Any]:
    """Describe it."""
    sqs, sns, s3 = (world.client(name) for name in ("sqs", "sns", "s3"))
    url, topic, bucket = (world.ids[name][0] for name in ("QueueUrl", "TopicArn", "Bucket"))
    return [
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]),
        sqs.list_queue_tags(QueueUrl=url),
        sns.get_topic_attributes(TopicArn=topic),
        sns.list_tags_for_resource(ResourceArn=topic),
        sns.list_subscriptions_by_topic(TopicArn=topic),
        sns.get_subscription_attributes(SubscriptionArn=world.ids["SubscriptionArn"][0]),
        s3.get_object(Bucket=bucket, Key="key")["Body"].read().decode(),
        s3.list_objects_v2(Bucket=bucket),
    ]


def _queues(world: Any, secret: str) -> dict[str, list[Any]]:
    sqs = world.client("sqs")
    names = [f"{world.name}-queue-{number}" for number in (1, 2)]
    urls = [sqs.create_queue(QueueName=name, tags={"owner": secret})["QueueUrl"] for name in names]
    graves = [f"arn:aws:sqs:{world.region}:{world.account}:{name}" for name in names]
    for url in urls * 2:
        sqs.send_message(QueueUrl=url, MessageBody=secret)
    held = sqs.receive_message(QueueUrl=urls[0], VisibilityTimeout=40_000)["Messages"][0]
    handle = held["ReceiptHandle"]
    grave = f"arn:aws:sqs:{world.region}:{world.account}:{names[1]}"
    redrive = json.dumps({"deadLetterTargetArn": grave, "maxReceiveCount": 900})
    sqs.set_queue_attributes(QueueUrl=urls[0], Attributes={"RedrivePolicy": redrive})
    task = sqs.start_message_move_task(SourceArn=grave)["TaskHandle"]
    return {
        "SourceArn": graves,
        "DestinationArn": graves,
        "TaskHandle": [task],
        "QueueUrl": urls,
        "QueueName": names,
        "QueueNamePrefix": [world.name],
        "ReceiptHandle": [handle],
        "CreateQueue.Attributes": [{"RedrivePolicy": redrive}],
        "SetQueueAttributes.Attributes": [{"RedrivePolicy": redrive}],
        "SendMessageBatch.Entries": [[{"Id": "a", "MessageBody": "m"}]],
        "DeleteMessageBatch.Entries": [[{"Id": "a", "ReceiptHandle": handle}]],
        "ChangeMessageVisibilityBatch.Entries": [
            [{"Id": "a", "ReceiptHandle": handle, "VisibilityTimeout": 0}]
        ],
        "Endpoint": [f"arn:aws:sqs:{world.region}:{world.account}:{name}" for name in names],
    }


def _topics(world: Any, secret: str) -> dict[str, list[Any]]:
    sns = world.client("sns")
    tags = [{"Key": "owner", "Value": secret}]
    arns = [
        sns.create_topic(
            Name=f"{world.name}-topic-{number}", Attributes={"DisplayName": secret}, Tags=tags
        )["TopicArn"]
        for number in (1, 2)
    ]
    queue = f"arn:aws:sqs:{world.region}:{world.account}:{world.name}-queue-2"
    made = sns.subscribe(TopicArn=arns[0], Protocol="sqs", Endpoint=queue)
    return {
        "TopicArn": arns,
        "TargetArn": arns,
        "SubscriptionArn": [made["SubscriptionArn"]],
        "CreateTopic.Name": [f"{world.name}-topic-1"],
        "CreateTopic.Attributes": [{"DisplayName": "d"}],
        "Subscribe.Attributes": [{"RawMessageDelivery": "true"}],
    }


def _buckets(world: Any, secret: str) -> dict[str, list[Any]]:
    s3 = world.client("s3")
    place = {"LocationConstraint": world.region}
    where = {} if world.region == "us-east-1" else {"CreateBucketConfiguration": place}
    names = [f"{world.name}-bucket-{number}" for number in (1, 2)]
    for name in names:
        s3.create_bucket(Bucket=name, **where)
        for key in ("key", "key2"):
            s3.put_object(Bucket=name, Key=key, Body=secret.encode())
    return {"Bucket": names}
