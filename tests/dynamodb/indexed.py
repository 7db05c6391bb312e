"""Tables with indexes, made the way CreateTable and UpdateTable make them, for tests of indexes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from console.aws.clock import Clock
from console.aws.scope import Scope
from triggers.dynamodb import definitions, indexdefinitions, reading, tables
from triggers.dynamodb.models import Table
from triggers.dynamodb.reading import Page

Params = dict[str, Any]
ALL = {"ProjectionType": "ALL"}
KEYS_ONLY = {"ProjectionType": "KEYS_ONLY"}


def including(*names: str) -> Params:
    """Project keys and some attributes."""
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(names)}


def elements(hash_names: Sequence[str], range_names: Sequence[str] = ()) -> list[Params]:
    """Write a KeySchema."""
    return [{"AttributeName": name, "KeyType": "HASH"} for name in hash_names] + [
        {"AttributeName": name, "KeyType": "RANGE"} for name in range_names
    ]


def index(
    name: str,
    hash_names: Sequence[str],
    range_names: Sequence[str] = (),
    projection: Mapping[str, Any] = ALL,
) -> Params:
    """Write an index as CreateTable takes it."""
    return {
        "IndexName": name,
        "KeySchema": elements(hash_names, range_names),
        "Projection": dict(projection),
    }


def attributes(**kinds: str) -> list[Params]:
    """Write AttributeDefinitions."""
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in kinds.items()]


def create(
    scope: Scope,
    clock: Clock,
    *,
    local: Sequence[Params] | None = None,
    of_all: Sequence[Params] | None = None,
    view_type: str | None = None,
    **kinds: str,
) -> Table:
    """Make the table Orders with the key p (S) and r (S); `kinds` are the other attributes'."""
    params = {
        "KeySchema": elements(["p"], ["r"]),
        "AttributeDefinitions": attributes(p="S", r="S", **kinds),
    }
    if local is not None:
        params["LocalSecondaryIndexes"] = list(local)
    if of_all is not None:
        params["GlobalSecondaryIndexes"] = list(of_all)
    schema = definitions.read_schema(
        params["KeySchema"], params["AttributeDefinitions"], indexed=bool(kinds)
    )
    billing = definitions.Billing(definitions.ON_DEMAND)
    definition = definitions.TableDefinition("Orders", schema, billing, view_type)
    found = indexdefinitions.read_indexes(params, schema, billing)
    return tables.create_table(scope, definition, found, clock=clock)


def change(scope: Scope, clock: Clock, *updates: Params, **kinds: str) -> Table:
    """Call UpdateTable with GlobalSecondaryIndexUpdates."""
    params = {
        "GlobalSecondaryIndexUpdates": list(updates),
        "AttributeDefinitions": attributes(**kinds),
    }
    return tables.update_table(scope, "Orders", tables.read_change(params, {}), clock=clock)


def item(p: str, r: str = "1", **others: Any) -> dict[str, Any]:
    """Write an item: strings and numbers as they are, other values in DynamoDB's notation."""
    return {name: _value(value) for name, value in {"p": p, "r": r, **others}.items()}


def read(page: Page) -> list[Any]:
    """Give a page's items."""
    return [orjson.loads(body) for body in page.items]


def pairs(page: Page) -> list[tuple[str, str]]:
    """Give the table keys of a page's items."""
    return [(one["p"]["S"], one["r"]["S"]) for one in read(page)]


def scanned(scope: Scope, name: str) -> list[tuple[str, str]]:
    """Give the table keys of all items in an index, sorted."""
    return sorted(pairs(reading.scan(scope, "Orders", paging=reading.Paging(index=name))))


def _value(value: Any) -> Any:
    match value:
        case str():
            return {"S": value}
        case int() | float():
            return {"N": str(value)}
        case _:
            return value
