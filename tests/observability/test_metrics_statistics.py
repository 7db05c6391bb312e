"""Buckets and what can be said of them: exact sums, percentiles right within a bucket. No database."""

from __future__ import annotations

import math
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.observability.metrics.buckets import MIXED, bucket_of
from functions.observability.metrics.statistics import Held, Summary, percent_of

WIDEST = 2.0**360
VALUES = st.floats(-WIDEST, WIDEST, allow_nan=False)


def summary(values) -> Summary:
    held = defaultdict(list)
    for value in values:
        held[bucket_of(value)].append(value)
    return Summary(
        [
            Held(bucket, len(some), math.fsum(some), min(some), max(some))
            for bucket, some in sorted(held.items())
        ]
    )


@given(VALUES, VALUES)
def test_buckets_order_as_values_do(one, other):
    low, high = sorted((one, other))

    assert -MIXED < bucket_of(low) <= bucket_of(high) < MIXED


@given(st.lists(st.floats(0.01, 900_000), min_size=1, max_size=200), st.floats(0, 100))
def test_a_percentile_is_right_within_a_bucket(values, percent):
    found = summary(values).percentile(percent)
    rank = percent / 100 * (len(values) - 1)
    around = sorted(values)[math.floor(rank)], sorted(values)[math.ceil(rank)]

    assert around[0] / 1.1 <= found <= around[1] * 1.1


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50))
def test_the_simple_statistics_are_exact(values):
    of = summary(values)

    assert of.simple("SampleCount") == len(values)
    assert of.simple("Sum") == pytest.approx(math.fsum(values))
    assert of.simple("Average") == pytest.approx(math.fsum(values) / len(values))
    assert (of.simple("Minimum"), of.simple("Maximum")) == (min(values), max(values))


def test_the_ends_are_the_extremes():
    of = summary([3.0, 1.0, 250.0, 0.0, -4.0])

    assert (of.percentile(0), of.percentile(100)) == (-4.0, 250.0)


def test_statistic_sets_have_no_percentiles():
    assert Summary([Held(MIXED, 3, 30, 5, 15)]).percentile(50) is None


@pytest.mark.parametrize(
    ("name", "percent"),
    [("p50", 50), ("p99.9", 99.9), ("p0", 0), ("p100", 100), ("p100.1", None), ("p", None)]
    + [(name, None) for name in ("tm90", "p-1", "p1e1", "p99.", "P50", "Sum", "p.5", "p٣", "")],
)
def test_names_of_percentiles(name, percent):
    assert percent_of(name) == percent
