"""Unmodified boto3 makes indexes, reads through them, and adds and removes them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def dynamodb(gateway: Any, account: str) -> Any:
    return gateway.client("dynamodb", account)


def text(value: str) -> dict[str, str]:
    return {"S": value}


@pytest.fixture
def table(dynamodb: Any) -> dict[str, Any]:
    """Orders by customer and time; a local index by amount, a global one by state."""
    made = dynamodb.create_table(
        TableName="Orders",
        AttributeDefinitions=[
            {"AttributeName": "customer", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "S"},
            {"AttributeName": "amount", "AttributeType": "N"},
            {"AttributeName": "state", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "customer", "KeyType": "HASH"},
            {"AttributeName": "at", "KeyType": "RANGE"},
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "by-amount",
                "KeySchema": [
                    {"AttributeName": "customer", "KeyType": "HASH"},
                    {"AttributeName": "amount", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-state",
                "KeySchema": [
                    {"AttributeName": "state", "KeyType": "HASH"},
                    {"AttributeName": "at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note"]},
                "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
            }
        ],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
    )
    dynamodb.get_waiter("table_exists").wait(TableName="Orders")
    description: dict[str, Any] = made["TableDescription"]
    return description


def order(customer: str, at: str, amount: int, state: str = "open") -> dict[str, Any]:
    return {
        "customer": text(customer),
        "at": text(at),
        "amount": {"N": str(amount)},
        "state": text(state),
        "note": text(f"note {amount}"),
        "hidden": text("x"),
    }


def put(dynamodb: Any, *orders: dict[str, Any]) -> None:
    for one in orders:
        dynamodb.put_item(TableName="Orders", Item=one)


def test_a_new_table_shows_its_indexes(dynamodb: Any, table: dict[str, Any]) -> None:
    (index,) = table["GlobalSecondaryIndexes"]
    assert index["IndexStatus"] == "CREATING"
    assert index["IndexArn"].endswith(":table/Orders/index/by-state")

    found = dynamodb.describe_table(TableName="Orders")["Table"]
    assert found["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"
    assert "IndexStatus" not in found["LocalSecondaryIndexes"][0]
    assert {one["AttributeName"] for one in found["AttributeDefinitions"]} == {
        "customer",
        "at",
        "amount",
        "state",
    }


@pytest.mark.usefixtures("table")
def test_queries_page_through_an_index(dynamodb: Any) -> None:
    put(dynamodb, *(order("ab"[n % 2], f"2026-0{n}", n) for n in range(1, 8)))
    put(dynamodb, order("a", "2026-09", 9, state="done"))

    pages = list(
        dynamodb.get_paginator("query").paginate(
            TableName="Orders",
            IndexName="by-state",
            KeyConditionExpression="#s = :s AND begins_with(#at, :year)",
            ExpressionAttributeNames={"#s": "state", "#at": "at"},
            ExpressionAttributeValues={":s": text("open"), ":year": text("2026")},
            ScanIndexForward=False,
            PaginationConfig={"PageSize": 3},
        )
    )

    found = [item for page in pages for item in page["Items"]]
    assert [item["at"]["S"] for item in found] == [f"2026-0{n}" for n in range(7, 0, -1)]
    assert set(found[0]) == {"customer", "at", "state", "note"}
    assert set(pages[0]["LastEvaluatedKey"]) == {"customer", "at", "state"}
    scanned = dynamodb.scan(TableName="Orders", IndexName="by-state", Select="COUNT")
    assert scanned["Count"] == 8


@pytest.mark.usefixtures("table")
def test_costs_and_collections_name_the_indexes(dynamodb: Any) -> None:
    written = dynamodb.put_item(
        TableName="Orders",
        Item=order("a", "1", 1),
        ReturnConsumedCapacity="INDEXES",
        ReturnItemCollectionMetrics="SIZE",
    )
    batch = dynamodb.batch_write_item(
        RequestItems={"Orders": [{"PutRequest": {"Item": order("a", "2", 2)}}]},
        ReturnConsumedCapacity="TOTAL",
        ReturnItemCollectionMetrics="SIZE",
    )
    read = dynamodb.query(
        TableName="Orders",
        IndexName="by-amount",
        KeyConditionExpression="customer = :c",
        ExpressionAttributeValues={":c": text("a")},
        Select="ALL_ATTRIBUTES",
        ConsistentRead=True,
        ReturnConsumedCapacity="INDEXES",
    )

    one = {"CapacityUnits": 1.0}
    collection = {"ItemCollectionKey": {"customer": text("a")}, "SizeEstimateRangeGB": [0.0, 1.0]}
    assert written["ConsumedCapacity"] == {
        "TableName": "Orders",
        "CapacityUnits": 3.0,
        "Table": one,
        "LocalSecondaryIndexes": {"by-amount": one},
        "GlobalSecondaryIndexes": {"by-state": one},
    }
    assert written["ItemCollectionMetrics"] == collection
    assert batch["ConsumedCapacity"] == [{"TableName": "Orders", "CapacityUnits": 3.0}]
    assert batch["ItemCollectionMetrics"] == {"Orders": [collection]}
    assert [item["hidden"] for item in read["Items"]] == [text("x")] * 2
    assert read["ConsumedCapacity"] == {
        "TableName": "Orders",
        "CapacityUnits": 3.0,
        "Table": {"CapacityUnits": 2.0},
        "LocalSecondaryIndexes": {"by-amount": one},
    }


@pytest.mark.usefixtures("table")
def test_indexes_come_and_go_by_update_table(dynamodb: Any) -> None:
    put(dynamodb, order("a", "1", 1), order("b", "2", 1))

    made = dynamodb.update_table(
        TableName="Orders",
        AttributeDefinitions=[
            {"AttributeName": "amount", "AttributeType": "N"},
            {"AttributeName": "note", "AttributeType": "S"},
        ],
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "by-amount-and-note",
                    "KeySchema": [
                        {"AttributeName": "amount", "KeyType": "HASH"},
                        {"AttributeName": "note", "KeyType": "HASH"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                    "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
                }
            }
        ],
    )["TableDescription"]
    found = dynamodb.query(
        TableName="Orders",
        IndexName="by-amount-and-note",
        KeyConditionExpression="amount = :a AND note = :n",
        ExpressionAttributeValues={":a": {"N": "1.0"}, ":n": text("note 1")},
    )
    removed = dynamodb.update_table(
        TableName="Orders",
        GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-amount-and-note"}}],
    )["TableDescription"]

    states = [
        {one["IndexName"]: one["IndexStatus"] for one in answer["GlobalSecondaryIndexes"]}
        for answer in (made, removed, dynamodb.describe_table(TableName="Orders")["Table"])
    ]
    assert made["TableStatus"] == "UPDATING"
    assert states == [
        {"by-amount-and-note": "CREATING", "by-state": "ACTIVE"},
        {"by-amount-and-note": "DELETING", "by-state": "ACTIVE"},
        {"by-state": "ACTIVE"},
    ]
    assert found["Count"] == 2
    with pytest.raises(ClientError) as refused:
        dynamodb.scan(TableName="Orders", IndexName="by-amount-and-note")
    assert refused.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "The table does not have the specified index: by-amount-and-note",
    }


@pytest.mark.usefixtures("table")
def test_an_items_index_key_must_fit(dynamodb: Any) -> None:
    with pytest.raises(ClientError) as refused:
        put(dynamodb, order("a", "1", 1) | {"state": {"N": "1"}})

    assert refused.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "One or more parameter values were invalid: Type mismatch for Index Key state "
        "Expected: S Actual: N IndexName: by-state",
    }
