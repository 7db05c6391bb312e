"""Groups, streams and events as CloudWatch Logs' answers show them. Looks nothing up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from console.aws.scope import Scope
from functions.observability import groups
from functions.observability.acceptance import Acceptance
from functions.observability.models import LogGroup, LogStream, MetricFilter
from functions.observability.reading import Line

Shown = dict[str, Any]
_ID_DIGITS = 56


def group(scope: Scope, row: LogGroup, stored: int | None) -> Shown:
    """Show a group that holds `stored` bytes; None: as lists by pattern do, which do not say.

    Source: recorded answers, February 2026.
    """
    arn = groups.arn_of(scope, row)
    shown: Shown = {
        "logGroupName": row.name,
        "creationTime": _ms(row.created_at),
        "metricFilterCount": row.metric_filters,
        "arn": f"{arn}:*",
        "logGroupArn": arn,
        "logGroupClass": "STANDARD",
    }
    if stored is not None:
        shown |= {"storedBytes": stored, "deletionProtectionEnabled": False}
    return shown if row.retention_days is None else shown | {"retentionInDays": row.retention_days}


def group_summary(scope: Scope, row: LogGroup) -> Shown:
    """Show a group as ListLogGroups does."""
    arn = groups.arn_of(scope, row)
    return {"logGroupName": row.name, "logGroupArn": arn, "logGroupClass": groups.STANDARD}


def stream(scope: Scope, of: LogGroup, row: LogStream) -> Shown:
    """Show a stream; AWS reports 0 stored bytes for every stream since 2019."""
    shown: Shown = {
        "logStreamName": row.name,
        "creationTime": _ms(row.created_at),
        "arn": f"{groups.arn_of(scope, of)}:log-stream:{row.name}",
        "storedBytes": 0,
    }
    times = {
        "firstEventTimestamp": row.first_ms,
        "lastEventTimestamp": row.last_ms,
        "lastIngestionTime": row.ingested_ms,
    }
    return shown | {name: at for name, at in times.items() if at is not None}


def event(line: Line) -> Shown:
    """Show an event as GetLogEvents does."""
    return {"timestamp": line.at_ms, "message": line.message, "ingestionTime": line.ingested_ms}


def found(line: Line) -> Shown:
    """Show an event as FilterLogEvents does."""
    return event(line) | {"logStreamName": line.stream, "eventId": f"{line.id:0{_ID_DIGITS}d}"}


def accepted(taken: Acceptance, count: int) -> Shown:
    """Show what PutLogEvents left out of a batch of `count` events, and a token nobody needs.

    Source: recorded answers, February 2026.
    """
    rejected: Shown = {}
    if taken.start:
        name = "expiredLogEventEndIndex" if taken.expired else "tooOldLogEventEndIndex"
        rejected[name] = taken.start
    if taken.end < count:
        rejected["tooNewLogEventStartIndex"] = taken.end
    shown: Shown = {"nextSequenceToken": f"{taken.number:0{_ID_DIGITS}d}"}
    return shown | ({"rejectedLogEventsInfo": rejected} if rejected else {})


def metric_filter(row: MetricFilter) -> Shown:
    """Show a metric filter."""
    return {
        "filterName": row.name,
        "filterPattern": row.pattern,
        "metricTransformations": [row.transformation],
        "creationTime": _ms(row.created_at),
        "logGroupName": row.group.name,
        "applyOnTransformedLogs": False,
    }


def further(token: str | None) -> Shown:
    """Show the token of the next page when there is one."""
    return {} if token is None else {"nextToken": token}


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
