"""What becomes of an event: the rules alone, and the record that tells of it."""

from __future__ import annotations

import json

import pytest

from functions.invocations.eventrecords import Response, Story, labels, object_key, record
from functions.invocations.eventrules import (
    Again,
    Condition,
    Rules,
    Verdict,
    after_attempt,
    after_refusal,
    before_attempt,
)

NOW = 1_573_755_365.568
ARN = "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST"


@pytest.mark.parametrize(
    ("rules", "failed", "attempt", "verdict"),
    [
        (Rules(), False, 1, Condition.SUCCESS),
        (Rules(), True, 1, Again(NOW + 60)),
        (Rules(), True, 2, Again(NOW + 120)),
        (Rules(), True, 3, Condition.RETRIES),
        (Rules(max_retries=0), True, 1, Condition.RETRIES),
        (Rules(max_retries=1), True, 1, Again(NOW + 60)),
        (Rules(max_retries=1), True, 2, Condition.RETRIES),
        (Rules(max_age=90), True, 2, Again(NOW + 90)),
    ],
)
def test_an_event_is_retried_until_its_rules_say_no(
    rules: Rules, failed: bool, attempt: int, verdict: Verdict
) -> None:
    said = after_attempt(rules, failed=failed, attempt=attempt, received_at=NOW, now=NOW)

    assert said == verdict


@pytest.mark.parametrize(("age", "condition"), [(59.9, None), (60.0, Condition.AGE)])
def test_an_event_grows_too_old(age: float, condition: Condition | None) -> None:
    assert before_attempt(Rules(max_age=60), received_at=NOW - age, now=NOW) == condition


@pytest.mark.parametrize(
    ("reserved", "refusals", "age", "verdict"),
    [
        (0, 0, 0, Condition.NO_RESERVE),
        (1, 0, 0, Again(NOW + 1)),
        (None, 3, 0, Again(NOW + 8)),
        (None, 3, 59, Again(NOW + 1)),
        (None, 3, 60, Condition.AGE),
    ],
)
def test_an_event_without_concurrency_waits_or_ends(
    reserved: int | None, refusals: int, age: float, verdict: Verdict
) -> None:
    said = after_refusal(
        Rules(max_age=60), reserved=reserved, refusals=refusals, received_at=NOW - age, now=NOW
    )

    assert said == verdict


def story(condition: Condition, response: Response | None, attempts: int = 3) -> Story:
    return Story("r-1", ARN, condition, attempts, b'{"n": [1]}', response, NOW)


def test_a_failed_event_is_recorded_with_awss_keys_in_awss_order() -> None:
    response = Response("$LATEST", "Unhandled", b'{"errorMessage":"no"}')

    assert record(story(Condition.RETRIES, response)).decode() == (
        '{"version":"1.0","timestamp":"2019-11-14T18:16:05.568Z","requestContext":{'
        f'"requestId":"r-1","functionArn":"{ARN}","condition":"RetriesExhausted",'
        '"approximateInvokeCount":3},"requestPayload":{"n": [1]},"responseContext":{'
        '"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},'
        '"responsePayload":{"errorMessage":"no"}}'
    )


def test_a_success_has_no_function_error() -> None:
    told = json.loads(record(story(Condition.SUCCESS, Response("1", "", b"null"), 1)))

    assert told["responseContext"] == {"statusCode": 200, "executedVersion": "1"}
    assert told["responsePayload"] is None


def test_an_event_that_never_ran_has_no_response() -> None:
    told = json.loads(record(story(Condition.NO_RESERVE, None, 0)))

    assert set(told) == {"version", "timestamp", "requestContext", "requestPayload"}
    assert told["requestContext"]["approximateInvokeCount"] == 0


def test_an_answer_that_is_no_json_is_told_as_text() -> None:
    told = json.loads(record(story(Condition.SUCCESS, Response("1", "", b"\xffplain"))))

    assert told["responsePayload"] == "\ufffdplain"


def test_a_dead_letter_names_the_error() -> None:
    response = Response("1", "Unhandled", b"{}")

    made = labels(story(Condition.RETRIES, response), "x" * 2000)

    assert made["RequestID"] == {"DataType": "String", "StringValue": "r-1"}
    assert made["ErrorCode"] == {"DataType": "Number", "StringValue": "200"}
    assert made["ErrorMessage"]["StringValue"] == "x" * 1024


def test_an_object_is_named_by_function_day_and_moment() -> None:
    assert object_key("f", NOW, "u") == "aws/lambda/async/f/2019/11/14/2019-11-14T18.16.05-u"
