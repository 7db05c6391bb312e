"""Bytes of the Runtime API become calls: the same ones however the bytes are cut, and never others."""

from __future__ import annotations

import base64
import gc
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.runtime import limits
from functions.runtime.calls import (
    Call,
    Error,
    HangupError,
    Next,
    Part,
    Reader,
    Response,
    Unknown,
)

ROOT = "/2018-06-01/runtime/"
TRAILER = base64.b64encode(b'{"errorMessage":"no"}').decode()


def request(method: str, path: str, *headers: str, body: str = "") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1:9001", *headers]
    if body and not any("chunked" in header for header in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", body]).encode()


def streamed(*chunks: str, trailers: str = "") -> bytes:
    pieces = "".join(f"{len(one):x}\r\n{one}\r\n" for one in chunks)
    mode = "Lambda-Runtime-Function-Response-Mode: streaming"
    path = f"{ROOT}invocation/r-1/response"
    return request(
        "POST", path, mode, "Transfer-Encoding: chunked", body=f"{pieces}0\r\n{trailers}\r\n"
    )


def calls_of(reader: Reader) -> list[Call]:
    found = []
    while (call := reader.next()) is not None:
        found.append(call)
    return found


def read(*pieces: bytes) -> list[Call]:
    reader, found = Reader(), []
    for piece in pieces:
        reader.feed(piece)
        found += calls_of(reader)
    return found


NEXT = request("GET", f"{ROOT}invocation/next", "User-Agent: tests")
ANSWER = request("POST", f"{ROOT}invocation/r-1/response", body='{"a":1}')
EXAMPLES = {
    "next": (NEXT, [Next()]),
    "response": (ANSWER, [Response("r-1", b'{"a":1}')]),
    "empty": (
        request("POST", f"{ROOT}invocation/r-1/response", "Content-Length: 0"),
        [Response("r-1", b"")],
    ),
    "error": (
        request("POST", f"{ROOT}invocation/r-1/error", body="{}"),
        [Error("r-1", b"{}")],
    ),
    "init error": (request("POST", f"{ROOT}init/error", body="{}"), [Error(None, b"{}")]),
    "path": (request("GET", f"{ROOT}nothing"), [Unknown()]),
    "method": (request("PUT", f"{ROOT}invocation/next"), [Unknown(is_known_path=True)]),
    "one after the other": (ANSWER + NEXT, [Response("r-1", b'{"a":1}'), Next()]),
    "chunked": (
        request(
            "POST",
            f"{ROOT}invocation/r-1/response",
            "Transfer-Encoding: chunked",
            body="2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
        ),
        [Response("r-1", b"abc")],
    ),
    "streamed": (
        streamed("ab", "c") + NEXT,
        [Part("r-1", b"ab"), Part("r-1", b"c"), Response("r-1", b"abc"), Next()],
    ),
    "failed in the middle": (
        streamed(
            "ab",
            trailers="Lambda-Runtime-Function-Error-Type: Mine\r\n"
            f"Lambda-Runtime-Function-Error-Body: {TRAILER}\r\n",
        ),
        [Part("r-1", b"ab"), Response("r-1", b"ab", b'{"errorMessage":"no"}')],
    ),
    "an offer to speak something else": (
        request("GET", f"{ROOT}invocation/next", "Connection: Upgrade", "Upgrade: h2c") + ANSWER,
        [Next(), Response("r-1", b'{"a":1}')],
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_requests_are_the_calls_of_the_emulator(name: str) -> None:
    data, calls = EXAMPLES[name]

    assert read(data) == calls


@given(name=st.sampled_from(sorted(EXAMPLES)), cuts=st.sets(st.integers(1, 400)))
def test_how_the_bytes_are_cut_changes_no_call(name: str, cuts: set[int]) -> None:
    data, calls = EXAMPLES[name]
    ends = [*sorted(cut for cut in cuts if cut < len(data)), len(data)]
    starts = [0, *ends[:-1]]

    assert read(*(data[start:end] for start, end in zip(starts, ends, strict=True))) == calls


@pytest.mark.parametrize("over", [0, 1])
def test_a_body_beyond_the_limit_is_counted_and_not_kept(over: int) -> None:
    body = "x" * (limits.RESPONSE_BYTES + over)

    [answer] = read(request("POST", f"{ROOT}invocation/r-1/response", body=body))
    [error] = read(request("POST", f"{ROOT}invocation/r-1/error", body=body))

    assert answer == Response("r-1", None if over else body.encode())
    assert error == Error("r-1", None if over else body.encode())


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01 nonsense\r\n\r\n",
        b"",
        b"GET / HTTP/1.1\r\nHost: ",
        b"".join([NEXT[:-2], *(f"X-{n}: {'y' * 100}\r\n".encode() for n in range(700))]),
        streamed("ab")[:-2] + b"Endless: ",
    ],
    ids=["not http", "the end", "a header", "headers", "trailers"],
)
def test_what_is_no_request_or_never_ends_is_hung_up_on(data: bytes) -> None:
    reader = Reader()
    reader.feed(data)
    reader.feed(b"x" * 1_100_000)

    with pytest.raises(HangupError):
        calls_of(reader)


def test_what_came_before_the_end_is_still_a_call() -> None:
    reader = Reader()
    reader.feed(NEXT)
    reader.feed(b"")

    assert reader.next() == Next()
    with pytest.raises(HangupError):
        reader.next()


def test_who_waits_for_a_word_before_the_body_is_told_once() -> None:
    path = f"{ROOT}invocation/r-1/response"
    head = request("POST", path, "Expect: 100-continue", "Content-Length: 2")
    reader = Reader()

    reader.feed(head)
    waited = reader.asks_to_go_on
    reader.feed(b"ab")

    assert (waited, reader.asks_to_go_on) == (True, False)
    assert reader.next() == Response("r-1", b"ab")


def test_who_sends_the_body_at_once_waits_for_no_word() -> None:
    path = f"{ROOT}invocation/r-1/response"
    reader = Reader()

    reader.feed(request("POST", path, "Expect: 100-continue", body="ab"))

    assert not reader.asks_to_go_on


@pytest.mark.parametrize(
    ("data", "closes"),
    [
        (NEXT, False),
        (request("GET", f"{ROOT}invocation/next", "Connection: close"), True),
        (NEXT.replace(b"HTTP/1.1", b"HTTP/1.0"), True),
        (NEXT + request("GET", f"{ROOT}invocation/next", "Connection: close"), False),
    ],
    ids=["kept", "closed", "HTTP 1.0", "another comes first"],
)
def test_who_wants_no_more_says_so_with_the_last_call(data: bytes, closes: bool) -> None:
    reader = Reader()
    reader.feed(data)

    assert reader.next() is not None
    assert reader.wants_no_more is closes


def test_bytes_of_a_call_are_not_kept_once_it_is_given_or_hung_up_on() -> None:
    """Environments rest for long, and what refers to itself is collected late."""
    whole, part = Reader(), Reader()
    answer = request("POST", f"{ROOT}invocation/r-1/response", body="x" * 5_000_000)
    gc.disable()
    tracemalloc.start()
    try:
        whole.feed(answer)
        assert isinstance(whole.next(), Response)
        part.feed(answer[:-1])
        part.close()
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
        gc.enable()

    assert kept < 1_000_000
