"""The hot path's SQL: the table a call names and single items, through Django's connection.

Runs inside the caller's transaction and decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.db import connection
from django.db.backends.utils import CursorWrapper

from console.aws.arn import Arn
from console.aws.clock import Clock
from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.grouping import known
from triggers.dynamodb import indexrows
from triggers.dynamodb.indexes import Index
from triggers.dynamodb.keys import KeySchema, Place
from triggers.dynamodb.status import status, takes_items
from triggers.streams.append import LiveStream
from triggers.streams.records import Image

_NAME = re.compile(r"[a-zA-Z0-9_.-]*")
_TABLE = """
SELECT t.id, t.hash_name, t.hash_type, t.range_name, t.range_type,
       t.transition, t.settles_at, s.id, s.view_type, t.indexed
  FROM triggers_table t
  LEFT JOIN triggers_stream s ON s.id = t.stream_id AND s.disabled_at IS NULL
 WHERE t.tenancy_id = %s AND t.region = %s AND t.name = %s
"""
_ITEM = """
SELECT body, size FROM triggers_item WHERE table_id = %s AND hash = %s AND "range" = %s
"""
_PUT = """
INSERT INTO triggers_item (table_id, hash, "range", body, size, principal)
VALUES {items}
ON CONFLICT (table_id, hash, "range") DO UPDATE
   SET body = excluded.body, size = excluded.size, principal = excluded.principal
