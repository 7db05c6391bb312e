"""DynamoDB streams as an event source: the records of our own database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from console.aws.scope import Scope
from triggers.models import Shard, Stream
from triggers.polling.batching import Batch, Seen, SeenRecord
from triggers.sources.protocol import Beginning, Sieve, Start
from triggers.streams.records import event_body
from triggers.streams.sequence import parse_sequence_number, sequence_number

_SHARD = """
SELECT s.closed_at IS NOT NULL, s.head, s.trimmed, t.arn
  FROM triggers_shard s JOIN triggers_stream t ON t.id = s.stream_id
 WHERE s.id = %s
"""
_RANGE = """
  FROM triggers_record WHERE shard_id = %s AND seq > %s AND seq <= %s ORDER BY seq
"""
_SIZES = f"""
SELECT seq, CAST(created_ms AS double precision) / 1000, length(body) + %s, TRUE {_RANGE} LIMIT %s
"""
_SIZES_AND_BODIES = f"""
SELECT seq, CAST(created_ms AS double precision) / 1000, length(body) + %s, TRUE,
       CASE WHEN length(body) <= %s THEN body END {_RANGE} LIMIT %s
"""
_CONTENTS = "SELECT seq, created_ms, body, key_hash" + _RANGE + "LIMIT %s"
_BODIES = (
    """
SELECT seq, body,
       (SELECT t.arn FROM triggers_shard s JOIN triggers_stream t ON t.id = s.stream_id
         WHERE s.id = %s)"""
    + _RANGE
)
_ITEMS = "SELECT key_hash" + _RANGE
_NO_END = 2**63 - 1
_FEW = 10
_SMALL = 16 * 1024
"""So many records, and bytes of a record, are read together with their sizes: they come next."""


@dataclass(frozen=True, slots=True)
class _Face:
    """Satisfies `protocol.ShardFace`."""

    name: str
    ordinal: int

    def text(self, seq: int) -> str:
        """Spell a sequence number."""
        return sequence_number(self.ordinal, seq)

    def seq(self, text: str) -> int | None:
        """Read a sequence number of this shard."""
        found = parse_sequence_number(text)
        return found[1] if found and found[0] == self.ordinal else None


class DynamoDBStreams:
    """Satisfies `protocol.Source`."""

    service = "dynamodb"
    actions = ("dynamodb:DescribeStream", "dynamodb:GetShardIterator", "dynamodb:GetRecords")
    # ListStreams is named in AWS's refusal but not needed. Source: recordings of real AWS.

    def reach(self, arn: str) -> None:
        """Everything is in the database."""

    def exists(self, scope: Scope, arn: str) -> bool:
        """Say whether a stream still exists, enabled or readable after its end."""
        return _streams(scope, arn).exists()

    def begin(self, scope: Scope, arn: str, position: str) -> Beginning:
        """Begin at a stream of this account and region."""
        stream = _streams(scope, arn).get()
        return Beginning(stream.pk, self.starts(stream.pk, position))

    def shard(self, scope: Scope, arn: str, name: str) -> int | None:
        """Look up a shard by its name."""
        found = Shard.objects.filter(stream__in=_streams(scope, arn), name=name)
        return found.values_list("id", flat=True).first()

    def starts(self, stream_id: int, position: str) -> list[Start]:
        """LATEST: behind the newest record of the shards at the end of each lineage.

        TRIM_HORIZON: the oldest record of the shards at its beginning; children follow their
        parents.
        """
        shards = Shard.objects.filter(stream_id=stream_id).order_by("ordinal")
        if position == "LATEST":
            ends = shards.filter(children__isnull=True)
            return [Start(*row) for row in ends.values_list("id", "head")]
        return [Start(*row) for row in shards.filter(parent=None).values_list("id", "trimmed")]

    def children(self, shard_id: int) -> list[Start]:
        """The shards that a closed one was split or rolled into, read from their beginning.

        What has expired there meanwhile is for the lane to pass over, and for the ledger to know.
        """
        children = Shard.objects.filter(parent_id=shard_id).order_by("ordinal")
        return [Start(child, 0) for child in children.values_list("id", flat=True)]

    def face(self, shard_id: int) -> _Face:
        """Say how a shard looks to callers of AWS."""
        return _face(shard_id)

    def look(
        self, shard_id: int, after: int, upto: int | None, limit: int | None, sieve: Sieve
    ) -> Seen:
        """Look at the shard's end first, so that a record written meanwhile is not missed."""
        end = _NO_END if upto is None else upto
        most = _NO_END if limit is None else limit
        with connection.cursor() as cursor:
            cursor.execute(_SHARD, [shard_id])
            row = cursor.fetchone()
            if row is None:  # the stream has expired with everything in it
                return Seen(trimmed=after if upto is None else upto, closed=True)
            ended, head, trimmed, arn = row
            low = max(after, trimmed)
            which, suffix = (low, end, most), _suffix(arn)
            seen: list[SeenRecord] = []
            ready: dict[int, bytes] = {}
            if head > low and head - low <= _FEW and sieve.passes_all:
                seen, ready = _few(cursor, shard_id, which, suffix)
            elif head > low:
                seen = _seen(cursor, shard_id, which, suffix, sieve)
        last = seen[-1].seq if seen else low
        closed = bool(ended) and last >= head
        return Seen(seen, min(trimmed, end), closed, len(seen) >= most, ready)

    def count(self, shard_id: int, low: int, high: int, sieve: Sieve) -> int:
        """Count by item key."""
        with connection.cursor() as cursor:
            cursor.execute(_ITEMS, [shard_id, low, high])
            return sum(sieve.takes(bytes(key)) for (key,) in cursor.fetchall())

    def records(self, shard_id: int, batch: Batch) -> Sequence[bytes]:
        """Add to each stored body the one member that GetRecords does not have."""
        with connection.cursor() as cursor:
            cursor.execute(_BODIES, [shard_id, shard_id, batch.low, batch.high])
            rows = cursor.fetchall()
        suffix, wanted = _suffix(rows[0][2] if rows else ""), set(batch.seqs)
        return [event_body(bytes(body), suffix) for seq, body, _ in rows if seq in wanted]


