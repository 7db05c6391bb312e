"""SQL by hand that walks index entries in key order: through one partition or through a segment.

Fetches entries together with what is read of them: the entry's own part, or the whole item from the
table. Knows no filters and no limits of AWS.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.backends.utils import CursorWrapper

from triggers.dynamodb.expressions.keyconditions import Stretch
from triggers.dynamodb.keys import Place
from triggers.dynamodb.walks import FIRST_FETCH, next_fetch, segment_bounds

_JOIN = """
 CROSS JOIN triggers_item i"""
_ON = """
   AND i.table_id = %s AND i.hash = e.item_hash AND i."range" = e.item_range"""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an entry is in its index, and its item in the table."""

    entry: Place
    item: Place


class EntryRow(NamedTuple):
    """One entry on the way; `fetched` is the size of an item that was read besides the entry."""

    spot: Spot
    body: bytes
    size: int
    fetched: int


@dataclass(frozen=True, slots=True)
class Reach:
    """Which index of which table is walked, and what is read of an entry.

    `joins`: the body comes from the table; `fetches`: although the entry has a part of its own.
    """

    table: int
    index: int
    joins: bool
    fetches: bool

    def select(self) -> str:
        """Begin the statement up to the condition on the index."""
        body = "i.body" if self.joins else "e.body"
        size = "e.size" if self.fetches or not self.joins else "i.size"
        fetched = "i.size" if self.fetches else "0"
        return (
            f'SELECT e.hash, e."range", e.item_hash, e.item_range, {body}, {size}, {fetched}'
            f" FROM triggers_indexentry e{_JOIN if self.joins else ''} WHERE e.index_id = %s"
        )


@dataclass(frozen=True, slots=True)
class EntryWalk:
    """Where to walk: SQL conditions with their values, and the order of the columns.

    `low` and `high` are the walk's first and last digests; they are one in a partition.
    """

    reach: Reach
    where: str
    values: tuple[Any, ...]
    low: bytes
    high: bytes
    forward: bool = True

    def holds(self, digest: bytes) -> bool:
        """Say whether the walk comes past this partition."""
        return self.low <= digest <= self.high

    def rows(
        self, cursor: CursorWrapper, start: Spot | None, limit: int | None
    ) -> Iterator[EntryRow]:
        """Yield entries after `start`, at most `limit` of them."""
        at = start
        left = limit
        fetch = FIRST_FETCH
        while left is None or left > 0:
            count = fetch if left is None else min(fetch, left)
            batch = self._fetch(cursor, at, count)
            yield from batch
            if len(batch) < count:
                return
            at = batch[-1].spot
            left = None if left is None else left - count
            fetch = next_fetch([max(row.size, row.fetched) for row in batch])

    def _fetch(self, cursor: CursorWrapper, at: Spot | None, count: int) -> list[EntryRow]:
        sql = f"{self.reach.select()}{self.where}"
        given = [self.reach.index, *self.values]
        if self.reach.joins:
            sql += _ON
            given.append(self.reach.table)
        columns: tuple[str, ...] = ('e."range"', "e.item_hash", "e.item_range")
        passed: tuple[bytes, ...] = ()
        if at is not None:
            passed = (at.entry.range, at.item.digest, at.item.range)
        if self.low != self.high:
            columns = ("e.hash", *columns)
            passed = (at.entry.digest, *passed) if at is not None else ()
        if passed:
            marks = ", ".join(["%s"] * len(passed))
            sql += f" AND ({', '.join(columns)}) {'>' if self.forward else '<'} ({marks})"
            given += passed
        order = ", ".join(columns if self.forward else (f"{name} DESC" for name in columns))
        cursor.execute(f"{sql} ORDER BY {order} LIMIT %s", [*given, count])
        return [
            EntryRow(
                Spot(Place(bytes(row[0]), bytes(row[1])), Place(bytes(row[2]), bytes(row[3]))),
                bytes(row[4]),
                row[5],
                row[6],
            )
            for row in cursor.fetchall()
        ]


def partition_walk(reach: Reach, digest: bytes, stretch: Stretch, forward: bool) -> EntryWalk:
    """Walk a stretch of one partition of an index by sort key, or backwards."""
    where = " AND e.hash = %s"
    values: list[Any] = [digest]
    if stretch.low is not None:
        where += f' AND e."range" {">" if stretch.low_open else ">="} %s'
        values.append(stretch.low)
    if stretch.high is not None:
        where += f' AND e."range" {"<" if stretch.high_open else "<="} %s'
        values.append(stretch.high)
    return EntryWalk(reach, where, tuple(values), digest, digest, forward)


def segment_walk(reach: Reach, segment: int, segments: int) -> EntryWalk:
    """Walk the index's partitions whose digests lie in one of `segments` equal parts."""
    low, end = segment_bounds(segment, segments)
    return EntryWalk(reach, " AND e.hash >= %s AND e.hash <= %s", (low, end), low, end)