"""
_LOCK_ONE = "SELECT pg_advisory_xact_lock(%s); "
_LOCK_SOME = "SELECT pg_advisory_xact_lock(number) FROM unnest(%s) AS number; "
"""Statements of their own: the next one sees what was committed while these waited."""
_DELETE = """
DELETE FROM triggers_item WHERE table_id = %s AND hash = %s AND "range" = %s
"""


@dataclass(frozen=True, slots=True)
class TableInUse:
    """What item operations need to know of a table; `stream` is the one that is on now.

    `indexes` come by name, without those that are being deleted.
    """

    id: int
    name: str
    schema: KeySchema
    stream: LiveStream | None
    indexes: tuple[Index, ...] = ()


def table_name(scope: Scope, given: str) -> str:
    """Take the table's name out of a TableName, which may be the ARN of a table of this account.

    Raises AwsError("ResourceNotFoundException") for an ARN of another account or region.
    """
    if not given.startswith("arn:"):
        return given
    arn = Arn.parse(given)
    if arn is None or not scope.owns(arn) or not arn.resource.startswith("table/"):
        raise not_found()
    return arn.resource.removeprefix("table/")


def find_table(
    cursor: CursorWrapper, scope: Scope, given: str, *, clock: Clock, lock: bool = False
) -> TableInUse:
    """Find the table of an item operation; `lock` keeps it from being deleted meanwhile.

    Raises AwsError("ResourceNotFoundException"), also while it is being created or deleted.
    """
    name = table_name(scope, given)
    key = ("table", scope.tenancy, scope.region, name)
    return known(key, lambda: _find_table(cursor, scope, name, clock, lock))


def _find_table(
    cursor: CursorWrapper, scope: Scope, name: str, clock: Clock, lock: bool
) -> TableInUse:
    if "\0" in name:  # of which PostgreSQL does not even want to hear
        check_name(name)
    sql = _TABLE + "FOR KEY SHARE OF t" if lock and connection.vendor == "postgresql" else _TABLE
    cursor.execute(sql, [scope.tenancy, scope.region, name])
    row = cursor.fetchone()
    if row is None:
        check_name(name)
        raise not_found()
    if not takes_items(status(row[5], indexrows.has_settled(row[6], clock))):
        raise not_found()
    stream = LiveStream(row[7], row[8], scope.region) if row[7] else None
    schema = KeySchema(row[1], row[2], row[3], row[4])
    # a statement of its own sees what was committed while the first waited for the table
    indexes = indexrows.of_table(cursor, row[0], schema, clock=clock) if row[9] else ()
    return TableInUse(row[0], name, schema, stream, indexes)


def read_item(cursor: CursorWrapper, table: int, place: Place) -> Image | None:
    """Read one item as it is stored."""
    cursor.execute(_ITEM, [table, place.digest, place.range])
    row = cursor.fetchone()
    return Image(bytes(row[0]), row[1]) if row else None


def hold_item(cursor: CursorWrapper, table: int, place: Place) -> Image | None:
    """Read one item and keep all other writers from its key until the transaction ends.

    SQLite has one writer anyway. On PostgreSQL an advisory lock holds a key, with a row or without
    one; the row is locked as well, against those who build indexes.
    """
    if cursor.db.vendor != "postgresql":
        return read_item(cursor, table, place)
    lock = _lock_number(table, place)
    cursor.execute(_LOCK_ONE + _ITEM + "FOR UPDATE", [lock, table, place.digest, place.range])
    cursor.nextset()
    row = cursor.fetchone()
    return Image(bytes(row[0]), row[1]) if row else None


def read_items(cursor: CursorWrapper, table: int, places: Sequence[Place]) -> dict[Place, Image]:
    """Read the items that are there of several places."""
    return _select(cursor, table, places)


def hold_items(cursor: CursorWrapper, table: int, places: Sequence[Place]) -> dict[Place, Image]:
    """Read several items and keep other writers from their keys, as `hold_item` does.

    `places` in the order of keys, so that batches that meet hold them in one order.
    """
    if cursor.db.vendor != "postgresql" or not places:
        return read_items(cursor, table, places)
    locks = [_lock_number(table, place) for place in places]
    return _select(cursor, table, places, 'ORDER BY i.hash, i."range" FOR UPDATE OF i', locks)


def write_items(
    cursor: CursorWrapper, table: int, images: Mapping[Place, Image], principal: str
) -> None:
    """Store several items in place of whatever has their keys: one statement."""
    if images:
        cursor.execute(
            _put(len(images)),
            [
                part
                for place, image in images.items()
                for part in (table, place.digest, place.range, image.body, image.size, principal)
            ],
        )


def delete_items(cursor: CursorWrapper, table: int, places: Sequence[Place]) -> None:
    """Remove the items with these keys."""
    if places:
        cursor.executemany(_DELETE, [(table, place.digest, place.range) for place in places])


def write_item(
    cursor: CursorWrapper, table: int, place: Place, image: Image, principal: str
) -> None:
    """Store an item in place of whatever has its key."""
    cursor.execute(_put(1), [table, place.digest, place.range, image.body, image.size, principal])


def delete_item(cursor: CursorWrapper, table: int, place: Place) -> None:
    """Remove the item with this key."""
    cursor.execute(_DELETE, [table, place.digest, place.range])


def _select(
    cursor: CursorWrapper,
    table: int,
    places: Sequence[Place],
    ending: str = "",
    locks: Sequence[int] = (),
) -> dict[Place, Image]:
    """Read items; where there are `locks`, take them first, in the same round trip."""
    if not places:
        return {}
    wanted = ", ".join(["(%s, %s)"] * len(places))
    cursor.execute(
        f'{_LOCK_SOME if locks else ""}WITH wanted(hash, "range") AS (VALUES {wanted}) '
        'SELECT i.hash, i."range", i.body, i.size FROM wanted w CROSS JOIN triggers_item i '
        f'WHERE i.table_id = %s AND i.hash = w.hash AND i."range" = w."range" {ending}',
        [
            *([list(locks)] if locks else ()),
            *(part for place in places for part in (place.digest, place.range)),
            table,
        ],
    )
    if locks:
        cursor.nextset()
    return {
        Place(bytes(digest), bytes(key)): Image(bytes(body), size)
        for digest, key, body, size in cursor.fetchall()
    }


def read_everywhere(
    cursor: CursorWrapper, wanted: Sequence[tuple[int, Place]]
) -> dict[tuple[int, Place], Image]:
    """Read the items that are there of several tables' places, as of one moment: one statement."""
    if not wanted:
        return {}
    listed = ", ".join(["(%s, %s, %s)"] * len(wanted))
    cursor.execute(
        f'WITH wanted("table", hash, "range") AS (VALUES {listed}) '
        'SELECT i.table_id, i.hash, i."range", i.body, i.size '
        "FROM wanted w CROSS JOIN triggers_item i "
        'WHERE i.table_id = w."table" AND i.hash = w.hash AND i."range" = w."range"',
        [part for table, place in wanted for part in (table, place.digest, place.range)],
    )
    return {
        (table, Place(bytes(digest), bytes(key))): Image(bytes(body), size)
        for table, digest, key, body, size in cursor.fetchall()
    }


@cache
def _put(count: int) -> str:
    """Word the statement that stores so many items."""
    return _PUT.format(items=", ".join(["(%s, %s, %s, %s, %s, %s)"] * count))


def _lock_number(table: int, place: Place) -> int:
    return int.from_bytes(place.fingerprint[:8], "big", signed=True) ^ table


def check_name(name: str) -> None:
    """Refuse a TableName that no table can have, in the words of item operations."""
    at = f"Value '{name}' at 'tableName' failed to satisfy constraint: Member must"
    problems = []
    if not _NAME.fullmatch(name):
        problems.append(f"{at} satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
    if len(name) < 3:
        problems.append(f"{at} have length greater than or equal to 3")
    if len(name) > 255:
        problems.append(f"{at} have length less than or equal to 255")
    if problems:
        errors = "error" if len(problems) == 1 else "errors"
        raise AwsError(
            "ValidationException",
            f"{len(problems)} validation {errors} detected: {'; '.join(problems)}",
        )


def not_found() -> AwsError:
    """Make the answer of item operations to a table that is not there."""
    return AwsError("ResourceNotFoundException", "Requested resource not found")
