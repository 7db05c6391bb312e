"""Messages through unmodified boto3: sent, received, hidden, deleted, and the batches of it."""

from __future__ import annotations

import hashlib
import time

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def sqs(gateway, account):
    return gateway.client("sqs", account)


@pytest.fixture
def queue(sqs) -> str:
    return sqs.create_queue(QueueName="q")["QueueUrl"]


def refusal(call, **params) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**params)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def receive(sqs, queue, **wish) -> list[dict]:
    return sqs.receive_message(QueueUrl=queue, **wish).get("Messages", [])


def test_a_message_is_sent_received_and_deleted(sqs, queue):
    digest = hashlib.md5("hällo".encode(), usedforsecurity=False).hexdigest()
    sent = sqs.send_message(QueueUrl=queue, MessageBody="hällo")
    (got,) = receive(sqs, queue, VisibilityTimeout=0)
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=got["ReceiptHandle"])

    assert (got["Body"], got["MessageId"]) == ("hällo", sent["MessageId"])
    assert got["MD5OfBody"] == sent["MD5OfMessageBody"] == digest
    assert receive(sqs, queue) == []


def test_a_received_message_is_hidden_until_its_time_is_over(sqs, queue):
    sqs.send_message(QueueUrl=queue, MessageBody="m")
    (first,) = receive(sqs, queue)

    hidden = receive(sqs, queue)
    sqs.change_message_visibility(
        QueueUrl=queue, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0
    )
    (again,) = receive(sqs, queue, MessageSystemAttributeNames=["All"])

    assert hidden == []
    assert again["MessageId"] == first["MessageId"]
    assert again["ReceiptHandle"] != first["ReceiptHandle"]
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"


def test_an_old_receipt_of_a_standard_queue_deletes_nothing(sqs, queue):
    sqs.send_message(QueueUrl=queue, MessageBody="m")
    (old,) = receive(sqs, queue, VisibilityTimeout=0)
    receive(sqs, queue, VisibilityTimeout=0)

    sqs.delete_message(QueueUrl=queue, ReceiptHandle=old["ReceiptHandle"])

    assert len(receive(sqs, queue)) == 1


