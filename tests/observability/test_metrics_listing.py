"""Which metrics an account has, and values put by callers, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from console.aws.errors import AwsError
from functions.observability.metrics import limits, listing
from functions.observability.metrics.listing import Choice, list_metrics
from functions.observability.metrics.publishing import Datum, StatisticSet, put
from functions.observability.metrics.querying import Query, data
from functions.observability.metrics.reading import Name
from tests.observability.conftest import NOW

pytestmark = pytest.mark.postgres
MINUTE = NOW // 60
SHOP = (("Shop", "north"),)


def at(minutes: int = 0) -> datetime:
    return datetime.fromtimestamp(NOW + minutes * 60, UTC)


def give(scope, clock, *names, dimensions=(), unit="None", minutes=0):
    values = [Datum(name, dimensions, unit, at(minutes), value=1.0) for name in names]
    put(scope, "Own", values, clock=clock)


def listed(scope, clock, **choice):
    return [one.name for one in list_metrics(scope, Choice(**choice), clock=clock).metrics]


def test_a_metric_of_several_units_is_listed_once(scope, clock):
    give(scope, clock, "A", unit="Seconds")
    give(scope, clock, "A", unit="Bytes")

    assert listed(scope, clock) == ["A"]


def test_a_metric_is_listed_as_long_as_it_takes_values(scope, clock):
    give(scope, clock, "A", minutes=-limits.RECENT_MINUTES - 20)
    give(scope, clock, "B")

    assert listed(scope, clock, recent=True) == ["B"]
    assert listed(scope, clock) == ["A", "B"]

    clock.at += 15 * 86_400
    assert listed(scope, clock) == []


def test_pages_follow_one_another_without_a_gap(scope, clock, monkeypatch):
    monkeypatch.setattr(listing.limits, "LISTED_METRICS", 2)
    give(scope, clock, "A", "B", "C")
    give(scope, clock, "B", dimensions=SHOP)
    give(scope, clock, "B", dimensions=(("Shop", "south"),))

    found, token = [], None
    while True:
        page = list_metrics(scope, Choice(), token=token, clock=clock)
        found += page.metrics
        token = page.token
        if token is None:
            break

    assert [one.name for one in found] == ["A", "B", "B", "B", "C"]
    assert len(set(found)) == 5


def test_a_choice_by_dimension_keeps_the_rest_out(scope, clock):
    give(scope, clock, "A", dimensions=SHOP)
    give(scope, clock, "B")

    assert listed(scope, clock, dimensions=[("Shop", None)]) == ["A"]
    assert listed(scope, clock, dimensions=[("Shop", "south")]) == []


def test_periods_of_data_lie_where_the_clock_has_them(scope, clock):
    for minutes in range(10):
        give(scope, clock, "A", minutes=-minutes)
    query = Query("q", "A", Name("Own", "A"), 300, "Sum")

    page = data(scope, [query], at(-9), at(1), ascending=True, most=100, token=None)

    points = page.answers[0].points
    assert all(minute % 5 == 0 for minute, _ in points)
    assert sum(value for _, value in points) == 10


def test_a_batch_is_taken_whole_or_not_at_all(scope, clock):
    good = Datum("A", (), "None", None, value=1.0)
    bad = Datum("B", (), "None", None, value=float("nan"))

    with pytest.raises(AwsError, match=r"MetricData\.member\.2\.Value"):
        put(scope, "Own", [good, bad], clock=clock)

    assert listed(scope, clock) == []


def test_a_set_of_one_value_is_that_value(scope, clock):
    put(
        scope,
        "Own",
        [Datum("A", (), "None", at(), statistics=StatisticSet(3, 6, 2, 2))],
        clock=clock,
    )
    query = Query("q", "A", Name("Own", "A"), 60, "p50")

    page = data(scope, [query], at(-1), at(1), ascending=True, most=100, token=None)

    assert [value for _, value in page.answers[0].points] == [2]
