"""Throttled invocations through unmodified boto3 against the whole product."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.product import Product
from tests.wire.test_lambda_invoke import account, client, create, messages, product, until

__all__ = ["account", "client", "create", "product"]

pytestmark = [pytest.mark.sandbox, pytest.mark.redis]

WAITS = """
import time, boto3

def handler(event, context):
    s3 = boto3.client("s3", config=boto3.session.Config(s3={"addressing_style": "path"}))
    s3.put_object(Bucket="gate", Key="began", Body=b"")
    for _ in range(4000):
        if s3.list_objects_v2(Bucket="gate", Prefix="open").get("KeyCount"):
            return "through"
        time.sleep(0.05)
"""
ECHO = "def handler(event, context):\n    print('ran', event)\n    return event\n"


def reserve(client: Any, many: int) -> None:
    client.put_function_concurrency(FunctionName="probe", ReservedConcurrentExecutions=many)


def test_a_throttled_call_has_awss_shape(client: Any, create: Callable[..., str]) -> None:
    create(ECHO)
    reserve(client, 0)

    with pytest.raises(ClientError) as error:
        client.invoke(FunctionName="probe")

    answer = error.value.response
    meta = answer["ResponseMetadata"]
    assert meta["HTTPStatusCode"] == 429
    assert meta["HTTPHeaders"]["x-amzn-errortype"] == "TooManyRequestsException"
    assert meta["HTTPHeaders"]["retry-after"] == "1"
    assert answer["Error"] == {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."}
    assert answer["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert answer["Type"] == "User"


def test_a_reserve_of_one_runs_one_at_a_time(
    client: Any, product: Product, account: str, create: Callable[..., str]
) -> None:
    create(WAITS, Timeout=300, MemorySize=256)
    reserve(client, 1)
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    product.client("iam", account).put_role_policy(
        RoleName="runner",
        PolicyName="gate",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    s3 = product.client("s3", account)
    s3.create_bucket(Bucket="gate")

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(lambda: client.invoke(FunctionName="probe")["Payload"].read())
        running = until(lambda: s3.list_objects_v2(Bucket="gate").get("KeyCount"))
        with pytest.raises(ClientError) as error:
            client.invoke(FunctionName="probe")
        s3.put_object(Bucket="gate", Key="open", Body=b"")
        answer = json.loads(first.result(240))
    after = json.loads(client.invoke(FunctionName="probe")["Payload"].read())

    assert running
    assert error.value.response["Error"]["Code"] == "TooManyRequestsException"
    assert (answer, after) == ("through", "through")


def test_a_released_reserve_lets_events_run(
    client: Any, product: Product, account: str, create: Callable[..., str]
) -> None:
    create(ECHO)
    reserve(client, 0)

    with pytest.raises(ClientError):
        client.invoke(FunctionName="probe")
    client.delete_function_concurrency(FunctionName="probe")
    client.invoke(FunctionName="probe", InvocationType="Event", Payload=b'"late"')

    assert until(lambda: "ran late\n" in messages(product, account))


def test_throttles_are_counted(
    client: Any, product: Product, account: str, create: Callable[..., str]
) -> None:
    create(ECHO)
    reserve(client, 0)
    for _ in range(3):
        with pytest.raises(ClientError):
            client.invoke(FunctionName="probe")

    metrics = product.client("cloudwatch", account).list_metrics(MetricName="Throttles")["Metrics"]

    names = [[one["Name"] for one in each["Dimensions"]] for each in metrics]
    assert ["FunctionName"] in names
