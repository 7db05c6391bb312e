"""The rows of a copy: a stream of our own database that takes an outside one's records in.

Every mapping has a copy of its own, so that each begins where it asked to. A record gets the next
place of its shard here, in the transaction that remembers its number outside: none is missed, none
taken in twice. Nothing here asks the outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import connection as database
from django.db import transaction
from django.db.models import Max

from console.aws.clock import Clock, as_datetime
from console.aws.scope import Scope
from console.failpoints import failpoint
from triggers.models import RemotePlace, RemoteShard, Shard, Stream
from triggers.sources.protocol import Beginning, Start
from triggers.sources.remote.bodies import Copied
from triggers.sources.remote.connections import Connection
from triggers.sources.remote.endpoint import OutsideShard, OutsideStream
from triggers.sources.remote.leases import Held, keep
from triggers.streams import wakes

_EVERY_DIGEST = (b"\0" * 8, b"\xff" * 8)
_RECORDS = """
INSERT INTO triggers_record (shard_id, seq, created_ms, key_hash, body) VALUES (%s, %s, %s, %s, %s)
"""
_PLACES = "INSERT INTO triggers_remoteplace (shard_id, seq, number) VALUES (%s, %s, %s)"


def begin(
    scope: Scope,
    through: Connection,
    arn: str,
    outside: OutsideStream,
    latest: dict[str, str] | None,
    now: float,
) -> Beginning:
    """Make a copy that is still empty.

    `latest` has the iterators of the shards that are open, for a mapping that begins there; None
    for one that begins at the oldest record.
    """
    moment = as_datetime(now)
    stream = Stream.objects.create(
        tenancy_id=scope.tenancy,
        region=scope.region,
        arn=arn,
        label=outside.label,
        table_name=outside.table,
        key_schema=outside.key_schema,
        view_type=outside.view_type,
        created_at=moment,
        connection=through.name,
    )
    names = {one.name for one in outside.shards}
    first = [one for one in outside.shards if one.parent not in names]
    if latest is not None:
        first = [one for one in outside.shards if one.name in latest]
    opened = [_open(stream, one, None, moment) for one in first]
    if latest is not None:
        for copy in opened:
            copy.iterator, copy.since = latest[copy.shard.name], now
            copy.save(update_fields=["iterator", "since"])
    return Beginning(stream.pk, [Start(copy.shard_id, 0) for copy in opened])


def take_in(held: Held, records: Sequence[Copied], *, clock: Clock) -> bool:
    """Append records that were read outside; False when somebody else copies the shard by now."""
    with transaction.atomic(), database.cursor() as cursor:
        if not keep(held, clock.now(), number=records[-1].number):
            return False
        cursor.execute(
            "UPDATE triggers_shard SET head = head + %s, "
            "last_ms = CASE WHEN last_ms > %s THEN last_ms ELSE %s END "
            "WHERE id = %s RETURNING head, readers",
            [len(records), records[-1].created_ms, records[-1].created_ms, held.shard_id],
        )
        head, readers = cursor.fetchone()
        first = head - len(records) + 1
        cursor.executemany(
            _RECORDS,
            [
                (held.shard_id, first + n, one.created_ms, one.key_hash, one.body)
                for n, one in enumerate(records)
            ],
        )
        cursor.executemany(
            _PLACES, [(held.shard_id, first + n, one.number) for n, one in enumerate(records)]
        )
        transaction.on_commit(partial(wakes.wrote, held.shard_id, readers))
        failpoint("remote.taking_in")
    return True


def close(held: Held, children: Sequence[OutsideShard], *, clock: Clock) -> bool:
    """End a shard that was read to its end, and open its children; the tick tells its lanes."""
    moment = as_datetime(clock.now())
    with transaction.atomic():
        if not keep(held, clock.now()):
            return False
        shard = Shard.objects.select_for_update().select_related("stream").get(pk=held.shard_id)
        shard.closed_at = moment
        shard.noticed = min(shard.noticed, shard.head - 1)
        shard.save(update_fields=["closed_at", "noticed"])
        for child in children:
            _open(shard.stream, child, shard, moment)
        transaction.on_commit(partial(wakes.wrote, shard.pk, shard.readers))
        failpoint("remote.closing")
    return True


def drop_unread() -> int:
    """Delete copies whose mapping is gone; how many."""
    unread = Stream.objects.exclude(connection="").filter(mappings=None)
    deleted = 0
    for stream in unread:
        with transaction.atomic():
            stream.delete()
        deleted += 1
    return deleted


def trim_places() -> None:
    """Forget the numbers of records that have expired."""
    for copy in RemoteShard.objects.filter(shard__trimmed__gt=0).select_related("shard"):
        with transaction.atomic():
            RemotePlace.objects.filter(shard_id=copy.shard_id, seq__lte=copy.shard.trimmed).delete()


def _open(
    stream: Stream, outside: OutsideShard, parent: Shard | None, moment: datetime
) -> RemoteShard:
    newest = Shard.objects.filter(stream=stream).aggregate(Max("ordinal"))["ordinal__max"]
    low, high = _EVERY_DIGEST
    shard = Shard.objects.create(
        stream=stream,
        ordinal=(newest or 0) + 1,
        name=outside.name,
        parent=parent,
        parent_name=outside.parent,
        hash_lo=low,
        hash_hi=high,
    )
    return RemoteShard.objects.create(shard=shard, due_at=moment)
