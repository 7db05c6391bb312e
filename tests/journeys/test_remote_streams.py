"""A trigger on a stream of another endpoint: a second Shardlight with data and ports of its own."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.journeys.conftest import App
from tests.product import Product, eventually, running

pytestmark = [pytest.mark.journey, pytest.mark.sandbox]

OUTSIDE = "111122223333"
HANDLER = """
def handler(event, context):
    for record in event["Records"]:
        told = record["dynamodb"]
        print("GOT", told["Keys"]["id"]["S"], told["SequenceNumber"], record["eventSourceARN"])
"""
_tables = itertools.count(1)


@dataclass
class Two:
    """The product that has the tables, and the one that has the functions."""

    outside: Product
    inside: Product


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    quick = {"SHARDLIGHT_MAPPING_DELAY": "0", "SHARDLIGHT_LEASE": "6"}
    rolling = {"SHARDLIGHT_SHARD_ROLLOVER": "4", "SHARDLIGHT_TTL_SWEEP": "1"}
    with running(tmp_path_factory.mktemp("outside"), quick | rolling) as outside:
        connection = {
            "name": "second",
            "endpoint": outside.gateway,
            "region": "us-east-1",
            "account": OUTSIDE,
            "access_key_id": OUTSIDE,
            "secret_access_key": "any",
            "readers": ["*"],
        }
        settings = {"SHARDLIGHT_REMOTE_STREAMS": json.dumps([connection])}
        with running(tmp_path_factory.mktemp("inside"), quick | settings) as inside:
            yield Two(outside, inside)


@dataclass
class Bridge:
    """A table outside, a function inside, and an account inside for it."""

    two: Two
    table: str
    there: App
    here: App

    def put(self, *ids: str) -> None:
        self.there.put(*ids, table=self.table)


@pytest.fixture
def bridge(two: Two) -> Bridge:
    number = next(_tables)
    table = f"Orders{number}"
    here = App(two.inside, f"{500_000_000_000 + number}")
    here.function(source=HANDLER)
    return Bridge(two, table, App(two.outside, OUTSIDE), here)


def test_items_written_outside_reach_the_function_in_order(bridge: Bridge) -> None:
    stream = bridge.there.table(bridge.table)
    bridge.put("a", "b")

    bridge.here.trigger(stream)
    bridge.put("c")

    assert bridge.here.wait_for("a", "b", "c") == ["a", "b", "c"]
    told = [line.split() for line in bridge.here.said() if line.startswith("GOT ")]
    assert {words[3] for words in told} == {stream}
    numbers = [int(words[2]) for words in told]
    assert numbers == sorted(numbers)


def test_latest_begins_where_the_stream_ends(bridge: Bridge) -> None:
    stream = bridge.there.table(bridge.table)
    bridge.put("before")

    bridge.here.trigger(stream, StartingPosition="LATEST")
    bridge.put("after")

    assert bridge.here.wait_for("after") == ["after"]


def test_each_mapping_begins_where_it_asked_to(bridge: Bridge) -> None:
    stream = bridge.there.table(bridge.table)
    bridge.here.function("second", HANDLER)
    bridge.put("before")

    bridge.here.trigger(stream, StartingPosition="LATEST")
    bridge.here.trigger(stream, "second")
    bridge.put("after")

    assert bridge.here.wait_for("after") == ["after"]
    assert bridge.here.wait_for("after", function="second") == ["before", "after"]


def test_shards_that_roll_over_are_followed_in_order(bridge: Bridge) -> None:
    stream = bridge.there.table(bridge.table)
    bridge.here.trigger(stream)
    streams = bridge.two.outside.client("dynamodbstreams", OUTSIDE)

    def shards() -> int:
        return len(streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"])

    written = []
    while shards() < 3:
        written.append(f"k{len(written)}")
        bridge.put(written[-1])

    assert bridge.here.wait_for(*written) == written


def test_what_failed_is_told_with_the_numbers_of_outside(bridge: Bridge) -> None:
    stream = bridge.there.table(bridge.table)
    sqs = bridge.two.inside.client("sqs", bridge.here.account)
    url = sqs.create_queue(QueueName="lost")["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{bridge.here.account}:lost"
    bridge.here.function("broken", "def handler(event, context):\n    raise ValueError('no')\n")
    send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    bridge.here.iam.put_role_policy(
        RoleName="broken",
        PolicyName="tell",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [send]}),
    )
    bridge.put("a")

    bridge.here.trigger(
        stream,
        "broken",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )

    [message] = eventually(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))
    told = json.loads(message["Body"])["DDBStreamBatchInfo"]
    streams = bridge.two.outside.client("dynamodbstreams", OUTSIDE)
    iterator = streams.get_shard_iterator(
        StreamArn=stream,
        ShardId=told["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=told["startSequenceNumber"],
    )["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator, Limit=1)["Records"]
    assert records[0]["dynamodb"]["Keys"] == {"id": {"S": "a"}}


def test_a_stream_that_the_endpoint_does_not_have_is_not_found(bridge: Bridge) -> None:
    gone = f"arn:aws:dynamodb:us-east-1:{OUTSIDE}:table/None/stream/2026-01-01T00:00:00.000"

    with pytest.raises(bridge.here.functions.exceptions.InvalidParameterValueException) as refusal:
        bridge.here.trigger(gone)

    assert refusal.value.response["Error"]["Message"] == f"Stream not found: {gone}"


def test_a_copy_is_no_stream_of_the_account(bridge: Bridge) -> None:
    stream = bridge.there.table(bridge.table)
    bridge.put("a")
    bridge.here.trigger(stream)
    bridge.here.wait_for("a")

    streams = bridge.two.inside.client("dynamodbstreams", bridge.here.account)

    assert streams.list_streams()["Streams"] == []
    with pytest.raises(streams.exceptions.ResourceNotFoundException):
        streams.describe_stream(StreamArn=stream)


@pytest.mark.proof
def test_nothing_is_lost_or_repeated_when_either_side_is_killed(bridge: Bridge) -> None:
    stream = bridge.there.table(bridge.table)
    bridge.here.trigger(stream)
    bridge.put("a", "b")
    bridge.here.wait_for("a", "b")

    bridge.two.outside.kill()
    bridge.two.outside.start()
    bridge.put("c", "d")
    assert bridge.here.wait_for("a", "b", "c", "d") == ["a", "b", "c", "d"]

    bridge.two.inside.kill()
    bridge.put("e")
    bridge.two.inside.start()
    bridge.put("f")

    assert bridge.here.wait_for("e", "f") == ["a", "b", "c", "d", "e", "f"]
