"""Whatever is sent to DynamoDB: no defect, no hang, and stream and table always tell one story."""

from __future__ import annotations

import http.client
import json
import time
import zlib
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.model import StructureShape

from console.aws import registry
from console.aws.registry import Operation
from console.aws.wire.models import operation_model
from console.offers import load
from tests.fuzz.drawing import HASHED, SORTED, Drawer

pytestmark = pytest.mark.proof
load()
OPERATIONS = [one for one in registry.offered() if one.service in ("dynamodb", "dynamodbstreams")]
ROUNDS = 60
SLOWEST_SECONDS = 1.0
TARGETS = {"dynamodb": "DynamoDB_20120810", "dynamodbstreams": "DynamoDBStreams_20120810"}
SHAPERS = ("CreateTable", "UpdateTable", "DeleteTable")
"""Operations that would take the world's tables away: they are sent other names."""


def name(operation: Operation) -> str:
    return f"{operation.service}:{operation.name}"


class Line:
    """A connection that sends bodies as they are."""

    def __init__(self, url: str, account: str) -> None:
        address = urlsplit(url)
        self.connection = http.client.HTTPConnection(address.hostname or "", address.port, 300)
        credential = f"{account}/20260101/us-east-1/dynamodb/aws4_request"
        self.headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, "
            "SignedHeaders=host, Signature=0",
            "X-Amz-Date": "20260101T000000Z",
        }

    def send(self, target: str, body: bytes) -> tuple[int, bytes, float]:
        """Send one request: status, body, seconds."""
        began = time.monotonic()
        self.connection.request("POST", "/", body, self.headers | {"X-Amz-Target": target})
        answer = self.connection.getresponse()
        content = answer.read()
        assert int(answer.headers["x-amz-crc32"]) == zlib.crc32(content)
        return answer.status, content, time.monotonic() - began

    def call(self, operation: str, **params: Any) -> Any:
        """Call an operation that must succeed."""
        service = "dynamodbstreams" if "Shard" in operation or "Stream" in operation else "dynamodb"
        service = "dynamodbstreams" if operation == "GetRecords" else service
        status, content, _ = self.send(
            f"{TARGETS[service]}.{operation}", json.dumps(params).encode()
        )
        assert status == 200, content
        return json.loads(content)

    def judge(self, target: str, body: bytes) -> None:
        """Send a body that may be anything, and look at the answer."""
        status, content, seconds = self.send(target, body)
        for _ in range(20):  # a busy machine is slow now and then, a defect every time
            if seconds < SLOWEST_SECONDS:
                break
            seconds = min(seconds, self.send(target, body)[2])
        assert status < 500, (status, content, body[:2000])
        assert seconds < SLOWEST_SECONDS, (seconds, body[:2000])
        if status != 200 and content:
            assert json.loads(content)["__type"], body[:2000]


@pytest.fixture
def line(gateway: Any, account: str) -> Iterator[Line]:
    opened = Line(gateway.url, account)
    yield opened
    opened.connection.close()


def world(line: Line) -> None:
    """Two tables with streams: one with a partition key, one with a sort key too."""
    key = {"AttributeName": "p", "KeyType": "HASH"}
    kind = {"AttributeName": "p", "AttributeType": "S"}
    more = {
        HASHED: ([key], [kind]),
        SORTED: (
            [key, {"AttributeName": "r", "KeyType": "RANGE"}],
            [kind, {"AttributeName": "r", "AttributeType": "N"}],
        ),
    }
    for table, (schema, attributes) in more.items():
        line.call(
            "CreateTable",
            TableName=table,
            KeySchema=schema,
            AttributeDefinitions=attributes,
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )


def known(line: Line) -> dict[str, str]:
    """Members that name something of the world."""
    table = line.call("DescribeTable", TableName=HASHED)["Table"]
    arn = table["LatestStreamArn"]
    shard = line.call("DescribeStream", StreamArn=arn)["StreamDescription"]["Shards"][0]
    place = {"StreamArn": arn, "ShardId": shard["ShardId"]}
    begin = line.call("GetShardIterator", ShardIteratorType="TRIM_HORIZON", **place)
    return (
        place
        | begin
        | {
            "ResourceArn": table["TableArn"],
            "SequenceNumber": shard["SequenceNumberRange"]["StartingSequenceNumber"],
        }
    )


