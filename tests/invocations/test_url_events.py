"""HTTP into an event and back: what a function URL's function gets, and what its visitor sees."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.invocations.urlevents import Visit, answer, cross_origin, event, preflight

NOW = 1_800_000_000.0
REQUEST = "01234567-89ab-cdef-0123-456789abcdef"


def visit(**changes: Any) -> Any:
    members = {
        "key": "k" * 32,
        "method": "GET",
        "path": "/",
        "query": "",
        "headers": {"host": "127.0.0.1:4566", "user-agent": "curl/8"},
        "body": b"",
        "client": "127.0.0.1",
        "request_id": REQUEST,
        "now": NOW,
    }
    return json.loads(event(Visit(**(members | changes))))


def test_an_event_has_payload_format_2() -> None:
    assert visit() == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {
            "host": "127.0.0.1:4566",
            "user-agent": "curl/8",
            "x-amzn-trace-id": "Root=1-6b49d200-0123456789abcdef01234567",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": "4566",
            "x-forwarded-proto": "http",
        },
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "k" * 32,
            "domainName": "127.0.0.1:4566",
            "domainPrefix": "k" * 32,
            "http": {
                "method": "GET",
                "path": "/",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "curl/8",
            },
            "requestId": REQUEST,
            "routeKey": "$default",
            "stage": "$default",
            "time": "15/Jan/2027:08:00:00 +0000",
            "timeEpoch": 1_800_000_000_000,
        },
        "isBase64Encoded": False,
    }


def test_query_cookies_and_path_are_taken_apart() -> None:
    seen = visit(
        path="/a%20b/c", query="x=1&x=2&y=", headers={"host": "h", "cookie": "one=1; two=2"}
    )

    assert seen["rawPath"] == "/a b/c"
    assert seen["rawQueryString"] == "x=1&x=2&y="
    assert seen["queryStringParameters"] == {"x": "1,2", "y": ""}
    assert seen["cookies"] == ["one=1", "two=2"]
    assert "cookie" not in seen["headers"]


@pytest.mark.parametrize(
    ("kind", "body", "shown", "encoded"),
    [
        ("application/json; charset=utf-8", b'{"a":1}', '{"a":1}', False),
        ("text/plain", "é".encode(), "é", False),
        ("application/x-www-form-urlencoded", b"a=1", "YT0x", True),
        ("image/png", b"\x89PNG", "iVBORw==", True),
        ("text/plain", b"\xff", "/w==", True),
    ],
)
def test_bodies_that_are_no_text_are_encoded(
    kind: str, body: bytes, shown: str, encoded: bool
) -> None:
    seen = visit(method="POST", body=body, headers={"host": "h", "content-type": kind})

    assert (seen["body"], seen["isBase64Encoded"]) == (shown, encoded)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Root=1-3152b799-8954dae64eda91bc9a23a7e8;Sampled=1",) * 2,
        ("nonsense", "Root=1-6b49d200-0123456789abcdef01234567"),
    ],
)
def test_a_visitors_trace_goes_on_where_it_is_one(given: str, shown: str) -> None:
    made = visit(headers={"x-amzn-trace-id": given})

    assert made["headers"]["x-amzn-trace-id"] == shown


@pytest.mark.parametrize(
    ("result", "status", "headers", "body"),
    [
        ('"hello"', 200, {"content-type": "application/json"}, b"hello"),
        ('"\\u00fc"', 200, {"content-type": "application/json"}, "ü".encode()),
        ('"\\ud800"', 200, {"content-type": "application/json"}, b"?"),
        ("3.1", 200, {"content-type": "application/json"}, b"3.1"),
        ('["hello",3,true]', 200, {"content-type": "application/json"}, b'["hello",3,true]'),
        ('{"a": 1}', 200, {"content-type": "application/json"}, b'{"a": 1}'),
        ('{"statusCode": 201}', 201, {"content-type": "application/json"}, b""),
        (
            '{"statusCode": "418", "headers": {"X-Tea": 1, "Content-Type": "text/plain"}, '
            '"body": "pot"}',
            418,
            {"content-type": "text/plain", "x-tea": "1"},
            b"pot",
        ),
        (
            '{"statusCode": 200, "body": "iVBORw==", "isBase64Encoded": true}',
            200,
            {"content-type": "application/json"},
            b"\x89PNG",
        ),
        (
            '{"statusCode": 200, "body": {"a": [1]}}',
            200,
            {"content-type": "application/json"},
            b'{"a":[1]}',
        ),
    ],
)
def test_a_result_is_shown_as_it_says(
    result: str, status: int, headers: dict[str, str], body: bytes
) -> None:
    shown = answer(result.encode())

    assert shown is not None
    assert (shown.status, shown.headers, shown.body) == (status, headers, body)


def test_cookies_are_headers_of_their_own() -> None:
    shown = answer(b'{"statusCode": 200, "cookies": ["a=1", "b=2; Secure"]}')

    assert shown is not None
    assert shown.cookies == ("a=1", "b=2; Secure")


@pytest.mark.parametrize(
    "result",
    [
        "not json",
        '{"statusCode": "many"}',
        '{"statusCode": 99}',
        '{"statusCode": null}',
        '{"statusCode": 200, "headers": ["a"]}',
        '{"statusCode": 200, "body": "%", "isBase64Encoded": true}',
    ],
)
def test_a_result_that_makes_no_answer_is_none(result: str) -> None:
    assert answer(result.encode()) is None


def test_pages_of_allowed_origins_may_read_answers() -> None:
    cors = {"AllowOrigins": ["https://a.example"], "AllowCredentials": True, "ExposeHeaders": ["x"]}

    allowed = cross_origin(cors, {"origin": "https://a.example"})

    assert allowed == {
        "access-control-allow-origin": "https://a.example",
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "x",
        "vary": "Origin",
    }
    assert cross_origin(cors, {"origin": "https://b.example"}) == {}
    assert cross_origin(cors, {}) == {}
    anyone = cross_origin({"AllowOrigins": ["*"]}, {"origin": "https://b.example"})
    assert anyone["access-control-allow-origin"] == "*"


def test_a_browser_that_asks_first_is_told_what_it_may() -> None:
    cors = {"AllowOrigins": ["*"], "AllowMethods": ["GET", "PUT"], "MaxAge": 5}

    told = preflight(cors, {"origin": "https://a.example"})

    assert told.status == 200
    assert told.headers["access-control-allow-methods"] == "GET,PUT"
    assert told.headers["access-control-max-age"] == "5"
    assert "access-control-allow-headers" not in told.headers
