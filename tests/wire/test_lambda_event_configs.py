"""Settings of asynchronous invocations through unmodified boto3."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire.conftest import Gateway
from tests.wire.test_lambda_functions import client, create, refusal, role

__all__ = ["client", "create", "role"]


@pytest.fixture
def queue(gateway: Gateway, account: str, role: str) -> str:
    """Make a queue that the function's role may send to, and give its ARN."""
    gateway.client("sqs", account).create_queue(QueueName="told")
    statement = {
        "Effect": "Allow",
        "Action": ["sqs:SendMessage", "lambda:InvokeFunction"],
        "Resource": "*",
    }
    gateway.client("iam", account).put_role_policy(
        RoleName="runner",
        PolicyName="send",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    return f"arn:aws:sqs:us-east-1:{account}:told"


def put(client: Any, name: str = "greet", **members: Any) -> Any:
    return client.put_function_event_invoke_config(FunctionName=name, **members)


def test_settings_are_described_as_aws_does(client: Any, create: Any, queue: str) -> None:
    arn = create()["FunctionArn"]

    answer = put(
        client,
        MaximumRetryAttempts=1,
        MaximumEventAgeInSeconds=60,
        DestinationConfig={"OnFailure": {"Destination": queue}},
    )

    assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert isinstance(answer.pop("LastModified"), datetime)
    assert answer == {
        "FunctionArn": f"{arn}:$LATEST",
        "MaximumRetryAttempts": 1,
        "MaximumEventAgeInSeconds": 60,
        "DestinationConfig": {"OnSuccess": {}, "OnFailure": {"Destination": queue}},
    }
    found = client.get_function_event_invoke_config(FunctionName="greet")
    assert found["DestinationConfig"] == answer["DestinationConfig"]


def test_put_clears_what_is_left_out_and_update_keeps_it(client: Any, create: Any) -> None:
    create()
    put(client, MaximumRetryAttempts=1, MaximumEventAgeInSeconds=60)

    updated = client.update_function_event_invoke_config(
        FunctionName="greet", MaximumRetryAttempts=0
    )
    replaced = put(client, MaximumRetryAttempts=2)

    assert (updated["MaximumRetryAttempts"], updated["MaximumEventAgeInSeconds"]) == (0, 60)
    assert "MaximumEventAgeInSeconds" not in replaced


def test_versions_and_aliases_have_settings_of_their_own(client: Any, create: Any) -> None:
    create(Publish=True)
    client.create_alias(FunctionName="greet", Name="live", FunctionVersion="1")
    for number, qualifier in enumerate(("$LATEST", "1", "live")):
        put(client, Qualifier=qualifier, MaximumRetryAttempts=number)

    pages = client.get_paginator("list_function_event_invoke_configs").paginate(
        FunctionName="greet", PaginationConfig={"PageSize": 2}
    )

    listed = [
        [one["FunctionArn"].rpartition(":")[2] for one in page["FunctionEventInvokeConfigs"]]
        for page in pages
    ]
    assert listed == [["$LATEST", "1"], ["live"]]
    client.delete_alias(FunctionName="greet", Name="live")
    with pytest.raises(ClientError):
        client.get_function_event_invoke_config(FunctionName="greet", Qualifier="live")


def test_settings_that_are_not_there_are_told_so(client: Any, create: Any) -> None:
    arn = create()["FunctionArn"]
    calls: list[Callable[[], Any]] = [
        lambda: client.get_function_event_invoke_config(FunctionName="greet"),
        lambda: client.delete_function_event_invoke_config(FunctionName="greet"),
        lambda: client.update_function_event_invoke_config(
            FunctionName="greet", MaximumRetryAttempts=1
        ),
    ]

    for call in calls:
        with pytest.raises(ClientError) as error:
            call()
        text = f"The function {arn}:$LATEST doesn't have an EventInvokeConfig"
        assert refusal(error) == ("ResourceNotFoundException", text, 404)


@pytest.mark.parametrize("name", ["nobody", "greet:7", "greet:nobody"])
def test_a_missing_function_has_no_settings(client: Any, create: Any, name: str) -> None:
    create()

    with pytest.raises(ClientError) as error:
        put(client, name, MaximumRetryAttempts=1)

    assert refusal(error) == ("ResourceNotFoundException", "The function doesn't exist.", 404)


def test_something_must_be_set(client: Any, create: Any) -> None:
    create()

    with pytest.raises(ClientError) as error:
        put(client)

    text = "You must specify at least one of error handling or destination setting."
    assert refusal(error) == ("InvalidParameterValueException", text, 400)


@pytest.mark.parametrize(
    ("members", "text"),
    [
        (
            {"OnSuccess": {"Destination": "arn:aws:iam::{account}:role/x"}},
            "The provided destination config DestinationConfig(onSuccess=OnSuccess(destination="
            "arn:aws:iam::{account}:role/x), onFailure=null) is invalid.",
        ),
        (
            {"OnSuccess": {"Destination": "arn:aws:s3:::told"}},
            "The provided destination config DestinationConfig(onSuccess=OnSuccess(destination="
            "arn:aws:s3:::told), onFailure=null) is invalid.",
        ),
        (
            {"OnFailure": {"Destination": "arn:aws:lambda:us-east-1:{account}:function:greet"}},
            "You can't specify the function as a destination for itself.",
        ),
        (
            {"OnFailure": {"Destination": "arn:aws:lambda:us-east-1:{account}:function:nobody"}},
            "The destination ARN arn:aws:lambda:us-east-1:{account}:function:nobody is invalid.",
        ),
        (
            {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:{account}:missing"}},
            "The destination ARN arn:aws:sqs:us-east-1:{account}:missing is invalid.",
        ),
        (
            {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:{account}:ordered.fifo"}},
            "The destination ARN arn:aws:sqs:us-east-1:{account}:ordered.fifo is invalid.",
        ),
        (
            {"OnFailure": {"Destination": "arn:aws:events:us-east-1:{account}:event-bus/default"}},
            "Shardlight does not offer EventBridge: choose another destination.",
        ),
        (
            {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:{account}:told"}},
            "The function's execution role does not have permissions to call SendMessage on "
            "arn:aws:sqs:us-east-1:{account}:told",
        ),
    ],
    ids=["role", "bucket", "itself", "nobody", "missing", "fifo", "events", "not permitted"],
)
def test_a_destination_is_refused(
    client: Any,
    create: Any,
    gateway: Gateway,
    account: str,
    members: dict[str, dict[str, str]],
    text: str,
) -> None:
    create()
    sqs = gateway.client("sqs", account)
    sqs.create_queue(QueueName="told")
    sqs.create_queue(QueueName="ordered.fifo", Attributes={"FifoQueue": "true"})
    config = {
        side: {"Destination": one["Destination"].format(account=account)}
        for side, one in members.items()
    }

    with pytest.raises(ClientError) as error:
        put(client, DestinationConfig=config)

    text = text.format(account=account)
    assert refusal(error) == ("InvalidParameterValueException", text, 400)


def test_a_dead_letter_queue_is_part_of_the_configuration(
    client: Any, create: Any, queue: str
) -> None:
    made = create(DeadLetterConfig={"TargetArn": queue}, Publish=True)
    cleared = client.update_function_configuration(
        FunctionName="greet", DeadLetterConfig={"TargetArn": ""}
    )

    assert made["DeadLetterConfig"] == {"TargetArn": queue}
    assert "DeadLetterConfig" not in cleared
    version = client.get_function_configuration(FunctionName="greet:1")
    assert version["DeadLetterConfig"] == {"TargetArn": queue}


def test_a_dead_letter_queue_needs_a_role_that_may_send(
    client: Any, create: Any, gateway: Gateway, account: str
) -> None:
    gateway.client("sqs", account).create_queue(QueueName="told")

    with pytest.raises(ClientError) as error:
        create(DeadLetterConfig={"TargetArn": f"arn:aws:sqs:us-east-1:{account}:told"})

    text = "The provided execution role does not have permissions to call SendMessage on SQS"
    assert refusal(error) == ("InvalidParameterValueException", text, 400)


@pytest.mark.parametrize(
    ("arn", "why"),
    [
        (
            "arn:aws:sqs:us-east-1:{account}:ordered.fifo",
            "FIFO SQS queue is not supported for dead letter configuration",
        ),
        (
            "arn:aws:lambda:us-east-1:{account}:function:greet",
            "The service specified by the TargetArn is not supported for dead letter "
            "configuration.",
        ),
    ],
    ids=["fifo", "function"],
)
def test_a_dead_letter_queue_of_another_kind_is_refused(
    create: Any, gateway: Gateway, account: str, arn: str, why: str
) -> None:
    sqs = gateway.client("sqs", account)
    sqs.create_queue(QueueName="ordered.fifo", Attributes={"FifoQueue": "true"})

    with pytest.raises(ClientError) as error:
        create(DeadLetterConfig={"TargetArn": arn.format(account=account)})

    text = f"Invalid dead letter queue ARN: {why}"
    assert refusal(error) == ("InvalidParameterValueException", text, 400)
