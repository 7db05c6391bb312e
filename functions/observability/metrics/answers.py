"""Metrics and their statistics as CloudWatch's answers show them. Looks nothing up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from console.aws.clock import as_datetime
from functions.observability.metrics.querying import Answer, Wanted, value_of
from functions.observability.metrics.reading import Name, Period

Shown = dict[str, Any]


def metric(name: Name) -> Shown:
    """Show what names a metric."""
    return {
        "Namespace": name.namespace,
        "MetricName": name.name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in name.dimensions],
    }


def datapoint(period: Period, wanted: Wanted) -> Shown | None:
    """Show the wanted statistics of a period; None when none of them can be known."""
    summary = period.summary
    shown: Shown = {name: value_of(summary, name) for name in wanted.simple}
    percentiles = {name: value_of(summary, name) for name in wanted.percentiles}
    known = {name: value for name, value in percentiles.items() if value is not None}
    if known:
        shown["ExtendedStatistics"] = known
    if not shown:
        return None
    return {"Timestamp": _at(period.minute), **shown, "Unit": period.unit}


def result(answer: Answer) -> Shown:
    """Show the datapoints of a query."""
    return {
        "Id": answer.query.id,
        "Label": answer.query.label,
        "Timestamps": [_at(minute) for minute, _ in answer.points],
        "Values": [value for _, value in answer.points],
        "StatusCode": "Complete" if answer.whole else "PartialData",
    }


def _at(minute: int) -> datetime:
    return as_datetime(minute * 60)
