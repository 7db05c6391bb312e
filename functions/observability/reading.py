"""Log events out of their streams: page by page, filtered, or the newest for a live tail.

Events are ordered by (time, id). Knows no tokens; positions are plain values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from console.aws.scope import Scope
from functions.observability import limits
from functions.observability.models import LogEvent, LogStream

Position = tuple[int, int]
"""Time in epoch milliseconds and id of an event; a page lies strictly after or before it."""

START: Position = (-1, 0)
_TAIL_EVENTS = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One event with the name of its stream; times are epoch milliseconds."""

    id: int
    stream: str
    at_ms: int
    ingested_ms: int
    message: str

    @property
    def position(self) -> Position:
        """Where the event stands in its order."""
        return self.at_ms, self.id


@dataclass(frozen=True, slots=True)
class Span:
    """From `start_ms` (included) to `end_ms` (excluded); None is open."""

    start_ms: int | None = None
    end_ms: int | None = None


ALWAYS = Span()


def after(stream: LogStream, span: Span, place: Position, count: int) -> list[Line]:
    """Read up to `count` events that follow `place`, oldest first, a megabyte at most."""
    found = _within(LogEvent.objects.filter(stream=stream), span).filter(_follows(place))
    return list(_fitting(_lines(found.order_by("at_ms", "id")[:count])))


def before(stream: LogStream, span: Span, place: Position | None, count: int) -> list[Line]:
    """Read the last `count` events before `place` (None: the end), oldest first, a megabyte at most."""
    found = _within(LogEvent.objects.filter(stream=stream), span)
    if place is not None:
        at, pk = place
        found = found.filter(at_ms__lte=at).filter(Q(at_ms__lt=at) | Q(at_ms=at, pk__lt=pk))
    return list(_fitting(_lines(found.order_by("-at_ms", "-id")[:count])))[::-1]


def search(
    streams: QuerySet[LogStream],
    span: Span,
    place: Position,
    matches: Callable[[str], bool],
    count: int,
) -> tuple[list[Line], Position | None]:
    """Find up to `count` matching events of several streams after `place`, oldest first.

    Looks at a bounded number of events; also returns where to go on, None at the end.
    """
    found = _within(LogEvent.objects.filter(stream__in=streams), span).filter(_follows(place))
    lines = _lines(found.order_by("at_ms", "id")[: limits.SCANNED_EVENTS])
    kept: list[Line] = []
    size = looked_at = scanned = 0
    for line in lines:
        looked_at += 1
        scanned += _size(line)
        if matches(line.message):
            kept.append(line)
            size += _size(line)
        if len(kept) == count or size > limits.PAGE_BYTES or scanned > limits.SCANNED_BYTES:
            return kept, line.position
        place = line.position
    return kept, place if looked_at == limits.SCANNED_EVENTS else None


def tail(
    scope: Scope,
    group_name: str,
    stream_name: str | None,
    after_id: int,
    count: int = _TAIL_EVENTS,
) -> list[Line]:
    """Read what was written after the event `after_id`, in the order of writing.

    `after_id` 0 gives the newest `count` events. A group or stream that is not there yet has no
    events. Approximate on PostgreSQL: ids of transactions that overlap may appear out of order, so
    a line can be missing from a tail that is being followed; `after` and `search` do not miss it.
    """
    streams = LogStream.objects.filter(
        group__tenancy_id=scope.tenancy, group__region=scope.region, group__name=group_name
    )
    if stream_name is not None:
        streams = streams.filter(name=stream_name)
    found = LogEvent.objects.filter(stream__in=list(streams.values_list("pk", flat=True)))
    if after_id:
        return list(_lines(found.filter(pk__gt=after_id).order_by("pk")[:count]))
    return list(_lines(found.order_by("-pk")[:count]))[::-1]


def _within(events: QuerySet[LogEvent], span: Span) -> QuerySet[LogEvent]:
    if span.start_ms is not None:
        events = events.filter(at_ms__gte=span.start_ms)
    return events if span.end_ms is None else events.filter(at_ms__lt=span.end_ms)


def _follows(place: Position) -> Q:
    at, pk = place
    # The first condition is implied by the second; it lets the index find the place.
    return Q(at_ms__gte=at) & (Q(at_ms__gt=at) | Q(at_ms=at, pk__gt=pk))


def _lines(events: QuerySet[LogEvent]) -> Iterator[Line]:
    rows = events.values_list("id", "stream__name", "at_ms", "ingested_ms", "message")
    return (Line(*row) for row in rows.iterator())


def _fitting(lines: Iterable[Line]) -> Iterator[Line]:
    """Stop before the page's bytes are used up, but give at least one event."""
    size = 0
    for line in lines:
        size += _size(line)
        if size > limits.PAGE_BYTES and size > _size(line):
            return
        yield line


def _size(line: Line) -> int:
    return len(line.message.encode())
