"""Unmodified boto3 speaks PartiQL, one statement or several."""

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
    for n in range(3):
        client.put_item(TableName="orders", Item={"p": {"S": "a"}, "r": {"N": str(n)}})
    return client


def test_statements_write_and_read(dynamodb):
    inserted = dynamodb.execute_statement(
        Statement="INSERT INTO \"orders\" VALUE {'p': ?, 'r': 9, 'raw': ?}",
        Parameters=[{"S": "b"}, {"B": b"\x00\xff"}],
        ReturnConsumedCapacity="TOTAL",
    )
    first = dynamodb.execute_statement(
        Statement="SELECT r FROM orders WHERE p = 'a' ORDER BY r DESC", Limit=2
    )
    second = dynamodb.execute_statement(
        Statement="SELECT r FROM orders WHERE p = 'a' ORDER BY r DESC",
        NextToken=first["NextToken"],
    )
    raw = dynamodb.execute_statement(Statement="SELECT raw FROM orders WHERE p = 'b'")

    assert inserted["Items"] == []
    assert inserted["ConsumedCapacity"] == {"TableName": "orders", "CapacityUnits": 1.0}
    assert first["Items"] == [{"r": {"N": "2"}}, {"r": {"N": "1"}}]
    assert second["Items"] == [{"r": {"N": "0"}}]
    assert "NextToken" not in second
    assert raw["Items"] == [{"raw": {"B": b"\x00\xff"}}]


def test_a_batch_answers_statement_by_statement(dynamodb):
    answer = dynamodb.batch_execute_statement(
        Statements=[
            {"Statement": "INSERT INTO orders VALUE {'p': 'a', 'r': 0}"},
            {"Statement": "INSERT INTO orders VALUE {'p': 'b', 'r': 0}"},
        ]
    )
    read = dynamodb.batch_execute_statement(
        Statements=[
            {"Statement": "SELECT * FROM orders WHERE p = ? AND r = 0", "Parameters": [{"S": name}]}
            for name in ("b", "nobody")
        ]
    )

    failed, done = answer["Responses"]
    assert failed["Error"]["Code"] == "DuplicateItem"
    assert done == {"TableName": "orders"}
    assert read["Responses"] == [
        {"TableName": "orders", "Item": {"p": {"S": "b"}, "r": {"N": "0"}}},
        {"TableName": "orders"},
    ]


def test_a_transaction_is_one(dynamodb):
    statements = [
        {"Statement": "UPDATE orders SET n = 1 WHERE p = 'a' AND r = 0"},
        {"Statement": "INSERT INTO orders VALUE {'p': 'a', 'r': 1}"},
    ]

    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as refused:
        dynamodb.execute_transaction(TransactStatements=statements)
    done = dynamodb.execute_transaction(
        TransactStatements=statements[:1], ReturnConsumedCapacity="TOTAL"
    )

    codes = [reason["Code"] for reason in refused.value.response["CancellationReasons"]]
    assert codes == ["None", "DuplicateItem"]
    assert done["ConsumedCapacity"][0]["WriteCapacityUnits"] == 2.0


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"Statement": "SELECT * FROM"}, "Statement wasn't well formed, can't be processed"),
        ({"Statement": "SELECT * FROM orders", "NextToken": "x"}, "Invalid NextToken"),
        (
            {"Statement": "SELECT * FROM orders WHERE p = 'a'", "Parameters": []},
            r"1 validation error detected: Value '\[\]' at 'parameters' failed to satisfy "
            "constraint: Member must have length greater than or equal to 1",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(dynamodb, params, message):
    with pytest.raises(ClientError, match=message) as refused:
        dynamodb.execute_statement(**params)

    assert refused.value.response["Error"]["Code"] == "ValidationException"
