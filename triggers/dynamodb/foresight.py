"""What putting an item would do: its size, and the stream record that the change would make.

Reads, writes nothing; the item may have changed by the time it is really put.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.scope import Scope
from triggers.dynamodb import keys, rows, values
from triggers.dynamodb.changes import check_whole, image_of, same
from triggers.dynamodb.keys import KeySchema
from triggers.dynamodb.models import Table
from triggers.streams.records import Change, Image, Stamp, draft

UNKNOWN = "…"
"""What stands for the event's id and sequence number, which only a real record has."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The item's size in bytes; `record` is None when nothing changes or the stream is off."""

    size: int
    changes: bool
    has_stream: bool
    record: dict[str, Any] | None


def foresee_put(
    scope: Scope,
    table_name: str,
    item: Mapping[str, Mapping[str, Any]],
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> Foreseen:
    """Look ahead at PutItem. Raises AwsError as it would, but for its condition."""
    new_item = values.check_item(item)
    new = image_of(new_item)
    with transaction.atomic(), connection.cursor() as cursor:
        table = rows.find_table(cursor, scope, table_name, clock=clock)
        check_whole(table, new_item)
        place = keys.place(table.schema, new_item)
        old = rows.read_item(cursor, table.id, place)
    changes = not same(old, new)
    record = None
    if changes and table.stream is not None:
        key = keys.of_item(table.schema, new_item)
        image = Image(values.dump(key), values.item_size(key))
        change = Change(place.digest, place.fingerprint, image, old, new)
        stream = table.stream
        now_ms = int(clock.now() * 1000)
        stamp = Stamp(UNKNOWN, stream.region, stream.view_type)
        record = json.loads(draft(change, stamp).body(now_ms, UNKNOWN))
    return Foreseen(new.size, changes, table.stream is not None, record)


def fingerprint_of(table: Table, key: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Give what the stream records of the item with `key` are marked by (`Record.key_hash`).

    Raises AwsError for what is no key of the table.
    """
    schema = KeySchema(table.hash_name, table.hash_type, table.range_name, table.range_type)
    checked = values.check_item(key)
    keys.check_given(schema, checked)
    return keys.place(schema, checked).fingerprint
