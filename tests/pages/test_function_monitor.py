"""The Monitor tab: metrics as graphs and tables, invocations with logs, errors and triggers."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.utils import timezone

from functions.models import Invocation
from functions.observability.metrics import emission
from functions.observability.metrics.emission import Crowd, Place
from tests.pages.conftest import Browser, markup
from triggers.models import Lane


def _count(browser: Browser, *, failed: bool, duration: float, at_ms: int) -> None:
    place = Place(browser.scope.tenancy, browser.scope.region, "reader", "", "$LATEST")
    emission.emit_invocation(
        place, failed=failed, duration_ms=duration, crowd=Crowd(1, 1), at_ms=at_ms
    )


def _run(browser: Browser, **more: Any) -> Invocation:
    said = {
        "id": uuids.uuid4(),
        "request_id": "request-of-this-run",
        "tenancy_id": browser.scope.tenancy,
        "region": browser.scope.region,
        "function_name": "reader",
        "source": "api",
        "state": "done",
        "created_at": timezone.now(),
        "duration_ms": 12.0,
    }
    return Invocation.objects.create(**said | more)


def test_metrics_are_drawn_and_can_be_read_as_tables(browser: Browser) -> None:
    browser.function()
    now = int(timezone.now().timestamp() * 1000)  # of both: a minute may end in between
    _count(browser, failed=False, duration=10.0, at_ms=now)
    _count(browser, failed=True, duration=30.0, at_ms=now)

    page = browser.read("/functions/reader/monitor")

    assert "Invocations 2" in page
    assert "Errors 1" in page
    assert "Success rate newest 50 %" in page
    assert "Duration minimum maximum newest 20 ms" in page
    assert "20 10 30" in page


def test_an_invocation_shows_its_trigger_log_and_request(browser: Browser) -> None:
    browser.table()
    browser.function()
    browser.item(id="A-1")
    mapping = browser.trigger()
    lane = Lane.objects.get()
    _run(
        browser,
        source="lane",
        lane_id=lane.pk,
        error_type="KeyError",
        error_message="'amount'",
        log_stream="2026/11/25/one",
        log_tail="START of this run",
    )

    answer = browser.get("/functions/reader/monitor")
    page = markup(answer)

    assert f'href="/functions/reader/triggers/{mapping}/"' in page
    assert "KeyError: &#x27;amount&#x27;" in page
    assert "START of this run" in page
    assert "filter=request-of-this-run" in page


def test_a_function_that_has_not_run_says_so(browser: Browser) -> None:
    browser.function()

    page = browser.read("/functions/reader/monitor")

    assert "The function has not run yet." in page
    assert page.count("No values in this time.") == 8
    assert "Invocations 0 " in page
    assert "Success rate – " in page
    assert "0 %" not in page
    assert "0 ms" not in page


def test_another_range_is_drawn_by_its_address(browser: Browser) -> None:
    browser.function()

    page = markup(browser.get("/functions/reader/monitor?range=24h"))

    assert '<a href="?range=24h" aria-current="true">' in page


def test_another_accounts_runs_are_not_shown(browser: Browser) -> None:
    browser.function()
    _run(browser, region="eu-west-1")

    assert "The function has not run yet." in browser.read("/functions/reader/monitor")


def test_the_list_of_functions_shows_who_has_failed_lately(browser: Browser) -> None:
    browser.function()
    browser.function(name="sound")
    now = int(timezone.now().timestamp() * 1000)
    for at_ms in (now, now, now - 600_000):
        _count(browser, failed=True, duration=10.0, at_ms=at_ms)
    _count(browser, failed=False, duration=10.0, at_ms=now)

    page = browser.read("/functions/")

    assert "Errors, 5 min" in page
    assert "2 errors of reader" in page
    assert "errors of sound" not in page
