"""DynamoDB's operations on tables and items, as the wire offers them. No rule lives here.

Item answers are ready JSON, since items are stored so.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.db import transaction

from console.aws.clock import SYSTEM_CLOCK
from console.aws.registry import Params, operation
from console.aws.scope import Scope
from triggers.dynamodb import (  # the operations of other files register themselves
    answers,
    asideoperations,
    batches,
    capacity,
    definitions,
    expiryoperations,
    indexdefinitions,
    items,
    policies,
    policyoperations,
    reading,
    tables,
    tagging,
    transactoperations,
    warmth,
)
from triggers.dynamodb.descriptions import creating, describe
from triggers.dynamodb.expressions.request import Expressions
from triggers.dynamodb.partiql import operations as partiql
from triggers.dynamodb.status import CREATING, DELETING, UPDATING

__all__ = [
    "asideoperations",
    "expiryoperations",
    "partiql",
    "policyoperations",
    "transactoperations",
]

_RECORDED: Final = "SSESpecification TableClass OnDemandThroughput WarmThroughput"
_WRITE: Final = (
    "TableName ConditionExpression ExpressionAttributeNames ExpressionAttributeValues ReturnValues "
    "ReturnConsumedCapacity ReturnItemCollectionMetrics ReturnValuesOnConditionCheckFailure "
    "Expected ConditionalOperator"
)
_READ: Final = (
    "TableName ProjectionExpression ExpressionAttributeNames ReturnConsumedCapacity AttributesToGet"
)
_PAGE: Final = (
    f"{_READ} FilterExpression ExpressionAttributeValues Limit ExclusiveStartKey Select "
    "ConsistentRead IndexName ConditionalOperator"
)


@operation(
    "dynamodb",
    "CreateTable",
    honours="TableName AttributeDefinitions KeySchema BillingMode ProvisionedThroughput "
    "StreamSpecification DeletionProtectionEnabled Tags LocalSecondaryIndexes "
    "GlobalSecondaryIndexes ResourcePolicy",
    records=_RECORDED,
)
def create_table(scope: Scope, params: Params) -> Params:
    """Make a table; the answer shows it as CREATING."""
    indexed = bool(params.get("LocalSecondaryIndexes") or params.get("GlobalSecondaryIndexes"))
    new = definitions.TableDefinition(
        name=definitions.check_table_name(params.get("TableName")),
        billing=definitions.read_billing(
            params.get("BillingMode"), params.get("ProvisionedThroughput")
        ),
        schema=definitions.read_schema(
            params["KeySchema"], params["AttributeDefinitions"], indexed=indexed
        ),
        view_type=definitions.read_new_stream(params.get("StreamSpecification")),
        deletion_protection=params.get("DeletionProtectionEnabled", False),
        tags=tagging.read_tags(params.get("Tags", [])),
        recorded=_recorded(params),
    )
    indexes = indexdefinitions.read_indexes(params, new.schema, new.billing)
    capacity.check_ceilings(params.get("OnDemandThroughput"), new.billing.mode, new=True)
    capacity.check_encryption(params.get("SSESpecification"))
    units = new.billing.read_units, new.billing.write_units
    warmth.check_new(params.get("WarmThroughput"), *units)
    with transaction.atomic():
        table = tables.create_table(scope, new, indexes)
        if params.get("ResourcePolicy"):
            policies.put_first(scope, table, params["ResourcePolicy"])
    return {"TableDescription": creating(describe(scope, table, SYSTEM_CLOCK, new=True), CREATING)}


@operation("dynamodb", "DescribeTable", honours="TableName")
def describe_table(scope: Scope, params: Params) -> Params:
    """Describe a table as it is now."""
    table = tables.get_table(scope, params.get("TableName"))
    return {"Table": describe(scope, table, SYSTEM_CLOCK)}


@operation("dynamodb", "ListTables", honours="ExclusiveStartTableName Limit")
def list_tables(scope: Scope, params: Params) -> Params:
    """Name tables in the order of their names."""
    names, more = tables.list_tables(
        scope, params.get("ExclusiveStartTableName", ""), params.get("Limit", tables.MAX_PAGE)
    )
    return {"TableNames": names} | ({"LastEvaluatedTableName": names[-1]} if more else {})


@operation(
    "dynamodb",
    "UpdateTable",
    honours="TableName BillingMode ProvisionedThroughput StreamSpecification "
    "DeletionProtectionEnabled AttributeDefinitions GlobalSecondaryIndexUpdates",
    records=_RECORDED,
)
def update_table(scope: Scope, params: Params) -> Params:
    """Change a table; the answer shows it as UPDATING."""
    change = tables.read_change(params, _recorded(params))
    table = tables.update_table(scope, params.get("TableName"), change)
    touched = {one.name for one in change.indexes}
    described = describe(scope, table, SYSTEM_CLOCK, changing=touched)
    return {"TableDescription": creating(described, UPDATING)}


@operation("dynamodb", "DeleteTable", honours="TableName")
def delete_table(scope: Scope, params: Params) -> Params:
    """Remove a table; the answer shows it as DELETING."""
    table = tables.delete_table(scope, params.get("TableName"))
    return {"TableDescription": creating(describe(scope, table, SYSTEM_CLOCK, new=True), DELETING)}


@operation("dynamodb", "PutItem", honours=f"{_WRITE} Item", joins=True)
def put_item(scope: Scope, params: Params) -> bytes:
    """Store a whole item."""
    answers.check_return_values(params.get("ReturnValues"))
    written = items.put_item(
        scope,
        params["TableName"],
        params["Item"],
        _expressions(params),
        show_item_on_failure=_shows_item(params),
    )
    return _written(params, written)


@operation("dynamodb", "DeleteItem", honours=f"{_WRITE} Key", joins=True)
def delete_item(scope: Scope, params: Params) -> bytes:
    """Remove an item."""
    answers.check_return_values(params.get("ReturnValues"))
    written = items.delete_item(
        scope,
        params["TableName"],
        params["Key"],
        _expressions(params),
        show_item_on_failure=_shows_item(params),
    )
    return _written(params, written)


@operation(
    "dynamodb", "UpdateItem", honours=f"{_WRITE} Key UpdateExpression AttributeUpdates", joins=True
)
def update_item(scope: Scope, params: Params) -> bytes:
    """Change attributes of an item."""
    written = items.update_item(
        scope,
        params["TableName"],
        params["Key"],
        _expressions(params),
        show_item_on_failure=_shows_item(params),
    )
    return _written(params, written)


@operation("dynamodb", "GetItem", honours=f"{_READ} Key ConsistentRead")
def get_item(scope: Scope, params: Params) -> bytes:
    """Read one item."""
    got = reading.get_item(scope, params["TableName"], params["Key"], _expressions(params))
    cost = answers.read_cost(
        params.get("ReturnConsumedCapacity"), got.table, [got.bytes], params.get("ConsistentRead")
    )
    return answers.spliced((("Item", got.body), ("ConsumedCapacity", cost)))


@operation(
    "dynamodb",
    "Query",
    honours=f"{_PAGE} KeyConditionExpression KeyConditions QueryFilter ScanIndexForward",
)
def query(scope: Scope, params: Params) -> bytes:
    """Read a page of one partition."""
    expressions = _expressions(params)
    reading.check_selection(params.get("Select"), expressions.projects, params.get("IndexName"))
    page = reading.query(
        scope,
        params["TableName"],
        expressions,
        _paging(params),
        forward=params.get("ScanIndexForward", True),
    )
    return _page(params, page)


@operation("dynamodb", "Scan", honours=f"{_PAGE} ScanFilter Segment TotalSegments")
def scan(scope: Scope, params: Params) -> bytes:
    """Read a page of a table."""
    expressions = _expressions(params)
    reading.check_selection(params.get("Select"), expressions.projects, params.get("IndexName"))
    page = reading.scan(
        scope,
        params["TableName"],
        expressions,
        _paging(params),
        segment=params.get("Segment"),
        segments=params.get("TotalSegments"),
    )
    return _page(params, page)


@operation(
    "dynamodb",
    "BatchWriteItem",
    honours="RequestItems ReturnConsumedCapacity ReturnItemCollectionMetrics",
    joins=True,
)
def batch_write_item(scope: Scope, params: Params) -> bytes:
    """Put and delete up to 25 items in one transaction; none is ever left over."""
    wishes = batches.read_wishes(params["RequestItems"])
    written = batches.write_batch(scope, wishes)
    how = params.get("ReturnConsumedCapacity")
    costs = [answers.write_cost(how, one.table, one.sizes, one.spent) for one in written]
    metrics = answers.all_collection_metrics(
        params.get("ReturnItemCollectionMetrics"), {one.table: one.collections for one in written}
    )
    return answers.spliced(
        (
            ("UnprocessedItems", b"{}"),
            ("ItemCollectionMetrics", metrics),
            ("ConsumedCapacity", answers.costs(costs)),
        )
    )


@operation("dynamodb", "BatchGetItem", honours="RequestItems ReturnConsumedCapacity")
def batch_get_item(scope: Scope, params: Params) -> bytes:
    """Read up to 100 items of several tables."""
    wanted = batches.read_keys(params["RequestItems"])
    found = batches.get_batch(scope, wanted)
    how = params.get("ReturnConsumedCapacity")
    costs = [
        answers.read_cost(how, name, one.sizes, params["RequestItems"][name].get("ConsistentRead"))
        for name, one in found.items()
    ]
    left = {
        name: params["RequestItems"][name] | {"Keys": one.left}
        for name, one in found.items()
        if one.left
    }
    bodies = [(name, answers.array(one.items)) for name, one in found.items()]
    return answers.spliced(
        (
            ("Responses", answers.spliced(bodies)),
            ("UnprocessedKeys", orjson.dumps(left)),
            ("ConsumedCapacity", answers.costs(costs)),
        )
    )


@operation("dynamodb", "TagResource", honours="ResourceArn Tags")
def tag_resource(scope: Scope, params: Params) -> bytes:
    """Add tags to a table; the answer's body is empty."""
    tagging.add_tags(scope, params["ResourceArn"], tagging.read_tags(params["Tags"]))
    return b""


