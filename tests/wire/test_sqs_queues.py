"""Queues through unmodified boto3: made, described, listed, changed, emptied, deleted; dead letters and FIFO."""

from __future__ import annotations

import json
import time

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def sqs(gateway, account):
    return gateway.client("sqs", account)


def refusal(call, **params) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**params)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def make(sqs, name: str, **attributes: str) -> str:
    return sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]


def attributes(sqs, url: str, *names: str) -> dict[str, str]:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(names or ("All",)))
    return answer.get("Attributes", {})


def bodies(sqs, url: str, **wish) -> list[str]:
    wish = {"MaxNumberOfMessages": 10} | wish
    return [one["Body"] for one in sqs.receive_message(QueueUrl=url, **wish).get("Messages", [])]


def to(sqs, url: str, receives: int = 1) -> str:
    arn = attributes(sqs, url, "QueueArn")["QueueArn"]
    return json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": receives})


def test_a_queue_says_where_it_is(gateway, sqs, account):
    url = make(sqs, "q")

    assert url == f"{gateway.url}/{account}/q"
    assert sqs.get_queue_url(QueueName="q")["QueueUrl"] == url
    assert attributes(sqs, url, "QueueArn") == {"QueueArn": f"arn:aws:sqs:us-east-1:{account}:q"}


def test_a_new_queue_has_the_defaults_of_sqs(sqs):
    shown = attributes(sqs, make(sqs, "q"))

    created, modified = (
        int(shown.pop(name)) for name in ("CreatedTimestamp", "LastModifiedTimestamp")
    )
    assert created == modified
    assert abs(created - time.time()) < 60
    assert shown.pop("QueueArn")
    assert shown == {
        "ApproximateNumberOfMessages": "0",
        "ApproximateNumberOfMessagesNotVisible": "0",
        "ApproximateNumberOfMessagesDelayed": "0",
        "VisibilityTimeout": "30",
        "MaximumMessageSize": "1048576",
        "MessageRetentionPeriod": "345600",
        "DelaySeconds": "0",
        "ReceiveMessageWaitTimeSeconds": "0",
    }


def test_making_a_queue_again_gives_the_same_one_or_is_refused(sqs):
    url = make(sqs, "q", DelaySeconds="5")

    assert make(sqs, "q") == make(sqs, "q", DelaySeconds="5") == url
    assert refusal(sqs.create_queue, QueueName="q", Attributes={"DelaySeconds": "1"}) == (
        "QueueAlreadyExists",
        "A queue already exists with the same name and a different value for attribute "
        "DelaySeconds",
    )


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("in valid", {}, "InvalidParameterValue"),
        ("n" * 81, {}, "InvalidParameterValue"),
        ("q.fifo", {}, "InvalidParameterValue"),
        ("q", {"FifoQueue": "true"}, "InvalidParameterValue"),
        ("q", {"FifoQueue": "false"}, "InvalidAttributeName"),
        ("q", {"ContentBasedDeduplication": "true"}, "InvalidAttributeName"),
        ("q", {"Nonsense": "1"}, "InvalidAttributeName"),
        ("q", {"VisibilityTimeout": "43201"}, "InvalidAttributeValue"),
        ("q", {"DelaySeconds": "soon"}, "InvalidAttributeValue"),
        ("q", {"RedrivePolicy": "{}"}, "InvalidParameterValue"),
        ("q", {"KmsMasterKeyId": "key"}, "AWS.SimpleQueueService.UnsupportedOperation"),
        ("q", {"Policy": "{}"}, "InvalidAttributeValue"),
        ("q", {"Policy": "not JSON"}, "InvalidAttributeValue"),
    ],
)
def test_a_queue_that_cannot_be_is_refused(sqs, name, given, code):
    assert refusal(sqs.create_queue, QueueName=name, Attributes=given)[0] == code
    assert "QueueUrls" not in sqs.list_queues()


def test_a_queue_that_is_not_there_does_not_exist(sqs, gateway, account):
    url = f"{gateway.url}/{account}/none"

    for call, params in (
        (sqs.get_queue_url, {"QueueName": "none"}),
        (sqs.send_message, {"QueueUrl": url, "MessageBody": "m"}),
        (sqs.receive_message, {"QueueUrl": url}),
        (sqs.get_queue_attributes, {"QueueUrl": "http://nowhere"}),
        (sqs.delete_queue, {"QueueUrl": "none"}),
    ):
        assert refusal(call, **params) == (
            "AWS.SimpleQueueService.NonExistentQueue",
            "The specified queue does not exist.",
        )


