"""The page of one trigger: its shards, why it has not fired, and the journey of a record."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from console.pages.aws import call
from functions.iam import managed, roles
from functions.models import Function, Invocation
from tests.pages.conftest import Browser, markup, text
from triggers.models import EventSourceMapping, Lane, Settled, Shard

REQUEST = "8f1c0000-0000-4000-8000-00000000e2aa"


@pytest.fixture(autouse=True)
def _a_table_and_a_function(browser: Browser) -> None:
    browser.table()
    browser.function()


def _page(browser: Browser, uuid: str, more: str = "") -> str:
    return browser.read(f"/functions/reader/triggers/{uuid}/{more}")


def _reasons(browser: Browser, uuid: str) -> list[str]:
    page = markup(browser.get(f"/functions/reader/triggers/{uuid}/"))
    return [part.partition('"')[0] for part in page.split('data-reason="')[1:]]


def _failed(lane: Lane, first: int, last: int, attempt: int) -> Invocation:
    return Invocation.objects.create(
        id=f"00000000-0000-4000-8000-{first:04d}{last:04d}{attempt:04d}",
        request_id=REQUEST,
        tenancy_id=lane.mapping.tenancy_id,
        region="us-east-1",
        function_name="reader",
        source="lane",
        state="done",
        attempt=attempt,
        lane_id=lane.pk,
        first_seq=first,
        last_seq=last,
        records=last - first + 1,
        created_at=timezone.now(),
        function_error="Unhandled",
        error_type="KeyError",
        error_message="'amount'",
        log_stream="2026/11/23/[$LATEST]0",
        duration_ms=41.0,
    )


def _poisoned(browser: Browser) -> str:
    """A trigger whose second record has failed three times after a split."""
    for number in range(4):
        browser.item(id=f"A-{number}")
    uuid = browser.trigger(BisectBatchOnFunctionError=True)
    lane = Lane.objects.get()
    Settled.objects.create(lane=lane, low=0, high=1, fate="delivered", at=timezone.now())
    lane.checkpoint, lane.cuts, lane.attempt = 1, json.dumps([2, 4]), 3
    lane.due_at = timezone.now() + timedelta(seconds=60)
    lane.save()
    _failed(lane, 1, 4, 1)
    for attempt in (1, 2, 3):
        _failed(lane, 2, 2, attempt)
    return uuid


def test_a_stalled_shard_is_shown_with_its_batch_and_attempts(browser: Browser) -> None:
    uuid = _poisoned(browser)

    page = _page(browser, uuid)

    assert "is stalled. Its batch failed 3 times." in page
    assert "batch 2 · 1 record · attempt 4" in page
    assert "Attempt 1 KeyError: 'amount' · 41 ms" in page
    assert "Split, 3 times [2 ✕] KeyError: 'amount' · 41 ms" in page
    assert "next try in" in page
    assert "no retry limit set" in page


def test_each_cell_names_its_record_and_leads_to_it(browser: Browser) -> None:
    uuid = _poisoned(browser)
    shard = Shard.objects.get().pk

    page = markup(browser.get(f"/functions/reader/triggers/{uuid}/"))

    assert f'href="/functions/reader/triggers/{uuid}/records/{shard}/2/"' in page
    assert 'aria-label="Record 1, processed"' in page
    assert 'aria-label="Record 2, failing"' in page
    assert 'aria-label="Record 3, waiting"' in page


def test_the_table_holds_the_same_as_the_picture(browser: Browser) -> None:
    uuid = _poisoned(browser)

    page = _page(browser, uuid, "?view=table")

    for state in ("waiting", "failing", "processed"):
        assert state in page
    assert "View as picture" in page


def test_the_journey_tells_fate_attempts_and_logs(browser: Browser) -> None:
    uuid = _poisoned(browser)
    shard = Shard.objects.get().pk

    answer = browser.get(f"/functions/reader/triggers/{uuid}/records/{shard}/2/")

    page = text(answer)
    assert "Its batch has failed and will come again." in page
    assert page.count("KeyError: 'amount'") == 4
    assert f"filter={REQUEST}" in markup(answer)
    assert 'id – {"S": "A-1"}' in page


def test_the_journey_of_a_discarded_record_names_its_message(browser: Browser) -> None:
    browser.item(id="A-1")
    uuid = browser.trigger()
    lane = Lane.objects.get()
    lane.checkpoint = 1
    lane.save()
    Settled.objects.create(
        lane=lane,
        low=0,
        high=1,
        fate="discarded",
        condition="RetryAttemptsExhausted",
        destination="arn:aws:sqs:us-east-1:000000000000:failures",
        message_id="message-1",
        at=timezone.now(),
    )

    page = _page(browser, uuid, f"records/{lane.shard_id}/1/")

    assert "It was given up. RetryAttemptsExhausted" in page
    assert "was sent to failures as message message-1" in page


def test_what_is_no_longer_kept_is_not_made_up(browser: Browser) -> None:
    browser.item(id="A-1")
    uuid = browser.trigger()
    Lane.objects.update(checkpoint=1)
    Shard.objects.update(trimmed=1)

    page = _page(browser, uuid, f"records/{Shard.objects.get().pk}/1/")

    assert "and so has what was written down about it" in page


def test_records_are_found_by_key_event_id_and_sequence_number(browser: Browser) -> None:
    browser.item(id="A-1")
    browser.item(id="B-2")
    uuid = browser.trigger()
    shard = Shard.objects.get()
    search = f"/functions/reader/triggers/{uuid}/records/"

    by_key = browser.client.get(search, {"q": "B-2"})
    by_number = browser.client.get(search, {"q": f"1{shard.ordinal:08d}{1:015d}"})
    nothing = browser.client.get(search, {"q": "nobody"})

    assert by_key["Location"].endswith(f"/records/{shard.pk}/2/")
    assert by_number["Location"].endswith(f"/records/{shard.pk}/1/")
    assert "No such record" in text(nothing)


def test_a_record_of_another_stream_is_not_shown(browser: Browser) -> None:
    browser.table("Other")
    browser.item("Other", id="A-1")
    uuid = browser.trigger()
    foreign = Shard.objects.exclude(stream__table_name="Orders").get().pk

    answer = browser.get(f"/functions/reader/triggers/{uuid}/records/{foreign}/1/")

    assert answer.status_code == 404


def test_an_empty_stream_is_the_reason(browser: Browser) -> None:
    assert _reasons(browser, browser.trigger()) == ["empty"]


def test_a_disabled_trigger_is_the_reason(browser: Browser) -> None:
    assert _reasons(browser, browser.trigger(Enabled=False)) == ["disabled"]


def test_a_role_that_may_not_read_is_the_reason(browser: Browser) -> None:
    uuid = browser.trigger()
    roles.detach(browser.scope, "reader-role", managed.DYNAMODB_EXECUTION.arn)

    assert _reasons(browser, uuid) == ["role"]


def test_a_missing_function_is_the_reason(browser: Browser) -> None:
    uuid = browser.trigger()
    Function.objects.all().delete()

    assert _reasons(browser, uuid) == ["function"]


def test_a_stream_that_was_turned_off_is_the_reason(browser: Browser) -> None:
    uuid = browser.trigger()
    call(
        browser.scope,
        "dynamodb",
        "UpdateTable",
        TableName="Orders",
        StreamSpecification={"StreamEnabled": False},
    )

    assert _reasons(browser, uuid) == ["stream-off"]


def test_nothing_written_since_latest_is_the_reason(browser: Browser) -> None:
    browser.item(id="A-1")
    uuid = browser.trigger()
    EventSourceMapping.objects.update(starting_position="LATEST")
    Lane.objects.update(checkpoint=1)

    assert _reasons(browser, uuid) == ["latest"]


def test_filters_that_match_nothing_are_the_reason(browser: Browser) -> None:
    browser.item(id="A-1")
    uuid = browser.trigger(FilterCriteria={"Filters": [{"Pattern": '{"eventName": ["REMOVE"]}'}]})
    lane = Lane.objects.get()
    Lane.objects.update(checkpoint=1)
    Settled.objects.create(lane=lane, low=0, high=1, fate="filtered", at=timezone.now())

    assert _reasons(browser, uuid) == ["filter"]


def test_a_poison_record_is_the_reason(browser: Browser) -> None:
    assert _reasons(browser, _poisoned(browser)) == ["poison"]


def test_a_function_that_cannot_be_called_is_the_reason(browser: Browser) -> None:
    browser.item(id="A-1")
    uuid = browser.trigger()
    Lane.objects.update(unreached=3, note="The role may not be assumed.")

    assert _reasons(browser, uuid) == ["unreached"]
    assert "could not be called 3 times: The role may not be assumed." in _page(browser, uuid)


def test_a_throttled_function_is_the_reason(browser: Browser) -> None:
    browser.item(id="A-1")
    uuid = browser.trigger()
    Lane.objects.update(unreached=3, note="Rate Exceeded.")

    assert _reasons(browser, uuid) == ["throttled"]


def test_records_that_were_passed_over_lately_are_the_reason(browser: Browser) -> None:
    for key in ("A-1", "A-2"):
        browser.item(id=key)
    uuid = browser.trigger(FilterCriteria={"Filters": [{"Pattern": '{"eventName": ["REMOVE"]}'}]})
    lane = Lane.objects.get()
    _failed(lane, 1, 1, 1)
    Lane.objects.update(checkpoint=2)
    Settled.objects.create(lane=lane, low=1, high=2, fate="filtered", at=timezone.now())

    assert _reasons(browser, uuid) == ["passed-over"]


def test_a_batching_window_that_fills_is_drawn_with_its_countdown(browser: Browser) -> None:
    browser.item(id="A-1")
    uuid = browser.trigger(MaximumBatchingWindowInSeconds=300)

    assert "gathering · 1 of 100 records" in _page(browser, uuid)


def test_a_trigger_that_works_gives_no_reason(browser: Browser) -> None:
    browser.item(id="A-1")
    uuid = browser.trigger()
    lane = Lane.objects.get()
    Lane.objects.update(checkpoint=1)
    row = _failed(lane, 1, 1, 1)
    Invocation.objects.filter(pk=row.pk).update(function_error="", error_type="")

    assert _reasons(browser, uuid) == []


def test_concurrent_batches_share_one_rail_and_each_record_has_one_lane(browser: Browser) -> None:
    for number in range(9):
        browser.item(id=f"A-{number}")
    uuid = browser.trigger(ParallelizationFactor=2)
    here = f"/functions/reader/triggers/{uuid}/"

    page = markup(browser.get(here))
    table = browser.read(f"{here}?view=table")

    for seq in range(1, 10):
        assert page.count(f'aria-label="Record {seq}, waiting"') == 1
    assert page.count("cell waiting tint-0") + page.count("cell waiting tint-1") == 9
    assert "2 concurrent batches" in page
    assert table.count("waiting") >= 9
    assert "of another batch" not in table
