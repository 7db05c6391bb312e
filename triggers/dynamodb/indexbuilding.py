"""Fills new indexes from the items that are there, and empties deleted ones: in pieces.

Each piece is a transaction that holds its items, so that a writer who meets it comes before or
after. Writers maintain an index from its first moment; a piece only adds what came earlier. Doing a
piece twice harms nothing.
"""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import Final

import orjson
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from console import hints
from triggers.dynamodb import indexrows
from triggers.dynamodb.indexes import entry_of
from triggers.dynamodb.keys import KeySchema, Place
from triggers.dynamodb.models import Index
from triggers.dynamodb.status import DELETING

PIECE: Final = 500
"""Items looked at, and entries removed, in one transaction."""

_MOST_PIECES: Final = 20
"""What a worker does of one index between two looks at everything else."""

_ITEMS: Final = """
SELECT hash, "range", body, size FROM triggers_item
 WHERE table_id = %s AND (hash, "range") > (%s, %s) ORDER BY hash, "range" LIMIT %s
"""


def begin(index: Index) -> None:
    """Do the first piece in the caller's transaction, and have the rest done after it."""
    if not _do_piece(index):
        transaction.on_commit(partial(_ask, index.pk))


def carry_on(index_id: int, most: int | None = None) -> None:
    """Do what is left to do for an index that is being built or emptied; at most `most` pieces.

    The index's row is held so that entries, which point at it, can still be written meanwhile.
    """
    for _ in count() if most is None else range(most):
        with transaction.atomic():
            index = (
                Index.objects.select_for_update(of=("self",), no_key=True)
                .select_related("table")
                .filter(pk=index_id, building=True)
                .first()
            )
            if index is None or _do_piece(index):
                return


def carry_on_everywhere(most: int = _MOST_PIECES) -> None:
    """Go on with what was forgotten because a message was lost or a worker died; some pieces each."""
    for index_id in Index.objects.filter(building=True).values_list("pk", flat=True):
        carry_on(index_id, most)


def _ask(index_id: int) -> None:
    hints.send("triggers.dynamodb.tasks.build_index", index_id, queue="control", expires=60)


def _do_piece(index: Index) -> bool:
    """Do one piece; True when it was the last one."""
    with connection.cursor() as cursor:
        if index.transition == DELETING:
            done = indexrows.delete_some(cursor, index.pk, PIECE) < PIECE
        else:
            done = _fill(cursor, index)
    index.building = not done
    index.save(update_fields=["building", "built_hash", "built_range"])
    return done


def _fill(cursor: CursorWrapper, index: Index) -> bool:
    """Make the entries of the next items in key order; True when there are no more."""
    after = [bytes(part) if part else b"" for part in (index.built_hash, index.built_range)]
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    cursor.execute(_ITEMS + lock, [index.table_id, *after, PIECE])
    found = cursor.fetchall()
    table = index.table
    schema = KeySchema(table.hash_name, table.hash_type, table.range_name, table.range_type)
    target = indexrows.in_use(index, schema)
    entries = []
    for digest, key, body, size in found:
        entry = entry_of(target, orjson.loads(bytes(body)), size)
        if entry is not None:
            entries.append((target, Place(bytes(digest), bytes(key)), entry))
    indexrows.put_entries(cursor, entries)
    if found:
        index.built_hash, index.built_range = bytes(found[-1][0]), bytes(found[-1][1])
    return len(found) < PIECE
