"""Drops what is older than 24 hours: records in pieces, then closed shards and ended streams.

A closed shard stays while a lane still has it to finish: its children's lanes begin there. A shard's `trimmed` moves together with each piece, so that readers always know what is missing.
"""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction
from django.db.models import F

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from triggers.streams.models import Shard, Stream

RETENTION_SECONDS: Final = 24 * 3600
"""Source: developer guide, "Change data capture for DynamoDB Streams"."""
_PIECE: Final = 2000

_LAST_OLD = """
SELECT MAX(seq) FROM (
  SELECT seq FROM triggers_record
   WHERE shard_id = %s AND seq > %s AND created_ms < %s ORDER BY seq LIMIT %s
) piece
"""


def trim(clock: Clock = SYSTEM_CLOCK) -> int:
    """Drop records and ended streams older than 24 hours; the number of records dropped."""
    before = clock.now() - RETENTION_SECONDS
    dropped = 0
    for shard_id in Shard.objects.filter(head__gt=F("trimmed")).values_list("id", flat=True):
        while count := _trim_piece(shard_id, int(before * 1000)):
            dropped += count
    _drop_closed(before)
    _drop_ended(before)
    return dropped


def _trim_piece(shard_id: int, before_ms: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT trimmed FROM triggers_shard WHERE id = %s", [shard_id])
        row = cursor.fetchone()
        if row is None:  # the stream has gone meanwhile
            return 0
        cursor.execute(_LAST_OLD, [shard_id, row[0], before_ms, _PIECE])
        last = cursor.fetchone()[0]
        if last is None:
            return 0
        cursor.execute(
            "DELETE FROM triggers_record WHERE shard_id = %s AND seq <= %s", [shard_id, last]
        )
        count = int(cursor.rowcount)
        cursor.execute(
            "UPDATE triggers_shard SET trimmed = %s WHERE id = %s AND trimmed < %s",
            [last, shard_id, last],
        )
    return max(count, 1)


def _drop_closed(before: float) -> None:
    """Remove shards that closed over 24 hours ago and went on in children, who keep their name."""
    closed = Shard.objects.filter(
        closed_at__lt=as_datetime(before), head=F("trimmed"), children__isnull=False
    )
    for shard in closed.exclude(lanes__done=False).distinct():
        with transaction.atomic():
            shard.delete()


def _drop_ended(before: float) -> None:
    """Remove streams that ended over 24 hours ago with their shards, whose records are gone."""
    for stream in Stream.objects.filter(disabled_at__lt=as_datetime(before)):
        with transaction.atomic():
            stream.delete()
