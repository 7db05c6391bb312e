"""How one invocation ended, and AWS's payloads for the ways that the function did not write itself.

Pure. What the function or its runtime client posted is passed on untouched.
"""

from __future__ import annotations

import json
import re
import signal
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from functions.runtime import limits
from functions.runtime.logs import LogLine
from functions.runtime.texts import kept


class Status(StrEnum):
    """What a REPORT line may say; OK also covers an exception that the handler raised."""

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One invocation, from the caller's point of view.

    `function_error` is None or "Unhandled"; `init_ms` is None when the environment was warm;
    `log_lines` hold START, output, END and REPORT in order; `provisioned` says that its environment
    was kept ready for it.
    """

    payload: bytes
    function_error: str | None
    error_type: str
    error_message: str
    status: Status
    log_lines: tuple[LogLine, ...]
    duration_ms: float
    billed_ms: int
    init_ms: float | None
    max_memory_mb: int
    environment_id: str
    log_stream: str
    provisioned: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """The handler returned."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """The runtime client reported an error, of the handler or (`during_init`) of its loading."""

    payload: bytes
    during_init: bool = False


@dataclass(frozen=True, slots=True)
class Oversized:
    """The handler's answer is larger than AWS takes."""


@dataclass(frozen=True, slots=True)
class Exited:
    """The process ended by itself; `code` as a shell would say it (128 + signal)."""

    code: int


@dataclass(frozen=True, slots=True)
class OutOfMemory:
    """The tree grew beyond MemorySize and was killed."""


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The function's timeout passed and the tree was killed."""

    seconds: int


Ending = Answered | Failed | Oversized | Exited | OutOfMemory | TimedOut


@dataclass(frozen=True, slots=True)
class Verdict:
    """An ending in AWS's words."""

    payload: bytes
    function_error: str | None = None
    error_type: str = ""
    error_message: str = ""
    status: Status = Status.OK


def judge(ending: Ending, request_id: str) -> Verdict:
    """Say in AWS's words how the invocation `request_id` ended.

    Source: recorded payloads of python3.12 and 3.13, November 2025; signals as in the runtime
    interface emulator.
    """
    match ending:
        case Answered(payload):
            return Verdict(payload)
        case Failed(payload, during_init):
            return _posted(payload, during_init=during_init)
        case Oversized():
            message = (
                "Response payload size exceeded maximum allowed payload size "
                f"({limits.RESPONSE_BYTES} bytes)."
            )
            return _failure("Function.ResponseSizeTooLarge", message, message_first=True)
        case Exited(code):
            return _exited(code, request_id)
        case OutOfMemory():
            killed = _exit(128 + signal.SIGKILL)
            return _failure("Runtime.ExitError", f"RequestId: {request_id} Error: {killed}")
        case TimedOut(seconds):
            message = f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
            return _failure("Sandbox.Timedout", message, Status.TIMEOUT)
        case _:
            assert_never(ending)


def _exited(code: int, request_id: str) -> Verdict:
    kind, words = "Runtime.ExitError", _exit(code)
    if code == limits.NO_ENTRY_STATUS:
        kind = "Runtime.InvalidEntrypoint"
        words = "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"
    return _failure(kind, f"RequestId: {request_id} Error: {words}")


def reported_type(ending: Ending, verdict: Verdict) -> str:
    """Say which type of error the platform's own lines name.

    Source: runtime interface emulator (only types of this form pass); published REPORT lines.
    """
    if isinstance(ending, OutOfMemory):
        return "Runtime.OutOfMemory"
    if re.fullmatch(r"(Runtime|Function|Sandbox)\.[A-Z][a-zA-Z]+", verdict.error_type):
        return verdict.error_type
    return "Function.Unknown" if verdict.error_type.startswith("Function.") else "Runtime.Unknown"


def _posted(payload: bytes, *, during_init: bool) -> Verdict:
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError):
        body = None
    fields = body if isinstance(body, dict) else {}
    kind, message = (kept(str(fields.get(name, ""))) for name in ("errorType", "errorMessage"))
    status = Status.ERROR if during_init or kind.startswith("Runtime.") else Status.OK
    return Verdict(payload, "Unhandled", kind, message, status)


def _failure(
    kind: str, message: str, status: Status = Status.ERROR, *, message_first: bool = False
) -> Verdict:
    body = {"errorType": kind, "errorMessage": message}
    if message_first:
        body = dict(reversed(body.items()))
    payload = json.dumps(body, separators=(",", ":")).encode()
    return Verdict(payload, "Unhandled", kind, message, status)


def _exit(code: int) -> str:
    if code == 0:
        return "Runtime exited without providing a reason"
    if code > 128 and code - 128 in set(signal.Signals):
        name = signal.strsignal(code - 128) or str(code - 128)
        return f"Runtime exited with error: signal: {name.lower()}"
    return f"Runtime exited with error: exit status {code}"
