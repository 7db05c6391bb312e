"""What an ended invocation amounts to: its figures and log lines as one Outcome. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from functions.runtime import records, reports
from functions.runtime.logs import LogLine
from functions.runtime.outcomes import (
    Exited,
    Outcome,
    OutOfMemory,
    TimedOut,
    Verdict,
    judge,
    reported_type,
)
from functions.runtime.runs import Run
from functions.runtime.spec import EnvironmentSpec


def sum_up(run: Run, spec: EnvironmentSpec, environment_id: str, log_stream: str) -> Outcome:
    """Put the platform's lines around the function's own and the ending into AWS's words."""
    verdict = judge(run.ending, run.request_id)
    out_of_memory = isinstance(run.ending, OutOfMemory)
    kind = reported_type(run.ending, verdict)
    used_mb = spec.memory_mb if out_of_memory else max(1, round(run.peak_mb))
    used_mb = min(used_mb, spec.memory_mb)
    if spec.log_format == "JSON":
        lines = records.lines(run, spec, verdict.status, kind, used_mb)
    else:
        lines = _text(run, spec, verdict, kind, used_mb)
    return Outcome(
        payload=verdict.payload,
        function_error=verdict.function_error,
        error_type=verdict.error_type,
        error_message=verdict.error_message,
        status=verdict.status,
        log_lines=tuple(_in_order(lines)),
        duration_ms=run.duration_ms,
        billed_ms=reports.billed(run.duration_ms, run.init_ms),
        init_ms=run.init_ms,
        max_memory_mb=used_mb,
        environment_id=environment_id,
        log_stream=log_stream,
        provisioned=spec.provisioned,
    )


def _text(
    run: Run, spec: EnvironmentSpec, verdict: Verdict, kind: str, used_mb: int
) -> list[LogLine]:
    report = reports.report(
        run.request_id,
        duration_ms=run.duration_ms,
        init_ms=run.init_ms,
        memory_mb=spec.memory_mb,
        used_mb=used_mb,
        status=verdict.status,
        error_type=kind,
    )
    return [
        *_opening(run, spec),
        *run.log,
        *_last_words(run, verdict),
        (run.ended_ms, reports.end(run.request_id)),
        (run.ended_ms, report),
    ]


def _opening(run: Run, spec: EnvironmentSpec) -> list[LogLine]:
    """Write what comes before the handler: a new environment, its init phases, START."""
    lines: list[LogLine] = []
    if run.spawned_ms is not None:
        lines.append((run.spawned_ms, reports.init_start(spec.runtime, spec.region)))
    for failed in run.failed_inits:
        verdict = judge(failed.ending, run.request_id)
        kind = reported_type(failed.ending, verdict)
        text = reports.init_report(failed.duration_ms, failed.phase, verdict.status, kind)
        lines += [*failed.log, (failed.ended_ms, text)]
    at = run.ended_ms if run.handed_ms is None else run.handed_ms
    return [*lines, *run.init_log, (at, reports.start(run.request_id, spec.version))]


def _last_words(run: Run, verdict: Verdict) -> list[LogLine]:
    """Write what the platform says about a process that did not answer."""
    match run.ending:
        case TimedOut():
            seconds = run.duration_ms / 1000
            return [(run.ended_ms, reports.timed_out(run.request_id, seconds, run.ended_ms))]
        case Exited() | OutOfMemory():
            text = reports.exited(verdict.error_message, verdict.error_type)
            return [(run.ended_ms, text)]
        case _:
            return []


def _in_order(lines: list[LogLine]) -> Iterator[LogLine]:
    """Let no line seem older than the one before it: readers sort by time."""
    latest = 0
    for at, text in lines:
        latest = max(latest, at)
        yield latest, text
