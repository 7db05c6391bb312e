"""Runs statements: translates each to the item call that does the same. No rows of its own.

Several statements together lie in `together`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb import answers, items, reading, rows
from triggers.dynamodb.expressions.request import Bound, Expressions
from triggers.dynamodb.expressions.updates import Update as BoundUpdate
from triggers.dynamodb.pages import Paging
from triggers.dynamodb.partiql import pagetokens, plans
from triggers.dynamodb.partiql.nodes import Delete, Exists, Insert, Select, Statement, Update
from triggers.dynamodb.partiql.parser import parse
from triggers.dynamodb.rows import TableInUse

DUPLICATE = "Duplicate primary key exists in table"


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement's text with its parameters."""

    text: str
    parameters: Sequence[Mapping[str, Any]] = ()
    shows_item: bool = False

    def parse(self) -> Statement:
        """Read the statement. Raises AwsError("ValidationException")."""
        return parse(self.text, self.parameters)


@dataclass(frozen=True, slots=True)
class Executed:
    """What a statement did: the items it gives, and the bytes it read or wrote."""

    table: str
    items: list[bytes]
    bytes: int
    wrote: bool
    next_token: str | None = None


def execute(
    scope: Scope,
    asked: Asked,
    *,
    limit: int | None = None,
    token: str | None = None,
    consistent: bool = False,
    clock: Clock = SYSTEM_CLOCK,
) -> Executed:
    """Run one statement; `limit`, `token` (of the page before) and `consistent` are for SELECT.

    Raises AwsError: ValidationException, ResourceNotFoundException,
    ConditionalCheckFailedException, DuplicateItemException.
    """
    statement = asked.parse()
    match statement:
        case Select():
            return _select(
                scope, asked, statement, Paging(limit=limit, consistent=consistent), token, clock
            )
        case Insert():
            return _insert(scope, statement, asked.shows_item, clock)
        case Update():
            return _update(scope, statement, asked.shows_item, clock)
        case Delete():
            return _delete(scope, statement, asked.shows_item, clock)
        case Exists():
            raise AwsError(
                "ValidationException", "EXISTS is only supported within ExecuteTransaction"
            )


def find(scope: Scope, name: str, clock: Clock) -> TableInUse:
    """Look up the table of a statement. Raises AwsError("ResourceNotFoundException")."""
    with connection.cursor() as cursor:
        return rows.find_table(cursor, scope, name, clock=clock)


def bound(**parts: Any) -> Expressions:
    """Pass trees that are read already where expressions are expected."""
    return Expressions(prepared=Bound(**parts))


def _select(
    scope: Scope, asked: Asked, select: Select, paging: Paging, token: str | None, clock: Clock
) -> Executed:
    table = find(scope, select.table, clock)
    hashes, ranges = _key_names(table, select.index)
    found = plans.reach(select.where, hashes, ranges)
    forward = plans.forward(select, found, (*hashes, *ranges))
    start = None if token is None else pagetokens.take(scope, asked.text, asked.parameters, token)
    paging = replace(paging, start=start, index=select.index)
    given = bound(
        key_condition=found.key_condition, filter=found.filter, projection=select.projection
    )
    if found.key_condition is None:
        page = reading.scan(scope, select.table, given, paging, clock=clock)
    else:
        page = reading.query(scope, select.table, given, paging, forward=forward, clock=clock)
    following = None
    if page.last_key is not None:
        following = pagetokens.give(scope, asked.text, asked.parameters, page.last_key)
    return Executed(page.table, page.items, page.bytes, wrote=False, next_token=following)


def _key_names(table: TableInUse, index: str | None) -> tuple[Sequence[str], Sequence[str]]:
    if index is None:
        names = table.schema.names
        return names[:1], names[1:]
    for one in table.indexes:
        if one.name == index:
            return [part.name for part in one.key.hash], [part.name for part in one.key.range]
    raise AwsError("ValidationException", "The table does not have the specified index")


def _insert(scope: Scope, insert: Insert, shows_item: bool, clock: Clock) -> Executed:
    table = find(scope, insert.table, clock)
    try:
        written = items.put_item(
            scope,
            insert.table,
            insert.item,
            bound(condition=plans.is_missing(table.schema)),
            show_item_on_failure=shows_item,
            clock=clock,
        )
    except AwsError as error:
        if error.code != "ConditionalCheckFailedException":
            raise
        raise AwsError("DuplicateItemException", DUPLICATE) from None
    return Executed(written.table, [], written.bytes, wrote=True)


def _update(scope: Scope, update: Update, shows_item: bool, clock: Clock) -> Executed:
    table = find(scope, update.table, clock)
    key, rest = plans.needs_key(update.where, table.schema)
    condition = plans.both(plans.is_there(table.schema), rest)
    written = items.update_item(
        scope,
        update.table,
        key,
        bound(update=BoundUpdate(update.actions), condition=condition),
        show_item_on_failure=shows_item,
        clock=clock,
    )
    returned = answers.returned(update.returning, written)
    return Executed(written.table, [returned] if returned else [], written.bytes, wrote=True)


def _delete(scope: Scope, delete: Delete, shows_item: bool, clock: Clock) -> Executed:
    """An item that is not there meets every condition: nothing is to be done."""
    table = find(scope, delete.table, clock)
    key, rest = plans.needs_key(delete.where, table.schema)
    condition = rest and plans.either(plans.is_missing(table.schema), rest)
    written = items.delete_item(
        scope,
        delete.table,
        key,
        bound(condition=condition),
        show_item_on_failure=shows_item,
        clock=clock,
    )
    returned = answers.returned(delete.returning, written)
    return Executed(written.table, [returned] if returned else [], written.bytes, wrote=True)
