"""A mapping whose function may not run: its records wait, and no attempt is spent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.conftest import App
from tests.product import eventually

pytestmark = [pytest.mark.journey, pytest.mark.sandbox]


def throttles(app: App) -> float:
    metrics = app.product.client("cloudwatch", app.account)
    now = datetime.now(UTC)
    points = metrics.get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Throttles",
        Dimensions=[{"Name": "FunctionName", "Value": "reader"}],
        StartTime=now - timedelta(minutes=10),
        EndTime=now + timedelta(minutes=10),
        Period=3600,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(one["Sum"] for one in points))


def test_throttles_cost_a_mapping_no_attempt(app: App) -> None:
    stream = app.table()
    app.function()
    app.functions.put_function_concurrency(FunctionName="reader", ReservedConcurrentExecutions=0)
    uuid = app.trigger(stream, MaximumRetryAttempts=0)
    app.put("a")

    counted = eventually(lambda: throttles(app) >= 2)
    during = app.functions.get_event_source_mapping(UUID=uuid)["LastProcessingResult"]
    app.functions.delete_function_concurrency(FunctionName="reader")

    assert counted
    assert during == "PROBLEM: Rate Exceeded."
    assert app.wait_for("a") == ["a"]
