"""The guide's way to a trigger, by plain forms: choose, configure, Add, Save; then change it."""

from __future__ import annotations

import pytest

from functions.iam import managed, roles
from tests.pages.conftest import Browser, markup, text
from triggers.models import EventSourceMapping, TriggerDraft

ADD = "/functions/reader/triggers/add"
CHOSEN = {"table": "Orders", "batch_size": "10", "starting_position": "LATEST", "enabled": "on"}


@pytest.fixture(autouse=True)
def _a_table_and_a_function(browser: Browser) -> None:
    browser.table()
    browser.function()


def test_add_stages_a_trigger_and_creates_nothing(browser: Browser) -> None:
    answer = browser.post(ADD, **CHOSEN)

    assert answer.status_code == 303
    assert not EventSourceMapping.objects.exists()
    assert "DynamoDB: Orders Not saved yet" in browser.read("/functions/reader/")


def test_save_creates_what_was_staged(browser: Browser) -> None:
    browser.post(ADD, **CHOSEN)

    browser.post("/functions/reader/triggers/save")

    made = EventSourceMapping.objects.get()
    assert (made.batch_size, made.starting_position, made.enabled) == (10, "LATEST", True)
    assert not TriggerDraft.objects.exists()
    assert "DynamoDB: Orders Enabled" in browser.read("/functions/reader/")


def test_a_trigger_can_be_created_disabled(browser: Browser) -> None:
    disabled = {name: value for name, value in CHOSEN.items() if name != "enabled"}

    browser.post(ADD, **disabled)
    browser.post("/functions/reader/triggers/save")

    assert "DynamoDB: Orders Disabled" in browser.read("/functions/reader/")


@pytest.mark.parametrize("size", ["0", "10001", "ten"])
def test_a_bad_batch_size_is_refused_beside_it(browser: Browser, size: str) -> None:
    answer = browser.post(ADD, **CHOSEN | {"batch_size": size})

    assert answer.status_code == 422
    assert 'id="id_batch_size_error"' in answer.content.decode()
    assert f'value="{size}"' in answer.content.decode()


def test_a_batch_size_is_refused_in_the_words_of_aws(browser: Browser) -> None:
    answer = browser.post(ADD, **CHOSEN | {"batch_size": "10001"})

    assert "1 validation error detected: Value '10001' at 'batchSize'" in text(answer)


def test_a_table_must_be_chosen(browser: Browser) -> None:
    answer = browser.post(ADD, **CHOSEN | {"table": ""})

    assert answer.status_code == 422
    assert "Choose a table." in text(answer)


def test_a_stream_is_turned_on_beside_its_table_and_the_form_is_kept(browser: Browser) -> None:
    browser.table("Payments", stream=False)
    assert "Its stream is off" in browser.read(ADD)

    kept = CHOSEN | {"batch_size": "7", "starting_position": "TRIM_HORIZON"}
    answer = browser.post(ADD, **kept, turn_on_stream="Payments")

    page = markup(answer)
    assert answer.status_code == 200
    assert browser.stream_arn("Payments")
    assert "The stream of Payments is on." in text(answer)
    assert 'value="7"' in page
    assert 'value="Payments" id="table-2" checked' in page


def test_a_table_without_a_stream_cannot_be_added(browser: Browser) -> None:
    browser.table("Payments", stream=False)

    answer = browser.post(ADD, **CHOSEN | {"table": "Payments"})

    assert answer.status_code == 422
    assert "The stream of Payments is off." in text(answer)


def test_a_role_that_cannot_read_gets_the_refusal_of_aws_and_a_way_out(browser: Browser) -> None:
    browser.function("blind", may_read=False)

    answer = browser.post("/functions/blind/triggers/add", **CHOSEN)

    said = text(answer)
    assert answer.status_code == 422
    assert f"Cannot access stream {browser.stream_arn()}. Please ensure the role can" in said
    assert "InvalidParameterValueException" in said
    assert "Attach AWSLambdaDynamoDBExecutionRole" in said


def test_the_way_out_attaches_the_policy_and_keeps_the_form(browser: Browser) -> None:
    browser.function("blind", may_read=False)

    answer = browser.post(
        "/functions/blind/triggers/add", **CHOSEN | {"batch_size": "3"}, attach_policy="1"
    )

    assert managed.DYNAMODB_EXECUTION in roles.attached(browser.scope, "blind-role")
    assert 'value="3"' in answer.content.decode()
    assert browser.post("/functions/blind/triggers/add", **CHOSEN).status_code == 303


