"""Metrics out of their rows: a metric's values period by period, and the list of metrics."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from console.aws.scope import Scope
from functions.observability.metrics.models import Metric, MetricMinute
from functions.observability.metrics.series import Dimensions, spell
from functions.observability.metrics.statistics import Held, Summary

_READ = """
SELECT (minute - %s) / %s AS slot, bucket,
  SUM(samples), SUM(total), MIN(least), MAX(most)
FROM functions_metricminute
WHERE series = %s AND minute >= %s AND minute < %s
GROUP BY slot, bucket ORDER BY slot, bucket
"""


@dataclass(frozen=True, slots=True)
class Name:
    """What a caller calls a metric: dimensions are sorted; all of them name it, no fewer."""

    namespace: str
    name: str
    dimensions: Dimensions = ()


@dataclass(frozen=True, slots=True)
class Periods:
    """Periods of `length` minutes one after another, from minute `start` until before `end`."""

    start: int
    end: int
    length: int


@dataclass(frozen=True, slots=True)
class Period:
    """The values of one unit in the period that begins at `minute`."""

    minute: int
    unit: str
    summary: Summary


def read(scope: Scope, name: Name, periods: Periods, unit: str | None = None) -> list[Period]:
    """Read the periods that hold values, oldest first; units are never mixed."""
    found = _of(scope).filter(
        namespace=name.namespace, name=name.name, dimensions=spell(name.dimensions)
    )
    if unit is not None:
        found = found.filter(unit=unit)
    units = found.values_list("pk", "unit")
    rows = [one for pk, of in units.order_by("unit") for one in _periods(pk, of, periods)]
    return sorted(rows, key=lambda one: one.minute)


def _periods(series: int, unit: str, periods: Periods) -> Iterator[Period]:
    start, length = periods.start, periods.length
    with connection.cursor() as cursor:
        cursor.execute(_READ, [start, length, series, start, periods.end])
        rows = cursor.fetchall()
    for slot, held in groupby(rows, key=lambda row: row[0]):
        yield Period(start + slot * length, unit, Summary([Held(*row[1:]) for row in held]))


def totals(series: Collection[int], since: int) -> dict[int, float]:
    """Add up what each of these series took in the minute `since` and later; none without values."""
    held = MetricMinute.objects.filter(series__in=series, minute__gte=since)
    return dict(held.values_list("series").annotate(Sum("total")))


def metrics(
    scope: Scope,
    *,
    namespace: str = "",
    name: str = "",
    since: int,
    after: Name | None = None,
    count: int,
) -> Sequence[tuple[str, str, str]]:
    """List up to `count` metrics that took values in the minute `since` or later.

    In the order of namespace, name and dimensions (as rows hold them), those that follow `after`.
    """
    found = _of(scope).filter(seen__gte=since)
    if namespace:
        found = found.filter(namespace=namespace)
    if name:
        found = found.filter(name=name)
    if after is not None:
        found = found.filter(_follows(after))
    order = ("namespace", "name", "dimensions")
    return list(found.order_by(*order).values_list(*order).distinct()[:count])


def _follows(place: Name) -> Q:
    within = Q(namespace=place.namespace)
    return (
        Q(namespace__gt=place.namespace)
        | within & Q(name__gt=place.name)
        | within & Q(name=place.name, dimensions__gt=spell(place.dimensions))
    )


def _of(scope: Scope) -> QuerySet[Metric]:
    return Metric.objects.filter(tenancy_id=scope.tenancy, region=scope.region)
