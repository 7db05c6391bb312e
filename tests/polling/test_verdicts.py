"""What an answer means, with and without ReportBatchItemFailures: AWS's recorded table."""

from __future__ import annotations

import json

import pytest

from triggers.polling.lane import Batch, Failed, Outcome, Partial, Rules, Succeeded
from triggers.polling.verdict import judge

BATCH = Batch(0, 9, (1, 3, 5))
REPORTS = Rules(reports=True)


def identify(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def report(*identifiers: object) -> dict[str, object]:
    return {"batchItemFailures": [{"itemIdentifier": one} for one in identifiers]}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (None, Succeeded()),
        ({}, Succeeded()),
        ([], Succeeded()),
        ("", Succeeded()),
        ({"batchItemFailures": []}, Succeeded()),
        ({"batchItemFailures": None}, Succeeded()),
        (report("3"), Partial(3)),
        (report("5", "3"), Partial(3)),
        (report(""), Failed(reported=True)),
        (report(None), Failed(reported=True)),
        (report(3), Failed(reported=True)),
        (report("4"), Failed(reported=True)),
        (report("999"), Failed(reported=True)),
        (report("3", "999"), Failed(reported=True)),
        ({"batchItemFailures": [{}]}, Failed(reported=True)),
        ({"batchItemFailures": "3"}, Failed(reported=True)),
        ({"foo": 123}, Failed(reported=True)),
        ({"foo": None}, Failed(reported=True)),
        ({"batchitemfailures": [{"itemIdentifier": "3"}]}, Failed(reported=True)),
        ({"batchItemFailures": [{"foo": "3"}]}, Failed(reported=True)),
    ],
)
def test_a_report_is_read_as_aws_reads_it(answer: object, verdict: Outcome) -> None:
    assert judge(json.dumps(answer).encode(), BATCH, REPORTS, identify) == verdict


def test_an_empty_body_is_success() -> None:
    assert judge(b"", BATCH, REPORTS, identify) == Succeeded()


@pytest.mark.parametrize("answer", [report("3"), {"foo": 1}, None, "text"])
def test_without_the_setting_a_report_is_ignored(answer: object) -> None:
    assert judge(json.dumps(answer).encode(), BATCH, Rules(), identify) == Succeeded()


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ({"state": {"n": 1}}, Succeeded('{"n":1}')),
        ({"state": {}}, Succeeded("{}")),
        ({}, Failed(reported=True)),
        (None, Failed(reported=True)),
        ([], Failed(reported=True)),
        ({"foo": 1}, Failed(reported=True)),
    ],
)
def test_a_windows_answer_must_have_a_state(answer: object, verdict: Outcome) -> None:
    assert judge(json.dumps(answer).encode(), BATCH, Rules(tumbling=60), identify) == verdict


def test_state_and_report_go_together() -> None:
    rules = Rules(tumbling=60, reports=True)

    both = {"state": {"n": 1}, **report("5")}

    assert judge(json.dumps(both).encode(), BATCH, rules, identify) == Partial(5, '{"n":1}')
    only_state = json.dumps({"state": {"n": 1}}).encode()
    assert judge(only_state, BATCH, rules, identify) == Succeeded('{"n":1}')