def test_a_bare_name_does_for_a_url(sqs):
    make(sqs, "q")

    sqs.send_message(QueueUrl="q", MessageBody="hello")

    assert sqs.receive_message(QueueUrl="q")["Messages"][0]["Body"] == "hello"


def test_settings_change_and_unknown_ones_are_refused(sqs):
    url = make(sqs, "q")

    sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"VisibilityTimeout": "0", "DelaySeconds": "7"}
    )
    shown = attributes(sqs, url, "VisibilityTimeout", "DelaySeconds", "RedrivePolicy")

    assert shown == {"VisibilityTimeout": "0", "DelaySeconds": "7"}
    assert refusal(sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["Nonsense"]) == (
        "InvalidAttributeName",
        "Unknown Attribute Nonsense.",
    )
    for name in ("Nonsense", "FifoQueue"):
        answer = refusal(sqs.set_queue_attributes, QueueUrl=url, Attributes={name: "true"})
        assert answer == ("InvalidAttributeName", f"Unknown Attribute {name}.")


def test_queues_are_listed_by_prefix_and_page(sqs):
    for name in ("b2", "a", "b1", "B3"):
        make(sqs, name)
    pages = sqs.get_paginator("list_queues").paginate(
        QueueNamePrefix="b", PaginationConfig={"PageSize": 1}
    )

    found = [url.rpartition("/")[2] for page in pages for url in page.get("QueueUrls", [])]

    assert found == ["b1", "b2"]
    assert len(sqs.list_queues()["QueueUrls"]) == 4


def test_a_token_is_good_for_its_own_list_only(sqs):
    for name in ("a1", "a2"):
        make(sqs, name)
    token = sqs.list_queues(MaxResults=1, QueueNamePrefix="a")["NextToken"]

    assert refusal(sqs.list_queues, NextToken=token, MaxResults=1)[0] == "InvalidParameterValue"


def test_a_deleted_queue_is_gone_with_its_messages(sqs):
    url = make(sqs, "q")
    sqs.send_message(QueueUrl=url, MessageBody="m")

    sqs.delete_queue(QueueUrl=url)

    assert refusal(sqs.receive_message, QueueUrl=url)[0].endswith("NonExistentQueue")
    assert bodies(sqs, make(sqs, "q")) == []


def test_a_purge_empties_a_queue_and_rests_for_a_minute(sqs):
    url = make(sqs, "q")
    sqs.send_message(QueueUrl=url, MessageBody="m")

    sqs.purge_queue(QueueUrl=url)

    assert bodies(sqs, url) == []
    assert refusal(sqs.purge_queue, QueueUrl=url) == (
        "AWS.SimpleQueueService.PurgeQueueInProgress",
        "Only one PurgeQueue operation on q is allowed every 60 seconds.",
    )


def test_tags_come_and_go(sqs):
    url = sqs.create_queue(QueueName="q", tags={"a": "1"})["QueueUrl"]

    sqs.tag_queue(QueueUrl=url, Tags={"b": "2", "c": "3"})
    sqs.untag_queue(QueueUrl=url, TagKeys=["a", "c"])

    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"b": "2"}


def test_a_message_received_too_often_goes_to_the_dead_letters(sqs, account):
    grave = make(sqs, "grave")
    url = make(sqs, "q", RedrivePolicy=to(sqs, grave, 2), VisibilityTimeout="0")
    sent = sqs.send_message(QueueUrl=url, MessageBody="m")["MessageId"]

    seen = [bodies(sqs, url) for _ in range(3)]
    (dead,) = sqs.receive_message(QueueUrl=grave, AttributeNames=["All"])["Messages"]

    assert seen == [["m"], ["m"], []]
    assert dead["MessageId"] == sent
    source = dead["Attributes"]["DeadLetterQueueSourceArn"]
    assert source == f"arn:aws:sqs:us-east-1:{account}:q"
    assert sqs.list_dead_letter_source_queues(QueueUrl=grave)["queueUrls"] == [url]


def test_dead_letters_need_a_queue_of_the_same_kind_that_exists(sqs, account):
    grave = make(sqs, "grave.fifo", FifoQueue="true")
    nowhere = json.dumps(
        {"deadLetterTargetArn": f"arn:aws:sqs:us-east-1:{account}:none", "maxReceiveCount": 1}
    )

    for policy in (to(sqs, grave), nowhere):
        answer = refusal(sqs.create_queue, QueueName="q", Attributes={"RedrivePolicy": policy})
        assert answer[0] == "InvalidParameterValue"


