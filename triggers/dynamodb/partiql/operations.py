"""PartiQL, as the wire offers it. No rule lives here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from triggers.dynamodb import answers
from triggers.dynamodb.partiql import statements, together
from triggers.dynamodb.partiql.statements import Asked, Executed
from triggers.dynamodb.partiql.together import Outcome
from triggers.dynamodb.requesttokens import Request
from triggers.dynamodb.transactions import Done


@operation(
    "dynamodb",
    "ExecuteStatement",
    honours="Statement Parameters ConsistentRead NextToken ReturnConsumedCapacity Limit "
    "ReturnValuesOnConditionCheckFailure",
)
def execute_statement(scope: Scope, params: Params) -> bytes:
    """Run one statement."""
    done = statements.execute(
        scope,
        _asked(params),
        limit=params.get("Limit"),
        token=params.get("NextToken"),
        consistent=params.get("ConsistentRead", False),
    )
    following = None if done.next_token is None else orjson.dumps(done.next_token)
    cost = _cost(params.get("ReturnConsumedCapacity"), done, params.get("ConsistentRead"))
    return answers.spliced(
        (
            ("Items", answers.array(done.items)),
            ("NextToken", following),
            ("ConsumedCapacity", cost),
        )
    )


@operation("dynamodb", "BatchExecuteStatement", honours="Statements ReturnConsumedCapacity")
def batch_execute_statement(scope: Scope, params: Params) -> bytes:
    """Run up to 25 statements, each for itself."""
    given = params["Statements"]
    outcomes = together.execute_batch(scope, [_asked(one) for one in given])
    costs = [
        _cost(params.get("ReturnConsumedCapacity"), one.executed, asked.get("ConsistentRead"))
        for one, asked in zip(outcomes, given, strict=True)
        if one.executed is not None
    ]
    responses = answers.array(map(_response, outcomes))
    return answers.spliced((("Responses", responses), ("ConsumedCapacity", answers.costs(costs))))


@operation(
    "dynamodb",
    "ExecuteTransaction",
    honours="TransactStatements ClientRequestToken ReturnConsumedCapacity",
)
def execute_transaction(scope: Scope, params: Params) -> bytes:
    """Run up to 100 statements, all or none."""
    given, token = params["TransactStatements"], params.get("ClientRequestToken")
    request = None if token is None else Request.of(token, given)
    done = together.execute_transaction(scope, [_asked(one) for one in given], request)
    sizes: dict[str, list[int]] = {}
    if isinstance(done, Done):
        sizes, bodies = done.sizes, [b"{}"] * len(given)
        cost = answers.transact_read_cost if done.again else answers.transact_write_cost
    else:
        for one in done:
            sizes.setdefault(one.table, []).append(one.bytes)
        bodies = [answers.spliced((("Item", one.body),)) for one in done]
        cost = answers.transact_read_cost
    how = params.get("ReturnConsumedCapacity")
    costs = [cost(how, name, some) for name, some in sizes.items()]
    return answers.spliced(
        (("Responses", answers.array(bodies)), ("ConsumedCapacity", answers.costs(costs)))
    )


def _asked(params: Mapping[str, Any]) -> Asked:
    shows_item = params.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    return Asked(params["Statement"], params.get("Parameters") or (), shows_item)


def _cost(how: str | None, done: Executed, consistent: bool | None) -> bytes | None:
    if done.wrote:
        return answers.write_cost(how, done.table, [done.bytes])
    return answers.read_cost(how, done.table, [done.bytes], consistent)


def _response(outcome: Outcome) -> bytes:
    table = None if outcome.table is None else orjson.dumps(outcome.table)
    if outcome.executed is not None:
        item = outcome.executed.items[0] if outcome.executed.items else None
        return answers.spliced((("TableName", table), ("Item", item)))
    if outcome.refusal is None:
        raise AssertionError("a statement is executed or refused")
    error = {"Code": outcome.code, "Message": outcome.refusal.message}
    told = orjson.dumps(error | dict(outcome.refusal.fields))
    return answers.spliced((("Error", told), ("TableName", table)))
