"""Makes, finds, changes and removes tables. What is in them is `items`' and `reading`'s.

A table that is being made, changed or removed settles after the setting TABLE_DELAY_SECONDS; until
then AWS's refusals for a table in use apply.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from triggers.dynamodb import capacity, indexrows, rows, warmth
from triggers.dynamodb.capacity import BillingChange
from triggers.dynamodb.definitions import (
    ON_DEMAND,
    Billing,
    TableDefinition,
    check_table_name,
    read_changed_stream,
)
from triggers.dynamodb.indexchanges import (
    IndexChange,
    change_indexes,
    make_indexes,
    read_changes,
)
from triggers.dynamodb.indexdefinitions import IndexDefinition
from triggers.dynamodb.models import Table
from triggers.dynamodb.status import CREATING, DELETING, GONE, UPDATING, settled, status
from triggers.streams import lifecycle

MAX_PAGE = 100
"""Tables in one page of ListTables. Source: service model."""


@dataclass(frozen=True, slots=True)
class TableChange:
    """What UpdateTable changes; None, or nothing, leaves things as they are.

    `stream` is a view type, or "" to turn the stream off.
    """

    billing: BillingChange | None = None
    stream: str | None = None
    deletion_protection: bool | None = None
    indexes: tuple[IndexChange, ...] = ()
    recorded: dict[str, Any] = field(default_factory=dict)


def create_table(
    scope: Scope,
    new: TableDefinition,
    indexes: Sequence[IndexDefinition] = (),
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Table:
    """Make a table with its indexes, and with its stream when it is to have one.

    Raises AwsError("ResourceInUseException") when the name is taken.
    """
    name = named(scope, new.name)
    now = as_datetime(clock.now())
    with transaction.atomic():
        _rows(scope).filter(transition=DELETING, settles_at__lte=now).delete()
        if _rows(scope).filter(name=name).exists():
            raise AwsError("ResourceInUseException", f"Table already exists: {name}")
        table = Table.objects.create(
            tenancy_id=scope.tenancy,
            region=scope.region,
            name=name,
            table_id=ids.uuid(),
            hash_name=new.schema.hash_name,
            hash_type=new.schema.hash_type,
            range_name=new.schema.range_name,
            range_type=new.schema.range_type,
            billing_mode=new.billing.mode,
            read_units=new.billing.read_units,
            write_units=new.billing.write_units,
            deletion_protection=new.deletion_protection,
            tags=dict(new.tags),
            recorded=dict(new.recorded),
            indexed=bool(indexes),
            transition=CREATING,
            settles_at=as_datetime(clock.now() + settings.TABLE_DELAY_SECONDS),
            created_at=now,
            on_demand_at=now if new.billing.mode == ON_DEMAND else None,
        )
        make_indexes(table, indexes, clock=clock)
        if new.view_type is not None:
            _enable(scope, table, new.view_type, clock, ids)
            table.save(update_fields=["stream"])
    return table


def get_table(scope: Scope, table_name: str | None, *, clock: Clock = SYSTEM_CLOCK) -> Table:
    """Find a table by name or ARN. Raises AwsError("ResourceNotFoundException")."""
    name = named(scope, table_name)
    table = _rows(scope).select_related("stream").filter(name=name).first()
    if table is None or status_of(table, clock) == GONE:
        raise unknown(name)
    return table


def list_tables(
    scope: Scope, after: str = "", limit: int = MAX_PAGE, *, clock: Clock = SYSTEM_CLOCK
) -> tuple[list[str], bool]:
    """Name up to `limit` tables after the name `after`; True when there are more."""
    now = as_datetime(clock.now())
    found = _rows(scope).filter(name__gt=after).exclude(transition=DELETING, settles_at__lte=now)
    names = list(found.order_by("name").values_list("name", flat=True)[: limit + 1])
    return names[:limit], len(names) > limit


def update_table(
    scope: Scope,
    table_name: str | None,
    change: TableChange,
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Table:
    """Change a table and its indexes, begin its stream or end it.

    Raises AwsError: ResourceNotFoundException, ResourceInUseException while another change
    settles, LimitExceededException while an index is being made or removed, ValidationException.
    """
    name = named(scope, table_name)
    with transaction.atomic():
        table = _held(scope, name, clock)
        if change.stream is not None:
            _switch_stream(scope, table, change.stream, clock, ids)
        if change.billing is not None:
            _bill(table, change.billing, clock)
        if change.indexes or (change.billing is not None and table.indexed):
            change_indexes(table, change.indexes, clock=clock)
        if change.deletion_protection is not None:
            table.deletion_protection = change.deletion_protection
        _record(table, change.recorded)
        table.transition = UPDATING
        table.settles_at = as_datetime(clock.now() + settings.TABLE_DELAY_SECONDS)
        table.save()
    return table


def delete_table(scope: Scope, table_name: str | None, *, clock: Clock = SYSTEM_CLOCK) -> Table:
    """Remove a table with its items and indexes; its stream ends and stays readable for 24 hours.

    Raises AwsError: ResourceNotFoundException, ResourceInUseException, ValidationException for a
    protected table.
    """
    name = named(scope, table_name)
    with transaction.atomic():
        table = _held(scope, name, clock)
        if table.deletion_protection:
            raise AwsError(
                "ValidationException",
                "Resource cannot be deleted as it is currently protected against deletion. "
                "Disable deletion protection first.",
            )
        if table.stream is not None and table.stream.disabled_at is None:
            lifecycle.disable_stream(table.stream, clock=clock)
        table.transition = DELETING
        table.settles_at = as_datetime(clock.now() + settings.TABLE_DELAY_SECONDS)
        with connection.cursor() as cursor:
            indexrows.delete_of_table(cursor, table.pk)
            cursor.execute("DELETE FROM triggers_item WHERE table_id = %s", [table.pk])
        if settings.TABLE_DELAY_SECONDS > 0:
            table.save()
        else:
            Table.objects.filter(pk=table.pk).delete()
    return table


def read_change(params: Mapping[str, Any], recorded: Mapping[str, Any]) -> TableChange:
    """Take the change out of UpdateTable's members: one kind of change a call.

    Source: live probes of AWS, October 2026.
    """
    capacity.check_changes(params)
    stream = params.get("StreamSpecification")
    throughput = params.get("ProvisionedThroughput")
    mode = params.get("BillingMode")
    indexes = read_changes(
        params.get("GlobalSecondaryIndexUpdates", ()), params.get("AttributeDefinitions", ())
    )
    _refuse_index_with(indexes, stream, throughput)
    capacity.check_encryption(params.get("SSESpecification"))
    return TableChange(
        billing=None if mode is None and throughput is None else BillingChange(mode, throughput),
        stream=None if stream is None else read_changed_stream(stream) or "",
        deletion_protection=params.get("DeletionProtectionEnabled"),
        indexes=indexes,
        recorded=dict(recorded),
    )


def status_of(table: Table, clock: Clock) -> str:
    """Name the state a table is in now."""
    now = as_datetime(clock.now())
    return status(table.transition, settled(table.settles_at, now, settings.TABLE_DELAY_SECONDS))


def named(scope: Scope, table_name: str | None) -> str:
    """Check a TableName of the control plane and take the name out of an ARN."""
    given = check_table_name(table_name)
    try:
        return check_table_name(rows.table_name(scope, given))
    except AwsError as error:
        if error.code == "ResourceNotFoundException":
            raise unknown(given) from None
        raise


def unknown(name: str) -> AwsError:
    """Make the control plane's answer to a table that is not there."""
    return AwsError(
        "ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"
    )


