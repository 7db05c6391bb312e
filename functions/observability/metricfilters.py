"""Metric filters: made, found, deleted, and what they count of events as these are written.

Source: CloudWatch Logs user guide, "Creating metrics from log events using filters"; API reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.observability import groups, jsonpatterns, limits, listings, patterns
from functions.observability.comparisons import number_of
from functions.observability.listings import Page
from functions.observability.metrics import writing
from functions.observability.metrics.series import series
from functions.observability.metrics.writing import Sample
from functions.observability.models import LogGroup, MetricFilter
from functions.observability.patterns import Pattern


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which filters are listed; empty texts ask for nothing."""

    group: str = ""
    prefix: str = ""
    metric: str = ""
    namespace: str = ""


def put(
    scope: Scope,
    group_name: str,
    name: str,
    pattern: str,
    transformation: Mapping[str, Any],
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """Make a filter, or change it. Raises AwsError InvalidParameterException and others."""
    _check(patterns.parse(pattern), transformation)
    with transaction.atomic():
        group = _locked(scope, group_name)
        _, made = MetricFilter.objects.update_or_create(
            group=group,
            name=name,
            defaults={
                "pattern": pattern,
                "transformation": dict(transformation),
                "created_at": as_datetime(clock.now()),
            },
        )
        if made:
            if group.metric_filters >= limits.METRIC_FILTERS:
                raise AwsError("LimitExceededException", "Resource limit exceeded.")
            LogGroup.objects.filter(pk=group.pk).update(metric_filters=F("metric_filters") + 1)


def delete(scope: Scope, group_name: str, name: str) -> None:
    """Delete a filter. Raises AwsError ResourceNotFoundException."""
    with transaction.atomic():
        group = _locked(scope, group_name)
        gone, _ = MetricFilter.objects.filter(group=group, name=name).delete()
        if not gone:
            raise AwsError(
                "ResourceNotFoundException", "The specified metric filter does not exist."
            )
        LogGroup.objects.filter(pk=group.pk).update(metric_filters=F("metric_filters") - 1)


def listed(
    scope: Scope, wanted: Wanted, *, token: str | None = None, count: int
) -> Page[MetricFilter]:
    """List filters by group and name. Raises AwsError."""
    if bool(wanted.metric) != bool(wanted.namespace):
        raise _refused("Must specify both metricName and metricNamespace, or neither.")
    rows: QuerySet[MetricFilter] = MetricFilter.objects.filter(group__in=groups.of(scope))
    if wanted.group:
        rows = rows.filter(group=groups.find_group(scope, wanted.group))
    if wanted.metric:
        rows = rows.filter(
            transformation__metricName=wanted.metric,
            transformation__metricNamespace=wanted.namespace,
        )
    rows = listings.starting(rows, wanted.prefix).select_related("group")
    return listings.by_key(scope, rows, f"metric filters {wanted}", token, count)


def test(pattern: str, messages: Sequence[str]) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Try a pattern: number (from 1), text and values of each message that it means."""
    read = patterns.parse(pattern)
    for number, message in enumerate(messages, 1):
        if read.matches(message):
            yield number, message, read.extract(message)


def count(group_id: int, events: Sequence[tuple[int, str]]) -> None:
    """Count events for a group's filters, in the transaction that writes them."""
    rows = MetricFilter.objects.filter(group_id=group_id).select_related("group")
    samples = [one for row in rows for one in _samples(row, events)]
    if samples:
        writing.take(samples)


def _check(pattern: Pattern, transformation: Mapping[str, Any]) -> None:
    """Refuse a transformation that could not be counted. Source: error texts in public issues."""
    value, dimensions = transformation["metricValue"], transformation.get("dimensions") or {}
    if number_of(value) is None and not pattern.offers(value):
        raise _untransformed(f"metric value {value} must be a valid number")
    if dimensions and transformation.get("defaultValue") is not None:
        raise _untransformed("dimensions and default value are mutually exclusive properties")
    if len(dimensions) > limits.DIMENSIONS:
        raise _untransformed(f"at most {limits.DIMENSIONS} dimensions are allowed")
    if not all(map(pattern.offers, dimensions.values())):
        raise _untransformed("dimension value must be valid selector")


def _untransformed(why: str) -> AwsError:
    return _refused(f"Invalid metric transformation: {why}")


def _samples(row: MetricFilter, events: Sequence[tuple[int, str]]) -> Iterator[Sample]:
    pattern = patterns.parse(row.pattern)
    told = row.transformation
    for at_ms, message in events:
        meant = pattern.matches(message)
        value = _value(told["metricValue"], pattern, message) if meant else told.get("defaultValue")
        if value is None:
            continue
        dimensions = sorted(
            (name, text)
            for name, selector in (told.get("dimensions") or {}).items()
            if (text := _text(selector, pattern, message)) is not None
        )
        of = series(
            row.group.tenancy_id,
            row.group.region,
            told["metricNamespace"],
            told["metricName"],
            tuple(dimensions),
            told.get("unit", "None"),
        )
        yield writing.sample(of, writing.minute_of(at_ms), float(value))


def _value(text: str, pattern: Pattern, message: str) -> float | None:
    """Read the value that a message counts for; what is no number counts for nothing."""
    if not text.startswith("$"):
        return number_of(text)
    found = _text(text, pattern, message)
    return None if found is None else number_of(found)


def _text(selector: str, pattern: Pattern, message: str) -> str | None:
    if selector.startswith(("$.", "$[")):
        return jsonpatterns.select(message, selector)
    return pattern.extract(message).get(selector)


def _locked(scope: Scope, name: str) -> LogGroup:
    return LogGroup.objects.select_for_update().get(pk=groups.find_group(scope, name).pk)


def _refused(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)
