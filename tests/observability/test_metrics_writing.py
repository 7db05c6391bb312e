"""Values into minutes: one statement for an invocation, added up, of one account and region each."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from console.accounts.tenancy import scope_for
from console.aws.scope import Scope
from functions.models import Metric, MetricMinute
from functions.observability.metrics import writing
from functions.observability.metrics.emission import (
    Crowd,
    Flow,
    Place,
    emit_invocation,
    emit_throttle,
    of_mapping,
)
from functions.observability.metrics.reading import Name, Periods, read
from functions.observability.metrics.trimming import trim
from tests.observability.conftest import NOW

MINUTE = NOW // 60
NOW_MS = NOW * 1000
DAY = 86_400
ALONE = Crowd(1, 1)
pytestmark = pytest.mark.postgres
FUNCTION = (("FunctionName", "f"),)
RESOURCE = (("FunctionName", "f"), ("Resource", "f:live"))


@pytest.fixture
def place(scope) -> Place:
    return Place(scope.tenancy, scope.region, "f", "live")


def invoke(place, *, failed=False, ms=5.0, crowd=ALONE, at_ms=NOW_MS):
    with transaction.atomic():
        emit_invocation(place, failed=failed, duration_ms=ms, crowd=crowd, at_ms=at_ms)


def count(place, flow, *, counts_events):
    """Count what the mapping u-1 has done."""
    with transaction.atomic():
        writing.take(of_mapping(place, "u-1", flow, counts_events=counts_events, at_ms=NOW_MS))


def get(scope, name, statistic="Sum", dimensions=FUNCTION, minute=MINUTE):
    periods = read(scope, Name("AWS/Lambda", name, dimensions), Periods(minute, minute + 1, 1))
    return periods[0].summary.simple(statistic) if periods else None


def test_an_invocation_counts_for_the_function_the_resource_and_the_account(scope, place):
    invoke(place)
    invoke(place, failed=True, ms=7.0)

    for dimensions in (FUNCTION, RESOURCE, ()):
        assert get(scope, "Invocations", "Sum", dimensions) == 2
        assert get(scope, "Errors", "Sum", dimensions) == 1
        assert get(scope, "Errors", "SampleCount", dimensions) == 2
        assert get(scope, "Duration", "Sum", dimensions) == 12
        assert get(scope, "Duration", "Maximum", dimensions) == 7


def test_an_invocation_is_a_datapoint_of_no_throttle(scope, place):
    invoke(place)

    assert get(scope, "Throttles") == 0
    assert get(scope, "Throttles", "SampleCount") == 1


def test_concurrency_is_counted_for_function_and_account(scope, place):
    invoke(place, crowd=Crowd(3, 9))
    invoke(place, crowd=Crowd(2, 4))

    assert get(scope, "ConcurrentExecutions", "Maximum") == 3
    assert get(scope, "ConcurrentExecutions", "Maximum", ()) == 9


def test_an_invocation_costs_one_statement_once_its_series_are_known(place, monkeypatch):
    known = {}
    monkeypatch.setattr(writing, "_known", known)
    monkeypatch.setattr(transaction, "on_commit", lambda told: told())
    invoke(place)

    with CaptureQueriesContext(connection) as counted:
        emit_invocation(
            place, failed=False, duration_ms=1.0, crowd=Crowd(1, 1), at_ms=NOW_MS + 60_000
        )

    assert len(counted) == 1


def test_minutes_are_kept_apart(scope, place):
    invoke(place, at_ms=NOW_MS)
    invoke(place, at_ms=NOW_MS + 60_000)

    assert get(scope, "Invocations") == 1
    assert get(scope, "Invocations", minute=MINUTE + 1) == 1


def test_another_account_and_another_region_have_their_own(scope, other, place):
    invoke(place)
    elsewhere = Scope(scope.account, "eu-west-1", scope.tenancy)

    assert get(other, "Invocations") is None
    assert get(elsewhere, "Invocations") is None


def test_what_is_rolled_back_is_not_counted(scope, place):
    with transaction.atomic():
        emit_throttle(place, at_ms=NOW_MS)
        transaction.set_rollback(True)

    assert get(scope, "Throttles") is None


def test_a_throttle_is_no_invocation(scope, place):
    emit_throttle(place, at_ms=NOW_MS)

    assert (get(scope, "Throttles"), get(scope, "Invocations")) == (1, None)


def test_a_mapping_counts_events_under_its_uuid_and_ages_under_the_function(scope, place):
    flow = Flow(iterator_age_ms=1500.0, polled=10, filtered_out=4, invoked=6, dropped=0)
    count(place, flow, counts_events=True)
    uuid = (("EventSourceMappingUUID", "u-1"),)

    assert get(scope, "IteratorAge", "Maximum") == 1500
    assert [
        get(scope, name, "Sum", uuid)
        for name in ("PolledEventCount", "FilteredOutEventCount", "InvokedEventCount")
    ] == [10, 4, 6]
    assert get(scope, "DroppedEventCount", "SampleCount", uuid) == 1
    assert get(scope, "FailedInvokeEventCount", "Sum", uuid) is None
    assert get(scope, "PolledEventCount") is None


def test_event_counts_are_off_unless_the_mapping_wants_them(scope, place):
    flow = Flow(polled=10, delivery_failures=2)
    count(place, flow, counts_events=False)

    assert get(scope, "PolledEventCount", "Sum", (("EventSourceMappingUUID", "u-1"),)) is None
    assert get(scope, "DestinationDeliveryFailures") == 2


def test_a_flow_of_nothing_counts_nothing(place):
    assert of_mapping(place, "u-1", Flow(), counts_events=True, at_ms=NOW_MS) == []


def test_old_minutes_go_and_then_their_series(scope, place, clock, settings):
    settings.METRIC_RETENTION_DAYS = 2.0
    invoke(place, at_ms=NOW_MS - 3 * DAY * 1000)
    invoke(place, at_ms=NOW_MS)
    Metric.objects.update(kept_from=MINUTE - 3 * 1440)

    assert trim(clock) > 0
    assert get(scope, "Invocations", minute=MINUTE - 3 * 1440) is None
    assert get(scope, "Invocations") == 1

    clock.at += 4 * DAY
    trim(clock)
    assert not MetricMinute.objects.exists()
    assert not Metric.objects.exists()


def test_trimming_again_at_once_looks_at_nothing(place, clock, django_assert_num_queries):
    invoke(place, at_ms=NOW_MS - 20 * DAY * 1000)
    trim(clock)

    with django_assert_num_queries(1):
        assert trim(clock) == 0


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_lose_nothing():
    scope = scope_for("333333333333", "us-east-1")
    place = Place(scope.tenancy, scope.region, "crowded")

    def work():
        try:
            for _ in range(10):
                invoke(place)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert get(scope, "Invocations", "Sum", (("FunctionName", "crowded"),)) == 40
    assert get(scope, "Invocations", "Sum", ()) == 40
