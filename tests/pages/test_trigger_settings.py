"""Every option of a trigger in the form: staged, saved, edited, refused beside its field, foretold."""

from __future__ import annotations

import json
import shlex

import pytest

from console.pages.aws import call
from console.pages.triggers import prospects, snippets
from functions.iam.roles import permits
from functions.messaging import finding
from functions.models import Function
from tests.pages.conftest import Browser, markup, text
from triggers.mappings.settings import Settings
from triggers.models import EventSourceMapping, TriggerDraft

ADD = "/functions/reader/triggers/add"
CHOSEN = {"table": "Orders", "batch_size": "10", "starting_position": "LATEST", "enabled": "on"}
QUEUE = "arn:aws:sqs:us-east-1:000000000000:failures"
ALL = CHOSEN | {
    "window": "5",
    "destination": QUEUE,
    "retries": "2",
    "max_age": "600",
    "bisect": "on",
    "reports": "on",
    "parallelization": "3",
    "filter_1": '{"eventName": ["INSERT"]}',
    "filter_3": '{"eventName": ["REMOVE"]}',
    "kms_key": "arn:aws:kms:us-east-1:000000000000:key/one",
    "metrics": "on",
}


@pytest.fixture(autouse=True)
def _a_table_and_a_function(browser: Browser) -> None:
    browser.table()
    browser.function()
    call(browser.scope, "sqs", "CreateQueue", QueueName="failures")


def test_every_option_of_the_form_reaches_the_mapping(browser: Browser) -> None:
    browser.post(ADD, **ALL, allow_destination="1")

    browser.post(ADD, **ALL)
    browser.post("/functions/reader/triggers/save")

    made = EventSourceMapping.objects.get()
    assert (made.batch_size, made.window_seconds, made.max_retries) == (10, 5, 2)
    assert (made.max_age_seconds, made.bisect, made.reports_failures) == (600, True, True)
    assert (made.parallelization, made.tumbling_seconds) == (3, 0)
    assert made.filters == ['{"eventName": ["INSERT"]}', '{"eventName": ["REMOVE"]}']
    assert (made.destination, made.metrics) == (QUEUE, ["EventCount"])
    assert made.kms_key.endswith("key/one")


def test_a_staged_trigger_names_what_is_not_as_in_a_new_one(browser: Browser) -> None:
    browser.post(ADD, **CHOSEN | {"retries": "2", "bisect": "on"})
    draft = TriggerDraft.objects.get()

    page = browser.read(f"/functions/reader/?draft={draft.pk}")

    assert "MaximumRetryAttempts 2 BisectBatchOnFunctionError true" in page
    assert "ParallelizationFactor" not in page


def test_only_what_is_typed_stands_in_the_command(browser: Browser) -> None:
    answer = browser.client.get("/functions/reader/triggers/preview", CHOSEN | {"retries": "2"})

    assert "--maximum-retry-attempts 2" in text(answer)
    assert "--parallelization-factor" not in text(answer)


def test_editing_starts_from_what_is_saved_and_keeps_it(browser: Browser) -> None:
    uuid = browser.trigger(
        MaximumRetryAttempts=4,
        BisectBatchOnFunctionError=True,
        FilterCriteria={"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]},
    )

    page = markup(browser.get(f"/functions/reader/?trigger={uuid}"))
    browser.post(
        f"/functions/reader/triggers/{uuid}/change",
        batch_size="100",
        retries="7",
        bisect="on",
        filter_1="",
    )

    changed = EventSourceMapping.objects.get()
    assert 'name="retries" value="4"' in page
    assert "2 changed" not in page
    assert "3 changed" in page
    assert (changed.max_retries, changed.bisect, changed.filters) == (7, True, [])


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("window", "301", "'maximumBatchingWindowInSeconds'"),
        ("retries", "10001", "'maximumRetryAttempts'"),
        ("max_age", "30", "MaximumRecordAgeInSeconds must be either -1"),
        ("parallelization", "11", "'parallelizationFactor'"),
        ("tumbling", "901", "'tumblingWindowInSeconds'"),
        ("destination", "arn:aws:sqs:us-east-1:000000000000:nobody", "Invalid DestinationConfig"),
        ("filter_2", "{", "Invalid filter pattern definition."),
        ("filter_2", "[]", "Invalid filter pattern definition."),
    ],
)
def test_an_option_is_refused_beside_it_in_the_words_of_aws(
    browser: Browser, field: str, value: str, said: str
) -> None:
    answer = browser.post(ADD, **CHOSEN | {field: value})

    refused = markup(answer).partition(f'id="id_{field}_error"')[2].partition("</div>")[0]
    assert answer.status_code == 422
    assert said in refused.replace("&#x27;", "'")
    assert '<details class="more" open>' in markup(answer) or field == "window"


