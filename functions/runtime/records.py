"""The platform's own log events around an invocation, for the log format JSON. Pure.

Source: Lambda developer guide, "Working with Lambda function logs" (levels of system events) and
"Lambda Telemetry API Event schema reference" (their records).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from functions.runtime import reports
from functions.runtime.logs import LogLine
from functions.runtime.outcomes import Status, judge, reported_type
from functions.runtime.runs import FailedInit, Phase, Run
from functions.runtime.spec import EnvironmentSpec
from functions.runtime.variables import initialization

#: Source: same guide; only these three can be chosen for system events.
_LEVELS = {"DEBUG": 0, "INFO": 1, "WARN": 2}
_STATUS = {Status.OK: "success", Status.ERROR: "error", Status.TIMEOUT: "timeout"}

_Event = tuple[int, str, str, dict[str, Any]]  # epoch milliseconds, level, type, record


def lines(
    run: Run, spec: EnvironmentSpec, status: Status, error_type: str, used_mb: int
) -> list[LogLine]:
    """Put the platform's events, from the function's system level on, around its own output."""
    least = _LEVELS.get(spec.system_level or "INFO", 1)

    def told(events: Iterator[_Event]) -> list[LogLine]:
        return [_line(event) for event in events if _LEVELS[event[1]] >= least]

    failed = [
        line
        for one in run.failed_inits
        for line in (*one.log, *told(_failed(one, _phase(spec, one.phase), run.request_id)))
    ]
    return [
        *told(_begun(run, spec)),
        *failed,
        *run.init_log,
        *told(_initialised(run, spec)),
        *told(_start(run, spec)),
        *run.log,
        *told(_after(run, spec, status, error_type, used_mb)),
    ]


def _begun(run: Run, spec: EnvironmentSpec) -> Iterator[_Event]:
    if run.spawned_ms is None:
        return
    version = {
        "runtimeVersion": reports.runtime_version(spec.runtime),
        "runtimeVersionArn": reports.runtime_version_arn(spec.runtime, spec.region),
    }
    names = {
        "functionName": spec.name,
        "functionVersion": spec.version,
        "instanceId": spec.code_sha256[:32],
        "instanceMaxMemory": spec.memory_mb * 1024 * 1024,
    }
    yield (
        run.spawned_ms,
        "INFO",
        "platform.initStart",
        _phase(spec, run.first_phase) | version | names,
    )


def _failed(one: FailedInit, phase: dict[str, Any], request_id: str) -> Iterator[_Event]:
    verdict = judge(one.ending, request_id)
    told = phase | _outcome(verdict.status, reported_type(one.ending, verdict))
    yield from _init_done(one.ended_ms, "WARN", told, one.duration_ms)


def _initialised(run: Run, spec: EnvironmentSpec) -> Iterator[_Event]:
    if run.init_ms is not None and run.handed_ms is not None:
        told = _phase(spec, Phase.INIT) | _outcome(Status.OK, "")
        yield from _init_done(run.handed_ms, "DEBUG", told, run.init_ms)


def _init_done(at: int, level: str, told: dict[str, Any], duration_ms: float) -> Iterator[_Event]:
    yield at, level, "platform.initRuntimeDone", told
    metrics = {"metrics": {"durationMs": round(duration_ms, 3)}}
    yield at, level, "platform.initReport", told | metrics


def _phase(spec: EnvironmentSpec, phase: Phase) -> dict[str, Any]:
    return {"initializationType": initialization(spec), "phase": phase}


def _start(run: Run, spec: EnvironmentSpec) -> Iterator[_Event]:
    at = run.ended_ms if run.handed_ms is None else run.handed_ms
    record = {"requestId": run.request_id, "version": spec.version}
    yield at, "INFO", "platform.start", record


def _after(
    run: Run, spec: EnvironmentSpec, status: Status, error_type: str, used_mb: int
) -> Iterator[_Event]:
    well = status is Status.OK
    told = {"requestId": run.request_id} | _outcome(status, error_type)
    took = round(run.duration_ms, 3)
    done = {"metrics": {"durationMs": took, "producedBytes": run.produced_bytes}}
    yield run.ended_ms, "DEBUG" if well else "WARN", "platform.runtimeDone", told | done
    metrics: dict[str, Any] = {
        "durationMs": took,
        "billedDurationMs": reports.billed(run.duration_ms, run.init_ms),
        "memorySizeMB": spec.memory_mb,
        "maxMemoryUsedMB": used_mb,
    }
    if run.init_ms is not None:
        metrics["initDurationMs"] = round(run.init_ms, 3)
    yield run.ended_ms, "INFO" if well else "WARN", "platform.report", told | {"metrics": metrics}


def _outcome(status: Status, error_type: str) -> dict[str, Any]:
    told = {"status": _STATUS[status]}
    return told | {"errorType": error_type} if status is Status.ERROR and error_type else told


def _line(event: _Event) -> LogLine:
    at, _, kind, record = event
    stamp = datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")
    told = {"time": stamp.replace("+00:00", "Z"), "type": kind, "record": record}
    return at, json.dumps(told, separators=(",", ":")) + "\n"
