"""SQL by hand that walks items in key order: through one partition or through a table's segment.

Fetches as many rows at a time as are likely to fill a page. Knows no filters and no limits of AWS
but the page's size, which it uses as a guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.db.backends.utils import CursorWrapper

from triggers.dynamodb.expressions.keyconditions import Stretch
from triggers.dynamodb.keys import Place

FIRST_FETCH: Final = 64
_LARGEST_FETCH: Final = 2048
_GUESSED_BYTES: Final = 1024 * 1024


class Row(NamedTuple):
    """One stored item on the way."""

    digest: bytes
    range: bytes
    body: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Walk:
    """Where to walk: SQL conditions with their values, and the order.

    `first` bounds the walk's beginning and `after` replaces it once a key has been passed, so that
    an index leads to that key; `low` and `high` are the walk's first and last digests.
    """

    where: str
    values: tuple[Any, ...]
    first: str
    first_values: tuple[Any, ...]
    after: str
    order: str
    low: bytes
    high: bytes

    def holds(self, digest: bytes) -> bool:
        """Say whether the walk comes past this partition."""
        return self.low <= digest <= self.high

    def rows(self, cursor: CursorWrapper, start: Place | None, limit: int | None) -> Iterator[Row]:
        """Yield rows after `start`, at most `limit` of them."""
        at = (start.digest, start.range) if start else None
        left = limit
        fetch = FIRST_FETCH
        while left is None or left > 0:
            count = fetch if left is None else min(fetch, left)
            batch = self._fetch(cursor, at, count)
            yield from batch
            if len(batch) < count:
                return
            at = (batch[-1].digest, batch[-1].range)
            left = None if left is None else left - count
            fetch = next_fetch([row.size for row in batch])

    def _fetch(
        self, cursor: CursorWrapper, at: tuple[bytes, bytes] | None, count: int
    ) -> list[Row]:
        sql = f'SELECT hash, "range", body, size FROM triggers_item WHERE {self.where}'
        given = list(self.values)
        if at is None:
            sql += self.first
            given += self.first_values
        else:
            sql += self.after
            given += (at[1],) if self.low == self.high else (at[0], *at)
        cursor.execute(f"{sql} ORDER BY {self.order} LIMIT %s", [*given, count])
        return [
            Row(bytes(digest), bytes(key), bytes(body), size)
            for digest, key, body, size in cursor.fetchall()
        ]


def partition_walk(table: int, digest: bytes, stretch: Stretch, forward: bool) -> Walk:
    """Walk a stretch of one partition by sort key, or backwards."""
    where = "table_id = %s AND hash = %s"
    values: list[Any] = [table, digest]
    if stretch.low is not None:
        where += f' AND "range" {">" if stretch.low_open else ">="} %s'
        values.append(stretch.low)
    if stretch.high is not None:
        where += f' AND "range" {"<" if stretch.high_open else "<="} %s'
        values.append(stretch.high)
    order, sign = ('"range"', ">") if forward else ('"range" DESC', "<")
    after = f' AND "range" {sign} %s'
    return Walk(where, tuple(values), "", (), after, order, digest, digest)


def segment_walk(table: int, segment: int, segments: int) -> Walk:
    """Walk the partitions whose digests lie in one of `segments` equal parts."""
    low, end = segment_bounds(segment, segments)
    return Walk(
        "table_id = %s AND hash <= %s",
        (table, end),
        " AND hash >= %s",
        (low,),
        ' AND hash >= %s AND (hash, "range") > (%s, %s)',
        'hash, "range"',
        low,
        end,
    )


def segment_bounds(segment: int, segments: int) -> tuple[bytes, bytes]:
    """Give the first and the last digest of one of `segments` equal parts of all digests."""
    high = _bound(segment + 1, segments)
    end = (int.from_bytes(high, "big") - 1).to_bytes(16, "big") if high else b"\xff" * 16
    return _bound(segment, segments), end


def _bound(segment: int, segments: int) -> bytes:
    """The first digest of a segment; empty after the last one."""
    start = segment * 2**128 // segments
    return start.to_bytes(16, "big") if start < 2**128 else b""


def next_fetch(sizes: Sequence[int]) -> int:
    """Guess how many rows fill a page, from the sizes of those that came last."""
    average = max(1, sum(sizes) // len(sizes))
    return max(1, min(_LARGEST_FETCH, _GUESSED_BYTES // average))
