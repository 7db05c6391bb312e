"""Lines grouped by request, and how each ended."""

from __future__ import annotations

import json

from functions.observability.reading import Line
from functions.observability.requests import grouped


def lines(*messages: str, stream: str = "s") -> list[Line]:
    return [Line(at, stream, at, at, message) for at, message in enumerate(messages, start=1)]


def start(number: int) -> str:
    return f"START RequestId: r{number} Version: $LATEST\n"


def report(number: int, more: str = "") -> str:
    return f"REPORT RequestId: r{number}\tDuration: {number}.50 ms\tBilled Duration: 2 ms\t{more}\n"


def test_lines_belong_to_the_request_that_was_started() -> None:
    found = grouped(
        lines(
            "INIT_START x\n", start(1), "hello\n", "END RequestId: r1\n", report(1), start(2), "x"
        )
    )

    assert [(one.id, one.result, len(one.lines)) for one in found] == [
        ("r2", "running", 2),
        ("r1", "succeeded", 4),
        ("", "platform", 1),
    ]
    assert found[1].duration_ms == 1.5


def test_a_request_failed_when_it_says_so() -> None:
    found = grouped(
        lines(
            start(1), "[ERROR] ValueError: no\n", report(1),
            start(2), report(2, "Status: timeout"),
            start(3), report(3, "Status: error\tError Type: Runtime.ExitError"),
        )
    )  # fmt: skip

    assert {one.id: one.result for one in found} == {
        "r1": "failed",
        "r2": "timed out",
        "r3": "failed",
    }


def test_streams_do_not_mix() -> None:
    mixed = sorted(
        [
            *lines(start(1), "a", report(1), stream="x"),
            *lines(start(2), "b", report(2), stream="y"),
        ],
        key=lambda line: line.at_ms,
    )

    assert {one.id: [line.message for line in one.lines][1] for one in grouped(mixed)} == {
        "r1": "a",
        "r2": "b",
    }


def test_the_json_format_is_read_too() -> None:
    begun = json.dumps({"type": "platform.start", "record": {"requestId": "r1"}})
    ended = json.dumps(
        {
            "type": "platform.report",
            "record": {"requestId": "r1", "status": "timeout", "metrics": {"durationMs": 3000.0}},
        }
    )

    (request,) = grouped(lines(begun, "{}", ended))

    assert (request.id, request.result, request.duration_ms) == ("r1", "timed out", 3000.0)