def test_a_refused_save_keeps_the_draft_with_the_answer_of_aws(browser: Browser) -> None:
    browser.post(ADD, **CHOSEN)
    roles.detach(browser.scope, "reader-role", managed.DYNAMODB_EXECUTION.arn)

    answer = browser.post("/functions/reader/triggers/save")

    page = browser.read(answer["Location"])
    assert "DynamoDB: Orders Refused" in page
    assert "Cannot access stream" in page


def test_a_staged_trigger_is_removed(browser: Browser) -> None:
    browser.post(ADD, **CHOSEN)
    draft = TriggerDraft.objects.get()

    browser.post(f"/functions/reader/triggers/drafts/{draft.pk}")

    assert "No triggers yet" in browser.read("/functions/reader/")


def test_a_second_trigger_for_the_same_stream_is_refused_beside_the_table(browser: Browser) -> None:
    browser.trigger()

    answer = browser.post(ADD, **CHOSEN)

    assert answer.status_code == 422
    assert "provided mapping already exists" in text(answer)


def test_the_chosen_trigger_is_marked_and_can_be_changed(browser: Browser) -> None:
    uuid = browser.trigger()

    page = markup(browser.get(f"/functions/reader/?trigger={uuid}"))
    browser.post(f"/functions/reader/triggers/{uuid}/change", batch_size="55")

    assert f'id="node-{uuid}"' in page
    assert 'aria-current="true" data-state="Enabled"' in page
    assert EventSourceMapping.objects.get().batch_size == 55


def test_a_trigger_is_disabled_and_enabled_again(browser: Browser) -> None:
    uuid = browser.trigger()
    change = f"/functions/reader/triggers/{uuid}/change"

    browser.post(change, do="disable")
    assert "DynamoDB: Orders Disabled" in browser.read("/functions/reader/")
    browser.post(change, do="enable")
    assert "DynamoDB: Orders Enabled" in browser.read("/functions/reader/")


def test_changing_the_settings_leaves_a_disabled_trigger_disabled(browser: Browser) -> None:
    uuid = browser.trigger(Enabled=False)

    browser.post(f"/functions/reader/triggers/{uuid}/change", batch_size="5")

    assert not EventSourceMapping.objects.get().enabled


def test_a_trigger_is_deleted_after_the_question(browser: Browser) -> None:
    uuid = browser.trigger()
    where = f"/functions/reader/triggers/{uuid}/delete"

    assert "Delete this trigger?" in browser.read(where)
    browser.post(where)

    assert "No triggers yet" in browser.read("/functions/reader/")


def test_the_question_comes_alone_for_the_dialog(browser: Browser) -> None:
    uuid = browser.trigger()

    answer = browser.get(
        f"/functions/reader/triggers/{uuid}/delete", headers={"HX-Request": "true"}
    )

    assert "<html" not in answer.content.decode()
    assert "Delete this trigger?" in text(answer)


def test_a_change_while_another_is_under_way_is_refused(browser: Browser, settings: object) -> None:
    settings.MAPPING_DELAY_SECONDS = 60
    uuid = browser.trigger()

    answer = browser.client.post(
        f"/functions/reader/triggers/{uuid}/change", {"do": "disable"}, follow=True
    )

    said = "Cannot update the event source mapping because it is in use."
    assert said in text(answer)
    assert "DynamoDB: Orders Creating" in text(answer)


def test_the_preview_says_what_the_typed_settings_mean(browser: Browser) -> None:
    answer = browser.get("/functions/reader/triggers/preview", data=None)
    typed = browser.client.get(
        "/functions/reader/triggers/preview", CHOSEN | {"starting_position": "TRIM_HORIZON"}
    )

    assert "Nothing is read until you enable the trigger." in text(answer)
    assert "--batch-size 10" in text(typed)
    assert "It begins with the oldest record" in text(typed)


def test_the_designer_leads_to_where_failed_batches_go(browser: Browser) -> None:
    browser.post("/queues/", name="failures")
    arn = browser.scope.arn("sqs", "failures")
    browser.post(
        "/functions/reader/triggers/add",
        table="Orders",
        batch_size="1",
        destination=arn,
        allow_destination="1",
    )
    browser.trigger(DestinationConfig={"OnFailure": {"Destination": arn}})
    assert "SQS: failures 0 messages · on failure" in browser.read("/functions/reader/")

    browser.client.post("/queues/failures/send", {"send-body": "hello", "send-delay": "0"})

    assert "SQS: failures 1 message · on failure" in browser.read("/functions/reader/")
