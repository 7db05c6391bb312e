"""Generated load: so many items a second of one shape are put into a table, until it is stopped.

A row holds what is asked for and how far it is. Ticks hand running loads to a worker; each `advance`
takes numbers by a conditional update before it writes, so that two at once never write the same
one. A worker that dies leaves out what it had taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from triggers.dynamodb import shapes, values
from triggers.dynamodb.items import put_item
from triggers.dynamodb.keys import KeySchema, check_stored
from triggers.dynamodb.models import Load, Table
from triggers.dynamodb.tables import get_table

MOST_A_SECOND: Final = 200
MOST_SECONDS: Final = 600
MOST_KEYS: Final = 1_000_000
MOST_SHAPE_BYTES: Final = 64 * 1024
_SLICE_SECONDS: Final = 0.5
"""No more than this much at once: after a pause the rest follows tick by tick."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for; `keys` different keys come round again, 0 means no end of them."""

    shape: str
    rate: int
    seconds: int
    keys: int = 0


def start_load(
    scope: Scope,
    table_name: str,
    plan: Plan,
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Load:
    """Begin to write; a first item is made to see that it fits.

    Raises AwsError: ResourceNotFoundException, ValidationException, ResourceInUseException while
    another load of the table runs.
    """
    table = get_table(scope, table_name, clock=clock)
    _check(plan)
    now = clock.now()
    first = _item(plan.shape, 0, plan.keys, now, ids)
    check_stored(_schema(table), values.check_item(first))
    try:
        with transaction.atomic():
            return Load.objects.create(
                table=table,
                shape=plan.shape,
                rate=plan.rate,
                keys=plan.keys,
                principal=scope.principal,
                started_at=as_datetime(now),
                ends_at=as_datetime(now + plan.seconds),
            )
    except IntegrityError:
        raise AwsError(
            "ResourceInUseException", f"Load is being generated already: {table.name}"
        ) from None


def stop_load(scope: Scope, table_name: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Stop what runs on a table; nothing happens when nothing does."""
    table = get_table(scope, table_name, clock=clock)
    running = Load.objects.filter(table=table, stopped_at=None)
    running.update(stopped_at=as_datetime(clock.now()), note="Stopped by hand.")


def running() -> list[int]:
    """List the loads that run."""
    with connection.cursor() as cursor:  # by hand: ticks ask four times a second
        cursor.execute("SELECT id FROM triggers_load WHERE stopped_at IS NULL")
        return [load for (load,) in cursor.fetchall()]


def advance(load_id: int, *, clock: Clock = SYSTEM_CLOCK, ids: Ids = SYSTEM_IDS) -> int:
    """Write what a load owes by now, half a second's worth at most; how many items that were."""
    load = Load.objects.select_related("table__tenancy").filter(pk=load_id, stopped_at=None).first()
    if load is None:
        return 0
    now = clock.now()
    until = min(now, load.ends_at.timestamp())
    due = int((until - load.started_at.timestamp()) * load.rate)
    count = max(0, min(due - load.taken, int(load.rate * _SLICE_SECONDS) + 1))
    if not count and now >= load.ends_at.timestamp():
        _end(load, "", clock)
        return 0
    mine = Load.objects.filter(pk=load.pk, taken=load.taken, stopped_at=None)
    if not count or not mine.update(taken=F("taken") + count):
        return 0  # somebody else was faster
    return _write(load, range(load.taken, load.taken + count), clock, ids)


def trim(clock: Clock = SYSTEM_CLOCK) -> None:
    """Forget loads that stopped LOAD_RETENTION_HOURS ago."""
    until = as_datetime(clock.now()) - timedelta(hours=settings.LOAD_RETENTION_HOURS)
    Load.objects.filter(stopped_at__lt=until).delete()


def _write(load: Load, numbers: range, clock: Clock, ids: Ids) -> int:
    table = load.table
    scope = Scope(
        table.tenancy.account_number, table.region, table.tenancy_id, principal=load.principal
    )
    written = 0
    try:
        for number in numbers:
            item = _item(load.shape, number, load.keys, clock.now(), ids)
            put_item(scope, table.name, item, clock=clock, ids=ids)
            written += 1
    except AwsError as error:
        _end(load, f"{error.message} ({error.code})", clock)
    Load.objects.filter(pk=load.pk).update(written=F("written") + written)
    return written


def _end(load: Load, note: str, clock: Clock) -> None:
    still = Load.objects.filter(pk=load.pk, stopped_at=None)
    still.update(stopped_at=as_datetime(clock.now()), note=note[:500])


def _item(shape: str, number: int, keys: int, now: float, ids: Ids) -> dict[str, dict[str, object]]:
    try:
        parsed = shapes.read(shape)
    except ValueError as error:
        raise AwsError("ValidationException", str(error)) from None
    return shapes.fill(parsed, shapes.Moment(number, keys, now), ids)


def _check(plan: Plan) -> None:
    for what, number, least, most in (
        ("items a second", plan.rate, 1, MOST_A_SECOND),
        ("seconds", plan.seconds, 1, MOST_SECONDS),
        ("different keys", plan.keys, 0, MOST_KEYS),
        ("bytes of shape", len(plan.shape.encode()), 1, MOST_SHAPE_BYTES),
    ):
        if not least <= number <= most:
            raise AwsError("ValidationException", f"Choose {least:,} to {most:,} {what}.")


def _schema(table: Table) -> KeySchema:
    return KeySchema(table.hash_name, table.hash_type, table.range_name, table.range_type)
