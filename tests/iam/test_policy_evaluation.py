"""What policies allow, and which statement said so."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.iam.documents import Document, read
from functions.iam.evaluation import evaluate
from functions.iam.managed import BASIC_EXECUTION, DYNAMODB_EXECUTION
from functions.iam.matching import action_matches, resource_matches

STREAM = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders/stream/2026-01-01T00:00:00.000"


def inline(*statements: dict[str, object]) -> Document:
    return read("inline", json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def allow(action: object, resource: object = "*", **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: object, resource: object = "*", **more: object) -> dict[str, object]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([], False),
        ([allow("dynamodb:GetRecords")], True),
        ([allow("DynamoDB:getrecords")], True),
        ([allow("dynamodb:Get*")], True),
        ([allow("dynamodb:GetRecord?")], True),
        ([allow("dynamodb:GetRecord")], False),
        ([allow("*")], True),
        ([allow(["s3:*", "dynamodb:*"])], True),
        ([allow("dynamodb:*", "arn:aws:dynamodb:*:*:table/Orders/stream/*")], True),
        ([allow("dynamodb:*", "arn:aws:dynamodb:us-east-1:123456789012:table/Orders/*")], True),
        ([allow("dynamodb:*", "arn:aws:dynamodb:us-east-1:123456789012:table/Orders")], False),
        ([allow("dynamodb:*", "arn:aws:dynamodb:eu-west-1:*:table/*")], False),
        ([allow("dynamodb:*", "arn:aws:dynamodb")], True),
        ([allow("dynamodb:*", [STREAM, "arn:aws:s3:::x"])], True),
        ([allow("dynamodb:*"), deny("dynamodb:GetRecords")], False),
        ([deny("dynamodb:GetRecords"), allow("*")], False),
        ([allow("*"), deny("dynamodb:*", "arn:aws:dynamodb:*:*:table/Other/*")], True),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], True),
        ([{"Effect": "Allow", "NotAction": "dynamodb:*", "Resource": "*"}], False),
        ([{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::x"}], True),
        ([{"Effect": "Allow", "Action": "*", "NotResource": STREAM}], False),
    ],
)
def test_statements_decide(statements: list[dict[str, object]], allowed: bool) -> None:
    documents = [inline(*statements)] if statements else []

    assert evaluate(documents, "dynamodb:GetRecords", STREAM).allowed is allowed


def test_the_decision_names_the_statement_that_allowed() -> None:
    documents = [BASIC_EXECUTION.document, DYNAMODB_EXECUTION.document]

    decision = evaluate(documents, "dynamodb:GetRecords", STREAM)

    assert decision.allowed
    assert decision.reason == (
        "dynamodb:GetRecords is allowed by statement 1 of AWSLambdaDynamoDBExecutionRole"
    )


def test_the_decision_names_the_statement_that_denied() -> None:
    documents = [DYNAMODB_EXECUTION.document, inline(deny("dynamodb:*", Sid="Frozen"))]

    decision = evaluate(documents, "dynamodb:GetRecords", STREAM)

    assert decision.denied
    assert decision.reason == "dynamodb:GetRecords is denied by Frozen of inline"


def test_silence_is_a_refusal() -> None:
    decision = evaluate([BASIC_EXECUTION.document], "dynamodb:GetRecords", STREAM)

    assert not decision.allowed
    assert not decision.denied
    assert decision.reason == f"no policy allows dynamodb:GetRecords on {STREAM}"


ABC = st.text(alphabet="ab:", max_size=8)
PATTERN = st.text(alphabet="ab:*?", max_size=8)


@given(PATTERN, ABC)
def test_wildcards_mean_what_their_regular_expression_means(pattern: str, text: str) -> None:
    wanted = "".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in pattern)

    assert action_matches(pattern, text) is (re.fullmatch(wanted, text) is not None)


@given(st.lists(st.text(alphabet="ab*?", max_size=4), min_size=6, max_size=6))
def test_a_resource_without_wildcards_matches_itself(segments: list[str]) -> None:
    plain = ":".join(one.replace("*", "a").replace("?", "b") for one in segments)

    assert resource_matches(plain, plain)
    assert resource_matches(":".join(segments), plain)


def test_a_wildcard_stays_in_its_segment() -> None:
    assert not resource_matches("arn:aws:dynamodb:*:table/Orders:x:y", STREAM)
    assert not resource_matches("arn:aws:sqs:us-*:q", "arn:aws:sqs:us-east-1:123456789012:q")


def test_many_wildcards_do_not_take_exponential_time() -> None:
    assert not action_matches("*a" * 200 + "b", "a" * 2000)
