"""Keeps index entries true to their items: in the transaction of each write.

Decides which entries a change adds, replaces and removes, and what that costs. An entry is written
only when its place or its projected part changes. Indexes themselves are `indexchanges`'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from django.db.backends.utils import CursorWrapper

from triggers.dynamodb import indexrows
from triggers.dynamodb.indexes import Entry, Index, entry_of
from triggers.dynamodb.indexrows import Written
from triggers.dynamodb.keys import Place
from triggers.dynamodb.values import Item
from triggers.streams.records import Image

Changed = tuple[Item, Place, Image | None, Image | None]
"""A map with an item's key attributes, its place, and the item before and after."""


@dataclass(frozen=True, slots=True)
class Spent:
    """The capacity units that a call used of one index."""

    index: str
    local: bool
    units: float


def maintain(
    cursor: CursorWrapper, indexes: Sequence[Index], changed: Sequence[Changed]
) -> tuple[Spent, ...]:
    """Let `indexes` follow changes of items; what it cost of each that was written to.

    A moved entry costs two writes. Source: developer guide, "Provisioned throughput considerations
    for global secondary indexes".
    """
    gone: list[Written] = []
    come: list[Written] = []
    units: dict[str, float] = {}
    for _, place, old, new in changed:
        before_item, after_item = _item(old), _item(new)
        for index in indexes:
            before = entry_of(index, before_item, old.size) if old else None
            after = entry_of(index, after_item, new.size) if new else None
            if before == after and not (after and after.body is None):
                continue
            cost = _cost(before, after)
            if cost:
                units[index.name] = units.get(index.name, 0.0) + cost
            if before and not _stays(before, after):
                gone.append((index, place, before))
            if after and not (_stays(before, after) and after.body is None):
                come.append((index, place, after))
    indexrows.delete_entries(cursor, gone)
    indexrows.put_entries(cursor, come)
    return tuple(
        Spent(index.name, index.local, units[index.name])
        for index in indexes
        if index.name in units
    )


def _item(image: Image | None) -> Item:
    item: Item = orjson.loads(image.body) if image else {}
    return item


def _stays(before: Entry | None, after: Entry | None) -> bool:
    return before is not None and after is not None and before.place == after.place


def _cost(before: Entry | None, after: Entry | None) -> float:
    if before is not None and after is not None and before.place == after.place:
        return _units(max(before.size, after.size))
    return sum(_units(entry.size) for entry in (before, after) if entry is not None)


def _units(size: int) -> float:
    return float(max(1, -(-size // 1024)))