def warm(table: Table) -> dict[str, int]:
    """Give the units a second that a table is warm for."""
    return warmth.now(table.read_units, table.write_units, table.recorded.get("WarmThroughput"))


def key_schema(table: Table) -> list[dict[str, str]]:
    """Write a table's KeySchema as AWS does."""
    schema = [{"AttributeName": table.hash_name, "KeyType": "HASH"}]
    if table.range_name:
        schema.append({"AttributeName": table.range_name, "KeyType": "RANGE"})
    return schema


def _refuse_index_with(indexes: Sequence[IndexChange], stream: Any, throughput: Any) -> None:
    """Creating or deleting an index must be the only thing of its kind in a request."""
    other = "changing stream status" if stream is not None else "updating table IOPS"
    if any(change.is_slow for change in indexes) and (stream or throughput) is not None:
        raise AwsError(
            "ValidationException",
            "One or more parameter values were invalid: "
            f"You cannot create or delete index while {other}",
        )


def _rows(scope: Scope) -> QuerySet[Table]:
    return Table.objects.filter(tenancy_id=scope.tenancy, region=scope.region)


def _held(scope: Scope, name: str, clock: Clock) -> Table:
    """Find a table that is at rest and keep others from changing it."""
    table = _rows(scope).select_for_update().filter(name=name).first()
    if table is None:
        raise unknown(name)
    match status_of(table, clock):
        case "GONE":
            raise unknown(name)
        case "CREATING" | "UPDATING" | "DELETING" as doing:
            being = {"CREATING": "created", "UPDATING": "updated", "DELETING": "deleted"}[doing]
            raise AwsError(
                "ResourceInUseException",
                "Attempt to change a resource which is still in use: "
                f"Table is being {being}: {name}",
            )
    return table


