"""A table's stream, switched on and off by UpdateTable, and what batches leave in it."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError


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


def test_a_stream_is_switched_on_and_off(dynamodb):
    on = dynamodb.update_table(
        TableName="orders",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )["TableDescription"]
    dynamodb.update_table(TableName="orders", StreamSpecification={"StreamEnabled": False})
    off = dynamodb.describe_table(TableName="orders")["Table"]

    assert on["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    assert on["LatestStreamArn"].endswith(f"/stream/{on['LatestStreamLabel']}")
    assert "StreamSpecification" not in off
    assert off["LatestStreamArn"] == on["LatestStreamArn"]


def test_a_batch_puts_and_deletes_and_leaves_nothing_undone(dynamodb):
    puts = [{"PutRequest": {"Item": {"pk": {"S": str(n)}}}} for n in range(25)]

    answer = dynamodb.batch_write_item(RequestItems={"orders": puts})
    dynamodb.batch_write_item(
        RequestItems={"orders": [{"DeleteRequest": {"Key": {"pk": {"S": "0"}}}}]}
    )

    assert answer["UnprocessedItems"] == {}
    assert dynamodb.scan(TableName="orders", Select="COUNT")["Count"] == 24


def test_a_batch_of_more_than_25_is_refused(dynamodb):
    puts = [{"PutRequest": {"Item": {"pk": {"S": str(n)}}}} for n in range(26)]

    with pytest.raises(ClientError, match="length less than or equal to 25") as refused:
        dynamodb.batch_write_item(RequestItems={"orders": puts})

    assert refused.value.response["Error"]["Code"] == "ValidationException"
