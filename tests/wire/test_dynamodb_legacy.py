"""Clients from before expressions still work, call by call."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def dynamodb(gateway, account):
    client = gateway.client("dynamodb", account)
    client.create_table(
        TableName="orders",
        AttributeDefinitions=[
            {"AttributeName": "p", "AttributeType": "S"},
            {"AttributeName": "r", "AttributeType": "N"},
        ],
        KeySchema=[
            {"AttributeName": "p", "KeyType": "HASH"},
            {"AttributeName": "r", "KeyType": "RANGE"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    for n in range(5):
        item = {"p": {"S": "a"}, "r": {"N": str(n)}, "even": {"BOOL": n % 2 == 0}}
        client.put_item(TableName="orders", Item=item)
    return client


def key(n: int) -> dict[str, dict[str, str]]:
    return {"p": {"S": "a"}, "r": {"N": str(n)}}


def test_writes_expect_something(dynamodb):
    missing = {"even": {"Exists": False}}
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.put_item(TableName="orders", Item=key(1), Expected=missing)
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.delete_item(TableName="orders", Key=key(1), Expected=missing)

    updated = dynamodb.update_item(
        TableName="orders",
        Key=key(1),
        AttributeUpdates={
            "n": {"Action": "ADD", "Value": {"N": "2"}},
            "even": {"Action": "DELETE"},
        },
        Expected={"even": {"Value": {"BOOL": False}}},
        ReturnValues="ALL_NEW",
    )["Attributes"]

    assert updated == key(1) | {"n": {"N": "2"}}


def test_reads_filter_and_project(dynamodb):
    got = dynamodb.get_item(TableName="orders", Key=key(2), AttributesToGet=["even"])
    queried = dynamodb.query(
        TableName="orders",
        KeyConditions={
            "p": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a"}]},
            "r": {"ComparisonOperator": "GE", "AttributeValueList": [{"N": "2"}]},
        },
        QueryFilter={
            "even": {"ComparisonOperator": "EQ", "AttributeValueList": [{"BOOL": True}]},
        },
    )
    scanned = dynamodb.scan(
        TableName="orders",
        ScanFilter={
            "r": {"ComparisonOperator": "LT", "AttributeValueList": [{"N": "1"}]},
            "even": {"ComparisonOperator": "EQ", "AttributeValueList": [{"BOOL": False}]},
        },
        ConditionalOperator="OR",
        AttributesToGet=["r"],
    )
    batch = dynamodb.batch_get_item(
        RequestItems={"orders": {"Keys": [key(0)], "AttributesToGet": ["r"]}}
    )

    assert got["Item"] == {"even": {"BOOL": True}}
    assert [item["r"]["N"] for item in queried["Items"]] == ["2", "4"]
    assert sorted(item["r"]["N"] for item in scanned["Items"]) == ["0", "1", "3"]
    assert batch["Responses"]["orders"] == [{"r": {"N": "0"}}]


def test_a_key_condition_of_old_goes_with_the_expressions_of_today(dynamodb):
    queried = dynamodb.query(
        TableName="orders",
        KeyConditions={
            "p": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a"}]},
            "r": {"ComparisonOperator": "GE", "AttributeValueList": [{"N": "1"}]},
        },
        FilterExpression="even = :yes",
        ProjectionExpression="#r",
        ExpressionAttributeNames={"#r": "r"},
        ExpressionAttributeValues={":yes": {"BOOL": True}},
    )

    assert queried["Items"] == [{"r": {"N": "2"}}, {"r": {"N": "4"}}]
    assert queried["ScannedCount"] == 4


@pytest.mark.parametrize(
    ("call", "params", "message"),
    [
        (
            "query",
            {
                "KeyConditions": {
                    "p": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a"}]}
                },
                "QueryFilter": {"r": {"ComparisonOperator": "NOT_NULL"}},
            },
            "QueryFilter can only contain non-primary key attributes: Primary key attribute: r",
        ),
        (
            "query",
            {
                "KeyConditions": {
                    "r": {"ComparisonOperator": "EQ", "AttributeValueList": [{"N": "1"}]}
                }
            },
            "Query condition missed key schema element: p",
        ),
        (
            "scan",
            {"AttributesToGet": ["a"], "Select": "COUNT"},
            "Cannot specify the AttributesToGet when choosing to get only the Count",
        ),
    ],
)
def test_what_does_not_fit_is_refused(dynamodb, call, params, message):
    with pytest.raises(ClientError, match=message):
        getattr(dynamodb, call)(TableName="orders", **params)
