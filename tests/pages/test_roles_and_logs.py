"""Roles and logs, by plain forms."""

from __future__ import annotations

from typing import Any

from console.pages.aws import call
from functions.iam import managed, roles
from functions.observability import writing
from tests.pages.conftest import Browser, markup, text

GROUP = "/aws/lambda/reader"


def log(browser: Browser, *lines: str) -> None:
    """Write lines into the function's log group."""
    events = [(1_000 + number, line) for number, line in enumerate(lines)]
    writing.put_events(
        browser.scope.tenancy, browser.scope.region, GROUP, "2026/01/01/[$LATEST]ab", events, 2_000
    )


def test_a_role_is_made_with_its_policies(browser: Browser) -> None:
    browser.post("/roles/create", name="r", policies=[managed.BASIC_EXECUTION.arn])

    assert roles.attached(browser.scope, "r") == [managed.BASIC_EXECUTION]


def test_a_taken_role_name_is_refused_beside_the_name(browser: Browser) -> None:
    browser.post("/roles/create", name="r")

    answer = browser.post("/roles/create", name="r")

    assert answer.status_code == 422
    assert "Role with name r already exists." in text(answer)
    assert 'id="id_name_error"' in answer.content.decode()


def test_policies_are_attached_and_detached(browser: Browser) -> None:
    browser.post("/roles/create", name="r")

    browser.post("/roles/r/", policy=managed.DYNAMODB_EXECUTION.arn)
    assert "dynamodb:GetRecords" in browser.read("/roles/r/")
    browser.post("/roles/r/detach", policy=managed.DYNAMODB_EXECUTION.arn)
    assert "dynamodb:GetRecords" not in browser.read("/roles/r/")


def test_a_role_is_deleted_with_its_policies(browser: Browser) -> None:
    browser.post("/roles/create", name="r", policies=[managed.BASIC_EXECUTION.arn])

    browser.post("/roles/r/delete")

    assert "No roles yet" in browser.read("/roles/")


def test_a_role_in_use_is_deleted_with_a_warning_and_missed_where_it_was_used(
    browser: Browser,
) -> None:
    browser.function()
    browser.post("/roles/create", name="idle")

    used, idle = browser.read("/roles/reader-role/delete"), browser.read("/roles/idle/delete")
    browser.post("/roles/reader-role/delete")
    page = browser.read("/functions/reader/configuration/permissions")

    assert "One function uses it: without it Lambda refuses to run them." in used
    assert "No function uses it." in idle
    assert "The role reader-role is not there any more" in page
    assert "Attach AWSLambdaBasicExecutionRole" not in page
    assert "Open role" not in page


def test_a_group_shows_its_lines_in_order(browser: Browser) -> None:
    log(browser, "START RequestId: 1", "hello", "[ERROR] KeyError: 'amount'")

    page = browser.get(f"/logs/group?name={GROUP}")

    assert text(page).index("hello") < text(page).index("KeyError")
    assert 'class="text error-line"' in page.content.decode()


def test_a_filter_keeps_what_matches(browser: Browser) -> None:
    log(browser, "hello", "[ERROR] KeyError")

    page = browser.read(f"/logs/group?name={GROUP}&filter=KeyError")

    assert "KeyError" in page
    assert "hello" not in page


def test_a_request_id_can_be_filtered_for(browser: Browser) -> None:
    log(browser, "START RequestId: 316a0c1e-1111-4222-8333-444455556666", "other")

    page = browser.read(f"/logs/group?name={GROUP}&filter=316a0c1e-1111-4222-8333-444455556666")

    assert "START RequestId" in page
    assert "other" not in page


def test_a_pattern_that_is_none_is_refused_in_place(browser: Browser) -> None:
    log(browser, "hello")

    answer = browser.client.get("/logs/group", {"name": GROUP, "filter": "{ $.level = }"})

    assert answer.status_code == 422
    assert "InvalidParameterException" in text(answer)


def test_a_function_that_never_ran_has_an_empty_log(browser: Browser) -> None:
    browser.function()

    assert "No log lines yet" in browser.read("/functions/reader/logs")


def test_lines_are_grouped_by_request_with_their_result(browser: Browser) -> None:
    log(
        browser,
        "START RequestId: r1 Version: $LATEST",
        "[ERROR] KeyError: 'amount'",
        "REPORT RequestId: r1\tDuration: 1.50 ms\t",
    )

    page = browser.read(f"/logs/group?name={GROUP}&view=requests")
    searched = browser.read(f"/logs/group?name={GROUP}&view=requests&filter=START")

    assert "Failed" in page
    assert "3 lines · 1.50 ms" in page
    assert "No end yet" in searched


