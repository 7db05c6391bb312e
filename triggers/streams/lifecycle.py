"""Begins and ends streams: each beginning makes a new stream, each end leaves a readable one.

Works inside the transaction of the table's verb, which says whether a stream may begin or end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from console.aws.clock import Clock, as_datetime
from console.aws.ids import Ids
from console.aws.scope import Scope
from triggers.streams.models import Shard, Stream
from triggers.streams.records import check_view_type

ENABLED = "ENABLED"
DISABLED = "DISABLED"
MAX_OPEN_SHARDS = 256
"""Ours: so many shards of a stream take records at once. AWS's number is not published."""


@dataclass(frozen=True, slots=True)
class TableOfStream:
    """The table a stream begins on; `key_schema` as DescribeStream shows it."""

    id: int
    name: str
    key_schema: list[dict[str, str]]


def enable_stream(
    scope: Scope, table: TableOfStream, view_type: str, *, clock: Clock, ids: Ids
) -> Stream:
    """Begin a new stream on a table that has none that is on.

    The label is the time, so each beginning has an ARN of its own.
    """
    check_view_type(view_type)
    now_ms = int(clock.now() * 1000)
    while Stream.objects.filter(arn=_arn(scope, table.name, now_ms)).exists():
        now_ms += 1
    stream = Stream.objects.create(
        tenancy_id=scope.tenancy,
        region=scope.region,
        arn=_arn(scope, table.name, now_ms),
        label=_label(now_ms),
        table_name=table.name,
        table_id=table.id,
        key_schema=table.key_schema,
        view_type=view_type,
        created_at=as_datetime(clock.now()),
    )
    _open_shards(stream, min(settings.SHARDS_PER_STREAM, MAX_OPEN_SHARDS), now_ms, ids)
    return stream


def disable_stream(stream: Stream, *, clock: Clock) -> None:
    """End a stream: its shards close and stay readable for 24 hours."""
    now = as_datetime(clock.now())
    Shard.objects.filter(stream=stream, closed_at=None).update(closed_at=now)
    stream.disabled_at = now
    stream.save(update_fields=["disabled_at"])


def status(stream: Stream, now: datetime) -> str:
    """Name the StreamStatus: a function of beginning, end, the time and the table delay."""
    moment, steady, moving = stream.created_at, ENABLED, "ENABLING"
    if stream.disabled_at is not None:
        moment, steady, moving = stream.disabled_at, DISABLED, "DISABLING"
    return moving if (now - moment).total_seconds() < settings.TABLE_DELAY_SECONDS else steady


def _open_shards(stream: Stream, count: int, now_ms: int, ids: Ids) -> None:
    """Divide the range of digests evenly; names rise with ordinals, as readers expect."""
    step = 2**64 // count
    for index in range(count):
        low = index * step
        high = 2**64 - 1 if index == count - 1 else low + step - 1
        Shard.objects.create(
            stream=stream,
            ordinal=index + 1,
            name=f"shardId-{now_ms + index:020d}-{ids.hex(8)}",
            hash_lo=low.to_bytes(8, "big"),
            hash_hi=high.to_bytes(8, "big"),
        )


def _arn(scope: Scope, table_name: str, now_ms: int) -> str:
    return scope.arn("dynamodb", f"table/{table_name}/stream/{_label(now_ms)}")


def _label(now_ms: int) -> str:
    return as_datetime(now_ms / 1000).strftime("%Y-%m-%dT%H:%M:%S.") + f"{now_ms % 1000:03d}"
