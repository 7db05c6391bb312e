"""CloudWatch metrics on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.observability.metrics import (
    answers,
    limits,
    listing,
    publishing,
    querying,
    requests,
)


@operation("cloudwatch", "PutMetricData", honours="Namespace MetricData")
def put_metric_data(scope: Scope, params: Params) -> None:
    """Take values of a namespace of the caller's own."""
    publishing.put(
        scope, params["Namespace"], [requests.datum(one) for one in params.get("MetricData", [])]
    )


@operation(
    "cloudwatch",
    "GetMetricStatistics",
    honours="Namespace MetricName Dimensions StartTime EndTime Period Statistics"
    " ExtendedStatistics Unit",
)
def get_metric_statistics(scope: Scope, params: Params) -> Params:
    """Read several statistics of one metric, period by period."""
    name = requests.name(params)
    wanted = querying.Wanted(
        params.get("Statistics", ()), params.get("ExtendedStatistics", ()), params.get("Unit")
    )
    periods = querying.statistics(
        scope, name, params["StartTime"], params["EndTime"], params["Period"], wanted
    )
    return {
        "Label": name.name,
        "Datapoints": [
            shown for one in periods if (shown := answers.datapoint(one, wanted)) is not None
        ],
    }


@operation(
    "cloudwatch",
    "GetMetricData",
    honours="MetricDataQueries StartTime EndTime NextToken ScanBy MaxDatapoints",
)
def get_metric_data(scope: Scope, params: Params) -> Params:
    """Read one statistic of each of several metrics."""
    page = querying.data(
        scope,
        [requests.query(one) for one in params["MetricDataQueries"] if requests.is_wanted(one)],
        params["StartTime"],
        params["EndTime"],
        ascending=params.get("ScanBy") == "TimestampAscending",
        most=requests.most(params.get("MaxDatapoints", limits.DATA_POINTS)),
        token=params.get("NextToken"),
    )
    return {
        "MetricDataResults": [answers.result(one) for one in page.answers],
        "Messages": [],
        "NextToken": page.token,
    }


@operation(
    "cloudwatch", "ListMetrics", honours="Namespace MetricName Dimensions NextToken RecentlyActive"
)
def list_metrics(scope: Scope, params: Params) -> Params:
    """List the metrics that took values of late."""
    choice = listing.Choice(
        params.get("Namespace", ""),
        params.get("MetricName", ""),
        [(one["Name"], one.get("Value")) for one in params.get("Dimensions", [])],
        recent="RecentlyActive" in params,
    )
    page = listing.list_metrics(scope, choice, token=params.get("NextToken"))
    return {"Metrics": [answers.metric(one) for one in page.metrics], "NextToken": page.token}
