"""What GetMetricStatistics and GetMetricData give out: statistics of periods, and pages of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.observability.metrics import limits, places, reading, spans
from functions.observability.metrics.reading import Name, Period
from functions.observability.metrics.statistics import SIMPLE, Summary, percent_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """The statistics that GetMetricStatistics is asked for."""

    simple: Sequence[str] = ()
    percentiles: Sequence[str] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One query of GetMetricData."""

    id: str
    label: str
    name: Name
    period: int  # seconds
    statistic: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The part of a query's datapoints that lies on a page; `whole` when none follow."""

    query: Query
    points: Sequence[tuple[int, float]]  # minute and value
    whole: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Answers in the order of the queries, and the token for the datapoints left over."""

    answers: Sequence[Answer]
    token: str | None


def statistics(
    scope: Scope, name: Name, start: datetime, end: datetime, period: int, wanted: Wanted
) -> list[Period]:
    """Read the periods of a metric for which at least one wanted statistic can be given.

    Raises AwsError InvalidParameterValueException or InvalidParameterCombinationException.
    """
    if bool(wanted.simple) == bool(wanted.percentiles):
        raise AwsError(
            "InvalidParameterCombinationException",
            "Must specify either Statistics or ExtendedStatistics",
        )
    for statistic in wanted.percentiles:
        _check_percentile(statistic)
    laid = spans.from_start(start, end, period)
    points = -(-(laid.end - laid.start) // laid.length)
    if points > limits.STATISTICS_POINTS:
        raise AwsError(
            "InvalidParameterCombinationException",
            f"You have requested up to {points:,} datapoints, which exceeds the limit of "
            f"{limits.STATISTICS_POINTS:,}. You may reduce the datapoints requested by increasing "
            "Period, or decreasing the time range.",
        )
    return reading.read(scope, name, laid, wanted.unit)


def value_of(summary: Summary, statistic: str) -> float | None:
    """Give a statistic by AWS's name; None when it cannot be known."""
    if statistic in SIMPLE:
        return summary.simple(statistic)
    percent = percent_of(statistic)
    return None if percent is None else summary.percentile(percent)


def data(
    scope: Scope,
    queries: Sequence[Query],
    start: datetime,
    end: datetime,
    *,
    ascending: bool,
    most: int,
    token: str | None,
) -> Page:
    """Answer queries, `most` datapoints to a page.

    Raises AwsError ValidationException, InvalidParameterValueException or InvalidNextToken.
    """
    _check(queries)
    listing = f"data {start} {end} {ascending} {queries}"
    begin = places.unseal(scope, listing, token) if token else 0
    end_of_page = begin + most
    answers = []
    passed = 0  # datapoints of the queries before
    for query in queries:
        points = _points(scope, query, start, end)[:: 1 if ascending else -1]
        kept = points[max(0, begin - passed) : max(0, end_of_page - passed)]
        passed += len(points)
        answers.append(Answer(query, kept, whole=passed <= end_of_page))
    more = places.seal(scope, listing, end_of_page) if passed > end_of_page else None
    return Page(answers, more)


def _points(scope: Scope, query: Query, start: datetime, end: datetime) -> list[tuple[int, float]]:
    laid = spans.aligned(start, end, query.period)
    values = [
        (one.minute, value_of(one.summary, query.statistic))
        for one in reading.read(scope, query.name, laid, query.unit)
    ]
    return [(minute, value) for minute, value in values if value is not None]


def _check(queries: Sequence[Query]) -> None:
    if len(queries) > limits.DATA_QUERIES:
        raise _refused(
            f"The collection MetricDataQueries must not have a size greater than "
            f"{limits.DATA_QUERIES}."
        )
    ids = [query.id for query in queries]
    for one in ids:
        if not (one[0].isascii() and one[0].islower()) or not one.replace("_", "a").isalnum():
            raise _refused(f"Invalid metrics list: Invalid id '{one}'")
    if len(set(ids)) < len(ids):
        raise _refused("The values for parameter id in MetricDataQueries are not unique.")
    for query in queries:
        if query.statistic not in SIMPLE:
            _check_percentile(query.statistic)


def _check_percentile(statistic: str) -> None:
    if percent_of(statistic) is None:
        raise spans.invalid(f"Shardlight does not offer the statistic {statistic}.")


def _refused(message: str) -> AwsError:
    return AwsError("ValidationException", message)
