"""Several items at once: BatchWriteItem in one transaction, BatchGetItem in one look.

All is checked before anything is written. No conditions; reading one item is `reading`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from triggers.dynamodb import keys, rows, values
from triggers.dynamodb.changes import check_whole, collection, image_of, item_of, same, tell
from triggers.dynamodb.expressions.nodes import Path
from triggers.dynamodb.expressions.paths import project
from triggers.dynamodb.expressions.request import NONE, Expressions
from triggers.dynamodb.indexing import Spent
from triggers.dynamodb.keys import Place
from triggers.dynamodb.rows import TableInUse
from triggers.dynamodb.values import Item
from triggers.streams.records import Image

MAX_WISHES: Final = 25
MAX_KEYS: Final = 100
MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024
"""Source: API reference, BatchWriteItem and BatchGetItem."""

Given = Mapping[str, Mapping[str, Any]]
_DUPLICATES: Final = "Provided list of item keys contains duplicates"


@dataclass(frozen=True, slots=True)
class Wish:
    """One put (a whole item) or delete (a key) of a batch."""

    item: Given
    put: bool


@dataclass(frozen=True, slots=True)
class KeysOfTable:
    """What BatchGetItem wants of one table."""

    keys: Sequence[Given]
    expressions: Expressions = NONE


@dataclass(frozen=True, slots=True)
class Fetched:
    """What BatchGetItem found in one table; `left` are keys that did not fit into the answer."""

    items: list[bytes]
    sizes: list[int]
    left: list[Given]


@dataclass(frozen=True, slots=True)
class Charged:
    """What a batch wrote to one table: each item's size, and the units used of indexes.

    `collections` are the partition keys of the items when the table has local indexes.
    """

    table: str
    sizes: list[int]
    spent: tuple[Spent, ...]
    collections: list[Item]


@dataclass(frozen=True, slots=True)
class _Step:
    """One wish, checked: where it goes and what is to be there."""

    item: Item
    place: Place
    new: Image | None


def read_wishes(request_items: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[Wish]]:
    """Take the wishes out of BatchWriteItem's RequestItems; 25 in all tables at the most.

    Raises AwsError("ValidationException"). Source of the text: the one BatchGetItem documents, and
    DynamoDB Local.
    """
    if sum(map(len, request_items.values())) > MAX_WISHES:
        raise _invalid("Too many items requested for the BatchWriteItem call")
    return {
        name: [_wish(request) for request in requests] for name, requests in request_items.items()
    }


def read_keys(request_items: Mapping[str, Mapping[str, Any]]) -> dict[str, KeysOfTable]:
    """Take the keys out of BatchGetItem's RequestItems."""
    return {
        name: KeysOfTable(of_table["Keys"], Expressions.read(of_table))
        for name, of_table in request_items.items()
    }


