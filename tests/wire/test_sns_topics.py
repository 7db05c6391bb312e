"""Topics through unmodified boto3: made, listed, changed; subscriptions; what receivers get."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.wire.isolation import RUNTIME, package
from tests.wire.isolation_identity import TRUST


@pytest.fixture
def sns(gateway, account):
    return gateway.client("sns", account)


@pytest.fixture
def sqs(gateway, account):
    return gateway.client("sqs", account)


@pytest.fixture
def topic(sns) -> str:
    return sns.create_topic(Name="t")["TopicArn"]


@pytest.fixture
def queue(sqs) -> tuple[str, str]:
    """Where the queue is, and its ARN."""
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, shown["Attributes"]["QueueArn"]


def refusal(call, **params) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**params)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def received(sqs, queue) -> list[dict]:
    wish = {"MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"], "AttributeNames": ["All"]}
    return sqs.receive_message(QueueUrl=queue[0], **wish).get("Messages", [])


def subscribe(sns, topic, queue, **attributes: str) -> str:
    answer = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue[1], Attributes=attributes)
    return answer["SubscriptionArn"]


def text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


def test_topics_are_made_once_listed_and_deleted(sns, account):
    arn = sns.create_topic(Name="t", Attributes={"DisplayName": "T"})["TopicArn"]

    assert arn == f"arn:aws:sns:us-east-1:{account}:t"
    assert sns.create_topic(Name="t")["TopicArn"] == arn
    assert sns.list_topics()["Topics"] == [{"TopicArn": arn}]
    shown = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    assert (shown["DisplayName"], shown["Owner"]) == ("T", account)

    sns.delete_topic(TopicArn=arn)
    sns.delete_topic(TopicArn=arn)

    assert sns.list_topics()["Topics"] == []
    assert refusal(sns.get_topic_attributes, TopicArn=arn) == ("NotFound", "Topic does not exist")


def test_a_topics_name_is_shown_and_can_be_changed(sns, topic):
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="New")

    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["DisplayName"] == "New"
    assert refusal(
        sns.set_topic_attributes, TopicArn=topic, AttributeName="Nonsense", AttributeValue="x"
    ) == ("InvalidParameter", "Invalid parameter: AttributeName")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"Name": "in valid"}, "Invalid parameter: Topic Name"),
        (
            {"Name": "t.fifo", "Attributes": {"FifoTopic": "true"}},
            "Invalid parameter: Topic Name",
        ),
        (
            {"Name": "t", "Attributes": {"KmsMasterKeyId": "k"}},
            "Invalid parameter: Shardlight does not offer KmsMasterKeyId yet",
        ),
    ],
)
def test_a_topic_that_cannot_be_is_refused(sns, params, message):
    assert refusal(sns.create_topic, **params) == ("InvalidParameter", message)


def test_tags_come_and_go(sns, topic):
    sns.tag_resource(ResourceArn=topic, Tags=[{"Key": k, "Value": "1"} for k in "ab"])
    sns.untag_resource(ResourceArn=topic, TagKeys=["a"])

    shown = sns.list_tags_for_resource(ResourceArn=topic)["Tags"]

    assert shown == [{"Key": "b", "Value": "1"}]


def test_more_than_a_hundred_topics_come_in_pages(sns):
    for number in range(101):
        sns.create_topic(Name=f"t{number}")

    pages = [page["Topics"] for page in sns.get_paginator("list_topics").paginate()]

    assert [len(page) for page in pages] == [100, 1]
    assert refusal(sns.list_topics, NextToken="forged")[0] == "InvalidParameter"


def test_a_queue_gets_the_message_in_an_envelope(gateway, sns, sqs, topic, queue):
    arn = subscribe(sns, topic, queue)

    sent = sns.publish(
        TopicArn=topic,
        Message="hällo",
        Subject="news",
        MessageAttributes={
            "kind": text("greeting"),
            "raw": {"DataType": "Binary", "BinaryValue": b"\x00"},
        },
    )
    (got,) = received(sqs, queue)

    body = json.loads(got["Body"])
    assert list(body) == [
        "Type",
        "MessageId",
        "TopicArn",
        "Subject",
        "Message",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertURL",
        "UnsubscribeURL",
        "MessageAttributes",
    ]
    assert (body["Type"], body["MessageId"]) == ("Notification", sent["MessageId"])
    assert (body["Message"], body["Subject"], body["TopicArn"]) == ("hällo", "news", topic)
    assert body["MessageAttributes"] == {
        "kind": {"Type": "String", "Value": "greeting"},
        "raw": {"Type": "Binary", "Value": "AA=="},
    }
    assert body["UnsubscribeURL"] == f"{gateway.url}/?Action=Unsubscribe&SubscriptionArn={arn}"
    assert "MessageAttributes" not in got


def test_an_envelope_without_subject_and_attributes_has_neither(sns, sqs, topic, queue):
    subscribe(sns, topic, queue)

    sns.publish(TopicArn=topic, Message="m")

    body = json.loads(received(sqs, queue)[0]["Body"])
    assert not body.keys() & {"Subject", "MessageAttributes"}


def test_raw_delivery_gives_the_message_and_its_attributes(sns, sqs, topic, queue):
    subscribe(sns, topic, queue, RawMessageDelivery="true")

    sns.publish(TopicArn=topic, Message="m", MessageAttributes={"kind": text("a")})

    (got,) = received(sqs, queue)
    assert (got["Body"], got["MessageAttributes"]) == ("m", {"kind": text("a")})


def test_a_message_may_differ_by_protocol(sns, sqs, topic, queue):
    subscribe(sns, topic, queue, RawMessageDelivery="true")
    publish = {"TopicArn": topic, "MessageStructure": "json"}

    sns.publish(Message=json.dumps({"default": "d", "sqs": "for queues"}), **publish)

    assert [one["Body"] for one in received(sqs, queue)] == ["for queues"]
    assert refusal(sns.publish, Message='{"sqs": "s"}', **publish) == (
        "InvalidParameter",
        "Invalid parameter: Message Structure - No default entry in JSON message body",
    )


def test_a_filter_lets_only_fitting_messages_through(sns, sqs, topic, queue):
    subscribe(
        sns, topic, queue, FilterPolicy=json.dumps({"kind": ["a"]}), RawMessageDelivery="true"
    )

    for kind in "ab":
        sns.publish(TopicArn=topic, Message=kind, MessageAttributes={"kind": text(kind)})
    sns.publish(TopicArn=topic, Message="none")

    assert [one["Body"] for one in received(sqs, queue)] == ["a"]


def test_a_batch_publishes_each_entry_by_itself(sns, sqs, topic, queue):
    subscribe(sns, topic, queue, RawMessageDelivery="true")

    answer = sns.publish_batch(
        TopicArn=topic,
        PublishBatchRequestEntries=[
            {"Id": "good", "Message": "m"},
            {"Id": "bad", "Message": "m", "Subject": "two\nlines"},
        ],
    )

    assert [one["Id"] for one in answer["Successful"]] == ["good"]
    assert [(one["Id"], one["Code"]) for one in answer["Failed"]] == [("bad", "InvalidParameter")]
    assert len(received(sqs, queue)) == 1
    entries = [{"Id": str(n), "Message": "m"} for n in range(11)]
    assert (
        refusal(sns.publish_batch, TopicArn=topic, PublishBatchRequestEntries=entries)[0]
        == "TooManyEntriesInBatchRequest"
    )


def test_a_function_is_invoked_with_the_notification(gateway, sns, topic, account):
    iam, functions = gateway.client("iam", account), gateway.client("lambda", account)
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    function = functions.create_function(
        FunctionName="f",
        Runtime=RUNTIME,
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": package()},
    )["FunctionArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)

    assert sns.publish(TopicArn=topic, Message="m")["MessageId"]


def test_subscribing_twice_is_subscribing_once(sns, topic, queue, account):
    arn = subscribe(sns, topic, queue)

    assert subscribe(sns, topic, queue) == arn
    expected = {
        "SubscriptionArn": arn,
        "Owner": account,
        "Protocol": "sqs",
        "Endpoint": queue[1],
        "TopicArn": topic,
    }
    assert sns.list_subscriptions()["Subscriptions"] == [expected]
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == [expected]
    code, message = refusal(
        sns.subscribe,
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue[1],
        Attributes={"RawMessageDelivery": "true"},
    )
    assert (code, "different attributes" in message) == ("InvalidParameter", True)


def test_a_subscription_changes_and_ends(sns, sqs, topic, queue):
    arn = subscribe(sns, topic, queue)
    policy = '{"kind": ["a"]}'

    for name, value in (("RawMessageDelivery", "true"), ("FilterPolicy", policy)):
        sns.set_subscription_attributes(
            SubscriptionArn=arn, AttributeName=name, AttributeValue=value
        )
    shown = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    sns.unsubscribe(SubscriptionArn=arn)
    sns.publish(TopicArn=topic, Message="m", MessageAttributes={"kind": text("a")})

    assert (shown["RawMessageDelivery"], shown["FilterPolicy"]) == ("true", policy)
    assert shown["PendingConfirmation"] == "false"
    assert received(sqs, queue) == []
    assert refusal(sns.get_subscription_attributes, SubscriptionArn=arn) == (
        "NotFound",
        "Subscription does not exist",
    )


@pytest.mark.parametrize(
    ("protocol", "endpoint", "attributes", "message"),
    [
        (
            "carrier-pigeon",
            "x",
            {},
            "Amazon SNS does not support this protocol string: carrier-pigeon",
        ),
        ("email", "a@example.com", {}, "Shardlight does not deliver to email"),
        ("sqs", "arn:aws:sqs:us-east-1:999999999999:q", {}, "SQS endpoint ARN"),
        ("lambda", "f", {}, "Lambda endpoint ARN"),
        ("sqs", None, {"FilterPolicy": "{"}, "FilterPolicy: failed to parse JSON."),
        ("sqs", None, {"Nonsense": "1"}, "AttributeName"),
    ],
)
def test_a_subscription_that_cannot_be_is_refused(
    sns, topic, queue, protocol, endpoint, attributes, message
):
    params = {"Protocol": protocol, "Endpoint": endpoint or queue[1], "Attributes": attributes}

    answer = refusal(sns.subscribe, TopicArn=topic, **params)

    assert answer == ("InvalidParameter", f"Invalid parameter: {message}")
    assert sns.list_subscriptions()["Subscriptions"] == []


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        ({"Message": ""}, "InvalidParameter", "Invalid parameter: Empty message"),
        ({"Message": "m" * 262_145}, "InvalidParameter", "Invalid parameter: Message too long"),
        ({"Message": "m", "Subject": "s" * 101}, "InvalidParameter", "Invalid parameter: Subject"),
    ],
)
def test_a_message_that_sns_would_not_take_is_refused(sns, topic, params, code, message):
    assert refusal(sns.publish, TopicArn=topic, **params) == (code, message)


def test_a_deleted_queue_stops_nobody(sns, sqs, topic, queue):
    other = sqs.create_queue(QueueName="gone")["QueueUrl"]
    arn = queue[1].rpartition(":")[0] + ":gone"
    subscribe(sns, topic, (other, arn))
    subscribe(sns, topic, queue)
    sqs.delete_queue(QueueUrl=other)

    sns.publish(TopicArn=topic, Message="m")

    assert len(received(sqs, queue)) == 1


def test_the_aws_cli_publishes(gateway, sns, sqs, topic, queue, account):
    subscribe(sns, topic, queue, RawMessageDelivery="true")

    gateway.cli("sns", "publish", "--topic-arn", topic, "--message", "m", account=account)

    assert [one["Body"] for one in received(sqs, queue)] == ["m"]


@pytest.mark.parametrize(
    ("principal", "topics", "got"),
    [
        ({"Service": "sns.amazonaws.com"}, ["t"], 1),
        ("*", ["t"], 1),
        ({"AWS": "*"}, ["t", "other"], 1),
        ({"Service": "sns.amazonaws.com"}, ["other"], 0),
        ({"Service": "events.amazonaws.com"}, ["t"], 0),
    ],
)
def test_a_queues_policy_says_which_topics_may_send(
    sns, sqs, topic, queue, account, principal, topics, got
):
    sources = [f"arn:aws:sns:us-east-1:{account}:{name}" for name in topics]
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sqs:SendMessage",
        "Resource": queue[1],
        "Condition": {"ArnEquals": {"aws:SourceArn": sources}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=queue[0], Attributes={"Policy": policy})
    subscribe(sns, topic, queue)

    sns.publish(TopicArn=topic, Message="m")

    assert len(received(sqs, queue)) == got
