"""Closes a shard and goes on with its children: two halves of its range, or one of the same range.

One transaction: a writer finds the parent open or the children. Sequence numbers of children lie
above all of their parent's, and their names sort behind it. Lanes read a parent to its end before
its children; `noticed` is set back so that the tick tells even idle lanes of the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from console.failpoints import failpoint
from triggers.models import Shard, Stream, Table
from triggers.streams import wakes
from triggers.streams.following import get_stream
from triggers.streams.lifecycle import MAX_OPEN_SHARDS

_STEM: Final = len("shardId-")
_DIGITS: Final = 20


def split_shard(
    scope: Scope,
    stream_arn: str,
    shard_name: str,
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> list[Shard]:
    """Close a shard; two children share its range of digests.

    Raises AwsError: ResourceNotFoundException, ValidationException when the shard or the stream
    has ended, LimitExceededException.
    """
    return _replace(scope, stream_arn, shard_name, 2, clock, ids)


def roll_over(
    scope: Scope,
    stream_arn: str,
    shard_name: str,
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> list[Shard]:
    """Close a shard; one child takes over its range. Raises AwsError as `split_shard` does."""
    return _replace(scope, stream_arn, shard_name, 1, clock, ids)


def roll_over_old(clock: Clock = SYSTEM_CLOCK, ids: Ids = SYSTEM_IDS) -> int:
    """Roll over every shard older than the setting SHARD_ROLLOVER_SECONDS; 0 there: none.

    A shard is as old as its name says.
    """
    age = settings.SHARD_ROLLOVER_SECONDS
    if age <= 0:
        return 0
    bound = f"shardId-{int((clock.now() - age) * 1000):0{_DIGITS}d}"
    old = Shard.objects.filter(
        closed_at=None, stream__disabled_at=None, stream__connection="", name__lt=bound
    )
    rolled = 0
    for shard in old.select_related("stream", "stream__tenancy").order_by("pk"):
        stream = shard.stream
        scope = Scope(stream.tenancy.account_number, stream.region, stream.tenancy_id)
        try:
            rolled += len(roll_over(scope, stream.arn, shard.name, clock=clock, ids=ids))
        except AwsError:  # somebody else was faster
            continue
    return rolled


def _replace(
    scope: Scope, stream_arn: str, shard_name: str, count: int, clock: Clock, ids: Ids
) -> list[Shard]:
    with transaction.atomic():
        stream = _held(scope, stream_arn)
        shard = Shard.objects.select_for_update().filter(stream=stream, name=shard_name).first()
        if shard is None:
            raise AwsError(
                "ResourceNotFoundException",
                f"Requested resource not found: Shard: {shard_name} in Stream: {stream_arn} "
                "not found",
            )
        if shard.closed_at is not None:
            raise AwsError("ValidationException", f"The shard {shard_name} is closed already")
        ranges = _divided(shard, count)
        still_open = Shard.objects.filter(stream=stream, closed_at=None).count()
        if still_open - 1 + len(ranges) > MAX_OPEN_SHARDS:
            raise AwsError(
                "LimitExceededException", f"A stream has at most {MAX_OPEN_SHARDS} open shards"
            )
        shard.closed_at = as_datetime(clock.now())
        shard.noticed = min(shard.noticed, shard.head - 1)
        shard.save(update_fields=["closed_at", "noticed"])
        children = _open_children(stream, shard, ranges, clock, ids)
        transaction.on_commit(partial(wakes.wrote, shard.pk, shard.readers))
        failpoint("shard.closing")
    return children


def _held(scope: Scope, arn: str) -> Stream:
    """Find a stream that is on, and keep its table from ending it and others from splitting it."""
    stream = get_stream(scope, arn)
    if stream.table_id is not None:
        list(Table.objects.select_for_update(no_key=True).filter(pk=stream.table_id))
        stream.refresh_from_db()
    if stream.disabled_at is not None:
        raise AwsError("ValidationException", f"The stream {arn} has ended")
    return stream


def _divided(shard: Shard, count: int) -> list[tuple[bytes, bytes]]:
    low, high = bytes(shard.hash_lo), bytes(shard.hash_hi)
    if count == 1:
        return [(low, high)]
    first, last = int.from_bytes(low, "big"), int.from_bytes(high, "big")
    if first == last:
        raise AwsError("LimitExceededException", f"The shard {shard.name} cannot be split further")
    middle = (first + last) // 2
    return [(low, middle.to_bytes(8, "big")), ((middle + 1).to_bytes(8, "big"), high)]


def _open_children(
    stream: Stream, parent: Shard, ranges: Sequence[tuple[bytes, bytes]], clock: Clock, ids: Ids
) -> list[Shard]:
    """Make children whose ordinals and names come after those of all shards of the stream."""
    newest = Shard.objects.filter(stream=stream).aggregate(Max("ordinal"), Max("name"))
    last_ms = int(newest["name__max"][_STEM : _STEM + _DIGITS])
    first_ms = max(int(clock.now() * 1000), last_ms + 1)
    return [
        Shard.objects.create(
            stream=stream,
            ordinal=newest["ordinal__max"] + 1 + number,
            name=f"shardId-{first_ms + number:0{_DIGITS}d}-{ids.hex(8)}",
            parent=parent,
            parent_name=parent.name,
            hash_lo=low,
            hash_hi=high,
        )
        for number, (low, high) in enumerate(ranges)
    ]
