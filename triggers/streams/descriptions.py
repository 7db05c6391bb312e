"""How streams and shards look to clients of the streams API."""

from __future__ import annotations

from typing import Any

from console.aws.clock import Clock, as_datetime
from triggers.streams.lifecycle import status
from triggers.streams.models import Shard, Stream
from triggers.streams.sequence import sequence_number


def summary(stream: Stream) -> dict[str, Any]:
    """Write a stream as ListStreams does."""
    return {"StreamArn": stream.arn, "TableName": stream.table_name, "StreamLabel": stream.label}


def describe(stream: Stream, shards: list[Shard], clock: Clock) -> dict[str, Any]:
    """Write the StreamDescription with these shards."""
    return {
        "StreamArn": stream.arn,
        "StreamLabel": stream.label,
        "StreamStatus": status(stream, as_datetime(clock.now())),
        "StreamViewType": stream.view_type,
        "CreationRequestDateTime": stream.created_at,
        "TableName": stream.table_name,
        "KeySchema": stream.key_schema,
        "Shards": [_shard(shard) for shard in shards],
    }


def _shard(shard: Shard) -> dict[str, Any]:
    """The first sequence number is known from the start; the last one only once closed."""
    numbers = {"StartingSequenceNumber": sequence_number(shard.ordinal, 1)}
    if shard.closed_at is not None:
        numbers["EndingSequenceNumber"] = sequence_number(shard.ordinal, max(shard.head, 1))
    described: dict[str, Any] = {"ShardId": shard.name, "SequenceNumberRange": numbers}
    if shard.parent_name:
        described["ParentShardId"] = shard.parent_name
    return described
