"""Provisioned concurrency really kept: through unmodified boto3 against the whole product."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.product import Product, eventually
from tests.wire.test_lambda_functions import refusal
from tests.wire.test_lambda_invoke import account, client, create, product

__all__ = ["account", "client", "create", "product"]

pytestmark = [pytest.mark.sandbox, pytest.mark.redis]

TELLS = """
import os, time
loaded = time.time()
def handler(event, context):
    time.sleep(event.get("seconds", 0))
    return [os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"], loaded]
"""
KEPT, ON_DEMAND = "provisioned-concurrency", "on-demand"


def provision(client: Any, qualifier: str, many: int = 1, status: str = "READY") -> Any:
    which = {"FunctionName": "probe", "Qualifier": qualifier}
    client.put_provisioned_concurrency_config(**which, ProvisionedConcurrentExecutions=many)
    return settled(client, qualifier, status)


def settled(client: Any, qualifier: str, status: str = "READY") -> Any:
    def look() -> Any:
        found = client.get_provisioned_concurrency_config(FunctionName="probe", Qualifier=qualifier)
        return found if found["Status"] == status else None

    return eventually(look)


def call(client: Any, qualifier: str, **event: Any) -> tuple[str, float]:
    """Invoke; how the environment was initialised, and when."""
    answer = client.invoke(
        FunctionName="probe", Qualifier=qualifier, Payload=json.dumps(event).encode()
    )
    kind, loaded = json.loads(answer["Payload"].read())
    return kind, loaded


def test_a_version_runs_where_it_was_initialised_before(
    client: Any, create: Callable[..., str]
) -> None:
    create(TELLS, Publish=True)

    found = provision(client, "1", 2)
    ready_at = datetime.now(UTC).timestamp()

    assert found["AllocatedProvisionedConcurrentExecutions"] == 2
    assert found["AvailableProvisionedConcurrentExecutions"] == 2
    kind, loaded = call(client, "1")
    assert kind == KEPT
    assert loaded < ready_at
    assert call(client, "$LATEST")[0] == ON_DEMAND


def test_places_go_with_the_alias(client: Any, create: Callable[..., str]) -> None:
    create(TELLS, Publish=True)
    client.create_alias(FunctionName="probe", Name="live", FunctionVersion="1")
    provision(client, "live")

    before = [call(client, qualifier)[0] for qualifier in ("live", "1")]
    client.update_function_configuration(FunctionName="probe", Timeout=90)
    client.publish_version(FunctionName="probe")
    client.update_alias(FunctionName="probe", Name="live", FunctionVersion="2")
    settled(client, "live")

    assert before == [KEPT, KEPT]
    after = [call(client, qualifier)[0] for qualifier in ("live", "2")]
    assert after == [KEPT, KEPT]
    assert eventually(lambda: call(client, "1")[0] == ON_DEMAND)


def test_what_does_not_fit_spills_over_and_is_counted(
    product: Product, account: str, client: Any, create: Callable[..., str]
) -> None:
    create(TELLS, Publish=True, Timeout=120)
    provision(client, "1")
    kinds: list[str] = []

    for seconds in (2, 8, 32):  # until the second came while the first one ran

        def one(seconds: int = seconds) -> None:
            kinds.append(call(client, "1", seconds=seconds)[0])

        threads = [threading.Thread(target=one) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if ON_DEMAND in kinds:
            break

    assert kinds.count(ON_DEMAND) == 1
    for name, kind in (("Invocations", KEPT), ("SpilloverInvocations", ON_DEMAND)):
        assert eventually(
            lambda name=name, kind=kind: sum(points(product, account, name)) == kinds.count(kind)
        )
    assert max(points(product, account, "Utilization", "Maximum")) == 1.0


def points(product: Product, account: str, name: str, statistic: str = "Sum") -> list[float]:
    now = datetime.now(UTC)
    found = product.client("cloudwatch", account).get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=f"ProvisionedConcurrency{name}",
        Dimensions=[
            {"Name": "FunctionName", "Value": "probe"},
            {"Name": "Resource", "Value": "probe:1"},
        ],
        StartTime=now - timedelta(minutes=10),
        EndTime=now + timedelta(minutes=1),
        Period=3600,
        Statistics=[statistic],
    )
    return [point[statistic] for point in found["Datapoints"]]


def test_a_reserve_that_is_wholly_provisioned_leaves_nothing_for_the_rest(
    client: Any, create: Callable[..., str]
) -> None:
    create(TELLS, Publish=True)
    client.put_function_concurrency(FunctionName="probe", ReservedConcurrentExecutions=1)
    assert call(client, "$LATEST")[0] == ON_DEMAND
    provision(client, "1")

    for _ in range(2):
        with pytest.raises(ClientError) as error:
            call(client, "$LATEST")
        assert refusal(error)[0] == "TooManyRequestsException"
        assert call(client, "1")[0] == KEPT


def test_an_init_phase_that_fails_is_told(client: Any, create: Callable[..., str]) -> None:
    create("raise RuntimeError('no')\n", Publish=True)

    failed = provision(client, "1", 1, "FAILED")

    assert failed["StatusReason"] == "FUNCTION_ERROR_INIT_FAILURE"
    assert failed["AllocatedProvisionedConcurrentExecutions"] == 0


def test_a_place_whose_environment_ended_is_filled_again(
    client: Any, create: Callable[..., str]
) -> None:
    create(
        "import os\ndef handler(event, context):\n"
        "    if event.get('end'):\n        os._exit(1)\n"
        "    return [os.environ['AWS_LAMBDA_INITIALIZATION_TYPE'], 0]\n",
        Publish=True,
    )
    provision(client, "1")

    answer = client.invoke(FunctionName="probe", Qualifier="1", Payload=b'{"end": true}')

    assert answer["FunctionError"] == "Unhandled"
    assert eventually(lambda: call(client, "1")[0] == KEPT)
