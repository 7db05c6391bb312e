"""The nested members of CloudWatch's requests, read; those that are not offered are refused here."""

from __future__ import annotations

from typing import Any

from console.aws.errors import AwsError
from functions.observability.metrics import limits, spans
from functions.observability.metrics.publishing import Datum, StatisticSet
from functions.observability.metrics.querying import Query
from functions.observability.metrics.reading import Name
from functions.observability.metrics.series import Dimensions

Members = dict[str, Any]


def name(members: Members) -> Name:
    """Read what names a metric."""
    return Name(
        members.get("Namespace", ""),
        members.get("MetricName", ""),
        _dimensions(members.get("Dimensions", [])),
    )


def datum(members: Members) -> Datum:
    """Read an entry of MetricData. Raises AwsError for values of single seconds."""
    if members.get("StorageResolution", limits.SECONDS_A_MINUTE) != limits.SECONDS_A_MINUTE:
        raise spans.invalid("Shardlight keeps metrics by the minute: StorageResolution is 60.")
    told = members.get("StatisticValues")
    return Datum(
        members["MetricName"],
        _dimensions(members.get("Dimensions", [])),
        members.get("Unit", "None"),
        members.get("Timestamp"),
        members.get("Value"),
        None if told is None else _statistic_set(told),
        members.get("Values", ()),
        members.get("Counts", ()),
    )


def query(members: Members) -> Query:
    """Read a query of GetMetricData. Raises AwsError ValidationException for expressions."""
    for member in ("Expression", "AccountId", "Period"):
        if member in members:
            raise _refused(f"Shardlight does not offer {member} in MetricDataQueries.")
    stat = members.get("MetricStat")
    if stat is None:
        raise _refused(f"The query {members['Id']} has neither a MetricStat nor an Expression.")
    label = members.get("Label", "")
    if "${" in label:
        raise _refused("Shardlight does not offer dynamic labels.")
    of = name(stat["Metric"])
    if not of.namespace or not of.name:
        raise _refused(f"The metric of the query {members['Id']} has no name or no namespace.")
    return Query(
        members["Id"], label or of.name, of, stat["Period"], stat["Stat"], stat.get("Unit")
    )


def is_wanted(members: Members) -> bool:
    """Say whether a query's data are to be returned; only expressions could use them otherwise."""
    return members.get("ReturnData") is not False


def most(points: int) -> int:
    """Read MaxDatapoints. Raises AwsError InvalidParameterValueException."""
    if not 0 < points <= limits.DATA_POINTS:
        raise spans.invalid(
            f"The parameter MaxDatapoints must be between 1 and {limits.DATA_POINTS}."
        )
    return points


def _dimensions(listed: list[Members]) -> Dimensions:
    return tuple(sorted((one["Name"], one["Value"]) for one in listed))


def _statistic_set(members: Members) -> StatisticSet:
    return StatisticSet(
        members["SampleCount"], members["Sum"], members["Minimum"], members["Maximum"]
    )


def _refused(message: str) -> AwsError:
    return AwsError("ValidationException", message)
