"""What every changing verb does to one item under the hold of its key: check, judge, store, tell.

Works inside the caller's transaction; the caller passes what has changed on to the stream last.
"""

from __future__ import annotations

from typing import Final

import orjson
from django.db.backends.utils import CursorWrapper

from console.aws.clock import Clock
from console.aws.errors import AwsError
from console.aws.ids import Ids
from console.aws.scope import Scope
from triggers.dynamodb import keys, rows, values
from triggers.dynamodb.expressions.conditions import holds
from triggers.dynamodb.expressions.nodes import Condition
from triggers.dynamodb.expressions.updates import Update
from triggers.dynamodb.indexes import check_left_sides, check_put, check_update
from triggers.dynamodb.indexing import Changed, Spent, maintain
from triggers.dynamodb.keys import KeySchema, Place
from triggers.dynamodb.rows import TableInUse
from triggers.dynamodb.values import Item
from triggers.streams.append import append
from triggers.streams.records import Change, Image

MAX_ITEM_BYTES: Final = 400 * 1024
"""Source: developer guide, "Quotas", Item size."""


def image_of(
    item: Item, too_large: str = "Item size has exceeded the maximum allowed size"
) -> Image:
    """Write a checked item as it is stored; `too_large` words the refusal of over 400 KB."""
    size = values.item_size(item)
    if size > MAX_ITEM_BYTES:
        raise AwsError("ValidationException", too_large)
    return Image(values.dump(item), size)


def item_of(image: Image | None) -> Item:
    """Read a stored item; empty when there is none."""
    item: Item = orjson.loads(image.body) if image else {}
    return item


def judge(condition: Condition | None, old: Image | None, show_item: bool) -> None:
    """Refuse the write when the stored item does not meet `condition`.

    Raises AwsError("ConditionalCheckFailedException"); with `show_item` it carries the `Item`.
    """
    if condition is None:
        return
    item = item_of(old)
    if not holds(condition, item):
        raise AwsError(
            "ConditionalCheckFailedException",
            "The conditional request failed",
            fields={"Item": item} if show_item and old else None,
        )


def check_whole(table: TableInUse, item: Item) -> None:
    """Refuse a whole item that does not have the keys of the table and of its indexes."""
    keys.check_stored(table.schema, item)
    check_put(table.indexes, table.schema.names, item)


def updated(old: Image | None, key: Item, update: Update) -> Image | None:
    """Give what `update` makes of the stored item; one that only removes does not make an item.

    Source: Alternator's tests of streams.
    """
    if old is None and update.only_removes:
        return None
    new = update.apply(item_of(old) or key)
    return image_of(new, "Item size to update has exceeded the maximum allowed size")


def check_update_of(table: TableInUse, update: Update) -> None:
    """Refuse an update of the table's key, and what cannot be done to the keys of indexes."""
    refuse_key_update(table.schema, update)
    check_left_sides(table.indexes, update)


def check_updated(table: TableInUse, old: Image | None, new: Image | None) -> None:
    """Refuse an update after which an item could not be in an index that it ought to be in."""
    if table.indexes and new is not None:
        check_update(table.indexes, item_of(old), item_of(new))


def collection(table: TableInUse, item: Item) -> Item | None:
    """Name the item collection of an item: its partition key, when the table has local indexes."""
    if not any(index.local for index in table.indexes):
        return None
    return {table.schema.hash_name: item[table.schema.hash_name]}


def refuse_key_update(schema: KeySchema, update: Update) -> None:
    """Refuse an update of a key attribute."""
    for path in update.paths:
        if path.parts[0] in schema.names:
            raise AwsError(
                "ValidationException",
                "One or more parameter values were invalid: Cannot update attribute "
                f"{path.parts[0]}. This attribute is part of the key",
            )


def same(old: Image | None, new: Image | None) -> bool:
    """Say whether nothing has changed: equal items have equal bytes (`values.dump`)."""
    return (old.body if old else None) == (new.body if new else None)


def store(
    cursor: CursorWrapper,
    scope: Scope,
    table: TableInUse,
    place: Place,
    old: Image | None,
    new: Image | None,
) -> bool:
    """Bring the row from `old` to `new`; False when that changes nothing and touches no row."""
    if same(old, new):
        return False
    if new is None:
        rows.delete_item(cursor, table.id, place)
    else:
        rows.write_item(cursor, table.id, place, new, scope.principal)
    return True


def tell(
    cursor: CursorWrapper,
    table: TableInUse,
    changed: list[Changed],
    *,
    clock: Clock,
    ids: Ids,
    by_service: bool = False,
) -> tuple[Spent, ...]:
    """Tell the table's indexes and its stream of changes; what the indexes' writes cost.

    A change is any map with the key attributes, a place, the item before and after; `by_service`
    says that DynamoDB itself made it.
    """
    spent = maintain(cursor, table.indexes, changed) if table.indexes else ()
    if table.stream is None or not changed:
        return spent
    records = []
    for item, place, old, new in changed:
        key = keys.of_item(table.schema, item)
        image = Image(values.dump(key), values.item_size(key))
        records.append(Change(place.digest, place.fingerprint, image, old, new, by_service))
    append(cursor, table.stream, records, clock=clock, ids=ids)
    return spent
