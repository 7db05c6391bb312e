"""Appends a change to its shard inside the writer's transaction: the last thing it does.

The place in the shard comes from the shard's own row, so that the order of places is the order of
commits and a reader who has seen place n never misses a place below n. Decides no item.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.db.backends.utils import CursorWrapper

from console.aws.clock import Clock
from console.aws.ids import Ids
from console.failpoints import failpoint
from triggers.streams import wakes
from triggers.streams.records import Change, Draft, Stamp, draft
from triggers.streams.sequence import sequence_number

_TAKE = """
UPDATE triggers_shard
   SET head = head + %s, last_ms = CASE WHEN last_ms > %s THEN last_ms ELSE %s END
 WHERE stream_id = %s AND closed_at IS NULL AND hash_lo <= %s AND hash_hi >= %s
RETURNING id, ordinal, head, last_ms, readers
"""
_OPEN_END = """
SELECT hash_hi FROM triggers_shard
 WHERE stream_id = %s AND closed_at IS NULL AND hash_lo <= %s AND hash_hi >= %s
"""
_INSERT = """
INSERT INTO triggers_record (shard_id, seq, created_ms, key_hash, body) VALUES (%s, %s, %s, %s, %s)
"""
_AT_ONCE = f"""
WITH taken AS ({_TAKE}),
told AS (
  INSERT INTO triggers_record (shard_id, seq, created_ms, key_hash, body)
  SELECT id, seq, last_ms, key_hash,
         before || convert_to((last_ms / 1000)::text, 'UTF8') || between_
         || convert_to('1' || lpad(ordinal::text, 8, '0') || lpad(seq::text, 15, '0'), 'UTF8')
         || after_
    FROM taken,
         unnest(%s::bytea[], %s::bytea[], %s::bytea[], %s::bytea[])
           WITH ORDINALITY AS change(key_hash, before, between_, after_, number),
         LATERAL (SELECT head - %s + number AS seq) AS place
)
SELECT id, readers FROM taken
"""
"""`_TAKE` and `_INSERT` in one round trip, so that the shard is held for the commit only; the text
of numbers is `sequence_number`'s."""


@dataclass(frozen=True, slots=True)
class LiveStream:
    """The stream a table writes to."""

    id: int
    view_type: str
    region: str


@dataclass(frozen=True, slots=True)
class _Told:
    """Which shard has got records, and how many lanes read it."""

    shard: int
    readers: int


def append(
    cursor: CursorWrapper, stream: LiveStream, changes: list[Change], *, clock: Clock, ids: Ids
) -> None:
    """Record `changes` in the stream's open shards; wakes their readers after the commit.

    Several changes go shard by shard in the order of digests, so that writers who meet hold shards
    in one order. A stream switched off since the table was read takes nothing.
    """
    failpoint("write.stored")
    now_ms = int(clock.now() * 1000)
    left = group = sorted(changes, key=_digest)
    while left:
        told = _tell(cursor, stream, group, now_ms, ids)
        if told is None:  # several shards, or one that was split while the writer waited for it
            end = _open_end(cursor, stream, left[0])
            if end is None:
                return
            group = [change for change in left if change.digest[:8] <= end]
            continue
        failpoint("write.recorded")
        transaction.on_commit(partial(wakes.wrote, told.shard, told.readers))
        left = group = left[len(group) :]


def _open_end(cursor: CursorWrapper, stream: LiveStream, change: Change) -> bytes | None:
    """Find where the range of the open shard for `change` ends; None when no shard is open."""
    first = change.digest[:8]
    cursor.execute(_OPEN_END, [stream.id, first, first])
    row = cursor.fetchone()
    return bytes(row[0]) if row else None


def _tell(
    cursor: CursorWrapper, stream: LiveStream, group: list[Change], now_ms: int, ids: Ids
) -> _Told | None:
    """Take places for `group` in the shard for its digests, and write the records there.

    None when no open shard has them all: on PostgreSQL also when it was closed while this waited.
    """
    low, high = group[0].digest[:8], group[-1].digest[:8]
    take: list[int | bytes] = [len(group), now_ms, now_ms, stream.id, low, high]
    stamps = (Stamp(ids.hex(32), stream.region, stream.view_type) for _ in group)
    drafts = [draft(change, stamp) for change, stamp in zip(group, stamps, strict=True)]
    if cursor.db.vendor == "postgresql":
        failpoint("write.unrecorded")
        given: list[int | bytes | list[bytes]] = [*take, *_columns(group, drafts), len(group)]
        cursor.execute(_AT_ONCE, given)
        row = cursor.fetchone()
        return None if row is None else _Told(*row)
    cursor.execute(_TAKE, take)
    row = cursor.fetchone()
    if row is None:
        return None
    shard, ordinal, head, created_ms, readers = row
    failpoint("write.unrecorded")
    rows = []
    for seq, change, one in zip(range(head - len(group) + 1, head + 1), group, drafts, strict=True):
        body = one.body(created_ms, sequence_number(ordinal, seq))
        rows.append((shard, seq, created_ms, change.fingerprint, body))
    if len(rows) == 1:
        cursor.execute(_INSERT, rows[0])
    else:
        cursor.executemany(_INSERT, rows)
    return _Told(shard, readers)


def _columns(group: list[Change], drafts: list[Draft]) -> tuple[list[bytes], ...]:
    return (
        [change.fingerprint for change in group],
        [one.before for one in drafts],
        [one.between for one in drafts],
        [one.after for one in drafts],
    )


def _digest(change: Change) -> bytes:
    return change.digest
