"""A function may do what its execution role allows, with plain boto3 inside the sandbox, and no more."""

from __future__ import annotations

import base64
import json

import pytest

from tests.journeys.conftest import App
from tests.product import eventually

pytestmark = [pytest.mark.journey, pytest.mark.sandbox]

TRIES = """
import boto3
import os
from botocore.exceptions import ClientError

def attempt(call, **members):
    try:
        call(**members)
        return "allowed"
    except ClientError as error:
        return error.response["Error"]["Code"] + ": " + error.response["Error"]["Message"]

def handler(event, context):
    print("RAN")
    table = boto3.client("dynamodb")
    item = {"id": {"S": "a"}}
    return {
        "who": boto3.client("sts").get_caller_identity()["Arn"],
        "key": os.environ["AWS_ACCESS_KEY_ID"][:4] + os.environ["AWS_SESSION_TOKEN"][:0],
        "put": attempt(table.put_item, TableName="Orders", Item=item),
        "delete": attempt(table.delete_item, TableName="Orders", Key=item),
        "other": attempt(table.put_item, TableName="Copies", Item=item),
        "root": attempt(boto3.client("sqs", aws_access_key_id="000000000000",
                                     aws_secret_access_key="x").list_queues),
        "queue": attempt(boto3.client("sqs").create_queue, QueueName="q"),
        "role": attempt(boto3.client("iam").attach_role_policy, RoleName="reader",
                        PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"),
    }
"""


def run(app: App, name: str = "reader"):
    answer = app.functions.invoke(FunctionName=name, LogType="Tail")
    result = json.load(answer["Payload"])
    assert "FunctionError" not in answer, result
    return result, answer


def test_plain_boto3_is_allowed_and_denied_as_the_role_says(app: App) -> None:
    app.table()
    app.table("Copies")
    app.function(source=TRIES, Timeout=120, MemorySize=512)
    table = f"arn:aws:dynamodb:us-east-1:{app.account}:table/Orders"
    app.allow("reader", "dynamodb:PutItem", resource=table)

    result, _ = run(app)

    who = f"arn:aws:sts::{app.account}:assumed-role/reader/reader"
    assert (result["who"], result["key"], result["put"]) == (who, "ASIA", "allowed")
    assert result["delete"] == (
        f"AccessDeniedException: User: {who} is not authorized to perform: dynamodb:DeleteItem on "
        f"resource: {table} because no identity-based policy allows the dynamodb:DeleteItem action"
    )
    assert f"dynamodb:PutItem on resource: {table[:-6]}Copies because" in result["other"]
    assert result["queue"].startswith("AccessDenied: ")
    assert result["root"].startswith("InvalidClientTokenId: ")
    assert "iam:AttachRolePolicy" in result["role"]
    app.allow("reader", "dynamodb:*", "sqs:*")
    later, _ = run(app)
    assert (later["delete"], later["other"], later["queue"]) == ("allowed",) * 3


def test_a_function_whose_role_may_not_write_logs_has_none(app: App) -> None:
    app.function("silent", source=TRIES, Timeout=120, MemorySize=512)
    app.iam.detach_role_policy(
        RoleName="silent",
        PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole",
    )

    _, answer = run(app, "silent")

    assert "RAN" in base64.b64decode(answer["LogResult"]).decode()
    assert app.said("silent") == []
    app.allow("silent", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
    assert eventually(lambda: run(app, "silent") and app.said_once("RAN", "silent"))
