"""Reads items: one by key, a stretch of a partition, a whole table; changes nothing.

Reads rows in key order with SQL by hand. How a page is cut lies in `pages`, reading through an
index in `indexreading`.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from django.db import connection
from django.db.backends.utils import CursorWrapper

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb import keys, rows, values
from triggers.dynamodb.changes import item_of
from triggers.dynamodb.expressions.keyconditions import stretch
from triggers.dynamodb.expressions.paths import project
from triggers.dynamodb.expressions.request import NONE, Bound, Expressions
from triggers.dynamodb.indexreading import query_index, scan_index, wrong_segment
from triggers.dynamodb.keys import KeySchema, Place
from triggers.dynamodb.pages import (
    FIRST_PAGE,
    Given,
    Page,
    Paging,
    Reader,
    check_start,
    cut,
    refuse_key_filter,
)
from triggers.dynamodb.rows import TableInUse
from triggers.dynamodb.walks import Walk, partition_walk, segment_walk

__all__ = ["FIRST_PAGE", "Got", "Page", "Paging", "get_item", "query", "scan"]


@dataclass(frozen=True, slots=True)
class Got:
    """One item that was read: its JSON (projected; None when there is none) and its stored size."""

    table: str
    body: bytes | None
    bytes: int


def get_item(
    scope: Scope,
    table_name: str,
    key: Given,
    expressions: Expressions = NONE,
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> Got:
    """Read the item with `key`. Raises AwsError as `items.put_item` does."""
    checked = values.check_item(key)
    bound = expressions.bind()
    with connection.cursor() as cursor:
        table = rows.find_table(cursor, scope, table_name, clock=clock)
        keys.check_given(table.schema, checked)
        image = rows.read_item(cursor, table.id, keys.place(table.schema, checked))
    if image is None:
        return Got(table.name, None, 0)
    if bound.projection is None:
        return Got(table.name, image.body, image.size)
    return Got(table.name, values.dump(project(item_of(image), bound.projection)), image.size)


def query(
    scope: Scope,
    table_name: str,
    expressions: Expressions,
    paging: Paging = FIRST_PAGE,
    *,
    forward: bool = True,
    clock: Clock = SYSTEM_CLOCK,
) -> Page:
    """Read a page of one partition in the order of its sort keys, or backwards."""

    def meanwhile() -> None:
        check_start(paging.start)
        if not expressions.has_key_condition:
            raise _invalid(
                "Either the KeyConditions or KeyConditionExpression parameter must be specified "
                "in the request."
            )

    bound = expressions.bind("FilterExpression", "KeyConditionExpression", meanwhile=meanwhile)
    if bound.key_condition is None:
        raise AssertionError("a query has a key condition")
    with connection.cursor() as cursor:
        table = rows.find_table(cursor, scope, table_name, clock=clock)
        if paging.index is not None:
            return query_index(cursor, table, bound, paging, forward=forward)
        wanted = stretch(table.schema, bound.key_condition)
        refuse_key_filter(table.schema.names, bound)
        partition = keys.place(
            KeySchema(table.schema.hash_name, table.schema.hash_type),
            {table.schema.hash_name: wanted.partition},
        )
        start = _start(table.schema, paging.start)
        if start and (start.digest != partition.digest or not wanted.holds(start.range)):
            raise _invalid(
                "The provided starting key is outside query boundaries based on provided conditions"
            )
        walk = partition_walk(table.id, partition.digest, wanted, forward)
        return _page(cursor, table, walk, start, bound, paging)


def scan(
    scope: Scope,
    table_name: str,
    expressions: Expressions = NONE,
    paging: Paging = FIRST_PAGE,
    *,
    segment: int | None = None,
    segments: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Page:
    """Read a page of a table, or of one `segment` of its `segments`, in the order of key digests."""

    def meanwhile() -> None:
        check_start(paging.start)
        _check_segment(segment, segments)

    bound = expressions.bind("FilterExpression", meanwhile=meanwhile)
    segment, segments = segment or 0, segments or 1
    with connection.cursor() as cursor:
        table = rows.find_table(cursor, scope, table_name, clock=clock)
        if paging.index is not None:
            return scan_index(cursor, table, bound, paging, segment=segment, segments=segments)
        start = _start(table.schema, paging.start)
        walk = segment_walk(table.id, segment, segments)
        if start and not walk.holds(start.digest):
            raise wrong_segment(segment, segments)
        return _page(cursor, table, walk, start, bound, paging)


def check_selection(select: str | None, projection: str | None, index: str | None = None) -> None:
    """Refuse a Select that contradicts `projection`, the parameter that names attributes.

    Source: moto's tests verified on AWS, of August 2026.
    """
    if select == "ALL_PROJECTED_ATTRIBUTES" and index is None:
        raise _invalid(
            "1 validation error detected: "
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"
        )
    if projection is None and select == "SPECIFIC_ATTRIBUTES":
        raise _invalid(
            "1 validation error detected: Must specify the AttributesToGet or "
            "ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"
        )
    if projection is not None and select not in (None, "SPECIFIC_ATTRIBUTES"):
        what = "only the Count" if select == "COUNT" else select
        raise _invalid(
            f"1 validation error detected: Cannot specify the {projection} "
            f"when choosing to get {what}"
        )


def _check_segment(segment: int | None, total: int | None) -> None:
    if segment is None and total is None:
        return
    if segment is None:
        raise _invalid(
            "The Segment parameter is required but was not present in the request when parameter "
            "TotalSegments is present"
        )
    if total is None:
        raise _invalid(
            "The TotalSegments parameter is required but was not present in the request when "
            "Segment parameter is present"
        )
    if segment >= total:
        raise _invalid(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments"
        )


def _page(
    cursor: CursorWrapper,
    table: TableInUse,
    walk: Walk,
    start: Place | None,
    bound: Bound,
    paging: Paging,
) -> Page:
    reader = Reader(bound.filter, bound.projection, paging.count_only)
    end = cut(walk.rows(cursor, start, paging.limit), reader, paging.limit)
    last_key = keys.of_item(table.schema, orjson.loads(end.body)) if end.body else None
    return Page(table.name, reader.items, reader.count, end.scanned, end.bytes, last_key)


def _start(schema: KeySchema, given: Given | None) -> Place | None:
    if given is None:
        return None
    checked = values.check_item(given)
    try:
        keys.check_given(schema, checked)
    except AwsError as error:
        message = f"The provided starting key is invalid: {error.message}"
        raise AwsError(error.code, message) from None
    return keys.place(schema, checked)


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
