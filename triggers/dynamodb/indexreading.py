"""Reads items through an index: a stretch of one of its partitions, or all of it; changes nothing.

What an index does not hold is fetched from the table for a local index and refused for a global
one. The walk's SQL is `indexwalks`'.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import orjson
from django.db.backends.utils import CursorWrapper

from console.aws.errors import AwsError
from triggers.dynamodb import keys, values
from triggers.dynamodb.expressions.nodes import Path
from triggers.dynamodb.expressions.request import Bound
from triggers.dynamodb.expressions.walk import paths_in
from triggers.dynamodb.indexconditions import stretch
from triggers.dynamodb.indexes import Index
from triggers.dynamodb.indexwalks import (
    EntryRow,
    EntryWalk,
    Reach,
    Spot,
    partition_walk,
    segment_walk,
)
from triggers.dynamodb.pages import (
    Given,
    Page,
    Paging,
    Reader,
    ThroughIndex,
    cut,
    refuse_key_filter,
)
from triggers.dynamodb.rows import TableInUse
from triggers.dynamodb.status import CREATING
from triggers.dynamodb.values import Item, kind_of

_INVALID: Final = "One or more parameter values were invalid: "
_OUTSIDE: Final = (
    "The provided starting key is outside query boundaries based on provided conditions"
)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is read of each entry: with or without its item, and what of it is shown."""

    reach: Reach
    bound: Bound


def query_index(
    cursor: CursorWrapper, table: TableInUse, bound: Bound, paging: Paging, *, forward: bool
) -> Page:
    """Read a page of one partition of the index that `paging` names.

    Raises AwsError("ValidationException").
    """
    index = _index(table, paging)
    if bound.key_condition is None:
        raise AssertionError("a query has a key condition")
    digest, wanted = stretch(index.key, bound.key_condition)
    refuse_key_filter(index.key.names, bound)
    read = _wanted(table, index, bound, paging)
    start = _start(table, index, paging.start)
    if start and (start.entry.digest != digest or not wanted.holds(start.entry.range)):
        raise _invalid(_OUTSIDE)
    return _page(
        cursor,
        table,
        index,
        partition_walk(read.reach, digest, wanted, forward),
        start,
        read,
        paging,
    )


def scan_index(
    cursor: CursorWrapper,
    table: TableInUse,
    bound: Bound,
    paging: Paging,
    *,
    segment: int,
    segments: int,
) -> Page:
    """Read a page of the index that `paging` names, or of one of its `segments`.

    Raises AwsError("ValidationException").
    """
    index = _index(table, paging)
    read = _wanted(table, index, bound, paging)
    start = _start(table, index, paging.start)
    walk = segment_walk(read.reach, segment, segments)
    if start and not walk.holds(start.entry.digest):
        raise wrong_segment(segment, segments)
    return _page(cursor, table, index, walk, start, read, paging)


def wrong_segment(segment: int, segments: int) -> AwsError:
    """Make the answer to a starting key of another segment of a Scan."""
    return _invalid(
        "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
        f"ExclusiveStartKey with correct Segment. TotalSegments: {segments} Segment: {segment}"
    )


def _index(table: TableInUse, paging: Paging) -> Index:
    """Find the index to read through; only one that has been built can be read."""
    index = next((one for one in table.indexes if one.name == paging.index), None)
    if index is None:
        raise _invalid(f"The table does not have the specified index: {paging.index}")
    if paging.consistent and not index.local:
        raise _invalid("Consistent reads are not supported on global secondary indexes")
    if index.status == CREATING:
        raise _invalid(f"Cannot read from backfilling global secondary index: {index.name}")
    return index


def _wanted(table: TableInUse, index: Index, bound: Bound, paging: Paging) -> _Wanted:
    """Decide whether entries suffice; a global index must not be asked for more than it holds."""
    if index.projected is None:
        return _Wanted(Reach(table.id, index.id, joins=True, fetches=False), bound)
    if paging.whole and not index.local:
        raise _invalid(
            f"{_INVALID}Select type ALL_ATTRIBUTES is not supported for global secondary index "
            f"{index.name} because its projection type is not ALL"
        )
    missing = _missing(index, bound)
    if missing and not index.local:
        raise _invalid(
            f"{_INVALID}Global secondary index {index.name} does not project [{', '.join(missing)}]"
        )
    fetches = paging.whole or bool(missing)
    if fetches and not paging.whole and bound.projection is None:
        shown = tuple(Path((name,)) for name in sorted(index.projected))
        bound = replace(bound, projection=shown)
    return _Wanted(Reach(table.id, index.id, joins=fetches, fetches=fetches), bound)


def _missing(index: Index, bound: Bound) -> list[str]:
    """Name the attributes that filter and projection need and the index does not hold."""
    paths = list(bound.projection or ())
    if bound.filter is not None:
        paths += paths_in(bound.filter)
    held = index.projected or frozenset()
    return list(dict.fromkeys(str(p.parts[0]) for p in paths if p.parts[0] not in held))


def _page(
    cursor: CursorWrapper,
    table: TableInUse,
    index: Index,
    walk: EntryWalk,
    start: Spot | None,
    read: _Wanted,
    paging: Paging,
) -> Page:
    fetched: list[int] = []
    reader = Reader(read.bound.filter, read.bound.projection, paging.count_only)
    rows = _noting(walk.rows(cursor, start, paging.limit), fetched)
    end = cut(rows, reader, paging.limit)
    through = ThroughIndex(index.name, index.local, fetched[: end.scanned] if fetched else [])
    last_key = None
    if end.body is not None:
        item: Item = orjson.loads(end.body)
        last_key = {name: item[name] for name in _names(table, index)}
    return Page(table.name, reader.items, reader.count, end.scanned, end.bytes, last_key, through)


def _noting(rows: Iterator[EntryRow], fetched: list[int]) -> Iterator[EntryRow]:
    """Note the sizes of items that were fetched from the table."""
    for row in rows:
        if row.fetched:
            fetched.append(row.fetched)
        yield row


def _names(table: TableInUse, index: Index) -> tuple[str, ...]:
    """Name the attributes of a key that finds an entry: the table's and the index's."""
    return tuple(dict.fromkeys((*table.schema.names, *index.key.names)))


def _start(table: TableInUse, index: Index, given: Given | None) -> Spot | None:
    if given is None:
        return None
    kinds = {name: table.schema.type_of(name) for name in table.schema.names}
    kinds |= {attribute.name: attribute.kind for attribute in index.key.attributes}
    checked = values.check_item(given)
    try:
        if {name: kind_of(value) for name, value in checked.items()} != kinds:
            raise _invalid("The provided key element does not match the schema")
        item = keys.of_item(table.schema, checked)
        keys.check_given(table.schema, item)
        return Spot(index.key.place(checked), keys.place(table.schema, item))
    except AwsError as error:
        message = f"The provided starting key is invalid: {error.message}"
        raise AwsError(error.code, message) from None


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
