"""What one account has of metrics: its part of the isolation matrix."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

NAMELESS = """
    EndTime ExtendedStatistics MaxDatapoints MetricData Period RecentlyActive ScanBy StartTime
    Statistics Unit
"""
"""Members that name nothing of an account."""

NAME = "Sold"
SAMPLES: dict[str, Any] = {
    "StartTime": lambda: datetime.now(UTC) - timedelta(hours=6),
    "EndTime": lambda: datetime.now(UTC) + timedelta(minutes=1),
    "Period": lambda: 3600,
}
ALSO = {
    "GetMetricStatistics": {"Statistics": ["Sum"]},
    "PutMetricData": {
        "MetricData": [
            {"MetricName": NAME, "Dimensions": [{"Name": "Shop", "Value": "north"}], "Value": 1}
        ]
    },
}


def build(world: Any, secret: str) -> dict[str, list[Any]]:
    """Make what the account has; return the names by which it can be asked for."""
    namespace = f"{world.name}/space"
    shops = [[{"Name": "Shop", "Value": value}] for value in ("north", secret)]
    now = datetime.now(UTC)
    value = crc32(secret.encode()) + 0.5
    world.secrets.add(str(value))
    for shop in shops:
        datum = {"MetricName": NAME, "Dimensions": shop, "Value": value}
        world.client("cloudwatch").put_metric_data(
            Namespace=namespace,
            MetricData=[datum, datum | {"Timestamp": now - timedelta(hours=3)}],
        )
    return {
        "Namespace": [namespace],
        "MetricName": [NAME],
        "GetMetricStatistics.Dimensions": [shops[0]],
        "ListMetrics.Dimensions": [[{"Name": "Shop"}]],
        "MetricDataQueries": [[_query(namespace, shops[0])]],
    }


def snapshot(world: Any) -> list[Any]:
    """Describe it."""
    cloudwatch = world.client("cloudwatch")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        cloudwatch.list_metrics(Namespace=world.ids["Namespace"][0]),
        cloudwatch.get_metric_data(
            MetricDataQueries=world.ids["MetricDataQueries"][0],
            StartTime=start,
            EndTime=start + timedelta(days=36_500),
        ),
    ]


def _query(namespace: str, dimensions: list[dict[str, str]]) -> dict[str, Any]:
    metric = {"Namespace": namespace, "MetricName": NAME, "Dimensions": dimensions}
    return {"Id": "a", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
