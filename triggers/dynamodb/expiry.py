"""Deletes items whose time to live is over, as the service: their records say so.

Walks the tables that have a time to live, a piece at a time; an item is looked at once more under
the hold of its key, so a writer who gives it more time wins. Safe to run twice at once.
"""

from __future__ import annotations

from typing import Final

import orjson
from django.db import connection, transaction

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from triggers.dynamodb import numbers, rows
from triggers.dynamodb.changes import item_of, store, tell
from triggers.dynamodb.keys import Place
from triggers.dynamodb.models import Table
from triggers.dynamodb.values import Item
from triggers.dynamodb.walks import segment_walk

OLDEST_SECONDS: Final = 5 * 365 * 24 * 3600
"""Items that expired longer ago stay. Source: developer guide, "Time to Live (TTL)"."""
_PIECE: Final = 500


def is_expired(item: Item, attribute: str, now: float) -> bool:
    """Say whether the attribute is a number of epoch seconds that lie in the last five years."""
    seconds = item.get(attribute, {}).get("N")
    if seconds is None:
        return False
    return (
        numbers.compare(seconds, str(int(now))) <= 0
        and numbers.compare(seconds, str(int(now) - OLDEST_SECONDS)) > 0
    )


def sweep(clock: Clock = SYSTEM_CLOCK, ids: Ids = SYSTEM_IDS) -> int:
    """Delete every expired item of every table; the number of them."""
    tables = Table.objects.exclude(ttl_attribute="").select_related("tenancy").order_by("pk")
    return sum(_sweep_table(table, clock, ids) for table in tables)


def _sweep_table(table: Table, clock: Clock, ids: Ids) -> int:
    scope = Scope(table.tenancy.account_number, table.region, table.tenancy_id)
    deleted = 0
    start: Place | None = None
    while True:
        with connection.cursor() as cursor:
            piece = list(segment_walk(table.pk, 0, 1).rows(cursor, start, _PIECE))
        name = orjson.dumps(table.ttl_attribute)
        for row in piece:
            if name in row.body and is_expired(
                orjson.loads(row.body), table.ttl_attribute, clock.now()
            ):
                deleted += _expire(scope, table, Place(row.digest, row.range), clock, ids)
        if len(piece) < _PIECE:
            return deleted
        start = Place(piece[-1].digest, piece[-1].range)


def _expire(scope: Scope, table: Table, place: Place, clock: Clock, ids: Ids) -> bool:
    """Delete one item if it is still expired, and the table still there and of this mind."""
    with transaction.atomic(), connection.cursor() as cursor:
        try:
            found = rows.find_table(cursor, scope, table.name, clock=clock, lock=True)
        except AwsError:
            return False
        attribute = Table.objects.values_list("ttl_attribute", flat=True).get(pk=found.id)
        old = rows.hold_item(cursor, found.id, place)
        item = item_of(old)
        if found.id != table.pk or not is_expired(item, attribute, clock.now()):
            return False
        store(cursor, scope, found, place, old, None)
        tell(cursor, found, [(item, place, old, None)], clock=clock, ids=ids, by_service=True)
    return True
