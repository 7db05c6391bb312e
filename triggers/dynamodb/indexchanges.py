"""Makes, changes and removes the indexes of a table, inside the transaction of the table's verb.

Decides what UpdateTable may do to indexes: one creation or deletion at a time. Filling and emptying
them is `indexbuilding`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from console.aws.clock import Clock, as_datetime
from console.aws.errors import AwsError
from triggers.dynamodb import capacity, indexbuilding, indexrows, warmth
from triggers.dynamodb.definitions import ON_DEMAND
from triggers.dynamodb.indexdefinitions import (
    MAX_GLOBAL,
    RECORDED,
    IndexDefinition,
    read_global,
    read_types,
)
from triggers.dynamodb.indexes import IndexKey
from triggers.dynamodb.models import Index, Table
from triggers.dynamodb.status import CREATING, DELETING, GONE, UPDATING

_INVALID: Final = "One or more parameter values were invalid: "
_KINDS: Final = ("Update", "Create", "Delete")
_ONE_AT_A_TIME: Final = (
    "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per "
    "table"
)


@dataclass(frozen=True, slots=True)
class IndexChange:
    """One of UpdateTable's GlobalSecondaryIndexUpdates.

    `kind` is Create, Update or Delete, `given` its members in AWS's shape, `types` those of the
    request's AttributeDefinitions.
    """

    kind: str
    name: str
    given: Mapping[str, Any]
    types: Mapping[str, str]

    @property
    def is_slow(self) -> bool:
        """Say whether it goes through items: only one such change at a time."""
        return self.kind != "Update"


def read_changes(
    updates: Sequence[Mapping[str, Any]], attributes: Sequence[Mapping[str, str]]
) -> tuple[IndexChange, ...]:
    """Take the changes out of UpdateTable's members. Raises AwsError("ValidationException")."""
    types = read_types(attributes)
    found: dict[str, IndexChange] = {}
    for update in updates:
        kinds = [kind for kind in _KINDS if update.get(kind) is not None]
        if not kinds:
            raise _invalid(
                "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                "GlobalSecondaryIndexUpdate.Delete must not be null"
            )
        if len(kinds) > 1:
            raise _invalid(
                "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate "
                "object"
            )
        given = update[kinds[0]]
        change = IndexChange(kinds[0], given["IndexName"], given, types)
        if change.name in found:
            raise _invalid(
                "Only one global secondary index update per index is allowed simultaneously. "
                f"Index: {change.name}"
            )
        found[change.name] = change
    return tuple(found.values())


def make_indexes(table: Table, definitions: Sequence[IndexDefinition], *, clock: Clock) -> None:
    """Make the indexes of a new table, which has no items yet."""
    for definition in definitions:
        _make(table, definition, clock).save()


def change_indexes(table: Table, changes: Sequence[IndexChange], *, clock: Clock) -> None:
    """Change a table's indexes, whose row the caller holds and saves.

    Raises AwsError: LimitExceededException, ValidationException, ResourceNotFoundException.
    """
    there = {row.name: row for row in Index.objects.filter(table=table)}
    for row in list(there.values()):
        if status_of(row, clock) == GONE:
            row.delete()
            del there[row.name]
    slow = [change for change in changes if change.is_slow]
    if len(slow) > 1 or (slow and any(row.building for row in there.values())):
        raise AwsError("LimitExceededException", _ONE_AT_A_TIME)
    for change in changes:
        match change.kind:
            case "Create":
                there[change.name] = _create(table, change, there, clock)
            case "Delete":
                _delete(_found(change, there), clock)
            case _:
                _update(table, _found(change, there), change, clock)
    _follow_billing(table, there)
    table.indexed = any(row.transition != DELETING for row in there.values())


def status_of(row: Index, clock: Clock) -> str:
    """Name the state of an index now; GONE when it has finished being deleted."""
    return indexrows.status_of(row.transition, row.building, row.settles_at, clock)


def _create(table: Table, change: IndexChange, there: Mapping[str, Index], clock: Clock) -> Index:
    if change.name in there:
        raise AwsError("ValidationException", "Attempting to create an index which already exists")
    if sum(not row.local for row in there.values()) >= MAX_GLOBAL:
        raise AwsError(
            "LimitExceededException",
            f"{_INVALID}GlobalSecondaryIndex count exceeds the per-table limit of {MAX_GLOBAL}",
        )
    if not change.types:
        raise _invalid(f"AttributeDefinitions is not specified for index: {change.name}")
    definition = read_global(change.given, change.types)
    _refuse_other_types(table, definition, there)
    if table.billing_mode == ON_DEMAND and definition.throughput:
        raise _invalid(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: "
            f"{change.name} when BillingMode is PAY_PER_REQUEST"
        )
    if table.billing_mode != ON_DEMAND and not definition.throughput:
        raise _invalid(f"ProvisionedThroughput must be specified for index: {change.name}")
    warmth.check_new(change.given.get("WarmThroughput"), *definition.units, index=change.name)
    row = _make(table, definition, clock)
    row.building = True
    row.save()
    indexbuilding.begin(row)
    return row