def test_a_long_request_is_told_in_milliseconds_too(browser: Browser) -> None:
    log(browser, "START RequestId: r1", "REPORT RequestId: r1\tDuration: 3001.20 ms\t")

    assert "2 lines · 3,001.20 ms" in browser.read(f"/logs/group?name={GROUP}&view=requests")


def test_a_group_says_how_long_it_keeps_its_events(browser: Browser, settings: Any) -> None:
    settings.LOG_RETENTION_DAYS = 14
    log(browser, "hello")
    call(browser.scope, "logs", "CreateLogGroup", logGroupName="own")
    call(browser.scope, "logs", "CreateLogGroup", logGroupName="short")
    call(browser.scope, "logs", "PutRetentionPolicy", logGroupName="short", retentionInDays=1)

    page = browser.read("/logs/")

    assert f"{GROUP} 14 days" in page
    assert "own Never expire" in page
    assert "short 1 day " in page


def retention(browser: Browser) -> int | None:
    found = call(browser.scope, "logs", "DescribeLogGroups")["logGroups"]
    return {one["logGroupName"]: one.get("retentionInDays") for one in found}[GROUP]


def test_a_groups_retention_is_chosen_and_taken_back(browser: Browser, settings: Any) -> None:
    settings.LOG_RETENTION_DAYS = 14
    log(browser, "hello")

    assert "14 days (the default here)" in browser.read(f"/logs/group?name={GROUP}")
    saved = browser.post("/logs/group/retain", name=GROUP, retention="3")
    kept = retention(browser)
    page = browser.get(f"/logs/group?name={GROUP}")
    browser.post("/logs/group/retain", name=GROUP, retention="unset")

    assert saved["Location"] == "/logs/group?name=%2Faws%2Flambda%2Freader"
    assert kept == 3
    assert '<option value="3" selected>3 days</option>' in page.content.decode()
    assert retention(browser) is None


def test_a_retention_that_aws_does_not_offer_is_refused_in_place(browser: Browser) -> None:
    log(browser, "hello")

    answer = browser.post("/logs/group/retain", name=GROUP, retention="2")

    assert answer.status_code == 422
    assert 'id="id_retention_error"' in answer.content.decode()
    assert "hello" in text(answer)
    assert retention(browser) is None


def test_a_group_is_deleted_after_a_question(browser: Browser) -> None:
    log(browser, "hello")

    question = browser.read(f"/logs/group/delete?name={GROUP}")
    still_there = browser.read(f"/logs/group?name={GROUP}")
    browser.post("/logs/group/delete", name=GROUP)

    assert f"Delete the log group {GROUP}?" in question
    assert "hello" in still_there
    assert "No log groups yet" in browser.read("/logs/")
    for path in ("/logs/group/delete", "/logs/group/retain"):
        assert browser.post(path, name=GROUP, retention="3").status_code == 404


def test_a_span_leaves_older_lines_out(browser: Browser) -> None:
    log(browser, "of the year 1970")

    assert "No match" in browser.read(f"/logs/group?name={GROUP}&span=3600")
    assert "of the year 1970" in browser.read(f"/logs/group?name={GROUP}&span=7")


def test_a_function_whose_role_may_not_write_logs_says_so(browser: Browser) -> None:
    browser.function()
    assert "may not write logs" not in browser.read("/functions/reader/logs")

    roles.detach(browser.scope, "reader-role", managed.DYNAMODB_EXECUTION.arn)

    page = browser.read("/functions/reader/logs")
    assert "The role may not write logs" in page
    assert "logs:CreateLogGroup" in page


def test_a_stream_stays_chosen_however_many_are_newer(browser: Browser) -> None:
    log(browser, "hello")
    for number in range(51):
        writing.put_events(
            browser.scope.tenancy,
            browser.scope.region,
            GROUP,
            f"2026/01/02/[$LATEST]{number:02}",
            [(5_000 + number, "newer")],
            6_000,
        )

    page = browser.client.get("/logs/group", {"name": GROUP, "stream": "2026/01/01/[$LATEST]ab"})

    assert "<option selected>2026/01/01/[$LATEST]ab</option>" in markup(page)