def test_a_redrive_policy_can_be_taken_back(sqs):
    url = make(sqs, "q", RedrivePolicy=to(sqs, make(sqs, "grave")))

    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})

    assert "RedrivePolicy" not in attributes(sqs, url)


class TestFifo:
    @pytest.fixture
    def url(self, sqs) -> str:
        return make(sqs, "q.fifo", FifoQueue="true", ContentBasedDeduplication="true")

    def test_a_group_keeps_its_order_and_one_receiver(self, sqs, url):
        for body, group in (("a1", "a"), ("b1", "b"), ("a2", "a"), ("a3", "a")):
            sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=group)

        first = sqs.receive_message(QueueUrl=url)["Messages"][0]
        others = bodies(sqs, url)
        sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])

        assert (first["Body"], others) == ("a1", ["b1"])
        assert bodies(sqs, url) == ["a2", "a3"]

    def test_the_same_deduplication_id_is_stored_once_even_after_deletion(self, sqs, url):
        message = {"MessageGroupId": "g", "MessageDeduplicationId": "d"}
        first = sqs.send_message(QueueUrl=url, MessageBody="one", **message)
        (got,) = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=got["ReceiptHandle"])

        again = sqs.send_message(QueueUrl=url, MessageBody="two", **message)

        assert again["MessageId"] == first["MessageId"]
        assert again["SequenceNumber"] == first["SequenceNumber"]
        assert bodies(sqs, url) == []
        shown = got["Attributes"]
        assert (shown["MessageGroupId"], shown["MessageDeduplicationId"]) == ("g", "d")
        assert shown["SequenceNumber"] == first["SequenceNumber"]

    def test_sequence_numbers_rise(self, sqs, url):
        numbers = [
            sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=body)["SequenceNumber"]
            for body in "abc"
        ]

        assert all(len(number) == 20 for number in numbers)
        assert numbers == sorted(numbers)
        assert len(set(numbers)) == 3

    def test_an_expired_receipt_is_refused(self, sqs, url):
        sqs.send_message(QueueUrl=url, MessageBody="m", MessageGroupId="g")
        (got,) = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
        handle = got["ReceiptHandle"]

        assert refusal(sqs.delete_message, QueueUrl=url, ReceiptHandle=handle) == (
            "InvalidParameterValue",
            f"Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle "
            "has expired.",
        )

    def test_what_a_fifo_message_needs_is_asked_for(self, sqs, url):
        explicit = make(sqs, "explicit.fifo", FifoQueue="true")
        send = sqs.send_message

        assert refusal(send, QueueUrl=url, MessageBody="m") == (
            "MissingParameter",
            "The request must contain the parameter MessageGroupId.",
        )
        assert refusal(send, QueueUrl=explicit, MessageBody="m", MessageGroupId="g") == (
            "InvalidParameterValue",
            "The queue should either have ContentBasedDeduplication enabled or "
            "MessageDeduplicationId provided explicitly",
        )
        delayed = {"MessageBody": "m", "MessageGroupId": "g", "DelaySeconds": 2}
        assert refusal(send, QueueUrl=url, **delayed) == (
            "InvalidParameterValue",
            "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter "
            "that is not valid for this queue type.",
        )

    def test_dead_letters_of_a_fifo_queue_keep_their_group(self, sqs):
        grave = make(sqs, "grave.fifo", FifoQueue="true")
        url = make(
            sqs,
            "source.fifo",
            FifoQueue="true",
            ContentBasedDeduplication="true",
            RedrivePolicy=to(sqs, grave),
            VisibilityTimeout="0",
        )
        for body in ("one", "two"):
            sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g")

        seen = [bodies(sqs, url, MaxNumberOfMessages=1) for _ in range(3)]

        assert seen == [["one"], ["two"], []]
        assert bodies(sqs, grave) == ["one", "two"]


