"""Reads a shard's records in order, for GetRecords and whoever else follows a shard.

SQL by hand; bodies stay the bytes they are. Checks nobody's permission and moves no position.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

MAX_RECORDS: Final = 1000
MAX_BYTES: Final = 1024 * 1024
"""The most that one GetRecords answers. Source: API reference, GetRecords."""
_FIRST_FETCH: Final = 1000

_RECORDS = """
SELECT seq, created_ms, body FROM triggers_record
 WHERE shard_id = %s AND seq > %s ORDER BY seq LIMIT %s
"""
_ARRIVAL = "SELECT created_ms FROM triggers_record WHERE shard_id = %s AND seq = %s"
_SHARD = "SELECT head, trimmed, closed_at IS NOT NULL FROM triggers_shard WHERE id = %s"


class StoredRecord(NamedTuple):
    """One record: its place, its arrival and its final JSON."""

    seq: int
    created_ms: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Ends:
    """A shard's newest place, its newest trimmed place, and whether it takes no more."""

    head: int
    trimmed: int
    closed: bool


def ends(shard_id: int) -> Ends | None:
    """Look at a shard's ends; None when it is gone.

    Look here before reading records: what is read then reaches at least to `head`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SHARD, [shard_id])
        row = cursor.fetchone()
    return Ends(row[0], row[1], bool(row[2])) if row else None


def read_records(
    shard_id: int, after_seq: int, limit: int = MAX_RECORDS, max_bytes: int = MAX_BYTES
) -> list[StoredRecord]:
    """Read records after a place: at most `limit`, at most `max_bytes` but always one."""
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, [shard_id, after_seq, limit])
        rows = cursor.fetchall()
    found: list[StoredRecord] = []
    size = 0
    for seq, created_ms, body in rows:
        size += len(body)
        if found and size > max_bytes:
            break
        found.append(StoredRecord(seq, created_ms, bytes(body)))
    return found


def seq_at_time(shard_id: int, milliseconds: int) -> int:
    """Find the place before the first record that arrived at this time or later."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq FROM triggers_record WHERE shard_id = %s AND created_ms >= %s "
            "ORDER BY seq LIMIT 1",
            [shard_id, milliseconds],
        )
        row = cursor.fetchone()
        if row is not None:
            return int(row[0]) - 1
        cursor.execute("SELECT head FROM triggers_shard WHERE id = %s", [shard_id])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def seqs_at_times(shard_id: int, times: Sequence[int]) -> list[int]:
    """Find, for rising times (milliseconds), the place of the last record that arrived before each.

    Costs a few look-ups for each time, however many records lie between: arrivals never fall.
    """
    known = ends(shard_id)
    if known is None:
        return [0] * len(times)
    found = []
    place = known.trimmed
    with connection.cursor() as cursor:
        for milliseconds in times:
            place = _last_before(cursor, shard_id, place, known.head, milliseconds)
            found.append(place)
    return found


def _last_before(
    cursor: CursorWrapper, shard_id: int, place: int, head: int, milliseconds: int
) -> int:
    """Reach out from `place` in doubling steps, then halve the last one."""

    def is_before(seq: int) -> bool:
        cursor.execute(_ARRIVAL, [shard_id, seq])
        row = cursor.fetchone()
        return row is None or row[0] < milliseconds  # trimmed meanwhile: older than all

    step = 1
    while place + step <= head and is_before(place + step):
        place += step
        step *= 2
    beyond = min(place + step, head + 1)
    while beyond - place > 1:
        middle = (place + beyond) // 2
        if is_before(middle):
            place = middle
        else:
            beyond = middle
    return place
