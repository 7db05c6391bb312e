"""Events that a function really got lately, to test it with: batches of its triggers, and calls.

A batch is put together again from the stream, as its lane did it; what has expired is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from console.aws.scope import Scope
from console.pages.tables import standing
from functions.models import Function, Invocation
from triggers.mappings.filters import compile_filters
from triggers.models import EventSourceMapping, Lane
from triggers.polling import batching, events
from triggers.sources.protocol import Sieve
from triggers.sources.registry import source_of

NEWEST = 15
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Captured:
    """One event: the invocation that had it, and what to call it."""

    id: UUID
    text: str


def newest(scope: Scope, function: Function) -> list[Captured]:
    """List the newest events of a function, each batch once however often it was tried."""
    rows = _runs(scope, function).order_by("-created_at")[:_LOOKED_AT]
    runs = list(rows.defer("result", "log_tail"))
    lanes = _lanes(runs)
    found: dict[object, Captured] = {}
    for run in runs:
        lane = lanes.get(run.lane_id) if run.lane_id is not None else None
        if lane is not None and run.first_seq is not None:
            batch = (run.lane_id, run.first_seq, run.last_seq)
            found.setdefault(batch, Captured(run.pk, _batch(run, lane)))
        elif run.payload:
            found.setdefault(run.pk, Captured(run.pk, _call(run)))
    return list(found.values())[:NEWEST]


def event(scope: Scope, function: Function, invocation: str) -> str | None:
    """Give the event of an invocation as JSON; None when it is gone or was none of the function's."""
    try:
        run = _runs(scope, function).filter(pk=UUID(invocation)).first()
    except ValueError:
        return None
    if run is None:
        return None
    if run.lane_id is None:
        return bytes(run.payload).decode(errors="replace") if run.payload else None
    lane = _lanes([run]).get(run.lane_id)
    return _records(lane, run) if lane is not None else None


def _runs(scope: Scope, function: Function) -> QuerySet[Invocation]:
    return Invocation.objects.filter(
        tenancy_id=scope.tenancy, region=scope.region, function_name=function.name
    )


def _lanes(runs: Sequence[Invocation]) -> dict[int, Lane]:
    wanted = {run.lane_id for run in runs if run.lane_id is not None}
    return Lane.objects.select_related("mapping", "shard").in_bulk(wanted)


def _batch(run: Invocation, lane: Lane) -> str:
    table = standing.table_of(lane.mapping.stream_arn)
    count = run.records or 0
    noun = "record" if count == 1 else "records"
    how = f", {run.error_type}" if run.error_type else ""
    at = f"{run.created_at:%H:%M:%S}"
    return f"{at} {table}: {run.first_seq}–{run.last_seq}, {count} {noun}{how}"


def _call(run: Invocation) -> str:
    kind = "asynchronous" if run.source == Invocation.Source.EVENT else "Invoke"
    how = f", {run.error_type}" if run.error_type else ""
    return f"{run.created_at:%H:%M:%S} {kind}{how}"


def _records(lane: Lane, run: Invocation) -> str | None:
    source = source_of(lane.mapping.stream_arn)
    if source is None or run.first_seq is None or run.last_seq is None:
        return None
    low, high = run.first_seq - 1, run.last_seq
    seen = source.look(lane.shard_id, low, high, None, _sieve(lane.mapping, lane)).records
    owed = [one for one in seen if one.matches]
    if not owed:
        return None
    records = source.records(lane.shard_id, batching.of(low, high, owed))
    return events.of_records(records).decode()


def _sieve(mapping: EventSourceMapping, lane: Lane) -> Sieve:
    patterns = tuple(mapping.filters)
    matches = compile_filters(patterns).matches_bytes if patterns else None
    return Sieve(matches, lane.number, lane.factor)
