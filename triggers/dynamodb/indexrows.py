"""The SQL of indexes and their entries, by hand: for writers, builders and removers.

Runs inside the caller's transaction and decides nothing; walks through entries are `indexwalks`'.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db.backends.utils import CursorWrapper

from console.aws.clock import Clock, as_datetime
from triggers.dynamodb.indexes import Entry, Index, IndexKey, KeyAttribute
from triggers.dynamodb.keys import KeySchema, Place
from triggers.dynamodb.models import Index as IndexRow
from triggers.dynamodb.status import DELETING, index_status, settled

_OF_TABLE: Final = """
SELECT id, name, local, key, projection, included, transition, building, settles_at
  FROM triggers_index WHERE table_id = %s ORDER BY name
"""
_PUT: Final = """
INSERT INTO triggers_indexentry (index_id, hash, "range", item_hash, item_range, body, size)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (index_id, hash, "range", item_hash, item_range) DO UPDATE
   SET body = excluded.body, size = excluded.size
"""
_DELETE: Final = """
DELETE FROM triggers_indexentry
 WHERE index_id = %s AND hash = %s AND "range" = %s AND item_hash = %s AND item_range = %s
"""
_DELETE_SOME: Final = """
DELETE FROM triggers_indexentry WHERE index_id = %s
   AND (hash, "range", item_hash, item_range) IN (
     SELECT hash, "range", item_hash, item_range FROM triggers_indexentry
      WHERE index_id = %s LIMIT %s)
"""
_DELETE_OF_TABLE: Final = """
DELETE FROM triggers_indexentry
 WHERE index_id IN (SELECT id FROM triggers_index WHERE table_id = %s)
"""
_MEASURE: Final = """
SELECT COALESCE(SUM(size), 0), COUNT(*) FROM triggers_indexentry WHERE index_id = %s
"""
_MEASURE_WHOLE: Final = """
SELECT COALESCE(SUM(i.size), 0), COUNT(*)
  FROM triggers_indexentry e
  JOIN triggers_item i
    ON i.table_id = %s AND i.hash = e.item_hash AND i."range" = e.item_range
 WHERE e.index_id = %s
"""

Written = tuple[Index, Place, Entry]
"""An index, the place of an item in its table, the item's entry."""


def of_table(
    cursor: CursorWrapper, table: int, schema: KeySchema, *, clock: Clock
) -> tuple[Index, ...]:
    """Read the indexes that writers maintain, by name: all but those being deleted."""
    cursor.execute(_OF_TABLE, [table])
    found = []
    for (
        number,
        name,
        local,
        key,
        projection,
        included,
        transition,
        building,
        at,
    ) in cursor.fetchall():
        if transition == DELETING:
            continue
        status = index_status(transition, bool(building), has_settled(at, clock))
        attributes = read_key(key)
        projected = _projected(projection, included, attributes, schema.names)
        found.append(Index(number, name, bool(local), attributes, projected, status))
    return tuple(found)


def in_use(row: IndexRow, schema: KeySchema) -> Index:
    """See a row of an index that is being built as writers see it."""
    key = read_key(json.dumps(row.key))
    projected = _projected(row.projection, json.dumps(row.included), key, schema.names)
    return Index(row.pk, row.name, row.local, key, projected, row.transition)


def put_entries(cursor: CursorWrapper, entries: Sequence[Written]) -> None:
    """Store entries in place of those at their places."""
    if entries:
        cursor.executemany(
            _PUT,
            [
                (*_key(index, item, entry), entry.body, None if entry.body is None else entry.size)
                for index, item, entry in entries
            ],
        )


def delete_entries(cursor: CursorWrapper, entries: Sequence[Written]) -> None:
    """Remove entries, those that are there."""
    if entries:
        cursor.executemany(_DELETE, [_key(index, item, entry) for index, item, entry in entries])


def delete_some(cursor: CursorWrapper, index: int, most: int) -> int:
    """Remove up to `most` entries of an index; how many there were."""
    cursor.execute(_DELETE_SOME, [index, index, most])
    return int(cursor.rowcount)


def delete_of_table(cursor: CursorWrapper, table: int) -> None:
    """Remove the entries of all indexes of a table."""
    cursor.execute(_DELETE_OF_TABLE, [table])


def measure(cursor: CursorWrapper, table: int, index: int, *, whole: bool) -> tuple[int, int]:
    """Add up bytes and number of an index's entries; `whole` ones are as large as their items."""
    if whole:
        cursor.execute(_MEASURE_WHOLE, [table, index])
    else:
        cursor.execute(_MEASURE, [index])
    size, count = cursor.fetchone()
    return int(size), int(count)


def has_settled(settles_at: datetime, clock: Clock) -> bool:
    """Judge the time as the database gives it; SQLite leaves out that it is UTC."""
    delay = settings.TABLE_DELAY_SECONDS
    return delay == 0 or settled(settles_at.replace(tzinfo=UTC), as_datetime(clock.now()), delay)


def status_of(transition: str, building: bool, settles_at: datetime, clock: Clock) -> str:
    """Name the state of an index now; GONE when it is as good as deleted."""
    return index_status(transition, building, has_settled(settles_at, clock))


@lru_cache(maxsize=1024)
def read_key(text: str) -> IndexKey:
    """Read the column `key`."""
    sides: dict[str, list[KeyAttribute]] = {"HASH": [], "RANGE": []}
    for name, kind, role in json.loads(text):
        sides[role].append(KeyAttribute(name, kind))
    return IndexKey(tuple(sides["HASH"]), tuple(sides["RANGE"]))


@lru_cache(maxsize=1024)
def _projected(
    projection: str, included: str, key: IndexKey, table_names: tuple[str, ...]
) -> frozenset[str] | None:
    """Name the attributes that an index holds; all when None."""
    if projection == "ALL":
        return None
    return frozenset((*table_names, *key.names, *json.loads(included)))


def _key(index: Index, item: Place, entry: Entry) -> tuple[int, bytes, bytes, bytes, bytes]:
    return index.id, entry.place.digest, entry.place.range, item.digest, item.range
