"""Transactions, as the wire offers them. No rule lives here."""

from __future__ import annotations

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from triggers.dynamodb import answers, transactions
from triggers.dynamodb.requesttokens import Request
from triggers.dynamodb.transactactions import read_gets, read_writes


@operation(
    "dynamodb",
    "TransactWriteItems",
    honours="TransactItems ClientRequestToken ReturnConsumedCapacity ReturnItemCollectionMetrics",
)
def transact_write_items(scope: Scope, params: Params) -> bytes:
    """Do up to 100 actions, all or none."""
    token = params.get("ClientRequestToken")
    request = None if token is None else Request.of(token, params["TransactItems"])
    done = transactions.write_transaction(scope, read_writes(params["TransactItems"]), request)
    how = params.get("ReturnConsumedCapacity")
    if done.again:
        costs = [answers.transact_read_cost(how, *one) for one in done.sizes.items()]
    else:
        costs = [
            answers.transact_write_cost(how, name, sizes, done.spent.get(name, ()))
            for name, sizes in done.sizes.items()
        ]
    metrics = answers.all_collection_metrics(
        params.get("ReturnItemCollectionMetrics"), done.collections
    )
    return answers.spliced(
        (("ConsumedCapacity", answers.costs(costs)), ("ItemCollectionMetrics", metrics))
    )


@operation("dynamodb", "TransactGetItems", honours="TransactItems ReturnConsumedCapacity")
def transact_get_items(scope: Scope, params: Params) -> bytes:
    """Read up to 100 items of one moment."""
    found = transactions.get_transaction(scope, read_gets(params["TransactItems"]))
    sizes: dict[str, list[int]] = {}
    for one in found:
        sizes.setdefault(one.table, []).append(one.bytes)
    how = params.get("ReturnConsumedCapacity")
    costs = [answers.transact_read_cost(how, name, some) for name, some in sizes.items()]
    responses = answers.array(answers.spliced((("Item", one.body),)) for one in found)
    return answers.spliced((("Responses", responses), ("ConsumedCapacity", answers.costs(costs))))
