"""The platform's own log lines around an invocation, tab for tab. Pure.

Source: recorded log events of python3.12 and 3.13; `Status` and `Error Type` from published
extension code.
"""

from __future__ import annotations

import hashlib
import math
import re
from datetime import UTC, datetime

from functions.runtime.outcomes import Status


def init_start(runtime: str, region: str) -> str:
    """Write the first line of a new environment."""
    version_arn = runtime_version_arn(runtime, region)
    return (
        f"INIT_START Runtime Version: {runtime_version(runtime)}\t"
        f"Runtime Version ARN: {version_arn}\n"
    )


def runtime_version(runtime: str) -> str:
    """Write a runtime's version as AWS does: python3.12 is python:3.12.v1."""
    named = re.fullmatch(r"([a-z]+)\.?([a-z0-9.]*?)(?:\.x)?", runtime)
    family, version = named.groups() if named else (runtime, "")
    return f"{family}:{version}.v1"


def runtime_version_arn(runtime: str, region: str) -> str:
    """Name a runtime's version as AWS does; there is one of each here."""
    return f"arn:aws:lambda:{region}::runtime:{hashlib.sha256(runtime.encode()).hexdigest()}"


def init_report(init_ms: float, phase: str, status: Status, error_type: str) -> str:
    """Write the line of an init phase that failed or took too long."""
    return f"INIT_REPORT Init Duration: {init_ms:.2f} ms\tPhase: {phase}\t{_failure(status, error_type)}\n"


def start(request_id: str, version: str) -> str:
    """Write the line before the handler's first output."""
    return f"START RequestId: {request_id} Version: {version}\n"


def timed_out(request_id: str, seconds: float, now_ms: int) -> str:
    """Write the classic line of a timeout; `seconds` is the measured time."""
    stamp = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return f"{stamp.replace('+00:00', 'Z')} {request_id} Task timed out after {seconds:.2f} seconds\n\n"


def exited(message: str, error_type: str) -> str:
    """Write the event of a runtime that ended by itself; it has two lines."""
    return f"{message}\n{error_type}\n"


def end(request_id: str) -> str:
    """Write the line after the handler's last output."""
    return f"END RequestId: {request_id}\n"


def billed(duration_ms: float, init_ms: float | None) -> int:
    """Round up what is paid for; since August 2025 the init phase is part of it."""
    return math.ceil(duration_ms + (init_ms or 0.0))


def report(
    request_id: str,
    *,
    duration_ms: float,
    init_ms: float | None,
    memory_mb: int,
    used_mb: int,
    status: Status,
    error_type: str,
) -> str:
    """Write the line that sums an invocation up."""
    words = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {duration_ms:.2f} ms",
        f"Billed Duration: {billed(duration_ms, init_ms)} ms",
        f"Memory Size: {memory_mb} MB",
        f"Max Memory Used: {used_mb} MB",
    ]
    if init_ms is not None:
        words.append(f"Init Duration: {init_ms:.2f} ms")
    return "\t".join(words) + "\t" + _failure(status, error_type) + "\n"


def _failure(status: Status, error_type: str) -> str:
    match status:
        case Status.OK:
            return ""
        case Status.TIMEOUT:
            return "Status: timeout"
        case Status.ERROR:
            return f"Status: error\tError Type: {error_type}"
