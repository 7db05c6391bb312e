"""Changes single items: put, update, delete. One verb, one transaction, one stream record at most.

The condition is judged, the item written and the change recorded under one hold of the key; a
write that changes nothing leaves no record. Reading is `reading`'s, several items `batches`'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from triggers.dynamodb import keys, rows, values
from triggers.dynamodb.changes import (
    check_update_of,
    check_updated,
    check_whole,
    collection,
    image_of,
    judge,
    store,
    tell,
    updated,
)
from triggers.dynamodb.expressions.nodes import Path
from triggers.dynamodb.expressions.request import NONE, Expressions
from triggers.dynamodb.expressions.updates import Update
from triggers.dynamodb.indexing import Spent
from triggers.dynamodb.values import Item
from triggers.dynamodb.wording import as_write
from triggers.streams.records import Image


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did: the stored item before and after (absent: None).

    `touched` are the paths on the left sides of an update, `spent` the units used of indexes,
    `collection` the item's partition key when the table has local indexes.
    """

    table: str
    old: Image | None
    new: Image | None
    touched: tuple[Path, ...] = ()
    spent: tuple[Spent, ...] = ()
    collection: Item | None = None

    @property
    def bytes(self) -> int:
        """Size of the larger image, which the write is charged for."""
        return max(self.old.size if self.old else 0, self.new.size if self.new else 0)


def put_item(
    scope: Scope,
    table_name: str,
    item: Mapping[str, Mapping[str, Any]],
    expressions: Expressions = NONE,
    *,
    show_item_on_failure: bool = False,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Written:
    """Store a whole item in place of what has its key.

    Raises AwsError: ValidationException, ResourceNotFoundException and
    ConditionalCheckFailedException, with the member `Item` when `show_item_on_failure`.
    """
    with as_write():
        new_item = values.check_item(item)
        bound = expressions.bind("ConditionExpression")
    new = image_of(new_item)
    with transaction.atomic(), connection.cursor() as cursor:
        table = rows.find_table(cursor, scope, table_name, clock=clock, lock=True)
        check_whole(table, new_item)
        place = keys.place(table.schema, new_item)
        old = rows.hold_item(cursor, table.id, place)
        judge(bound.condition, old, show_item_on_failure)
        spent: tuple[Spent, ...] = ()
        if store(cursor, scope, table, place, old, new):
            spent = tell(cursor, table, [(new_item, place, old, new)], clock=clock, ids=ids)
    return Written(table.name, old, new, (), spent, collection(table, new_item))


def delete_item(
    scope: Scope,
    table_name: str,
    key: Mapping[str, Mapping[str, Any]],
    expressions: Expressions = NONE,
    *,
    show_item_on_failure: bool = False,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Written:
    """Remove the item with `key`, if there is one. Raises as `put_item` does."""
    with as_write():
        checked = values.check_item(key)
        bound = expressions.bind("ConditionExpression")
    with transaction.atomic(), connection.cursor() as cursor:
        table = rows.find_table(cursor, scope, table_name, clock=clock, lock=True)
        keys.check_given(table.schema, checked)
        place = keys.place(table.schema, checked)
        old = rows.hold_item(cursor, table.id, place)
        judge(bound.condition, old, show_item_on_failure)
        spent: tuple[Spent, ...] = ()
        if store(cursor, scope, table, place, old, None):
            spent = tell(cursor, table, [(checked, place, old, None)], clock=clock, ids=ids)
    return Written(table.name, old, None, (), spent, collection(table, checked))


def update_item(
    scope: Scope,
    table_name: str,
    key: Mapping[str, Mapping[str, Any]],
    expressions: Expressions = NONE,
    *,
    show_item_on_failure: bool = False,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Written:
    """Change attributes of the item with `key`, or make it.

    An update that only removes does not make an item. Raises as `put_item` does.
    Source: Alternator's tests of streams.
    """
    with as_write():
        checked = values.check_item(key)
        bound = expressions.bind("UpdateExpression", "ConditionExpression")
    update = bound.update or Update(())
    with transaction.atomic(), connection.cursor() as cursor:
        table = rows.find_table(cursor, scope, table_name, clock=clock, lock=True)
        keys.check_given(table.schema, checked)
        check_update_of(table, update)
        place = keys.place(table.schema, checked)
        old = rows.hold_item(cursor, table.id, place)
        judge(bound.condition, old, show_item_on_failure)
        new = updated(old, checked, update)
        check_updated(table, old, new)
        spent: tuple[Spent, ...] = ()
        if store(cursor, scope, table, place, old, new):
            spent = tell(cursor, table, [(checked, place, old, new)], clock=clock, ids=ids)
    return Written(table.name, old, new, update.paths, spent, collection(table, checked))
