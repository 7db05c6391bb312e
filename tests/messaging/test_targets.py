"""What the poller does with queues, topics and buckets: finds them, and writes in its own transaction."""

from __future__ import annotations

import json

import pytest
from django.db import transaction

from console.aws.clock import as_datetime
from console.aws.errors import AwsError
from functions.catalog.models import CodePackage, Function
from functions.invocations.models import Invocation
from functions.messaging import buckets, objects, queues, subscriptions, targets, topics
from functions.messaging.models import Message, StoredObject

pytestmark = pytest.mark.postgres


def make_function(scope, made_at) -> None:
    Function.objects.create(
        tenancy_id=scope.tenancy,
        region=scope.region,
        name="f",
        runtime="python3.11",
        handler="m.h",
        role_arn=scope.global_arn("iam", "role/r"),
        code=CodePackage.objects.create(sha256="0" * 64, body=b"", size=0),
        revision="1",
        created_at=made_at,
        modified_at=made_at,
        settles_at=made_at,
    )


def test_targets_tell_what_they_are_and_what_a_role_needs(room, scope):
    room.queue("q")
    room.queue("q.fifo", FifoQueue="true")
    topics.create(scope, "t", {}, {})
    buckets.create(scope, "bucket", "")
    queue, topic = (scope.arn(service, name) for service, name in (("sqs", "q"), ("sns", "t")))

    found = [
        targets.find(scope, arn) for arn in (queue, f"{queue}.fifo", topic, "arn:aws:s3:::bucket")
    ]

    assert [(one.kind, one.name, one.fifo) for one in found] == [
        ("sqs", "q", False),
        ("sqs", "q.fifo", True),
        ("sns", "t", False),
        ("s3", "bucket", False),
    ]
    assert found[0].needs == (("sqs:SendMessage", queue),)
    assert found[2].needs == (("sns:Publish", topic),)
    assert found[3].needs == (
        ("s3:PutObject", "arn:aws:s3:::bucket/*"),
        ("s3:ListBucket", "arn:aws:s3:::bucket"),
    )


def test_what_is_missing_or_another_accounts_is_no_target(room, scope, other):
    room.queue("q")
    topics.create(scope, "t", {}, {})
    buckets.create(scope, "bucket", "")
    arns = [scope.arn("sqs", "q"), scope.arn("sns", "t"), "arn:aws:s3:::bucket"]

    for arn in (*arns, "nonsense", scope.arn("sqs", "none")):
        assert targets.find(other, arn) is None
    for arn in ("nonsense", scope.arn("sqs", "none"), scope.arn("lambda", "q")):
        assert targets.find(scope, arn) is None
    with pytest.raises(AwsError, match="queue does not exist"):
        queues.send(other, arns[0], "m", sender="me")
    with pytest.raises(AwsError, match="Topic does not exist"):
        topics.publish(other, arns[1], "m")
    with pytest.raises(AwsError, match="bucket does not exist"):
        buckets.put(other, "bucket", "key", b"", "text/plain")


def test_what_is_sent_is_undone_with_the_senders_transaction(room, scope, clock):
    room.queue("q")
    topic = topics.create(scope, "t", {}, {})
    subscriptions.subscribe(scope, topic, "sqs", scope.arn("sqs", "q"), {})
    buckets.create(scope, "bucket", "")

    with transaction.atomic():
        queues.send(scope, scope.arn("sqs", "q"), "m", sender="me", clock=clock)
        topics.publish(scope, scope.arn("sns", "t"), "m", clock=clock)
        buckets.put(scope, "bucket", "key", b"b", "text/plain", clock=clock)
        assert Message.objects.count() == 2
        transaction.set_rollback(True)

    assert not Message.objects.exists()
    assert not StoredObject.objects.exists()


def test_an_object_put_by_the_poller_has_its_type(scope):
    bucket = buckets.create(scope, "bucket", "")

    etag = buckets.put(scope, "bucket", "a/b", b"body", "application/octet-stream")

    row = objects.find(bucket, "a/b")
    assert (bytes(row.body), row.etag) == (b"body", etag)
    assert row.headers == {"ContentType": "application/octet-stream"}


def test_a_function_that_subscribed_is_invoked_asynchronously(scope, clock):
    make_function(scope, as_datetime(clock.at))
    topic = topics.create(scope, "t", {}, {})
    subscriptions.subscribe(scope, topic, "lambda", scope.arn("lambda", "function:f"), {})

    message_id = topics.publish(scope, topics.arn_of(scope, topic), "hello", clock=clock)

    row = Invocation.objects.get()
    (record,) = json.loads(bytes(row.payload))["Records"]
    assert (row.source, row.function_name) == (Invocation.Source.EVENT, "f")
    assert (record["EventSource"], record["EventVersion"]) == ("aws:sns", "1.0")
    assert record["EventSubscriptionArn"].startswith(topics.arn_of(scope, topic) + ":")
    assert record["Sns"].keys() == {
        "Type",
        "MessageId",
        "TopicArn",
        "Subject",
        "Message",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertUrl",
        "UnsubscribeUrl",
        "MessageAttributes",
    }
    assert (record["Sns"]["MessageId"], record["Sns"]["Message"]) == (message_id, "hello")
    assert (record["Sns"]["Subject"], record["Sns"]["MessageAttributes"]) == (None, {})