@operation("dynamodb", "UntagResource", honours="ResourceArn TagKeys")
def untag_resource(scope: Scope, params: Params) -> bytes:
    """Remove tags from a table; the answer's body is empty."""
    tagging.remove_tags(scope, params["ResourceArn"], params["TagKeys"])
    return b""


@operation("dynamodb", "ListTagsOfResource", honours="ResourceArn")
def list_tags_of_resource(scope: Scope, params: Params) -> Params:
    """List a table's tags, at most 50 and so always one page."""
    tags = tagging.list_tags(scope, params["ResourceArn"])
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


@operation("dynamodb", "DescribeLimits")
def describe_limits(_scope: Scope, _params: Params) -> Params:
    """Give an account's usual limits. Source: developer guide, "Quotas"."""
    return {
        "AccountMaxReadCapacityUnits": 80_000,
        "AccountMaxWriteCapacityUnits": 80_000,
        "TableMaxReadCapacityUnits": 40_000,
        "TableMaxWriteCapacityUnits": 40_000,
    }


@operation("dynamodb", "DescribeEndpoints")
def describe_endpoints(_scope: Scope, _params: Params) -> Params:
    """Name the gateway's own address; a client that asks is to stay for a day."""
    address = urlsplit(settings.GATEWAY_URL).netloc
    return {"Endpoints": [{"Address": address, "CachePeriodInMinutes": 1440}]}


