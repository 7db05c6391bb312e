"""How tables look to callers of AWS: TableDescription and the answers about what is switched off.

Source: LocalStack's recordings of AWS. Sizes and counts are live here; AWS refreshes them about
every six hours.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection

from console.aws.clock import Clock
from console.aws.scope import Scope
from triggers.dynamodb.definitions import ON_DEMAND
from triggers.dynamodb.indexdescriptions import describe_indexes
from triggers.dynamodb.models import Table
from triggers.dynamodb.status import ACTIVE
from triggers.dynamodb.tables import key_schema, status_of, warm


def table_arn(scope: Scope, table: Table) -> str:
    """Name a table."""
    return scope.arn("dynamodb", f"table/{table.name}")


def describe(
    scope: Scope,
    table: Table,
    clock: Clock,
    *,
    new: bool = False,
    changing: Collection[str] = (),
) -> dict[str, Any]:
    """Write the TableDescription; `new` is CreateTable's, which has
    only the warm throughput that it asked for.

    `changing` names the indexes that the request has just touched.
    """
    status = status_of(table, clock)
    size, count = (0, 0) if new else _measure(table)
    description: dict[str, Any] = {
        "AttributeDefinitions": _attributes(table),
        "TableName": table.name,
        "KeySchema": key_schema(table),
        "TableStatus": status,
        "CreationDateTime": table.created_at,
        "ProvisionedThroughput": {
            "NumberOfDecreasesToday": 0,
            "ReadCapacityUnits": table.read_units,
            "WriteCapacityUnits": table.write_units,
        },
        "TableSizeBytes": size,
        "ItemCount": count,
        "TableArn": table_arn(scope, table),
        "TableId": table.table_id,
        "DeletionProtectionEnabled": table.deletion_protection,
    }
    if table.billing_mode == ON_DEMAND or table.on_demand_at:
        summary: dict[str, Any] = {"BillingMode": table.billing_mode}
        if status == ACTIVE and not new:
            since = table.on_demand_at or table.created_at
            summary["LastUpdateToPayPerRequestDateTime"] = since
        description["BillingModeSummary"] = summary
    if not new or "WarmThroughput" in table.recorded:
        description["WarmThroughput"] = warm(table) | {"Status": ACTIVE}
    indexes = describe_indexes(scope, table, clock, new=new, changing=changing)
    return description | indexes | _stream(table) | _recorded(table)


def creating(description: dict[str, Any], status: str) -> dict[str, Any]:
    """Show the state a table has just been brought into, however short the delay is."""
    return description | {"TableStatus": status}


def _attributes(table: Table) -> list[dict[str, str]]:
    attributes = [{"AttributeName": table.hash_name, "AttributeType": table.hash_type}]
    if table.range_name:
        attributes.append({"AttributeName": table.range_name, "AttributeType": table.range_type})
    return attributes


def _stream(table: Table) -> dict[str, Any]:
    """The newest stream stays named after its end; the specification goes with it."""
    stream = table.stream
    if stream is None:
        return {}
    named: dict[str, Any] = {"LatestStreamLabel": stream.label, "LatestStreamArn": stream.arn}
    if stream.disabled_at is None:
        named["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": stream.view_type}
    return named


def _recorded(table: Table) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if "TableClass" in table.recorded:
        shown["TableClassSummary"] = {"TableClass": table.recorded["TableClass"]}
    if table.recorded.get("OnDemandThroughput"):
        shown["OnDemandThroughput"] = table.recorded["OnDemandThroughput"]
    encryption = table.recorded.get("SSESpecification", {})
    if encryption.get("Enabled"):
        shown["SSEDescription"] = {"Status": "ENABLED", "SSEType": "KMS"}
        if "KMSMasterKeyId" in encryption:
            shown["SSEDescription"]["KMSMasterKeyArn"] = encryption["KMSMasterKeyId"]
    return shown


def _measure(table: Table) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(SUM(size), 0), COUNT(*) FROM triggers_item WHERE table_id = %s",
            [table.pk],
        )
        size, count = cursor.fetchone()
    return int(size), count