def write_batch(
    scope: Scope,
    wishes: Mapping[str, Sequence[Wish]],
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> list[Charged]:
    """Put and delete items of several tables, by TableName; what was written to each.

    One transaction: all or nothing. Raises AwsError: ValidationException,
    ResourceNotFoundException.
    """
    checked = {
        name: [(values.check_item(wish.item), wish.put) for wish in of_table]
        for name, of_table in wishes.items()
    }
    charged = {}
    with transaction.atomic(), connection.cursor() as cursor:
        plans = [
            (name, *_plan(cursor, scope, name, of_table, clock))
            for name, of_table in checked.items()
        ]
        _refuse_duplicates(plans)
        told = []
        for name, table, steps in sorted(plans, key=_table_id):
            sizes, changed = _write(cursor, scope, table, steps)
            told.append((name, table, steps, sizes, changed))
        for name, table, steps, sizes, changed in told:
            spent = tell(cursor, table, changed, clock=clock, ids=ids)
            charged[name] = Charged(name, sizes, spent, _collections(table, steps))
    return [charged[name] for name in wishes]


def get_batch(
    scope: Scope, wanted: Mapping[str, KeysOfTable], *, clock: Clock = SYSTEM_CLOCK
) -> dict[str, Fetched]:
    """Read items of several tables by their keys; items that are not there are left out."""
    if sum(len(one.keys) for one in wanted.values()) > MAX_KEYS:
        raise _invalid("Too many items requested for the BatchGetItem call")
    projections = {name: one.expressions.bind().projection for name, one in wanted.items()}
    found = {}
    room = MAX_ANSWER_BYTES
    with connection.cursor() as cursor:
        for name, one in wanted.items():
            table = rows.find_table(cursor, scope, name, clock=clock)
            found[name] = _fetch(cursor, table, one.keys, projections[name], room)
            room -= sum(found[name].sizes)
    return found


def _wish(request: Mapping[str, Any]) -> Wish:
    put, delete = request.get("PutRequest"), request.get("DeleteRequest")
    if (put is None) == (delete is None):
        raise _invalid(
            "Supplied AttributeValue has more than one datatypes set, "
            "must contain exactly one of the supported datatypes"
        )
    return (
        Wish(put["Item"], True) if put is not None else Wish(request["DeleteRequest"]["Key"], False)
    )


def _plan(
    cursor: CursorWrapper, scope: Scope, name: str, wishes: list[tuple[Item, bool]], clock: Clock
) -> tuple[TableInUse, list[_Step]]:
    table = rows.find_table(cursor, scope, name, clock=clock, lock=True)
    steps = []
    for item, put in wishes:
        if put:
            check_whole(table, item)
        else:
            keys.check_given(table.schema, item)
        steps.append(_Step(item, keys.place(table.schema, item), image_of(item) if put else None))
    return table, steps


def _refuse_duplicates(plans: list[tuple[str, TableInUse, list[_Step]]]) -> None:
    """A table may be there twice, by name and by ARN."""
    places = [(table.id, step.place) for _, table, steps in plans for step in steps]
    if len(set(places)) != len(places):
        raise _invalid(_DUPLICATES)


def _write(
    cursor: CursorWrapper, scope: Scope, table: TableInUse, steps: list[_Step]
) -> tuple[list[int], list[tuple[Item, Place, Image | None, Image | None]]]:
    """Hold all keys in their order, then write what changes."""
    steps = sorted(steps, key=_order)
    held = rows.hold_items(cursor, table.id, [step.place for step in steps])
    sizes = []
    changed = []
    for step in steps:
        old = held.get(step.place)
        sizes.append(max(old.size if old else 0, step.new.size if step.new else 0))
        if not same(old, step.new):
            changed.append((step.item, step.place, old, step.new))
    puts = {place: new for _, place, _, new in changed if new is not None}
    rows.write_items(cursor, table.id, puts, scope.principal)
    rows.delete_items(cursor, table.id, [place for _, place, _, new in changed if new is None])
    return sizes, changed


def _fetch(
    cursor: CursorWrapper,
    table: TableInUse,
    wanted: Sequence[Given],
    projection: tuple[Path, ...] | None,
    room: int,
) -> Fetched:
    places = []
    for key in wanted:
        checked = values.check_item(key)
        keys.check_given(table.schema, checked)
        places.append(keys.place(table.schema, checked))
    if len(set(places)) != len(places):
        raise _invalid(_DUPLICATES)
    images = rows.read_items(cursor, table.id, places)
    found = Fetched([], [], [])
    for key, place in zip(wanted, places, strict=True):
        image = images.get(place)
        if image is None:
            found.sizes.append(0)
            continue
        if sum(found.sizes) + image.size > room:
            found.left.append(key)
            continue
        found.sizes.append(image.size)
        body = image.body
        if projection is not None:
            body = values.dump(project(item_of(image), projection))
        found.items.append(body)
    return found


def _collections(table: TableInUse, steps: Sequence[_Step]) -> list[Item]:
    found = {step.place.digest: collection(table, step.item) for step in steps}
    return [one for one in found.values() if one is not None]


def _order(step: _Step) -> tuple[bytes, bytes]:
    return step.place.digest, step.place.range


def _table_id(plan: tuple[str, TableInUse, list[_Step]]) -> int:
    return plan[1].id


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