def test_windows_and_concurrent_batches_are_refused_together(browser: Browser) -> None:
    answer = browser.post(ADD, **CHOSEN | {"tumbling": "30", "parallelization": "2"})

    assert "Parallelization factor must be equal to 1" in text(answer)


def test_a_destination_that_the_role_may_not_write_to_has_a_way_out(browser: Browser) -> None:
    failing = CHOSEN | {"destination": QUEUE}
    refused = browser.post(ADD, **failing)
    role = Function.objects.get().role_arn
    assert "does not have permissions to call SendMessage on SQS" in text(refused)

    fixed = browser.post(ADD, **failing, allow_destination="1")

    assert permits(browser.scope, role, "sqs:SendMessage", QUEUE).allowed
    assert not permits(browser.scope, role, "sqs:SendMessage", f"{QUEUE}-2").allowed
    assert f'value="{QUEUE}"' in markup(fixed)
    assert browser.post(ADD, **failing).status_code == 303


def test_a_bucket_that_the_role_may_not_write_to_has_a_way_out(browser: Browser) -> None:
    call(browser.scope, "s3", "CreateBucket", Bucket="failures")
    failing = CHOSEN | {"destination": "arn:aws:s3:::failures"}
    refused = browser.post(ADD, **failing)
    assert "does not have permissions to call PutObject on S3" in text(refused)

    browser.post(ADD, **failing, allow_destination="1")

    assert browser.post(ADD, **failing).status_code == 303


def test_the_queues_of_the_account_are_offered(browser: Browser) -> None:
    call(browser.scope, "sqs", "CreateQueue", QueueName="a.fifo", Attributes={"FifoQueue": "true"})

    page = markup(browser.get(ADD))

    assert f'<option value="{QUEUE}">' in page
    assert "a.fifo" not in page


def test_checking_keeps_the_form_and_creates_nothing(browser: Browser) -> None:
    answer = browser.post(ADD, **ALL, check="1")

    page = markup(answer)
    assert answer.status_code == 200
    assert 'value="600"' in page
    assert "reader-role may not write to failures." in text(answer)
    assert "No triggers yet" in browser.read("/functions/reader/")


def test_filters_are_tried_on_the_newest_records(browser: Browser) -> None:
    browser.item(id="A-1", status="PAID")
    browser.item(id="A-2", status="OPEN")
    pattern = {"dynamodb": {"NewImage": {"status": {"S": ["PAID"]}}}}

    answer = browser.client.get(
        "/functions/reader/triggers/preview", CHOSEN | {"filter_1": json.dumps(pattern)}
    )

    said = text(answer)
    assert "1 of the newest 2 records of the stream match." in said
    assert 'id = A-2 dynamodb.NewImage.status.S is "OPEN"; wanted ["PAID"]' in said


def test_a_filter_without_a_type_letter_is_told_so(browser: Browser) -> None:
    browser.item(id="A-1", status="PAID")
    pattern = {"dynamodb": {"NewImage": {"status": ["PAID"]}}}

    answer = browser.client.get(
        "/functions/reader/triggers/preview", CHOSEN | {"filter_1": json.dumps(pattern)}
    )

    assert "is the type (S, N, …) missing?" in text(answer)


def test_a_trigger_without_limits_can_stall_for_a_day() -> None:
    seconds, until = prospects.stall(Settings(), timeout=3)

    assert seconds == 24 * 3600
    assert until == "the record expires from the stream"


def test_retries_bound_the_stall_by_timeouts_splits_and_waits() -> None:
    once, _ = prospects.stall(Settings(max_retries=0), timeout=3)
    thrice, _ = prospects.stall(Settings(max_retries=2), timeout=3)
    split, until = prospects.stall(Settings(max_retries=0, bisect=True, batch_size=8), timeout=3)

    assert once == 3
    assert thrice == pytest.approx(3 * 3 + 0.2 + 0.4)
    assert split == (1 + 3) * 3
    assert until == "its retries are used up"


def test_the_shortest_limit_ends_the_stall() -> None:
    seconds, until = prospects.stall(Settings(max_retries=10_000, max_age_seconds=60), timeout=900)

    assert (seconds, until) == (60, "the record is older than its maximum age")


MEMBERS = {
    "FunctionName": "reader",
    "EventSourceArn": "arn:aws:dynamodb:…",
    "BatchSize": 10,
    "BisectBatchOnFunctionError": True,
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
    "FilterCriteria": {"Filters": [{"Pattern": '{"a": [1]}'}]},
    "DestinationConfig": {"OnFailure": {"Destination": QUEUE}},
    "StartingPosition": "LATEST",
    "Enabled": False,
}


