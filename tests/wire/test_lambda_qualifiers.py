"""Versions and aliases really run: through unmodified boto3 against the whole product."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.product import Product
from tests.wire.test_lambda_functions import package, refusal
from tests.wire.test_lambda_invoke import account, client, create, messages, product, until

__all__ = ["account", "client", "create", "product"]

pytestmark = [pytest.mark.sandbox, pytest.mark.redis]

TELLS = """
import os

def handler(event, context):
    return [{number}, context.function_version, os.environ["AWS_LAMBDA_FUNCTION_VERSION"],
            context.invoked_function_arn.partition("function:")[2]]
"""


@pytest.fixture
def versions(client: Any, create: Callable[..., str]) -> Any:
    """Make a function whose versions 1 and 2 and $LATEST have other code each."""
    create(TELLS.format(number=1), Publish=True)
    code = package(TELLS.format(number=2))
    client.update_function_code(FunctionName="probe", ZipFile=code, Publish=True)
    client.update_function_code(FunctionName="probe", ZipFile=package(TELLS.format(number=0)))
    return client


def told(client: Any, name: str, **members: Any) -> tuple[str, list[Any]]:
    answer = client.invoke(FunctionName=name, **members)
    return answer["ExecutedVersion"], json.loads(answer["Payload"].read())


def test_each_version_runs_its_own_code(versions: Any) -> None:
    assert told(versions, "probe") == ("$LATEST", [0, "$LATEST", "$LATEST", "probe"])
    assert told(versions, "probe:1") == ("1", [1, "1", "1", "probe:1"])
    assert told(versions, "probe", Qualifier="2") == ("2", [2, "2", "2", "probe:2"])


def test_an_alias_runs_what_it_leads_to_at_once(versions: Any) -> None:
    versions.create_alias(FunctionName="probe", Name="live", FunctionVersion="1")

    before = told(versions, "probe:live")
    versions.update_alias(FunctionName="probe", Name="live", FunctionVersion="2")
    after = told(versions, "probe:live")

    assert before == ("1", [1, "1", "1", "probe:live"])
    assert after == ("2", [2, "2", "2", "probe:live"])


def test_an_alias_with_weights_runs_both(versions: Any) -> None:
    weights = {"AdditionalVersionWeights": {"2": 0.5}}
    versions.create_alias(
        FunctionName="probe", Name="live", FunctionVersion="1", RoutingConfig=weights
    )

    seen = until(lambda: {told(versions, "probe:live")[0] for _ in range(20)} == {"1", "2"})

    assert seen


def test_a_version_logs_into_streams_of_its_own(
    versions: Any, product: Product, account: str
) -> None:
    told(versions, "probe:1")

    assert any(" Version: 1\n" in one for one in messages(product, account))
    streams = product.client("logs", account).describe_log_streams(
        logGroupName="/aws/lambda/probe"
    )["logStreams"]
    assert [one["logStreamName"][10:14] for one in streams] == ["/[1]"]


@pytest.mark.parametrize("qualifier", ["7", "nobody"])
def test_a_missing_qualifier_is_not_found(versions: Any, account: str, qualifier: str) -> None:
    with pytest.raises(ClientError) as error:
        versions.invoke(FunctionName="probe", Qualifier=qualifier)

    arn = f"arn:aws:lambda:us-east-1:{account}:function:probe:{qualifier}"
    assert refusal(error) == ("ResourceNotFoundException", f"Function not found: {arn}", 404)


def test_executions_of_an_alias_are_counted_by_version(
    versions: Any, product: Product, account: str
) -> None:
    versions.create_alias(FunctionName="probe", Name="live", FunctionVersion="1")
    told(versions, "probe:live")

    listed = product.client("cloudwatch", account).list_metrics(MetricName="Invocations")["Metrics"]

    dimensions = [{one["Name"]: one["Value"] for one in each["Dimensions"]} for each in listed]
    assert {
        "FunctionName": "probe",
        "Resource": "probe:live",
        "ExecutedVersion": "1",
    } in dimensions
