"""Asynchronous invocations to their end, through unmodified boto3 against the whole product."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.product import Product, eventually, running
from tests.wire.test_lambda_functions import package
from tests.wire.test_lambda_invoke import ROOT, client, create, tracing

__all__ = ["client", "create"]

pytestmark = [pytest.mark.sandbox, pytest.mark.redis]

_accounts = itertools.count(310_000_000_001)
ECHO = "def handler(event, context):\n    return {'had': event}\n"
FAILS = "def handler(event, context):\n    raise ValueError('no')\n"
TELLS = "def handler(event, context):\n    print('TOLD', event['requestContext']['condition'])\n"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with short waits between attempts."""
    variables = {"SHARDLIGHT_ASYNC_RETRY": "0.2"}
    with running(tmp_path_factory.mktemp("events"), variables, "--no-demo") as started:
        yield started


@pytest.fixture
def account() -> str:
    return str(next(_accounts))


@pytest.fixture
def permitted(product: Product, account: str, create: Any) -> None:
    """Let the functions' role send everywhere."""
    actions = ["sqs:*", "sns:*", "s3:*", "lambda:*"]
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    product.client("iam", account).put_role_policy(
        RoleName="runner",
        PolicyName="send",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


@pytest.fixture
def queue(product: Product, account: str, permitted: None) -> Callable[..., Any]:
    """Make a queue; gives its ARN and a way to await its one message."""
    sqs = product.client("sqs", account)

    def make(name: str = "told") -> tuple[str, Callable[[], Any]]:
        url = sqs.create_queue(QueueName=name)["QueueUrl"]

        def message() -> Any:
            found = eventually(
                lambda: sqs.receive_message(
                    QueueUrl=url, WaitTimeSeconds=1, MessageAttributeNames=["All"]
                ).get("Messages")
            )
            return found[0]

        return f"arn:aws:sqs:us-east-1:{account}:{name}", message

    return make


def send(client: Any, event: Any, name: str = "probe", **members: Any) -> None:
    payload = json.dumps(event).encode()
    client.invoke(FunctionName=name, InvocationType="Event", Payload=payload, **members)


def configure(client: Any, name: str = "probe", **members: Any) -> None:
    client.put_function_event_invoke_config(FunctionName=name, **members)


def on(side: str, arn: str) -> dict[str, Any]:
    return {side: {"Destination": arn}}


def total(product: Product, account: str, metric: str) -> float:
    now = datetime.now(UTC)
    points = product.client("cloudwatch", account).get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": "probe"}],
        StartTime=now - timedelta(minutes=10),
        EndTime=now + timedelta(minutes=10),
        Period=3600,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(one["Sum"] for one in points))


def test_a_success_is_told(client: Any, create: Any, queue: Any) -> None:
    arn = create(ECHO)
    target, message = queue()
    configure(client, DestinationConfig=on("OnSuccess", target))

    send(client, {"n": 1})

    record = json.loads(message()["Body"])
    assert record["requestContext"]["functionArn"] == f"{arn}:$LATEST"
    assert record["requestContext"]["condition"] == "Success"
    assert record["requestContext"]["approximateInvokeCount"] == 1
    assert record["requestPayload"] == {"n": 1}
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    assert record["responsePayload"] == {"had": {"n": 1}}


def test_a_failure_is_told_after_its_retries(
    client: Any, create: Any, queue: Any, product: Product, account: str
) -> None:
    create(FAILS)
    target, message = queue()
    configure(client, MaximumRetryAttempts=1, DestinationConfig=on("OnFailure", target))

    send(client, {"n": 1})

    record = json.loads(message()["Body"])
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["responseContext"]["functionError"] == "Unhandled"
    assert record["responsePayload"]["errorType"] == "ValueError"
    assert total(product, account, "AsyncEventsReceived") == 1
    assert total(product, account, "AsyncEventsDropped") == 1


def test_a_retry_belongs_to_the_callers_trace(client: Any, create: Any, queue: Any) -> None:
    create("import os\ndef handler(e, c): raise ValueError(os.environ['_X_AMZN_TRACE_ID'])\n")
    target, message = queue()
    configure(client, MaximumRetryAttempts=1, DestinationConfig=on("OnFailure", target))
    tracing(client, f"{ROOT};Parent=7fa8c0f79203be72;Sampled=1")

    send(client, {"n": 1})

    record = json.loads(message()["Body"])
    assert record["requestContext"]["approximateInvokeCount"] == 2
    told = record["responsePayload"]["errorMessage"]
    assert told.startswith(f"{ROOT};Parent=7fa8c0f79203be72;Sampled=1;Lineage=")