def test_attributes_come_as_they_were_sent_and_boto3_checks_their_digest(sqs, queue):
    attributes = {
        "word": {"DataType": "String", "StringValue": "wörd"},
        "number": {"DataType": "Number.float", "StringValue": "1.50"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    sqs.send_message(QueueUrl=queue, MessageBody="m", MessageAttributes=attributes)

    (got,) = receive(sqs, queue, MessageAttributeNames=["All"])

    assert got["MessageAttributes"] == attributes


def test_the_digest_of_attributes_is_the_recorded_one(sqs, queue):
    words = {"General": "Kenobi", "Hello": "There", "Help.Me": "Me"}
    attributes = {n: {"DataType": "String", "StringValue": text} for n, text in words.items()}

    sent = sqs.send_message(QueueUrl=queue, MessageBody="msg", MessageAttributes=attributes)
    chosen = [
        receive(sqs, queue, MessageAttributeNames=names, VisibilityTimeout=0)[0]
        for names in (["Hel*"], ["General", "Hello"], ["nobody"], ["Help.*"])
    ]

    assert sent["MD5OfMessageAttributes"] == "4c360f3fdafd970e05fae2f149d997f5"
    assert "MessageAttributes" not in chosen[0]
    assert chosen[1]["MD5OfMessageAttributes"] == "fca026605781cb4126a1e9044df24232"
    assert "MD5OfMessageAttributes" not in chosen[2]
    assert list(chosen[3]["MessageAttributes"]) == ["Help.Me"]


def test_system_attributes_tell_sender_time_and_count(sqs, queue, account):
    before = int(time.time() * 1000)
    trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-2-3"}}
    sqs.send_message(QueueUrl=queue, MessageBody="m", MessageSystemAttributes=trace)

    (got,) = receive(sqs, queue, AttributeNames=["All"])

    shown = got["Attributes"]
    assert (shown["SenderId"], shown["ApproximateReceiveCount"]) == (account, "1")
    assert shown["AWSTraceHeader"] == "Root=1-2-3"
    sent, received = (
        int(shown[name]) for name in ("SentTimestamp", "ApproximateFirstReceiveTimestamp")
    )
    assert before <= sent <= received


def test_a_delayed_message_is_counted_and_not_given_out(sqs, queue):
    sqs.send_message(QueueUrl=queue, MessageBody="m", DelaySeconds=900)

    counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]

    assert receive(sqs, queue) == []
    assert counts["ApproximateNumberOfMessagesDelayed"] == "1"
    assert counts["ApproximateNumberOfMessages"] == "0"


def test_a_long_poll_ends_with_the_first_message(gateway, sqs, queue, account):
    began = time.monotonic()
    sqs.send_message(QueueUrl=queue, MessageBody="late", DelaySeconds=1)

    (got,) = receive(gateway.client("sqs", account), queue, WaitTimeSeconds=20)

    assert got["Body"] == "late"
    assert 0.5 < time.monotonic() - began < 20  # as long as it would have waited for nothing


def test_a_batch_tells_of_each_entry(sqs, queue):
    entries = [{"Id": str(n), "MessageBody": f"m{n}"} for n in range(3)]
    entries.append({"Id": "bad", "MessageBody": "m", "DelaySeconds": 901})

    answer = sqs.send_message_batch(QueueUrl=queue, Entries=entries)
    got = receive(sqs, queue, MaxNumberOfMessages=10)

    assert [one["Id"] for one in answer["Successful"]] == ["0", "1", "2"]
    assert [(one["Id"], one["SenderFault"], one["Code"]) for one in answer["Failed"]] == [
        ("bad", True, "InvalidParameterValue")
    ]
    assert {one["Body"] for one in got} == {"m0", "m1", "m2"}


def test_batches_of_receivers_hide_and_delete(sqs, queue):
    for body in "ab":
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    held = receive(sqs, queue, MaxNumberOfMessages=10)
    handles = [{"Id": one["Body"], "ReceiptHandle": one["ReceiptHandle"]} for one in held]

    hidden = sqs.change_message_visibility_batch(
        QueueUrl=queue, Entries=[one | {"VisibilityTimeout": 60} for one in handles]
    )
    deleted = sqs.delete_message_batch(
        QueueUrl=queue, Entries=[*handles, {"Id": "x", "ReceiptHandle": "none"}]
    )

    assert {one["Id"] for one in hidden["Successful"]} == {"a", "b"}
    assert {one["Id"] for one in deleted["Successful"]} == {"a", "b"}
    assert [one["Code"] for one in deleted["Failed"]] == ["ReceiptHandleIsInvalid"]
    counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessagesNotVisible"] == "0"


@pytest.mark.parametrize(
    ("entries", "code", "message"),
    [
        (
            [],
            "AWS.SimpleQueueService.EmptyBatchRequest",
            "There should be at least one SendMessageBatchRequestEntry in the request.",
        ),
        (
            [{"Id": str(n), "MessageBody": "m"} for n in range(20)],
            "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
            "Maximum number of entries per request are 10. You have sent 20.",
        ),
        (
            [{"Id": "in:valid", "MessageBody": "m"}],
            "AWS.SimpleQueueService.InvalidBatchEntryId",
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
            "It can be at most 80 letters long.",
        ),
        (
            [{"Id": "a", "MessageBody": "m"}, {"Id": "a", "MessageBody": "m"}],
            "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
            "Id a repeated.",
        ),
        (
            [{"Id": n, "MessageBody": "m" * 600_000} for n in "ab"],
            "AWS.SimpleQueueService.BatchRequestTooLong",
            "Batch requests cannot be longer than 1048576 bytes. You have sent 1200000 bytes.",
        ),
    ],
)
def test_a_batch_that_cannot_be_run_is_refused_in_sqs_words(sqs, queue, entries, code, message):
    assert refusal(sqs.send_message_batch, QueueUrl=queue, Entries=entries) == (code, message)


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (
            {"MaxNumberOfMessages": 11},
            "Value 11 for parameter MaxNumberOfMessages is invalid. "
            "Reason: Must be between 1 and 10, if provided.",
        ),
        (
            {"WaitTimeSeconds": 21},
            "Value 21 for parameter WaitTimeSeconds is invalid. "
            "Reason: Must be between 0 and 20, if provided.",
        ),
    ],
)
def test_a_wish_out_of_range_is_refused(sqs, queue, wish, message):
    assert refusal(sqs.receive_message, QueueUrl=queue, **wish) == (
        "InvalidParameterValue",
        message,
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"MessageBody": ""}, "MissingParameter"),
        ({"MessageBody": "\x08"}, "InvalidMessageContents"),
        ({"MessageBody": "m", "MessageGroupId": "g"}, "InvalidParameterValue"),
        (
            {"MessageBody": "m", "MessageAttributes": {"AWS.x": {"DataType": "String"}}},
            "InvalidParameterValue",
        ),
        (
            {
                "MessageBody": "m",
                "MessageAttributes": {"n": {"DataType": "Number", "StringValue": "one"}},
            },
            "InvalidParameterValue",
        ),
    ],
)
def test_a_message_that_sqs_would_not_take_is_refused(sqs, queue, content, code):
    assert refusal(sqs.send_message, QueueUrl=queue, **content)[0] == code
    assert receive(sqs, queue) == []


def test_a_message_longer_than_the_queue_allows_is_refused(sqs):
    queue = sqs.create_queue(QueueName="small", Attributes={"MaximumMessageSize": "1024"})

    answer = refusal(sqs.send_message, QueueUrl=queue["QueueUrl"], MessageBody="m" * 1025)

    assert answer == (
        "InvalidParameterValue",
        "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.",
    )


def test_receipts_that_are_none_and_messages_that_are_back_are_told_apart(sqs, queue):
    sqs.send_message(QueueUrl=queue, MessageBody="m")
    (got,) = receive(sqs, queue, VisibilityTimeout=0)
    hide = sqs.change_message_visibility

    garbage = refusal(hide, QueueUrl=queue, ReceiptHandle="garbage", VisibilityTimeout=1)
    back = refusal(hide, QueueUrl=queue, ReceiptHandle=got["ReceiptHandle"], VisibilityTimeout=1)
    too_long = refusal(
        hide, QueueUrl=queue, ReceiptHandle=got["ReceiptHandle"], VisibilityTimeout=43_201
    )

    assert garbage[0] == "ReceiptHandleIsInvalid"
    assert back[0] == "AWS.SimpleQueueService.MessageNotInflight"
    assert too_long[0] == "InvalidParameterValue"


def test_the_aws_cli_sends_and_receives(gateway, sqs, queue, account):
    gateway.cli("sqs", "send-message", "--queue-url", queue, "--message-body", "m", account=account)

    got = gateway.cli("sqs", "receive-message", "--queue-url", queue, account=account)

    assert got["Messages"][0]["Body"] == "m"
