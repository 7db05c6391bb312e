"""How indexes look to callers of AWS: members of a TableDescription.

Source: LocalStack's recordings of AWS. Sizes and counts are live here.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection

from console.aws.clock import Clock
from console.aws.scope import Scope
from triggers.dynamodb import indexrows, warmth
from triggers.dynamodb.indexchanges import status_of
from triggers.dynamodb.models import Index, Table
from triggers.dynamodb.status import ACTIVE, CREATING, GONE


def describe_indexes(
    scope: Scope,
    table: Table,
    clock: Clock,
    *,
    new: bool = False,
    changing: Collection[str] = (),
) -> dict[str, Any]:
    """Write the members of a TableDescription that its indexes add or change.

    Indexes that the request has just touched (`changing`, or all of a `new` table) show what is
    being done to them, however short the delay is.
    """
    lists: dict[str, list[dict[str, Any]]] = {}
    kinds = {table.hash_name: table.hash_type}
    if table.range_name:
        kinds[table.range_name] = table.range_type
    for row in Index.objects.filter(table=table).order_by("name"):
        status = status_of(row, clock)
        if new or row.name in changing:
            status = row.transition
        if status == GONE:
            continue
        kinds |= {name: kind for name, kind, _ in row.key}
        member = "LocalSecondaryIndexes" if row.local else "GlobalSecondaryIndexes"
        lists.setdefault(member, []).append(_describe(scope, table, row, status, new=new))
    if not lists:
        return {}
    attributes = [
        {"AttributeName": name, "AttributeType": kind} for name, kind in sorted(kinds.items())
    ]
    return {"AttributeDefinitions": attributes, **lists}


def _describe(scope: Scope, table: Table, row: Index, status: str, *, new: bool) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": row.projection}
    if row.included:
        projection["NonKeyAttributes"] = row.included
    size, count = (0, 0) if new else _measure(table, row)
    described = {
        "IndexName": row.name,
        "KeySchema": [{"AttributeName": name, "KeyType": role} for name, _, role in row.key],
        "Projection": projection,
        "IndexSizeBytes": size,
        "ItemCount": count,
        "IndexArn": scope.arn("dynamodb", f"table/{table.name}/index/{row.name}"),
    }
    return described if row.local else described | _global(row, status, new=new)


def _global(row: Index, status: str, *, new: bool) -> dict[str, Any]:
    members: dict[str, Any] = {
        "IndexStatus": status,
        "ProvisionedThroughput": {
            "NumberOfDecreasesToday": 0,
            "ReadCapacityUnits": row.read_units,
            "WriteCapacityUnits": row.write_units,
        },
    }
    if status == CREATING and not new:
        members["Backfilling"] = row.building
    wanted = row.recorded.get("WarmThroughput")
    if not new or wanted:
        warm = warmth.now(row.read_units, row.write_units, wanted)
        members["WarmThroughput"] = warm | {"Status": ACTIVE}
    if "OnDemandThroughput" in row.recorded:
        members["OnDemandThroughput"] = row.recorded["OnDemandThroughput"]
    return members


def _measure(table: Table, row: Index) -> tuple[int, int]:
    with connection.cursor() as cursor:
        return indexrows.measure(cursor, table.pk, row.pk, whole=row.projection == "ALL")
