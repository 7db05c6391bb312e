"""Several statements in one call: each for itself (a batch), or all or none (a transaction)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb import transactions
from triggers.dynamodb.expressions.updates import Update as BoundUpdate
from triggers.dynamodb.partiql import plans
from triggers.dynamodb.partiql.nodes import Delete, Exists, Insert, Select, Statement, Update
from triggers.dynamodb.partiql.statements import Asked, Executed, bound, execute, find
from triggers.dynamodb.requesttokens import Request
from triggers.dynamodb.transactactions import Get, Write
from triggers.dynamodb.transactions import Done, Fetched

_CODES: Final = {
    "ConditionalCheckFailedException": "ConditionalCheckFailed",
    "DuplicateItemException": "DuplicateItem",
    "ResourceNotFoundException": "ResourceNotFound",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one statement of a batch; `refusal` says why nothing did."""

    executed: Executed | None = None
    refusal: AwsError | None = None
    table: str | None = None

    @property
    def code(self) -> str:
        """Name the refusal as batches do."""
        return _CODES.get(self.refusal.code, "ValidationError") if self.refusal else ""


def execute_batch(
    scope: Scope, asked: Sequence[Asked], *, clock: Clock = SYSTEM_CLOCK
) -> list[Outcome]:
    """Run each statement for itself: all read single items, or all write.

    Raises AwsError("ValidationException") for a mixture.
    """
    statements = [_parsed(one) for one in asked]
    _refuse_mixture([one for one in statements if not isinstance(one, AwsError)])
    outcomes = []
    for one, statement in zip(asked, statements, strict=True):
        if isinstance(statement, AwsError):
            outcomes.append(Outcome(refusal=statement))
            continue
        try:
            if isinstance(statement, Select):
                _needs_whole_key(scope, statement, clock)
            executed = execute(scope, one, clock=clock)
            outcomes.append(Outcome(executed, table=executed.table))
        except AwsError as error:
            outcomes.append(Outcome(refusal=error, table=statement.table))
    return outcomes


def execute_transaction(
    scope: Scope,
    asked: Sequence[Asked],
    request: Request | None = None,
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> list[Fetched] | Done:
    """Run all statements or none: reads give items, writes what they wrote.

    Raises AwsError as `transactions.write_transaction` does.
    """
    statements = [one.parse() for one in asked]
    _refuse_mixture(statements)
    selects = [one for one in statements if isinstance(one, Select)]
    if selects:
        gets = [_get(scope, one, clock) for one in selects]
        return transactions.get_transaction(scope, gets, clock=clock)
    writes = [
        _write(scope, statement, one.shows_item, clock)
        for one, statement in zip(asked, statements, strict=True)
    ]
    return transactions.write_transaction(scope, writes, request, clock=clock)


def _parsed(asked: Asked) -> Statement | AwsError:
    try:
        return asked.parse()
    except AwsError as error:
        return error


def _refuse_mixture(statements: Sequence[Statement]) -> None:
    """Guessed: AWS's words for reads and writes in one call are not recorded."""
    if len({isinstance(one, Select) for one in statements}) > 1:
        raise AwsError(
            "ValidationException",
            "Statements must be either all reads or all writes",
        )


def _needs_whole_key(scope: Scope, select: Select, clock: Clock) -> None:
    schema = find(scope, select.table, clock).schema
    if select.index is not None or plans.whole_key(select.where, schema) is None:
        raise AwsError(
            "ValidationException",
            "Select statements within BatchExecuteStatement must specify the primary key in the "
            "where clause.",
        )


def _get(scope: Scope, select: Select, clock: Clock) -> Get:
    key, rest = plans.needs_key(select.where, find(scope, select.table, clock).schema)
    if rest is not None or select.index is not None:
        raise AwsError(
            "ValidationException",
            "Select statements within ExecuteTransaction must specify the primary key and nothing "
            "else in the where clause.",
        )
    return Get(select.table, key, bound(projection=select.projection))


def _write(scope: Scope, statement: Statement, shows_item: bool, clock: Clock) -> Write:
    schema = find(scope, statement.table, clock).schema
    match statement:
        case Insert(table, item):
            missing = bound(condition=plans.is_missing(schema))
            return Write("Put", table, item, missing, shows_item, inserts=True)
        case Update(table, actions, where):
            key, rest = plans.needs_key(where, schema)
            condition = plans.both(plans.is_there(schema), rest)
            change = bound(update=BoundUpdate(actions), condition=condition)
            return Write("Update", table, key, change, shows_item)
        case Delete(table, where):
            key, rest = plans.needs_key(where, schema)
            gone = rest and plans.either(plans.is_missing(schema), rest)
            return Write("Delete", table, key, bound(condition=gone), shows_item)
        case Exists(table, where):
            key, rest = plans.needs_key(where, schema)
            there = bound(condition=plans.both(plans.is_there(schema), rest))
            return Write("ConditionCheck", table, key, there, shows_item)
        case Select():
            raise AssertionError("reads are no writes")