def _delete(row: Index, clock: Clock) -> None:
    row.transition, row.building = DELETING, True
    row.settles_at = _settles_at(clock)
    row.save()
    indexbuilding.begin(row)


def _update(table: Table, row: Index, change: IndexChange, clock: Clock) -> None:
    throughput = change.given.get("ProvisionedThroughput")
    if throughput and table.billing_mode == ON_DEMAND:
        raise _invalid(
            f"The only Updates for index: {row.name} when TableThroughputMode is PAY_PER_REQUEST "
            "can be to OnDemandThroughput, WarmThroughput"
        )
    if throughput:
        capacity.check_index_units(row.name, throughput, row.read_units, row.write_units)
        row.read_units = throughput["ReadCapacityUnits"]
        row.write_units = throughput["WriteCapacityUnits"]
    warmth.check_changed(
        change.given.get("WarmThroughput"),
        warmth.now(row.read_units, row.write_units, row.recorded.get("WarmThroughput")),
        index=row.name,
    )
    row.recorded = warmth.merged(
        row.recorded, {name: change.given[name] for name in RECORDED if change.given.get(name)}
    )
    if not row.building:
        row.transition = UPDATING
        row.settles_at = _settles_at(clock)
    row.save()


def _found(change: IndexChange, there: Mapping[str, Index]) -> Index:
    row = there.get(change.name)
    if row is None or row.transition == DELETING:
        raise AwsError("ResourceNotFoundException", "Requested resource not found")
    if row.local:
        raise AwsError(
            "ValidationException",
            f"Cannot {change.kind.lower()} an index that is not a GlobalSecondaryIndex: {row.name}",
        )
    return row


def _refuse_other_types(
    table: Table, definition: IndexDefinition, there: Mapping[str, Index]
) -> None:
    """An attribute has one type in all keys of a table and its indexes."""
    known = {table.hash_name: table.hash_type, table.range_name: table.range_type}
    known |= {name: kind for row in there.values() for name, kind, _ in row.key}
    attributes = definition.key.attributes
    if any(known.get(one.name, one.kind) != one.kind for one in attributes):
        raise _invalid(
            "Attributes cannot be redefined. Please check that your attribute has the same type as "
            f"previously defined. Existing schema: {_schema(definition.key, known)} "
            f"New schema: {_schema(definition.key, {})}"
        )


def _schema(key: IndexKey, known: Mapping[str, str]) -> str:
    """Write an index's key as AWS's message does, with the types that are known."""
    parts = [f"{one.name}:{known.get(one.name, one.kind)}:HASH" for one in key.hash]
    parts += [f"{one.name}:{known.get(one.name, one.kind)}:RANGE" for one in key.range]
    return f"Schema:[SchemaElement: key{{{', '.join(parts)}}}]"


def _follow_billing(table: Table, there: Mapping[str, Index]) -> None:
    """Give up units on demand, and insist on them otherwise."""
    rows = [row for row in there.values() if not row.local and row.transition != DELETING]
    for row in rows:
        if table.billing_mode != ON_DEMAND and not row.read_units:
            raise _invalid(f"ProvisionedThroughput must be specified for index: {row.name}")
        if table.billing_mode == ON_DEMAND and row.read_units:
            row.read_units = row.write_units = 0
            row.save(update_fields=["read_units", "write_units"])


def _make(table: Table, definition: IndexDefinition, clock: Clock) -> Index:
    reads, writes = definition.units
    key = definition.key
    return Index(
        table=table,
        name=definition.name,
        local=definition.local,
        key=[[one.name, one.kind, "HASH"] for one in key.hash]
        + [[one.name, one.kind, "RANGE"] for one in key.range],
        projection=definition.projection,
        included=list(definition.included),
        read_units=reads,
        write_units=writes,
        recorded=dict(definition.recorded),
        transition=CREATING,
        settles_at=_settles_at(clock),
    )


def _settles_at(clock: Clock) -> datetime:
    return as_datetime(clock.now() + settings.TABLE_DELAY_SECONDS)


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", f"{_INVALID}{message}")
