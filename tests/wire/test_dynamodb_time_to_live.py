"""Unmodified boto3 switches a table's time to live on and off."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

ON = {"Enabled": True, "AttributeName": "until"}


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


def test_a_time_to_live_is_switched_on_and_off(dynamodb):
    def described():
        return dynamodb.describe_time_to_live(TableName="orders")["TimeToLiveDescription"]

    assert described() == {"TimeToLiveStatus": "DISABLED"}
    on = dynamodb.update_time_to_live(TableName="orders", TimeToLiveSpecification=ON)

    assert on["TimeToLiveSpecification"] == ON
    assert described() == {"TimeToLiveStatus": "ENABLED", "AttributeName": "until"}
    dynamodb.update_time_to_live(
        TableName="orders", TimeToLiveSpecification=ON | {"Enabled": False}
    )
    assert described() == {"TimeToLiveStatus": "DISABLED"}


@pytest.mark.parametrize(
    ("name", "specification", "code"),
    [
        ("orders", ON | {"AttributeName": ""}, "ValidationException"),
        ("orders", {"Enabled": True}, "ValidationException"),
        ("nowhere", ON, "ResourceNotFoundException"),
    ],
)
def test_what_makes_no_sense_is_refused(dynamodb, name, specification, code):
    with pytest.raises(ClientError) as refused:
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)

    assert refused.value.response["Error"]["Code"] == code