class TestMoveTasks:
    @pytest.fixture
    def grave(self, sqs) -> str:
        """The ARN of a dead-letter queue with one message."""
        url = make(sqs, "grave")
        make(sqs, "q", RedrivePolicy=to(sqs, url))
        sqs.send_message(QueueUrl=url, MessageBody="dead")
        return attributes(sqs, url, "QueueArn")["QueueArn"]

    def test_a_task_is_listed_while_it_runs_and_can_be_cancelled(self, sqs, grave):
        handle = sqs.start_message_move_task(SourceArn=grave, MaxNumberOfMessagesPerSecond=1)[
            "TaskHandle"
        ]
        [running] = sqs.list_message_move_tasks(SourceArn=grave)["Results"]
        moved = sqs.cancel_message_move_task(TaskHandle=handle)
        [ended] = sqs.list_message_move_tasks(SourceArn=grave)["Results"]

        assert running["Status"] == "RUNNING"
        assert running["TaskHandle"] == handle
        assert running["MaxNumberOfMessagesPerSecond"] == 1
        assert running["ApproximateNumberOfMessagesToMove"] == 1
        assert moved["ApproximateNumberOfMessagesMoved"] == 0
        assert (ended["Status"], "TaskHandle" in ended) == ("CANCELLED", False)

    def test_one_task_of_a_queue_runs_at_a_time(self, sqs, grave):
        sqs.start_message_move_task(SourceArn=grave)

        assert refusal(sqs.start_message_move_task, SourceArn=grave) == (
            "InvalidParameterValue",
            "There is already a task running. Only one active task is allowed for a source queue "
            "arn at a given time.",
        )

    def test_only_dead_letter_queues_are_sources(self, sqs):
        plain = attributes(sqs, make(sqs, "plain"), "QueueArn")["QueueArn"]

        assert refusal(sqs.start_message_move_task, SourceArn=plain) == (
            "InvalidParameterValue",
            "Source queue must be configured as a Dead Letter Queue.",
        )

    def test_what_does_not_exist_is_named(self, sqs, grave):
        missing = "The resource that you specified for the {} parameter doesn't exist."
        source = refusal(sqs.start_message_move_task, SourceArn=grave + "x")
        target = refusal(sqs.start_message_move_task, SourceArn=grave, DestinationArn=grave + "x")

        assert source == ("ResourceNotFoundException", missing.format("SourceArn"))
        assert target == ("ResourceNotFoundException", missing.format("DestinationArn"))

    def test_numbers_out_of_range_are_refused(self, sqs, grave):
        rate = refusal(
            sqs.start_message_move_task, SourceArn=grave, MaxNumberOfMessagesPerSecond=501
        )
        count = refusal(sqs.list_message_move_tasks, SourceArn=grave, MaxResults=11)

        assert rate[1].endswith("Reason: Must be between 1 and 500.")
        assert count[1].endswith("Reason: Must be between 1 and 10.")

    def test_a_handle_that_is_none_is_refused(self, sqs):
        assert refusal(sqs.cancel_message_move_task, TaskHandle="foobared") == (
            "InvalidParameterValue",
            "Value for parameter TaskHandle is invalid.",
        )


def test_a_redrive_allow_policy_says_who_may_send_dead_letters(sqs):
    grave = make(sqs, "grave", RedriveAllowPolicy='{"redrivePermission":"denyAll"}')
    denied = refusal(sqs.create_queue, QueueName="q", Attributes={"RedrivePolicy": to(sqs, grave)})
    mine = attributes(sqs, grave, "QueueArn")["QueueArn"].replace("grave", "q")
    policy = {"redrivePermission": "byQueue", "sourceQueueArns": [mine]}
    sqs.set_queue_attributes(QueueUrl=grave, Attributes={"RedriveAllowPolicy": json.dumps(policy)})

    make(sqs, "q", RedrivePolicy=to(sqs, grave))

    assert denied[0] == "InvalidParameterValue"
    assert json.loads(attributes(sqs, grave)["RedriveAllowPolicy"]) == policy


@pytest.mark.parametrize(
    "policy",
    [
        "[]",
        "{}",
        '{"redrivePermission":"some"}',
        '{"redrivePermission":"byQueue"}',
        '{"redrivePermission":"byQueue","sourceQueueArns":[]}',
        '{"redrivePermission":"byQueue","sourceQueueArns":["x"]}',
        '{"redrivePermission":"allowAll","sourceQueueArns":["arn:aws:sqs:us-east-1:1:q"]}',
    ],
)
def test_a_redrive_allow_policy_that_says_nothing_is_refused(sqs, policy):
    code, message = refusal(
        sqs.create_queue, QueueName="q", Attributes={"RedriveAllowPolicy": policy}
    )

    assert code == "InvalidParameterValue"
    assert message.startswith(f"Value {policy} for parameter RedriveAllowPolicy is invalid.")


def test_a_queues_policy_is_kept_as_it_was_sent_and_taken_away_by_an_empty_one(sqs):
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)
    url = sqs.create_queue(QueueName="q", Attributes={"Policy": policy})["QueueUrl"]
    assert policy_of(sqs, url) == {"Policy": policy}

    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})

    assert policy_of(sqs, url) == {}


def policy_of(sqs, url) -> dict[str, str]:
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {})
