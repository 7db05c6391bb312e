"""Unmodified boto3 makes tables, writes items and reads them back, as client and as resource."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import boto3
import pytest
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary
from botocore.exceptions import ClientError

ITEM: dict[str, Any] = {
    "p": "a",
    "r": Decimal("-1.5"),
    "binary": Binary(b"\x00\xff"),
    "yes": True,
    "nothing": None,
    "strings": {"x", "y"},
    "numbers": {Decimal(1), Decimal("2.5")},
    "binaries": {Binary(b"a"), Binary(b"b")},
    "many": ["text", Decimal("12345678901234567890123456789012345678"), {"deep": [True]}],
    "nested": {"ä": {"empty": ""}},
}


@pytest.fixture
def dynamodb(gateway: Any, account: str) -> Any:
    return gateway.client("dynamodb", account)


@pytest.fixture
def table(gateway: Any, account: str) -> Any:
    """A table as the resource interface makes it: key p (S) and r (N), with a stream."""
    resource = boto3.resource(
        "dynamodb",
        endpoint_url=gateway.url,
        region_name="us-east-1",
        aws_access_key_id=account,
        aws_secret_access_key="test",
    )
    made = resource.create_table(
        TableName="Orders",
        AttributeDefinitions=[
            {"AttributeName": "p", "AttributeType": "S"},
            {"AttributeName": "r", "AttributeType": "N"},
        ],
        KeySchema=[
            {"AttributeName": "p", "KeyType": "HASH"},
            {"AttributeName": "r", "KeyType": "RANGE"},
        ],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    made.wait_until_exists()
    return made


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_all_ten_types_come_back_as_they_went(table: Any) -> None:
    table.put_item(Item=ITEM)

    assert table.get_item(Key={"p": "a", "r": Decimal("-1.50")})["Item"] == ITEM


def test_the_everyday_calls_of_the_resource(table: Any) -> None:
    with table.batch_writer() as batch:
        for n in range(60):
            batch.put_item(Item={"p": "a", "r": n, "even": n % 2 == 0})
    assert table.item_count == 0 or table.item_count == 60

    page = table.query(
        KeyConditionExpression=Key("p").eq("a") & Key("r").between(10, 19),
        FilterExpression=Attr("even").eq(True),
        ScanIndexForward=False,
    )
    assert [item["r"] for item in page["Items"]] == [18, 16, 14, 12, 10]
    assert (page["Count"], page["ScannedCount"]) == (5, 10)
    assert table.scan(Select="COUNT")["Count"] == 60

    updated = table.update_item(
        Key={"p": "a", "r": 1},
        UpdateExpression="SET #n = if_not_exists(#n, :zero) + :one, tags = :tags REMOVE even",
        ConditionExpression=Attr("p").exists(),
        ExpressionAttributeNames={"#n": "name"},
        ExpressionAttributeValues={":zero": 0, ":one": 1, ":tags": {"x"}},
        ReturnValues="ALL_NEW",
    )
    assert updated["Attributes"] == {"p": "a", "r": 1, "name": 1, "tags": {"x"}}
    removed = table.delete_item(Key={"p": "a", "r": 1}, ReturnValues="ALL_OLD")
    assert removed["Attributes"]["name"] == 1
    assert "Item" not in table.get_item(Key={"p": "a", "r": 1})
    table.delete()
    table.wait_until_not_exists()


def test_paginators_follow_pages(table: Any, dynamodb: Any) -> None:
    for n in range(7):
        table.put_item(Item={"p": str(n), "r": n})

    pages = list(
        dynamodb.get_paginator("scan").paginate(
            TableName="Orders", PaginationConfig={"PageSize": 3}
        )
    )

    assert [len(page["Items"]) for page in pages] == [3, 3, 1]
    assert {item["p"]["S"] for page in pages for item in page["Items"]} == set("0123456")


def test_batch_get_answers_each_table(table: Any, dynamodb: Any) -> None:
    table.put_item(Item={"p": "a", "r": 1, "x": "y"})

    found = dynamodb.batch_get_item(
        RequestItems={
            "Orders": {
                "Keys": [{"p": {"S": "a"}, "r": {"N": n}} for n in ("1", "2")],
                "ProjectionExpression": "x",
            }
        }
    )

    assert found["Responses"] == {"Orders": [{"x": {"S": "y"}}]}
    assert found["UnprocessedKeys"] == {}


def test_a_failed_condition_can_show_the_item(table: Any, dynamodb: Any) -> None:
    table.put_item(Item={"p": "a", "r": 1})

    with pytest.raises(ClientError) as refused:
        dynamodb.put_item(
            TableName="Orders",
            Item={"p": {"S": "a"}, "r": {"N": "1"}},
            ConditionExpression="attribute_not_exists(p)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    assert code(refused) == "ConditionalCheckFailedException"
    assert refused.value.response["Item"] == {"p": {"S": "a"}, "r": {"N": "1"}}
    assert refused.value.response["Error"]["Message"] == "The conditional request failed"


def test_capacity_is_counted(table: Any, dynamodb: Any) -> None:
    item = {"p": {"S": "a"}, "r": {"N": "1"}, "x": {"S": "x" * 2000}}

    written = dynamodb.put_item(TableName="Orders", Item=item, ReturnConsumedCapacity="TOTAL")
    read = dynamodb.get_item(
        TableName="Orders",
        Key={"p": {"S": "a"}, "r": {"N": "1"}},
        ReturnConsumedCapacity="INDEXES",
    )

    assert written["ConsumedCapacity"] == {"TableName": "Orders", "CapacityUnits": 2.0}
    assert read["ConsumedCapacity"] == {
        "TableName": "Orders",
        "CapacityUnits": 0.5,
        "Table": {"CapacityUnits": 0.5},
    }


@pytest.mark.parametrize(
    ("member", "value"),
    [
        (
            "GlobalSecondaryIndexes",
            [
                {
                    "IndexName": "by-x",
                    "KeySchema": [{"AttributeName": "x", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        ),
    ],
)
def test_indexes_are_refused(dynamodb: Any, member: str, value: Any) -> None:
    with pytest.raises(ClientError) as refused:
        dynamodb.create_table(
            TableName="Indexed",
            AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            **{member: value},
        )

    assert code(refused) == "ValidationException"


def test_tags_and_what_is_switched_off(table: Any, dynamodb: Any) -> None:
    arn = table.table_arn

    dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "a"}])
    dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "room", "Value": "b"}])
    dynamodb.untag_resource(ResourceArn=arn, TagKeys=["team"])

    assert dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"] == [
        {"Key": "room", "Value": "b"}
    ]
    ttl = dynamodb.describe_time_to_live(TableName="Orders")["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "DISABLED"}
    backups = dynamodb.describe_continuous_backups(TableName="Orders")
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "DISABLED"


def test_another_accounts_table_is_not_found(table: Any, gateway: Any) -> None:
    stranger = gateway.client("dynamodb", "999999999999")
    arn = table.table_arn

    for name in ("Orders", arn):
        with pytest.raises(ClientError) as refused:
            stranger.get_item(TableName=name, Key={"p": {"S": "a"}, "r": {"N": "1"}})
        assert code(refused) == "ResourceNotFoundException"
        with pytest.raises(ClientError) as unknown:
            stranger.describe_table(TableName=name)
        assert code(unknown) == "ResourceNotFoundException"


def test_the_cli_speaks_too(gateway: Any, account: str, table: Any) -> None:
    table.put_item(Item={"p": "a", "r": 1})

    found = gateway.cli(
        "dynamodb",
        "get-item",
        "--table-name",
        "Orders",
        "--key",
        '{"p":{"S":"a"},"r":{"N":"1"}}',
        account=account,
    )

    assert found == {"Item": {"p": {"S": "a"}, "r": {"N": "1"}}}
