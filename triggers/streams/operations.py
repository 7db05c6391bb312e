"""The operations of DynamoDB Streams, as the wire offers them. No rule lives here."""

from __future__ import annotations

import orjson

from console.aws.clock import SYSTEM_CLOCK
from console.aws.registry import Params, operation
from console.aws.scope import Scope
from triggers.streams import following
from triggers.streams.descriptions import describe, summary
from triggers.streams.reading import MAX_RECORDS


@operation("dynamodbstreams", "ListStreams", honours="TableName Limit ExclusiveStartStreamArn")
def list_streams(scope: Scope, params: Params) -> Params:
    """List streams, those that have ended within 24 hours too."""
    found, more = following.list_streams(
        scope,
        params.get("TableName"),
        params.get("ExclusiveStartStreamArn"),
        params.get("Limit", following.MAX_PAGE),
    )
    answer: Params = {"Streams": [summary(stream) for stream in found]}
    return answer | ({"LastEvaluatedStreamArn": found[-1].arn} if more else {})


@operation(
    "dynamodbstreams",
    "DescribeStream",
    honours="StreamArn Limit ExclusiveStartShardId ShardFilter",
)
def describe_stream(scope: Scope, params: Params) -> Params:
    """Describe a stream with a page of its shards."""
    parent = following.read_filter(params.get("ShardFilter"))
    stream = following.get_stream(scope, params["StreamArn"])
    shards, more = following.list_shards(
        stream,
        params.get("ExclusiveStartShardId"),
        params.get("Limit", following.MAX_PAGE),
        children_of=parent,
    )
    description = describe(stream, shards, SYSTEM_CLOCK)
    if more:
        description["LastEvaluatedShardId"] = shards[-1].name
    return {"StreamDescription": description}


@operation(
    "dynamodbstreams",
    "GetShardIterator",
    honours="StreamArn ShardId ShardIteratorType SequenceNumber Timestamp",
)
def get_shard_iterator(scope: Scope, params: Params) -> Params:
    """Take a position in a shard."""
    iterator = following.give_iterator(
        scope,
        params["StreamArn"],
        params["ShardId"],
        params["ShardIteratorType"],
        sequence_number=params.get("SequenceNumber"),
        timestamp=params.get("Timestamp"),
    )
    return {"ShardIterator": iterator}


@operation("dynamodbstreams", "GetRecords", honours="ShardIterator Limit")
def get_records(scope: Scope, params: Params) -> bytes:
    """Read on from a position; the answer is spliced from the stored records."""
    found = following.get_records(scope, params["ShardIterator"], params.get("Limit", MAX_RECORDS))
    answer = b'{"Records":[' + b",".join(found.bodies) + b"]"
    if found.next_iterator is not None:
        answer += b',"NextShardIterator":' + orjson.dumps(found.next_iterator)
    return answer + b"}"
