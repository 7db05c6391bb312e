"""Several actions on items, all or none: what TransactWriteItems and TransactGetItems do.

All keys are held in their order before any condition is judged, so transactions that meet wait for
each other instead of cancelling each other. What an action is lies in `transactactions`; that a
request is done only once, in `requesttokens`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from triggers.dynamodb import keys, requesttokens, rows, values
from triggers.dynamodb.changes import (
    check_update_of,
    check_updated,
    check_whole,
    collection,
    item_of,
    judge,
    store,
    tell,
)
from triggers.dynamodb.expressions.paths import project
from triggers.dynamodb.expressions.request import Bound
from triggers.dynamodb.indexing import Spent
from triggers.dynamodb.keys import Place
from triggers.dynamodb.requesttokens import Request
from triggers.dynamodb.rows import TableInUse
from triggers.dynamodb.transactactions import Get, Prepared, Write, outcome
from triggers.dynamodb.values import Item
from triggers.streams.records import Image

MAX_BYTES: Final = 4 * 1024 * 1024
"""What a transaction writes, or reads, in all. Source: API reference, TransactWriteItems."""

_ONE_ITEM: Final = "Transaction request cannot include multiple operations on one item"
_DUPLICATE: Final = "Duplicate primary key exists in table"
_CONDITION: Final = "ConditionalCheckFailedException"
_REASONS: Final = {
    _CONDITION: "ConditionalCheckFailed",
    "DuplicateItemException": "DuplicateItem",
    "ValidationException": "ValidationError",
}


@dataclass(frozen=True, slots=True)
class Done:
    """What a transaction wrote: the size each action is charged for and units of indexes, by table.

    `collections` are the partition keys of items in tables with local indexes; `again` says that the
    request had been done before, and this time nothing was.
    """

    sizes: dict[str, list[int]]
    again: bool = False
    spent: Mapping[str, tuple[Spent, ...]] = field(default_factory=dict)
    collections: Mapping[str, list[Item]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One item of TransactGetItems: its JSON (projected; None when there is none) and its size."""

    table: str
    body: bytes | None
    bytes: int


@dataclass(slots=True)
class _Step:
    """One action on its way: where it goes, what was there, what will be there, what is wrong."""

    table: TableInUse
    action: Prepared
    place: Place | None = None
    old: Image | None = None
    new: Image | None = None
    refusal: AwsError | None = None


