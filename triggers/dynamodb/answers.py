"""Puts answers of item operations together from bytes that are already JSON.

Knows which attributes `ReturnValues` asks for and what a call cost. Reads no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import orjson

from console.aws.errors import AwsError
from triggers.dynamodb.changes import item_of
from triggers.dynamodb.expressions.nodes import Path
from triggers.dynamodb.expressions.paths import project
from triggers.dynamodb.indexing import Spent
from triggers.dynamodb.items import Written
from triggers.dynamodb.pages import Page
from triggers.dynamodb.values import Item, dump
from triggers.streams.records import Image

_OLD_OR_NOTHING: Final = (None, "NONE", "ALL_OLD")


def spliced(members: Iterable[tuple[str, bytes | None]]) -> bytes:
    """Write a JSON object from members whose values are JSON; None leaves a member out."""
    return (
        b"{"
        + b",".join(
            b'"' + name.encode() + b'":' + content
            for name, content in members
            if content is not None
        )
        + b"}"
    )


def array(bodies: Iterable[bytes]) -> bytes:
    """Write a JSON list."""
    return b"[" + b",".join(bodies) + b"]"


def check_return_values(how: str | None) -> None:
    """Refuse what PutItem and DeleteItem cannot return."""
    if how not in _OLD_OR_NOTHING:
        raise AwsError("ValidationException", "ReturnValues can only be ALL_OLD or NONE")


def returned(how: str | None, written: Written) -> bytes | None:
    """Give the attributes that ReturnValues asks for, as JSON; None when there are none."""
    match how:
        case "ALL_OLD":
            return written.old.body if written.old else None
        case "ALL_NEW":
            return written.new.body if written.new else None
        case "UPDATED_OLD":
            return _part(written.old, written.touched)
        case "UPDATED_NEW":
            return _part(written.new, written.touched)
        case _:
            return None


def write_cost(
    how: str | None, table: str, sizes: list[int], spent: Sequence[Spent] = ()
) -> bytes | None:
    """Write ConsumedCapacity of writes: each item's KB, rounded up, at least 1; and of indexes."""
    units = float(sum(max(1, -(-size // 1024)) for size in sizes))
    return _cost(how, table, units, spent=spent)


def read_cost(
    how: str | None, table: str, sizes: list[int], consistent: bool | None
) -> bytes | None:
    """Write ConsumedCapacity of reads: each 4 KB, rounded up, half when eventually consistent."""
    units = sum(max(1, -(-size // 4096)) for size in sizes)
    return _cost(how, table, units * (1.0 if consistent else 0.5))


def page_cost(how: str | None, page: Page, consistent: bool | None) -> bytes | None:
    """Write ConsumedCapacity of a page: all of it rounded together.

    Through an index the page is the index's, and each item fetched besides is the table's.
    """
    if page.through is None:
        return read_cost(how, page.table, [page.bytes], consistent)
    unit = 1.0 if consistent else 0.5
    units = unit * max(1, -(-page.bytes // 4096))
    fetched = unit * sum(max(1, -(-size // 4096)) for size in page.through.fetched)
    spent = [Spent(page.through.name, page.through.local, units)]
    return _cost(how, page.table, fetched, spent=spent)


def collection_metrics(how: str | None, collection: Item | None) -> dict[str, Any] | None:
    """Give ItemCollectionMetrics of a write, when asked for and the table has local indexes.

    Sizes of item collections are not counted here: the estimate is always up to 1 GB.
    """
    if how != "SIZE" or collection is None:
        return None
    return {"ItemCollectionKey": collection, "SizeEstimateRangeGB": [0.0, 1.0]}


def all_collection_metrics(
    how: str | None, collections: Mapping[str, Sequence[Item]]
) -> bytes | None:
    """Write ItemCollectionMetrics of several writes, by table; None when there are none."""
    found = {
        table: [collection_metrics(how, one) for one in some]
        for table, some in collections.items()
        if how == "SIZE" and some
    }
    return orjson.dumps(found) if found else None


def transact_write_cost(
    how: str | None, table: str, sizes: list[int], spent: Sequence[Spent] = ()
) -> bytes | None:
    """Write ConsumedCapacity of a transaction's writes: twice each item's KB; and of indexes."""
    units = 2.0 * sum(max(1, -(-size // 1024)) for size in sizes)
    twice = [replace(one, units=2.0 * one.units) for one in spent]
    return _cost(how, table, units, "WriteCapacityUnits", twice)


def transact_read_cost(how: str | None, table: str, sizes: list[int]) -> bytes | None:
    """Write ConsumedCapacity of a transaction's reads: twice each item's 4 KB."""
    units = 2.0 * sum(max(1, -(-size // 4096)) for size in sizes)
    return _cost(how, table, units, "ReadCapacityUnits")


def costs(found: list[bytes | None]) -> bytes | None:
    """Write the list of ConsumedCapacity; None when nobody asked."""
    present = [cost for cost in found if cost is not None]
    return array(present) if present else None


def _cost(
    how: str | None, table: str, units: float, kind: str = "", spent: Sequence[Spent] = ()
) -> bytes | None:
    """`units` are the table's; `kind` names units once more, as answers to transactions do."""
    if how not in ("TOTAL", "INDEXES"):
        return None
    cost: dict[str, Any] = {"TableName": table}
    cost |= _counted(units + sum(one.units for one in spent), kind)
    if how == "INDEXES":
        cost["Table"] = _counted(units, kind)
        for member, local in (("LocalSecondaryIndexes", True), ("GlobalSecondaryIndexes", False)):
            of_these = {one.index: _counted(one.units, kind) for one in spent if one.local == local}
            if of_these:
                cost[member] = of_these
    return orjson.dumps(cost)


def _counted(units: float, kind: str) -> dict[str, float]:
    return {"CapacityUnits": units} | ({kind: units} if kind else {})


def _part(image: Image | None, paths: tuple[Path, ...]) -> bytes | None:
    part = project(item_of(image), paths)
    return dump(part) if part else None
