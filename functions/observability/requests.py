"""A function's log lines grouped by the request that they belong to, with how it ended. Pure.

Reads the platform's lines, in text or as JSON: START opens a request in its stream, REPORT closes it.
Source: Lambda developer guide, "Viewing CloudWatch logs for Lambda functions".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from functions.observability.reading import Line

_START = re.compile(r"START RequestId: (\S+)")
_REPORT = re.compile(r"REPORT RequestId: (\S+)\tDuration: ([\d.]+) ms")
_STATUS = re.compile(r"\tStatus: (\w+)")
_ERROR = re.compile(r"^\[ERROR\]\s*|\"errorType\"")


@dataclass(frozen=True, slots=True)
class Request:
    """One request in one stream; `result` is "running", "succeeded", "failed" or "timed out".

    Lines outside of any request (INIT_START) have the empty id and the result "platform".
    """

    id: str
    stream: str
    lines: Sequence[Line] = field(default_factory=list)
    result: str = "running"
    duration_ms: float | None = None

    @property
    def at_ms(self) -> int:
        """When its first line was written, in epoch milliseconds."""
        return self.lines[0].at_ms if self.lines else 0


def grouped(lines: Iterable[Line]) -> list[Request]:
    """Group lines, given in their order, by request; the newest request first."""
    open_in: dict[str, Request] = {}
    done: list[Request] = []
    for line in lines:
        current = open_in.get(line.stream)
        started = _started(line.message)
        if started or current is None:
            if current is not None:
                done.append(current)
            result = "running" if started else "platform"
            current = Request(started, line.stream, [], result)
        current = replace(current, lines=[*current.lines, line])
        ended = _ended(line.message, current)
        if ended is None:
            open_in[line.stream] = current
        else:
            done.append(ended)
            open_in.pop(line.stream, None)
    return sorted([*done, *open_in.values()], key=lambda one: one.at_ms, reverse=True)


def _started(message: str) -> str:
    found = _START.match(message)
    if found:
        return found[1]
    record = _platform(message, "platform.start")
    return str(record.get("requestId", "")) if record else ""


def _ended(message: str, current: Request) -> Request | None:
    found = _REPORT.match(message)
    if found:
        status = _STATUS.search(message)
        word = status[1] if status else ""
        return replace(current, result=_result(word, current), duration_ms=float(found[2]))
    record = _platform(message, "platform.report")
    if record is None:
        return None
    duration = record.get("metrics", {}).get("durationMs")
    return replace(
        current, result=_result(str(record.get("status", "")), current), duration_ms=duration
    )


def _result(status: str, current: Request) -> str:
    if status == "timeout":
        return "timed out"
    failed = status in ("error", "failure") or any(
        _ERROR.search(line.message) for line in current.lines
    )
    return "failed" if failed else "succeeded"


def _platform(message: str, kind: str) -> dict[str, Any] | None:
    """Read a line of the JSON log format of one kind."""
    if not message.startswith("{") or kind not in message:
        return None
    try:
        document = json.loads(message)
    except ValueError:
        return None
    record = document.get("record")
    return record if document.get("type") == kind and isinstance(record, dict) else None
