"""PutMetricData: values of callers' own namespaces, checked and taken."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.observability.metrics import limits, spans, writing
from functions.observability.metrics.buckets import MIXED
from functions.observability.metrics.series import Dimensions, Series, series


@dataclass(frozen=True, slots=True)
class StatisticSet:
    """Values that the caller has added up."""

    samples: float
    total: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Datum:
    """One entry of MetricData: exactly one of `value`, `statistics` and `values` is there."""

    name: str
    dimensions: Dimensions
    unit: str
    at: datetime | None
    value: float | None = None
    statistics: StatisticSet | None = None
    values: Sequence[float] = ()
    counts: Sequence[float] = ()


def put(
    scope: Scope, namespace: str, data: Sequence[Datum], *, clock: Clock = SYSTEM_CLOCK
) -> None:
    """Take values, all or none.

    Raises AwsError InvalidParameterValueException or InvalidParameterCombinationException.
    """
    if namespace.startswith("AWS/"):
        raise spans.invalid(f"The value {namespace} for parameter Namespace is invalid.")
    if len(data) > limits.PUT_METRICS:
        raise spans.invalid(
            f"The collection MetricData must not have a size greater than {limits.PUT_METRICS}."
        )
    now = clock.now()
    samples = [
        sample
        for place, datum in enumerate(data, 1)
        for sample in _samples(scope, namespace, datum, f"MetricData.member.{place}", now)
    ]
    with transaction.atomic():
        writing.take(samples)


def _samples(
    scope: Scope, namespace: str, datum: Datum, path: str, now: float
) -> list[writing.Sample]:
    _check(datum, path)
    of = series(scope.tenancy, scope.region, namespace, datum.name, datum.dimensions, datum.unit)
    minute = _minute(datum, path, now)
    if datum.statistics is not None:
        return [_summed(of, minute, datum.statistics)]
    if datum.value is not None:
        return [writing.sample(of, minute, datum.value)]
    counts = datum.counts or [1.0] * len(datum.values)
    return [
        writing.sample(of, minute, value, times)
        for value, times in zip(datum.values, counts, strict=True)
        if times
    ]


def _summed(of: Series, minute: int, given: StatisticSet) -> writing.Sample:
    if given.least == given.most:
        return writing.sample(of, minute, given.least, given.samples)
    return writing.Sample(of, minute, MIXED, given.samples, given.total, given.least, given.most)


def _check(datum: Datum, path: str) -> None:
    _check_kinds(datum, path)
    _check_lists(datum, path)
    for member, amounts in _amounts(datum):
        for amount in amounts:
            if math.isnan(amount) or abs(amount) > limits.WIDEST:
                raise spans.invalid(f"The value {amount} for parameter {path}.{member} is invalid.")


def _check_kinds(datum: Datum, path: str) -> None:
    given = [
        member
        for member, there in (
            ("Value", datum.value is not None),
            ("StatisticValues", datum.statistics is not None),
            ("Values", bool(datum.values)),
        )
        if there
    ]
    if not given:
        raise AwsError(
            "MissingRequiredParameterException",
            f"At least one of the parameters must be specified: {path}.Value, {path}.Values "
            f"or {path}.StatisticValues.",
        )
    if len(given) > 1:
        raise AwsError(
            "InvalidParameterCombinationException",
            f"The parameters {path}.{given[0]} and {path}.{given[1]} are mutually exclusive and "
            "you have specified both.",
        )


def _check_lists(datum: Datum, path: str) -> None:
    if datum.counts and len(datum.counts) != len(datum.values):
        raise spans.invalid(
            f"The parameters {path}.Values and {path}.Counts must be of the same size."
        )
    if len(datum.values) > limits.PUT_VALUES:
        raise spans.invalid(
            f"The collection {path}.Values must not have a size greater than {limits.PUT_VALUES}."
        )
    if any(count < 0 for count in datum.counts):
        raise spans.invalid(f"The parameter {path}.Counts must not be negative.")


def _amounts(datum: Datum) -> list[tuple[str, Sequence[float]]]:
    amounts: list[tuple[str, Sequence[float]]] = [
        ("Value", () if datum.value is None else (datum.value,)),
        ("Values", datum.values),
        ("Counts", datum.counts),
    ]
    if datum.statistics is not None:
        told = datum.statistics
        amounts.append(("StatisticValues", (told.samples, told.total, told.least, told.most)))
    return amounts


def _minute(datum: Datum, path: str, now: float) -> int:
    at = now if datum.at is None else datum.at.timestamp()
    minute, current = math.floor(at / 60), int(now) // 60
    if not current - limits.OLDEST_MINUTES <= minute <= current + limits.NEWEST_MINUTES:
        raise spans.invalid(
            f"The parameter {path}.Timestamp must be within the last two weeks and no more than "
            "two hours in the future."
        )
    return minute
