"""Events before they are queued: sizes, JSON, client contexts. No function runs."""

from __future__ import annotations

import base64
import json

import pytest

from console.aws.errors import AwsError
from functions.invocations.payloads import check_event, log_tail, read_client_context


def encoded(value: object) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


def test_no_event_is_an_empty_object() -> None:
    assert check_event(b"", asynchronous=False) == b"{}"


@pytest.mark.parametrize("body", [b"{", b"{'a': 1}", b"\xff\xfe", b"NaN", b"1 2"])
def test_an_event_must_be_json(body: bytes) -> None:
    with pytest.raises(AwsError) as refused:
        check_event(body, asynchronous=False)

    assert refused.value.code == "InvalidRequestContentException"
    start = "Could not parse request body into json: Could not parse payload into json: "
    assert refused.value.message.startswith(start)


@pytest.mark.parametrize(
    ("asynchronous", "most"), [(False, 6_291_456), (True, 1_048_576)], ids=["sync", "async"]
)
def test_an_event_has_a_largest_size(asynchronous: bool, most: int) -> None:
    largest = b'"' + b"x" * (most - 2) + b'"'
    assert check_event(largest, asynchronous=asynchronous) == largest

    with pytest.raises(AwsError) as refused:
        check_event(largest + b" ", asynchronous=asynchronous)

    assert refused.value.code == "RequestTooLargeException"
    text = f"Request must be smaller than {most} bytes for the InvokeFunction operation"
    assert refused.value.message == text


def test_a_client_context_becomes_ascii_json() -> None:
    assert read_client_context(encoded({"custom": {"ü": 1}})) == '{"custom":{"\\u00fc":1}}'
    assert read_client_context("") == ""


@pytest.mark.parametrize("text", ["no base64!", encoded([1]), encoded({"a": "x" * 3000}), "e30"])
def test_a_broken_client_context_is_refused(text: str) -> None:
    with pytest.raises(AwsError, match="Client context must be a valid Base64-encoded JSON"):
        read_client_context(text)


def test_the_log_tail_is_the_last_four_kilobytes() -> None:
    assert log_tail(["a" * 5000, "end\n"]) == "a" * 4091 + "\nend\n"
    assert log_tail(["ü" * 3000 + "x"]) == "ü" * 2047 + "x\n"