def _seen(
    cursor: CursorWrapper, shard_id: int, which: tuple[int, int, int], suffix: bytes, sieve: Sieve
) -> list[SeenRecord]:
    """Read records after, up to and at most so many; content only where the sieve wants it."""
    if sieve.passes_all:
        cursor.execute(_SIZES, [len(suffix) - 1, shard_id, *which])
        return list(map(SeenRecord._make, cursor.fetchall()))
    cursor.execute(_CONTENTS, [shard_id, *which])
    return _sifted(cursor.fetchall(), suffix, sieve)


def _few(
    cursor: CursorWrapper, shard_id: int, which: tuple[int, int, int], suffix: bytes
) -> tuple[list[SeenRecord], dict[int, bytes]]:
    """Read a few records, all of which are wanted, and what functions receive of the small ones."""
    cursor.execute(_SIZES_AND_BODIES, [len(suffix) - 1, _SMALL, shard_id, *which])
    rows = cursor.fetchall()
    ready = {seq: event_body(bytes(body), suffix) for seq, *_, body in rows if body is not None}
    return [SeenRecord._make(row[:4]) for row in rows], ready


def _sifted(rows: Iterable[tuple[Any, ...]], suffix: bytes, sieve: Sieve) -> list[SeenRecord]:
    extra = len(suffix) - 1
    return [
        SeenRecord(seq, ms / 1000, len(body) + extra, _wanted(bytes(body), key, suffix, sieve))
        for seq, ms, body, key in rows
    ]


def _wanted(body: bytes, key: bytes, suffix: bytes, sieve: Sieve) -> bool:
    if not sieve.takes(bytes(key)):
        return False
    return sieve.matches is None or sieve.matches(event_body(body, suffix))


def _streams(scope: Scope, arn: str) -> QuerySet[Stream]:
    return Stream.objects.filter(
        tenancy_id=scope.tenancy, region=scope.region, arn=arn, connection=""
    )


@lru_cache(maxsize=4096)
def _face(shard_id: int) -> _Face:
    """A shard's name never changes."""
    return _Face(*Shard.objects.values_list("name", "ordinal").get(pk=shard_id))


def _suffix(arn: str) -> bytes:
    return b',"eventSourceARN":"' + arn.encode() + b'"}'


SOURCE = DynamoDBStreams()
