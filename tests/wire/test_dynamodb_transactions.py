"""Unmodified boto3 writes and reads in transactions, and learns why one was cancelled."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def key(name: str) -> dict[str, Any]:
    return {"pk": {"S": name}}


@pytest.fixture
def dynamodb(gateway, account):
    client = gateway.client("dynamodb", account)
    client.create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return client


def put(name: str, **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": "orders", "Item": key(name)} | more}


def test_a_transaction_is_written_and_read(dynamodb):
    written = dynamodb.transact_write_items(
        TransactItems=[put("a"), put("b")], ReturnConsumedCapacity="TOTAL"
    )
    read = dynamodb.transact_get_items(
        TransactItems=[
            {"Get": {"TableName": "orders", "Key": key(name)}} for name in ("b", "nobody", "a")
        ],
        ReturnConsumedCapacity="INDEXES",
    )

    assert written["ConsumedCapacity"] == [
        {"TableName": "orders", "CapacityUnits": 4.0, "WriteCapacityUnits": 4.0}
    ]
    assert read["Responses"] == [{"Item": key("b")}, {}, {"Item": key("a")}]
    units = {"CapacityUnits": 6.0, "ReadCapacityUnits": 6.0}
    assert read["ConsumedCapacity"] == [{"TableName": "orders", "Table": units} | units]


def test_a_cancelled_transaction_says_why(dynamodb):
    dynamodb.put_item(TableName="orders", Item=key("there"))
    insert = put(
        "there",
        ConditionExpression="attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )

    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as refused:
        dynamodb.transact_write_items(TransactItems=[insert, put("new")])

    assert refused.value.response["Message"].endswith("[ConditionalCheckFailed, None]")
    assert refused.value.response["CancellationReasons"] == [
        {
            "Code": "ConditionalCheckFailed",
            "Message": "The conditional request failed",
            "Item": key("there"),
        },
        {"Code": "None"},
    ]
    assert dynamodb.scan(TableName="orders")["Count"] == 1


def test_a_token_is_good_for_one_request(dynamodb):
    add = {
        "Update": {
            "TableName": "orders",
            "Key": key("a"),
            "UpdateExpression": "ADD n :n",
            "ExpressionAttributeValues": {":n": {"N": "1"}},
        }
    }
    dynamodb.transact_write_items(TransactItems=[add], ClientRequestToken="t")

    again = dynamodb.transact_write_items(
        TransactItems=[add], ClientRequestToken="t", ReturnConsumedCapacity="TOTAL"
    )
    with pytest.raises(dynamodb.exceptions.IdempotentParameterMismatchException):
        dynamodb.transact_write_items(TransactItems=[put("b")], ClientRequestToken="t")

    assert again["ConsumedCapacity"][0]["ReadCapacityUnits"] == 2.0
    assert dynamodb.get_item(TableName="orders", Key=key("a"))["Item"]["n"] == {"N": "1"}


def test_more_than_100_actions_are_refused(dynamodb):
    with pytest.raises(ClientError) as refused:
        dynamodb.transact_write_items(TransactItems=[put(str(n)) for n in range(101)])

    assert refused.value.response["Error"]["Message"] == (
        "1 validation error detected at 'transactItems' failed to satisfy constraint: Member must "
        "have length less than or equal to 100."
    )
