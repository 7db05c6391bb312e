"""Log events into their stream, on the path of every invocation: few statements, written by hand.

Knows no limits of PutLogEvents (`acceptance` has them); makes group and stream when they are missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from console.aws.clock import as_datetime
from functions.observability import limits, metricfilters

Event = tuple[int, str]
"""Epoch milliseconds and the message."""

_ROWS_A_STATEMENT = 500

_FIND = """
UPDATE functions_logstream SET
  first_ms = CASE WHEN first_ms IS NULL OR first_ms > %s THEN %s ELSE first_ms END,
  last_ms = CASE WHEN last_ms IS NULL OR last_ms < %s THEN %s ELSE last_ms END,
  ingested_ms = %s,
  bytes = bytes + %s
WHERE name = %s AND group_id = (
  SELECT id FROM functions_loggroup WHERE tenancy_id = %s AND region = %s AND name = %s)
RETURNING id, group_id,
  (SELECT metric_filters FROM functions_loggroup g WHERE g.id = functions_logstream.group_id)
"""
# DO UPDATE, not DO NOTHING: it locks the group that is there, so that it cannot be deleted
# before this transaction has committed its stream.
_MAKE_GROUP = """
INSERT INTO functions_loggroup (tenancy_id, region, name, created_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (tenancy_id, region, name) DO UPDATE SET name = EXCLUDED.name
RETURNING id
"""
_MAKE_STREAM = """
INSERT INTO functions_logstream (group_id, name, created_at) VALUES (%s, %s, %s)
ON CONFLICT (group_id, name) DO NOTHING
"""
_ADD = "INSERT INTO functions_logevent (stream_id, at_ms, ingested_ms, message) VALUES "


def put_events(
    tenancy: int, region: str, group: str, stream: str, events: Sequence[Event], now_ms: int
) -> None:
    """Append events to a stream, inside the caller's transaction when there is one.

    Two statements when the stream exists; safe when several callers make it at once.
    """
    if not events:
        return
    first, last = min(at for at, _ in events), max(at for at, _ in events)
    named = (stream, tenancy, region, group)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        seen = (first, first, last, last, now_ms, size_of(events), *named)
        cursor.execute(_FIND, seen)
        row = cursor.fetchone()
        if row is None:
            _make(cursor, *named, now_ms)
            cursor.execute(_FIND, seen)
            row = cursor.fetchone()
        for part in _parts(events):
            cursor.execute(
                _ADD + ", ".join(["(%s, %s, %s, %s)"] * len(part)),
                [value for at, message in part for value in (row[0], at, now_ms, message)],
            )
        if row[2]:
            metricfilters.count(row[1], events)


def size_of(events: Sequence[Event]) -> int:
    """Count events as PutLogEvents does: UTF-8 of the messages and 26 bytes for each."""
    return sum(len(message.encode()) + limits.EVENT_OVERHEAD for _, message in events)


def _make(
    cursor: CursorWrapper, stream: str, tenancy: int, region: str, group: str, now_ms: int
) -> None:
    made_at = connection.ops.adapt_datetimefield_value(as_datetime(now_ms / 1000))
    cursor.execute(_MAKE_GROUP, [tenancy, region, group, made_at])
    cursor.execute(_MAKE_STREAM, [cursor.fetchone()[0], stream, made_at])


def _parts(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    for start in range(0, len(events), _ROWS_A_STATEMENT):
        yield events[start : start + _ROWS_A_STATEMENT]
