"""Unmodified boto3 follows a stream from its first record to its end."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def dynamodb(gateway: Any, account: str) -> Any:
    return gateway.client("dynamodb", account)


@pytest.fixture
def streams(gateway: Any, account: str) -> Any:
    return gateway.client("dynamodbstreams", account)


@pytest.fixture
def arn(dynamodb: Any) -> str:
    description = dynamodb.create_table(
        TableName="Orders",
        AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]
    assert description["TableStatus"] == "CREATING"
    return str(description["LatestStreamArn"])


def horizon(streams: Any, arn: str) -> str:
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    return str(
        streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
    )


def test_a_stream_is_followed_from_the_first_record_to_the_end(
    dynamodb: Any, streams: Any, arn: str
) -> None:
    dynamodb.put_item(TableName="Orders", Item={"p": {"S": "a"}, "b": {"B": b"\x00"}})
    dynamodb.update_item(
        TableName="Orders",
        Key={"p": {"S": "a"}},
        UpdateExpression="SET n = :n",
        ExpressionAttributeValues={":n": {"N": "1"}},
    )
    dynamodb.delete_item(TableName="Orders", Key={"p": {"S": "a"}})

    found = streams.get_records(ShardIterator=horizon(streams, arn), Limit=2)
    rest = streams.get_records(ShardIterator=found["NextShardIterator"])

    records = found["Records"] + rest["Records"]
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "REMOVE"]
    first = records[0]
    assert "eventSourceARN" not in first
    assert (first["awsRegion"], first["eventSource"]) == ("us-east-1", "aws:dynamodb")
    assert isinstance(first["dynamodb"]["ApproximateCreationDateTime"], datetime)
    assert first["dynamodb"]["NewImage"] == {"p": {"S": "a"}, "b": {"B": b"\x00"}}
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    assert numbers == sorted(numbers)

    description = dynamodb.delete_table(TableName="Orders")["TableDescription"]
    assert description["TableStatus"] == "DELETING"
    end = streams.get_records(ShardIterator=rest["NextShardIterator"])
    assert end["Records"] == []
    assert "NextShardIterator" not in end
    (listed,) = streams.list_streams(TableName="Orders")["Streams"]
    assert listed["StreamArn"] == arn
    ended = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    assert ended["StreamStatus"] == "DISABLED"
    assert "EndingSequenceNumber" in ended["Shards"][0]["SequenceNumberRange"]


def test_a_stream_is_described(dynamodb: Any, streams: Any, arn: str) -> None:
    found = streams.describe_stream(StreamArn=arn)["StreamDescription"]

    assert isinstance(found.pop("CreationRequestDateTime"), datetime)
    (shard,) = found.pop("Shards")
    assert shard["ShardId"].startswith("shardId-")
    assert len(shard["ShardId"]) == 37
    assert set(shard["SequenceNumberRange"]) == {"StartingSequenceNumber"}
    assert found == {
        "StreamArn": arn,
        "StreamLabel": arn.rsplit("/", 1)[1],
        "StreamStatus": "ENABLED",
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        "TableName": "Orders",
        "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
    }
    after = streams.describe_stream(StreamArn=arn, ExclusiveStartShardId=shard["ShardId"])
    assert after["StreamDescription"]["Shards"] == []
    children = streams.describe_stream(
        StreamArn=arn, ShardFilter={"Type": "CHILD_SHARDS", "ShardId": shard["ShardId"]}
    )
    assert children["StreamDescription"]["Shards"] == []


@pytest.mark.parametrize(
    ("call", "members", "code"),
    [
        ("get_records", {"ShardIterator": "nonsense"}, "ValidationException"),
        ("list_streams", {"Limit": 0}, "ValidationException"),
        ("describe_stream", {"StreamArn": "x" * 40}, "ValidationException"),
        (
            "describe_stream",
            {"StreamArn": "arn:aws:dynamodb:us-east-1:123456789012:table/T/stream/2024"},
            "ResourceNotFoundException",
        ),
    ],
)
def test_what_cannot_be_is_refused(
    streams: Any, call: str, members: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(streams, call)(**members)

    assert refused.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("call", "most"), [("list_streams", 100), ("describe_stream", 100), ("get_records", 1000)]
)
def test_no_answer_is_longer_than_awss(streams: Any, arn: str, call: str, most: int) -> None:
    about = {
        "list_streams": {},
        "describe_stream": {"StreamArn": arn},
        "get_records": {"ShardIterator": horizon(streams, arn)},
    }

    getattr(streams, call)(Limit=most, **about[call])
    with pytest.raises(ClientError) as refused:
        getattr(streams, call)(Limit=most + 1, **about[call])

    assert refused.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": f"1 validation error detected: Value '{most + 1}' at 'limit' failed to satisfy "
        f"constraint: Member must have value less than or equal to {most}",
    }


def test_a_record_has_awss_members(dynamodb: Any, streams: Any, arn: str) -> None:
    for text in "ab":
        dynamodb.put_item(TableName="Orders", Item={"p": {"S": text}})

    one, other = streams.get_records(ShardIterator=horizon(streams, arn))["Records"]

    assert set(one) == {
        "eventID",
        "eventName",
        "eventVersion",
        "eventSource",
        "awsRegion",
        "dynamodb",
    }
    assert re.fullmatch("[0-9a-f]{32}", one["eventID"])
    assert one["eventID"] != other["eventID"]
    assert (one["eventVersion"], one["eventSource"]) == ("1.1", "aws:dynamodb")
    first, second = (record["dynamodb"]["SequenceNumber"] for record in (one, other))
    assert re.fullmatch("[0-9]{21,40}", first)
    assert int(first) < int(second)
    assert one["dynamodb"]["ApproximateCreationDateTime"].microsecond == 0


def test_nothing_is_seen_from_another_account(gateway: Any, streams: Any, arn: str) -> None:
    iterator = horizon(streams, arn)
    stranger = gateway.client("dynamodbstreams", "999999999999")

    assert stranger.list_streams()["Streams"] == []
    for call, members in (
        ("describe_stream", {"StreamArn": arn}),
        ("get_records", {"ShardIterator": iterator}),
    ):
        with pytest.raises(ClientError) as refused:
            getattr(stranger, call)(**members)
        assert refused.value.response["Error"]["Code"] in (
            "ResourceNotFoundException",
            "ValidationException",
        )
