"""Time to live: which attribute of a table says when its items expire. `expiry` deletes them.

Turning it on and off takes effect at once; AWS takes up to an hour and allows one change an hour.
"""

from __future__ import annotations

from django.db import transaction

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb.models import Table
from triggers.dynamodb.status import CREATING, DELETING
from triggers.dynamodb.tables import get_table, status_of


def switch_time_to_live(
    scope: Scope,
    table_name: str | None,
    attribute: str,
    *,
    enabled: bool,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """Let the table's items expire by `attribute`, or no longer.

    Raises AwsError: ResourceNotFoundException, ResourceInUseException, ValidationException when
    that is so already or another attribute is in use. Source: Alternator's tests of TTL.
    """
    with transaction.atomic():
        found = get_table(scope, table_name, clock=clock)
        _refuse_busy(found, clock)
        table = Table.objects.select_for_update().get(pk=found.pk)
        _refuse_same(table, attribute, enabled)
        table.ttl_attribute = attribute if enabled else ""
        table.save(update_fields=["ttl_attribute"])


def ttl_attribute(
    scope: Scope, table_name: str | None, *, clock: Clock = SYSTEM_CLOCK
) -> str | None:
    """Name the attribute by which the table's items expire; None when they do not."""
    table = get_table(scope, table_name, clock=clock)
    if status_of(table, clock) == CREATING:
        raise _invalid(
            "Cannot describe time to live while table is in CREATING state: "
            "Current table state is CREATING"
        )
    return table.ttl_attribute or None


def _refuse_busy(table: Table, clock: Clock) -> None:
    status = status_of(table, clock)
    if status in (CREATING, DELETING):
        being = "created" if status == CREATING else "deleted"
        raise AwsError(
            "ResourceInUseException",
            "Attempt to change a resource which is still in use: "
            f"Table is being {being}: {table.name}",
        )


def _refuse_same(table: Table, attribute: str, enabled: bool) -> None:
    current = table.ttl_attribute
    if current and current != attribute:
        raise _invalid(
            f"TimeToLive is active on a different AttributeName: current AttributeName is {current}"
        )
    if enabled and current:
        raise _invalid("TimeToLive is already enabled")
    if not enabled and not current:
        raise _invalid("TimeToLive is already disabled")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
