"""What calls of DynamoDB and its streams must be allowed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from django.db import connection

from console.aws.arn import Arn
from console.aws.clock import SYSTEM_CLOCK
from console.aws.errors import AwsError
from console.aws.registry import Params
from console.aws.scope import Scope
from console.gateway.needs.need import Need
from functions.iam.context import Found, Source
from triggers.dynamodb import rows
from triggers.dynamodb.expressions.keyconditions import read_parts
from triggers.dynamodb.expressions.request import Expressions
from triggers.dynamodb.partiql import parser
from triggers.dynamodb.partiql.nodes import Delete, Insert, Select, Update

_WRITES = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
_STATEMENTS = {
    Select: "PartiQLSelect",
    Insert: "PartiQLInsert",
    Update: "PartiQLUpdate",
    Delete: "PartiQLDelete",
}


def needs(scope: Scope, operation: str, params: Params) -> Iterable[Need]:
    """List what a call must be allowed. Source: Service authorization reference, DynamoDB."""
    match operation:
        case "BatchGetItem" | "BatchWriteItem":
            return _batch(scope, operation, params["RequestItems"])
        case "TransactGetItems" | "TransactWriteItems":
            return _together(scope, params["TransactItems"])
        case "ExecuteStatement":
            return _statements(scope, [params])
        case "BatchExecuteStatement":
            return _statements(scope, params["Statements"])
        case "ExecuteTransaction":
            return _statements(scope, params["TransactStatements"])
        case _:
            return _one(scope, operation, params)


def _one(scope: Scope, operation: str, params: Params) -> Iterator[Need]:
    resource = (_resource(scope, operation, params),)
    yield Need(f"dynamodb:{operation}", resource, _facts(scope, params))
    if operation == "CreateTable" and params.get("ResourcePolicy"):
        yield Need("dynamodb:PutResourcePolicy", resource)


def _resource(scope: Scope, operation: str, params: Params) -> str:
    """Name the table, index or stream that a call is about."""
    if "ShardIterator" in params:  # it begins with the ARN of its stream
        stream = str(params["ShardIterator"]).partition("|")[0]
        return stream if Arn.parse(stream) else scope.arn("dynamodb", "table/*/stream/*")
    for member in ("StreamArn", "ResourceArn", "TableArn"):
        if member in params:
            return str(params[member])
    if operation == "ListStreams":
        return f"{_table(scope, params.get('TableName', '*'))}/stream/*"
    if "TableName" not in params:
        return scope.arn("dynamodb", "table/*")
    table = _table(scope, params["TableName"])
    index = params.get("IndexName") if operation in ("Query", "Scan") else None
    return f"{table}/index/{index}" if index else table


def _table(scope: Scope, name: str) -> str:
    return name if Arn.parse(name) else scope.arn("dynamodb", f"table/{name}")


def _batch(scope: Scope, operation: str, tables: Mapping[str, Any]) -> Iterator[Need]:
    for table, asked in tables.items():
        yield Need(
            f"dynamodb:{operation}",
            (_table(scope, table),),
            {"dynamodb:LeadingKeys": partial(_of_batch, scope, table, asked)},
        )


def _of_batch(scope: Scope, table: str, asked: Any) -> Found:
    return _of_keys(scope, table, _keys_in(asked))


def _keys_in(asked: Any) -> list[Mapping[str, Any]]:
    if isinstance(asked, Mapping):  # BatchGetItem
        return list(asked.get("Keys", ()))
    return [
        one.get("PutRequest", {}).get("Item") or one.get("DeleteRequest", {}).get("Key") or {}
        for one in asked
    ]


def _together(scope: Scope, items: Iterable[Mapping[str, Any]]) -> Iterator[Need]:
    for item in items:
        for kind, asked in item.items():
            if kind in _WRITES and "TableName" in asked:
                table = _table(scope, asked["TableName"])
                yield Need(f"dynamodb:{_WRITES[kind]}", (table,), _facts(scope, asked))


def _statements(scope: Scope, asked: Iterable[Mapping[str, Any]]) -> Iterator[Need]:
    """Read the statements; one that cannot be read needs nothing, because it will do nothing."""
    for one in asked:
        try:
            statement = parser.parse(one["Statement"], one.get("Parameters", ()))
        except AwsError:
            continue
        action = _STATEMENTS.get(type(statement), "PartiQLSelect")
        table = _table(scope, statement.table)
        index = statement.index if isinstance(statement, Select) else None
        yield Need(f"dynamodb:{action}", (f"{table}/index/{index}" if index else table,))


def _facts(scope: Scope, params: Mapping[str, Any]) -> dict[str, Source]:
    facts: dict[str, Source] = {
        f"dynamodb:{member}": (str(params[member]),)
        for member in ("ReturnConsumedCapacity", "ReturnValues", "Select")
        if member in params
    }
    if "TableName" in params:
        facts["dynamodb:LeadingKeys"] = lambda: _leading(scope, params)
    return facts


def _leading(scope: Scope, params: Mapping[str, Any]) -> Found:
    """Find the partition keys that a call names; None for one that names none (Scan)."""
    if "Key" in params or "Item" in params:
        return _of_keys(scope, params["TableName"], [params.get("Key") or params["Item"]])
    return _of_query(scope, params)


def _of_keys(scope: Scope, table: str, keys: Iterable[Mapping[str, Any]]) -> Found:
    name = _hash_name(scope, table)
    values = [_spelled(key[name]) for key in keys if name in key]
    return tuple(values) or None


def _of_query(scope: Scope, params: Mapping[str, Any]) -> Found:
    """Read the partition key out of the key condition, however it is written.

    None where it cannot be read: such a call is refused for that very reason.
    """
    try:
        condition = Expressions.read(params).bind().key_condition
        parts = read_parts(condition) if condition else {}
    except AwsError:
        return None
    part = parts.get(_hash_name(scope, params["TableName"], params.get("IndexName")))
    return tuple(_spelled(one) for one in part.values) if part else None


def _hash_name(scope: Scope, table: str, index: str | None = None) -> str:
    """Name the partition key of a table or index; "" when there is no such table."""
    try:
        with connection.cursor() as cursor:
            found = rows.find_table(cursor, scope, table, clock=SYSTEM_CLOCK)
    except AwsError:
        return ""
    for one in found.indexes:
        if one.name == index:
            return one.key.hash[0].name
    return found.schema.hash_name


def _spelled(value: Mapping[str, Any]) -> str:
    """Spell a key's value as policies do, binary ones in base 64."""
    one = next(iter(value.values()), "")
    return b64encode(one).decode() if isinstance(one, bytes) else str(one)