def replayed(line: Line, table: str) -> dict[str, Any]:
    """Build the table's items from its stream, checking that every change fits the one before."""
    arn = line.call("DescribeTable", TableName=table)["Table"]["LatestStreamArn"]
    found: dict[str, Any] = {}
    for shard in line.call("DescribeStream", StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = line.call(
            "GetShardIterator",
            StreamArn=arn,
            ShardId=shard["ShardId"],
            ShardIteratorType="TRIM_HORIZON",
        )["ShardIterator"]
        while records := (page := line.call("GetRecords", ShardIterator=iterator))["Records"]:
            iterator = page["NextShardIterator"]
            for change in (record["dynamodb"] for record in records):
                key = json.dumps(change["Keys"], sort_keys=True)
                assert change.get("OldImage") == found.get(key)
                assert change.get("OldImage") != change.get("NewImage")
                found[key] = change.get("NewImage")
    return {key: image for key, image in found.items() if image is not None}


def stored(line: Line, table: str, keys: tuple[str, ...]) -> dict[str, Any]:
    items: list[Any] = []
    start: dict[str, Any] = {}
    while True:
        page = line.call("Scan", TableName=table, **start)
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            break
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    return {json.dumps({key: item[key] for key in keys}, sort_keys=True): item for item in items}


@pytest.mark.parametrize("operation", OPERATIONS, ids=name)
def test_no_request_is_a_defect_or_leaves_half_a_change(operation, line):
    world(line)
    chance = Random(name(operation))  # noqa: S311 - repeatable, not secret
    drawer = Drawer(chance, known(line))
    model = operation_model(operation.service, operation.name)
    shape = model.input_shape or StructureShape("Nothing", {"members": {}})
    target = f"{TARGETS[operation.service]}.{operation.name}"

    for number in range(ROUNDS):
        params = drawer.request(shape, operation.honours)
        for _ in range((0, 0, 1, 2)[number % 4]):
            params = drawer.bend(params)
        if operation.name in SHAPERS and drawer.names_a_table(params):
            params["TableName"] = "other"
        line.judge(target, json.dumps(params).encode())

    assert replayed(line, HASHED) == stored(line, HASHED, ("p",))
    assert replayed(line, SORTED) == stored(line, SORTED, ("p", "r"))


BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a number": b"1e999",
    "invalid UTF-8": b'{"TableName":"\xff\xfe"}',
    "a lone surrogate": b'{"TableName":"\\ud800"}',
    "deep lists": b'{"TableName":' + b"[" * 100_000,
    "deep maps": b'{"Item":' + b'{"M":' * 100_000,
    "a deep value": b'{"TableName":"hashed","Item":{"p":' + b'{"L":[' * 5000 + b"]}" * 5000 + b"}}",
    "a long number": b'{"Limit":' + b"9" * 1_000_000 + b"}",
    "a name twice": b'{"TableName":"hashed","TableName":"sorted"}',
    "many members": b"{" + b",".join(b'"%d":0' % n for n in range(50_000)) + b"}",
    "a long text": b'{"TableName":"' + b"x" * 15_000_000 + b'"}',
    "too much": b" " * (16 * 1024 * 1024 + 1),
    "NaN": b'{"Limit":NaN}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize(
    "operation", ["PutItem", "Query", "TransactWriteItems", "ExecuteStatement"]
)
def test_a_body_that_is_no_request_is_refused(line, operation, body):
    status, content, _ = line.send(f"DynamoDB_20120810.{operation}", body)

    assert 400 <= status < 500, content
    assert json.loads(content)["__type"]


def test_a_nul_in_a_text_is_no_defect(line):
    """PostgreSQL keeps no NUL in texts; what holds one is refused there, or kept elsewhere."""
    world(line)
    named = known(line)
    table, arn, shard = f"{HASHED}\0", f"{named['ResourceArn']}\0", f"{named['ShardId']}\0"
    place = {"StreamArn": named["StreamArn"], "ShardIteratorType": "LATEST"}
    put = {"Put": {"TableName": HASHED, "Item": {"p": {"S": "\0"}, "\0": {"S": "\0"}}}}
    expiry = {"Enabled": True, "AttributeName": "\0"}
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("dynamodb.GetItem", {"TableName": table, "Key": {"p": {"S": "a"}}}),
        ("dynamodb.BatchGetItem", {"RequestItems": {table: {"Keys": [{"p": {"S": "a"}}]}}}),
        ("dynamodb.TransactWriteItems", {"TransactItems": [put], "ClientRequestToken": "\0"}),
        ("dynamodb.ListTagsOfResource", {"ResourceArn": arn}),
        ("dynamodb.GetResourcePolicy", {"ResourceArn": arn}),
        ("dynamodb.UpdateTimeToLive", {"TableName": HASHED, "TimeToLiveSpecification": expiry}),
        (
            "dynamodb.CreateTable",
            {
                "TableName": "nul",
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": "\0", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "\0", "AttributeType": "S"}],
            },
        ),
        ("dynamodbstreams.DescribeStream", {"StreamArn": f"{named['StreamArn']}\0"}),
        ("dynamodbstreams.GetShardIterator", {"ShardId": shard, **place}),
    ]

    for operation, params in bodies:
        service, _, action = operation.partition(".")
        line.judge(f"{TARGETS[service]}.{action}", json.dumps(params).encode())

    assert line.call("GetItem", TableName=HASHED, Key={"p": {"S": "\0"}})["Item"]
    assert replayed(line, HASHED) == stored(line, HASHED, ("p",))