def _expressions(params: Params) -> Expressions:
    return Expressions.read(params)


def _shows_item(params: Params) -> bool:
    return bool(params.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD")


def _written(params: Params, written: items.Written) -> bytes:
    cost = answers.write_cost(
        params.get("ReturnConsumedCapacity"), written.table, [written.bytes], written.spent
    )
    metrics = answers.collection_metrics(
        params.get("ReturnItemCollectionMetrics"), written.collection
    )
    return answers.spliced(
        (
            ("Attributes", answers.returned(params.get("ReturnValues"), written)),
            ("ConsumedCapacity", cost),
            ("ItemCollectionMetrics", None if metrics is None else orjson.dumps(metrics)),
        )
    )


def _paging(params: Params) -> reading.Paging:
    return reading.Paging(
        limit=params.get("Limit"),
        start=params.get("ExclusiveStartKey"),
        count_only=params.get("Select") == "COUNT",
        index=params.get("IndexName"),
        whole=params.get("Select") == "ALL_ATTRIBUTES",
        consistent=params.get("ConsistentRead", False),
    )


def _page(params: Params, page: reading.Page) -> bytes:
    listed = None if params.get("Select") == "COUNT" else answers.array(page.items)
    cost = answers.page_cost(
        params.get("ReturnConsumedCapacity"), page, params.get("ConsistentRead")
    )
    last = None if page.last_key is None else orjson.dumps(page.last_key)
    return answers.spliced(
        (
            ("Items", listed),
            ("Count", str(page.count).encode()),
            ("ScannedCount", str(page.scanned).encode()),
            ("LastEvaluatedKey", last),
            ("ConsumedCapacity", cost),
        )
    )


def _recorded(params: Params) -> dict[str, Any]:
    return {name: params[name] for name in _RECORDED.split() if params.get(name)}