def write_transaction(
    scope: Scope,
    actions: Sequence[Write],
    request: Request | None = None,
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Done:
    """Do all `actions` or none; one record per item that changes.

    With a `request`, its second coming within ten minutes changes nothing. Raises AwsError:
    TransactionCanceledException with the CancellationReasons in the order of the actions,
    ValidationException, ResourceNotFoundException, IdempotentParameterMismatchException.
    """
    prepared = [action.prepare() for action in actions]
    _refuse_size(action.bytes for action in prepared)
    with transaction.atomic(), connection.cursor() as cursor:
        if request is not None:
            sizes = requesttokens.recall(cursor, scope, request, clock=clock)
            if sizes is not None:
                return Done(sizes, again=True)
        found: dict[str, TableInUse] = {}
        for action in prepared:
            if action.table not in found:
                found[action.table] = rows.find_table(
                    cursor, scope, action.table, clock=clock, lock=True
                )
        steps = [_step(found[action.table], action) for action in prepared]
        _refuse_one_item_twice((step.table, step.place) for step in steps)
        _cancel_misfits(steps)
        _hold(cursor, steps)
        for step in steps:
            _judge(step)
        _cancel(steps)
        spent = _write(cursor, scope, steps, clock, ids)
        done = Done(_sizes(steps), spent=spent, collections=_collections(steps))
        if request is not None:
            requesttokens.remember(cursor, scope, request, done.sizes)
    return done


def get_transaction(
    scope: Scope, gets: Sequence[Get], *, clock: Clock = SYSTEM_CLOCK
) -> list[Fetched]:
    """Read items of one moment, in the order asked for. Raises AwsError as `write_transaction`."""
    checked = [(values.check_item(get.key), get.expressions.bind()) for get in gets]
    with transaction.atomic(), connection.cursor() as cursor:
        tables = [rows.find_table(cursor, scope, get.table, clock=clock) for get in gets]
        places = [_place(table, key) for table, (key, _) in zip(tables, checked, strict=True)]
        wrong = [place if isinstance(place, AwsError) else None for place in places]
        if any(wrong):
            raise cancelled(wrong)
        wanted = [
            (table.id, place)
            for table, place in zip(tables, places, strict=True)
            if isinstance(place, Place)
        ]
        _refuse_one_item_twice(zip(tables, (place for _, place in wanted), strict=True))
        images = rows.read_everywhere(cursor, wanted)
    found = [
        _fetched(table, images.get(one), bound)
        for table, one, (_, bound) in zip(tables, wanted, checked, strict=True)
    ]
    _refuse_size(one.bytes for one in found)
    return found


def cancelled(refusals: Iterable[AwsError | None]) -> AwsError:
    """Make the answer to a transaction of which some actions are refused.

    Source: LocalStack's recordings of AWS.
    """
    reasons = [_reason(refusal) for refusal in refusals]
    codes = ", ".join(reason["Code"] for reason in reasons)
    return AwsError(
        "TransactionCanceledException",
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
        fields={"CancellationReasons": reasons},
    )


def _reason(refusal: AwsError | None) -> dict[str, Any]:
    if refusal is None:
        return {"Code": "None"}
    reason: dict[str, Any] = {"Code": _REASONS[refusal.code], "Message": refusal.message}
    return reason | dict(refusal.fields)


def _step(table: TableInUse, action: Prepared) -> _Step:
    """Find where an action goes; a key that does not fit is the action's fault, not the request's.

    A key that is empty is the request's. Source: moto's tests verified on AWS.
    """
    keys.refuse_empty(table.schema, action.item)
    step = _Step(table, action)
    try:
        if action.is_put:
            check_whole(table, action.item)
        else:
            keys.check_given(table.schema, action.item)
        step.place = keys.place(table.schema, action.item)
    except AwsError as error:
        step.refusal = error
    return step


def _place(table: TableInUse, key: Item) -> Place | AwsError:
    try:
        keys.check_given(table.schema, key)
        return keys.place(table.schema, key)
    except AwsError as error:
        return error


def _refuse_one_item_twice(touched: Iterable[tuple[TableInUse, Place | None]]) -> None:
    seen: set[tuple[int, Place]] = set()
    for table, place in touched:
        if place is None:
            continue
        if (table.id, place) in seen:
            raise AwsError("ValidationException", _ONE_ITEM)
        seen.add((table.id, place))


def _hold(cursor: CursorWrapper, steps: Sequence[_Step]) -> None:
    """Hold all items, tables by id and items by key, as every writer of several does."""
    for _, group in _by_table(steps):
        places = sorted(
            (step.place for step in group if step.place), key=attrgetter("digest", "range")
        )
        held = rows.hold_items(cursor, group[0].table.id, places)
        for step in group:
            step.old = held.get(step.place) if step.place else None


def _judge(step: _Step) -> None:
    """Judge the condition, then find out what the action makes of the item."""
    if step.refusal is not None:
        return
    try:
        judge(step.action.condition, step.old, step.action.shows_item)
        if step.action.update is not None:
            check_update_of(step.table, step.action.update)
        step.new = outcome(step.action, step.table.schema, step.old)
        if step.action.kind == "Update":
            check_updated(step.table, step.old, step.new)
    except AwsError as error:
        step.refusal = error
        if step.action.inserts and error.code == _CONDITION:
            step.refusal = AwsError("DuplicateItemException", _DUPLICATE)


def _cancel_misfits(steps: Sequence[_Step]) -> None:
    """Cancel for the first item or key that does not fit; no other action is looked at.

    Source: Alternator's tests, which run against AWS.
    """
    first = next((step for step in steps if step.refusal is not None), None)
    if first is not None:
        raise cancelled(step.refusal if step is first else None for step in steps)


def _cancel(steps: Sequence[_Step]) -> None:
    if any(step.refusal is not None for step in steps):
        raise cancelled(step.refusal for step in steps)


def _write(
    cursor: CursorWrapper, scope: Scope, steps: Sequence[_Step], clock: Clock, ids: Ids
) -> dict[str, tuple[Spent, ...]]:
    """Store all that changes, then tell the streams, so that shards are held last."""
    told = []
    for table, group in _by_table(steps):
        changed = [
            (step.action.item, step.place, step.old, step.new)
            for step in group
            if step.place and store(cursor, scope, table, step.place, step.old, step.new)
        ]
        told.append((table, changed))
    return {
        table.name: tell(cursor, table, changed, clock=clock, ids=ids) for table, changed in told
    }


def _by_table(steps: Sequence[_Step]) -> list[tuple[TableInUse, list[_Step]]]:
    groups: dict[int, list[_Step]] = {}
    for step in steps:
        groups.setdefault(step.table.id, []).append(step)
    return [(groups[table][0].table, groups[table]) for table in sorted(groups)]


def _sizes(steps: Sequence[_Step]) -> dict[str, list[int]]:
    sizes: dict[str, list[int]] = {}
    for step in steps:
        sizes.setdefault(step.table.name, []).append(max(_size(step.old), _size(step.new)))
    return sizes


def _collections(steps: Sequence[_Step]) -> dict[str, list[Item]]:
    found: dict[str, dict[bytes, Item]] = {}
    for step in steps:
        one = collection(step.table, step.action.item)
        if one is not None and step.place and step.action.kind != "ConditionCheck":
            found.setdefault(step.table.name, {})[step.place.digest] = one
    return {name: list(some.values()) for name, some in found.items()}


def _size(image: Image | None) -> int:
    return image.size if image else 0


def _refuse_size(sizes: Iterable[int]) -> None:
    """AWS's words are known in part only: "payload" and "size cannot exceed" (Alternator)."""
    if sum(sizes) > MAX_BYTES:
        raise AwsError("ValidationException", "Transaction payload size cannot exceed 4 MB")


def _fetched(table: TableInUse, image: Image | None, bound: Bound) -> Fetched:
    if image is None:
        return Fetched(table.name, None, 0)
    if bound.projection is None:
        return Fetched(table.name, image.body, image.size)
    part: Mapping[str, Any] = project(item_of(image), bound.projection)
    return Fetched(table.name, values.dump(dict(part)), image.size)