def _bill(table: Table, change: BillingChange, clock: Clock) -> None:
    """Charge a table otherwise; what was warm stays so, and ceilings end with on-demand billing."""
    before = warm(table)
    billing = change.applied(Billing(table.billing_mode, table.read_units, table.write_units))
    if billing.mode == ON_DEMAND and table.billing_mode != ON_DEMAND:
        table.on_demand_at = as_datetime(clock.now())
    table.billing_mode = billing.mode
    table.read_units, table.write_units = billing.read_units, billing.write_units
    if billing.mode != ON_DEMAND:
        table.recorded.pop("OnDemandThroughput", None)
    if any(units > warm(table)[name] for name, units in before.items()):
        table.recorded = warmth.merged(table.recorded, {"WarmThroughput": before})


def _record(table: Table, wanted: Mapping[str, Any]) -> None:
    """Note what has no effect here, as far as AWS would take it."""
    warmth.check_changed(wanted.get("WarmThroughput"), warm(table))
    capacity.check_encryption_change(
        wanted.get("SSESpecification"), table.recorded.get("SSESpecification")
    )
    ceilings = wanted.get("OnDemandThroughput")
    capacity.check_ceilings(ceilings, table.billing_mode, new=False)
    joined = capacity.joined_ceilings(table.recorded.get("OnDemandThroughput", {}), ceilings or {})
    table.recorded = warmth.merged(table.recorded, wanted)
    table.recorded.pop("OnDemandThroughput", None)
    if joined:
        table.recorded["OnDemandThroughput"] = joined


def _switch_stream(scope: Scope, table: Table, view_type: str, clock: Clock, ids: Ids) -> None:
    stream = table.stream
    on = stream is not None and stream.disabled_at is None
    if view_type:
        if on:
            raise AwsError(
                "ValidationException",
                f"Table already has an enabled stream: TableName: {table.name}",
            )
        _enable(scope, table, view_type, clock, ids)
    elif stream is None or not on:
        raise AwsError(
            "ValidationException", f"Table has no stream to disable: TableName: {table.name}"
        )
    else:
        lifecycle.disable_stream(stream, clock=clock)


def _enable(scope: Scope, table: Table, view_type: str, clock: Clock, ids: Ids) -> None:
    about = lifecycle.TableOfStream(table.pk, table.name, key_schema(table))
    table.stream = lifecycle.enable_stream(scope, about, view_type, clock=clock, ids=ids)
