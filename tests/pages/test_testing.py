"""The Test tab: templates, events of one's own and for everybody, and events that really happened."""

from __future__ import annotations

import json
import uuid as uuids

import pytest
from django.test import Client
from django.utils import timezone

from console.aws.errors import AwsError
from console.pages.functions import blueprints
from console.pages.functions.testing import Result
from functions.catalog import test_events
from functions.models import Invocation
from tests.pages.conftest import Browser, markup
from triggers.models import Lane

HERE = "/functions/reader/test"


def _save(browser: Browser, name: str, sharing: str, body: str = "{}") -> None:
    browser.post(HERE, do="save", name=name, sharing=sharing, body=body)


def _names(client: Client) -> list[str]:
    return [event.name for event in client.get(HERE).context["events"]]


def _body(browser: Browser, event: str) -> dict[str, object]:
    """The event in the editor, opened by name or id."""
    body: dict[str, object] = json.loads(
        browser.client.get(HERE, {"event": event}).context["form"]["body"].value()
    )
    return body


def _tried(browser: Browser, lane: Lane, first: int, last: int) -> str:
    made = Invocation.objects.create(
        id=uuids.uuid4(),
        request_id="one",
        tenancy_id=browser.scope.tenancy,
        region=browser.scope.region,
        function_name="reader",
        source="lane",
        state="done",
        lane_id=lane.pk,
        first_seq=first,
        last_seq=last,
        records=last - first + 1,
        created_at=timezone.now(),
    )
    return str(made.pk)


def test_every_template_is_an_event(browser: Browser) -> None:
    browser.function()

    for name in blueprints.TEMPLATES:
        assert isinstance(_body(browser, name), dict)


def test_a_private_event_is_seen_by_its_browser_alone(browser: Browser) -> None:
    browser.function()
    _save(browser, "mine", "private")
    _save(browser, "ours", "shareable")

    assert _names(browser.client) == ["mine", "ours"]
    assert _names(Client()) == ["ours"]


def test_a_deleted_event_is_told_to_be_gone(browser: Browser) -> None:
    browser.function()
    _save(browser, "mine", "private")

    browser.post(f"{HERE}/delete", event="mine")

    assert "Event mine was deleted." in browser.read(HERE)


def test_two_people_may_call_their_events_the_same(browser: Browser) -> None:
    browser.function()
    _save(browser, "one", "private", '{"of": "me"}')
    other = Browser(Client(), browser.scope)
    _save(other, "one", "private", '{"of": "you"}')

    assert _body(browser, "one") == {"of": "me"}
    assert _body(other, "one") == {"of": "you"}


def test_an_own_event_goes_before_a_shared_one_of_its_name(browser: Browser) -> None:
    browser.function()
    _save(browser, "one", "shareable", '{"of": "all"}')
    _save(browser, "one", "private", '{"of": "me"}')
    assert _body(browser, "one") == {"of": "me"}

    browser.post(f"{HERE}/delete", event="one")

    assert _body(browser, "one") == {"of": "all"}


def test_a_shared_event_is_deleted_for_everybody(browser: Browser) -> None:
    browser.function()
    _save(browser, "ours", "shareable")

    browser.post(f"{HERE}/delete", event="ours", shared="1")

    assert _names(Client()) == []


def test_an_owner_keeps_ten_events_of_a_function(browser: Browser) -> None:
    browser.function()
    for number in range(test_events.MOST):
        test_events.save(browser.scope, "reader", f"event-{number}", "{}", "me")

    with pytest.raises(AwsError, match="at most 10 test events"):
        test_events.save(browser.scope, "reader", "one-more", "{}", "me")
    test_events.save(browser.scope, "reader", "event-3", '{"again": 1}', "me")
    test_events.save(browser.scope, "reader", "shared", "{}")


def test_a_batch_that_really_happened_is_the_event(browser: Browser) -> None:
    browser.table()
    browser.function()
    for key in ("A-1", "A-2", "A-3"):
        browser.item(id=key)
    browser.trigger()
    tried = _tried(browser, Lane.objects.get(), 2, 3)

    records = _body(browser, tried)["Records"]

    assert isinstance(records, list)
    assert [one["dynamodb"]["Keys"]["id"]["S"] for one in records] == ["A-2", "A-3"]
    assert records[0]["eventSourceARN"] == browser.stream_arn()


def test_a_real_batch_leaves_out_what_the_filter_passed_over(browser: Browser) -> None:
    browser.table()
    browser.function()
    for key in ("A-1", "B-1", "A-2"):
        browser.item(id=key)
    pattern = '{"dynamodb": {"Keys": {"id": {"S": [{"prefix": "A"}]}}}}'
    browser.trigger(FilterCriteria={"Filters": [{"Pattern": pattern}]})
    tried = _tried(browser, Lane.objects.get(), 1, 3)

    records = _body(browser, tried)["Records"]

    assert isinstance(records, list)
    assert [one["dynamodb"]["Keys"]["id"]["S"] for one in records] == ["A-1", "A-2"]


def test_a_batch_is_offered_once_however_often_it_was_tried(browser: Browser) -> None:
    browser.table()
    browser.function()
    browser.item(id="A-1")
    browser.trigger()
    for _ in range(3):
        _tried(browser, Lane.objects.get(), 1, 1)

    page = markup(browser.get(HERE))

    assert page.count("Orders: 1–1, 1 record") == 1


def test_another_accounts_batch_is_no_event(browser: Browser) -> None:
    browser.table()
    browser.function()
    browser.item(id="A-1")
    browser.trigger()
    tried = _tried(browser, Lane.objects.get(), 1, 1)
    Invocation.objects.update(region="eu-west-1")

    first = json.loads(next(iter(blueprints.TEMPLATES.values())))

    assert _body(browser, tried) == first


def test_a_result_says_what_the_report_says() -> None:
    log = (
        "START RequestId: r1\nREPORT of mine\tDuration: 9 ms\n"
        "REPORT RequestId: r1\tDuration: 0.99 ms\tBilled Duration: 66 ms\tMemory Size: 128 MB"
        "\tMax Memory Used: 13 MB\tInit Duration: 64.99 ms\t\n"
    )

    assert Result(False, "null", log, 0.1).facts == [
        ("Duration", "0.99 ms"),
        ("Billed Duration", "66 ms"),
        ("Memory Size", "128 MB"),
        ("Max Memory Used", "13 MB"),
        ("Init Duration", "64.99 ms"),
    ]
    assert Result(False, "null", "no report", 0.1).facts == []


def test_a_result_says_what_the_report_of_a_json_log_says() -> None:
    log = (
        '{"type":"platform.start","record":{"durationMs":7}}\n{"durationMs":9}\n'
        '{"time":"2026-11-26T11:39:18.578Z","type":"platform.report","record":{"requestId":"e1",'
        '"status":"success","metrics":{"durationMs":0.998,"billedDurationMs":92,'
        '"memorySizeMB":128,"maxMemoryUsedMB":13,"initDurationMs":90.185}}}\n'
    )

    assert Result(False, "null", log, 0.1).facts == [
        ("Duration", "0.998 ms"),
        ("Billed Duration", "92 ms"),
        ("Memory Size", "128 MB"),
        ("Max Memory Used", "13 MB"),
        ("Init Duration", "90.185 ms"),
    ]