def test_a_dead_letter_is_the_bare_event(client: Any, create: Any, queue: Any) -> None:
    target, message = queue()
    create(FAILS, DeadLetterConfig={"TargetArn": target})
    configure(client, MaximumRetryAttempts=0)

    send(client, {"n": 1})

    letter = message()
    assert json.loads(letter["Body"]) == {"n": 1}
    labels = {name: one["StringValue"] for name, one in letter["MessageAttributes"].items()}
    assert (labels["ErrorCode"], labels["ErrorMessage"]) == ("200", "no")
    assert len(labels["RequestID"]) == 36


def test_a_topic_and_a_bucket_and_a_function_are_told(
    client: Any, create: Any, queue: Any, product: Product, account: str
) -> None:
    create(FAILS)
    create(TELLS, "listener")
    target, message = queue()
    sns, s3 = product.client("sns", account), product.client("s3", account)
    topic = sns.create_topic(Name="told")["TopicArn"]
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=target,
        Attributes={"RawMessageDelivery": "true"},
    )
    s3.create_bucket(Bucket="told")
    listener = f"arn:aws:lambda:us-east-1:{account}:function:listener"

    configure(client, MaximumRetryAttempts=0, DestinationConfig=on("OnFailure", topic))
    send(client, 1)
    assert json.loads(message()["Body"])["requestPayload"] == 1

    configure(
        client, MaximumRetryAttempts=0, DestinationConfig=on("OnFailure", "arn:aws:s3:::told")
    )
    send(client, 2)
    found = eventually(lambda: s3.list_objects_v2(Bucket="told").get("Contents"))
    assert found[0]["Key"].startswith("aws/lambda/async/probe/20")
    body = s3.get_object(Bucket="told", Key=found[0]["Key"])["Body"].read()
    assert json.loads(body)["requestPayload"] == 2

    configure(client, MaximumRetryAttempts=0, DestinationConfig=on("OnFailure", listener))
    send(client, 3)
    logs = product.client("logs", account)

    def heard() -> bool:
        try:
            events = logs.filter_log_events(logGroupName="/aws/lambda/listener")["events"]
        except logs.exceptions.ResourceNotFoundException:
            return False
        return any(one["message"] == "TOLD RetriesExhausted\n" for one in events)

    assert eventually(heard)


def test_without_a_reserve_an_event_ends_at_once(
    client: Any, create: Any, queue: Any, product: Product, account: str
) -> None:
    create(ECHO)
    target, message = queue()
    configure(client, DestinationConfig=on("OnFailure", target))
    client.put_function_concurrency(FunctionName="probe", ReservedConcurrentExecutions=0)

    send(client, {"n": 1})

    record = json.loads(message()["Body"])
    assert record["requestContext"]["condition"] == "ZeroReservedConcurrency"
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert "responseContext" not in record
    assert total(product, account, "AsyncEventsDropped") == 1


def test_a_version_has_rules_of_its_own(client: Any, create: Any, queue: Any) -> None:
    create(ECHO, Publish=True)
    client.update_function_code(FunctionName="probe", ZipFile=package(FAILS))
    target, message = queue()
    configure(client, "probe:1", DestinationConfig=on("OnSuccess", target))

    send(client, 1)
    send(client, 2, "probe:1")

    record = json.loads(message()["Body"])
    assert record["requestContext"]["functionArn"].endswith(":function:probe:1")
    assert (record["requestPayload"], record["responseContext"]["executedVersion"]) == (2, "1")


def test_what_cannot_be_delivered_is_counted(
    client: Any, create: Any, queue: Any, product: Product, account: str
) -> None:
    target, _ = queue()
    create(FAILS, DeadLetterConfig={"TargetArn": target})
    configure(client, MaximumRetryAttempts=0, DestinationConfig=on("OnFailure", target))
    product.client("iam", account).delete_role_policy(RoleName="runner", PolicyName="send")

    send(client, 1)

    assert eventually(lambda: total(product, account, "DeadLetterErrors") == 1)
    assert total(product, account, "DestinationDeliveryFailures") == 1