def test_the_command_quotes_documents_and_spells_options() -> None:
    command = snippets.cli("create-event-source-mapping", MEMBERS)

    assert "--bisect-batch-on-function-error \\\n" in command
    assert "--no-enabled" in command
    assert """--filter-criteria '{"Filters": [{"Pattern": "{\\"a\\": [1]}"}]}'""" in command


def test_the_script_calls_boto3_with_the_same_members() -> None:
    script = snippets.boto3("create_event_source_mapping", MEMBERS)
    sent = {}

    class Client:
        def create_event_source_mapping(self, **members: object) -> None:
            sent.update(members)

    body = script.partition("\n\n")[2].replace('boto3.client("lambda")', "client")
    exec(body, {"client": Client()})  # noqa: S102 - the text that the page shows

    assert sent == MEMBERS


def test_templates_name_the_stream_their_own_way() -> None:
    assert "      Stream: arn:aws:dynamodb:…" in snippets.sam(MEMBERS)
    assert "FunctionName" not in snippets.sam(MEMBERS)
    assert "    EventSourceArn: arn:aws:dynamodb:…" in snippets.cloudformation(MEMBERS)
    assert "      Filters:\n        - Pattern: '{\"a\": [1]}'" in snippets.cloudformation(MEMBERS)


def test_terraform_writes_blocks_where_it_has_blocks() -> None:
    written = snippets.terraform(MEMBERS)

    assert '  event_source_arn = "arn:aws:dynamodb:…"\n' in written
    assert (
        f'  destination_config {{\n    on_failure {{\n      destination_arn = "{QUEUE}"' in written
    )
    assert '  filter_criteria {\n    filter {\n      pattern = "{\\"a\\": [1]}"' in written


def test_safe_values_are_filled_in_and_explained_and_nothing_is_saved(browser: Browser) -> None:
    assert "Suggest safe values" in browser.read("/functions/reader/triggers/add?table=Orders")

    answer = browser.post(
        "/functions/reader/triggers/add", table="Orders", batch_size="50", suggest="1"
    )

    page = answer.content.decode()
    assert 'name="retries" value="5"' in page
    assert 'name="max_age" value="21600"' in page
    assert 'name="batch_size" value="50"' in page
    assert "A short outage passes" in text(answer)
    assert f'name="destination" value="{QUEUE}"' in page
    assert not EventSourceMapping.objects.exists()
    assert not TriggerDraft.objects.exists()


def test_the_queue_for_failures_is_made_and_chosen(browser: Browser) -> None:
    call(
        browser.scope,
        "sqs",
        "DeleteQueue",
        QueueUrl=finding.url_of(browser.scope, finding.find(browser.scope, "failures")),
    )
    offered = browser.post(ADD, **CHOSEN, suggest="1")
    assert "Create a queue for failures" in text(offered)

    answer = browser.post(
        "/functions/reader/triggers/add", table="Orders", retries="5", make_queue="1"
    )

    page = answer.content.decode()
    assert 'name="destination" value="arn:aws:sqs:us-east-1:000000000000:reader-failures"' in page
    assert 'name="retries" value="5"' in page
    assert "reader-role may not write to reader-failures" in text(answer)


def test_safe_values_are_suggested_for_a_saved_trigger_too(browser: Browser) -> None:
    uuid = browser.trigger()

    answer = browser.post(f"/functions/reader/triggers/{uuid}/change", batch_size="7", suggest="1")

    assert 'name="retries" value="5"' in answer.content.decode()
    assert EventSourceMapping.objects.get().max_retries == -1


def test_the_batch_is_drawn_with_the_settings_as_they_are_typed(browser: Browser) -> None:
    page = browser.read("/functions/reader/triggers/preview?window=30&batch_size=40&retries=0")

    assert "when the first of these comes: 30 s are over, 40 records" in page
    assert "given up" in page


def test_the_command_of_a_change_takes_a_setting_back(browser: Browser) -> None:
    uuid = browser.trigger(MaximumRetryAttempts=5)

    page = browser.read(
        f"/functions/reader/triggers/{uuid}/preview?batch_size=100&retries=-1&max_age=-1"
    )

    assert "--maximum-retry-attempts -1" in page
    assert "AWS::Lambda::EventSourceMapping" in page
    assert "aws_lambda_event_source_mapping" in page


def test_a_quote_in_a_pattern_stays_within_the_command() -> None:
    text = snippets.cli("x", {"FilterCriteria": {"Filters": [{"Pattern": "it's"}]}})

    assert shlex.split(text)[-1] == '{"Filters": [{"Pattern": "it\'s"}]}'
