"""What clients of streams do: list and describe streams, take a position, read on from it.

A foreign or expired stream is not found, in AWS's words. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from console.accounts.secrets import signing_secret
from console.aws.arn import Arn
from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from triggers.streams import iterators, reading
from triggers.streams.iterators import Position
from triggers.streams.models import Shard, Stream
from triggers.streams.sequence import parse_sequence_number

MAX_PAGE: Final = 100
"""Streams or shards in one page. Source: API reference; Alternator's tests, run against AWS."""


@dataclass(frozen=True, slots=True)
class Records:
    """What GetRecords found, and the iterator to go on with (None at a closed shard's end)."""

    bodies: list[bytes]
    next_iterator: str | None


def list_streams(
    scope: Scope, table_name: str | None = None, after: str | None = None, limit: int = MAX_PAGE
) -> tuple[list[Stream], bool]:
    """List streams by ARN, those of deleted tables too; True when there are more."""
    found = _streams(scope).order_by("arn")
    _check_limit(limit, MAX_PAGE)
    if table_name is not None:
        found = found.filter(table_name=table_name)
    if after is not None:
        _check_arn(after)
        found = found.filter(arn__gt=after)
    page = list(found[: limit + 1])
    return page[:limit], len(page) > limit


def get_stream(scope: Scope, arn: str) -> Stream:
    """Find a stream. Raises AwsError: ResourceNotFoundException, ValidationException."""
    _check_arn(arn)
    stream = _streams(scope).filter(arn=arn).first()
    if stream is None:
        raise AwsError(
            "ResourceNotFoundException", f"Requested resource not found: Stream: {arn} not found"
        )
    return stream


def list_shards(
    stream: Stream,
    after: str | None = None,
    limit: int = MAX_PAGE,
    *,
    children_of: str | None = None,
) -> tuple[list[Shard], bool]:
    """List shards by name after the name `after`; only the children of one, when asked."""
    _check_limit(limit, MAX_PAGE)
    found = Shard.objects.filter(stream=stream).order_by("name")
    if children_of is not None:
        found = found.filter(parent_name=children_of)
    if after is not None:
        found = found.filter(name__gt=after)
    page = list(found[: limit + 1])
    return page[:limit], len(page) > limit


def read_filter(shard_filter: Mapping[str, str] | None) -> str | None:
    """Take the parent's name out of a ShardFilter, of which there is one type."""
    if not shard_filter:
        return None
    if shard_filter.get("Type") is None or shard_filter.get("ShardId") is None:
        raise AwsError(
            "ValidationException",
            "1 validation error detected: Value null at 'shardFilter."
            f"{'type' if shard_filter.get('Type') is None else 'shardId'}' failed to satisfy "
            "constraint: Member must not be null",
        )
    return shard_filter["ShardId"]


def give_iterator(
    scope: Scope,
    arn: str,
    shard_name: str,
    kind: str,
    *,
    sequence_number: str | None = None,
    timestamp: datetime | None = None,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> str:
    """Take a position in a shard, as one of AWS's five iterator types.

    Raises AwsError: ResourceNotFoundException, ValidationException, TrimmedDataAccessException.
    """
    stream = get_stream(scope, arn)
    shard = Shard.objects.filter(stream=stream, name=shard_name).first()
    if shard is None:
        raise AwsError(
            "ResourceNotFoundException",
            f"Requested resource not found: Shard: {shard_name} in Stream: {arn} not found",
        )
    _check_company(kind, sequence_number, timestamp)
    if sequence_number is not None:
        seq = _seq_of(shard, sequence_number) - (kind == "AT_SEQUENCE_NUMBER")
        seq = max(seq, 0)
        if seq < shard.trimmed:
            raise _trimmed()
    elif timestamp is not None:
        seq = reading.seq_at_time(shard.pk, int(timestamp.timestamp() * 1000))
    else:
        seq = shard.head if kind == "LATEST" else shard.trimmed
    position = Position(arn, shard.pk, seq, first=kind == "TRIM_HORIZON")
    return iterators.give(scope, signing_secret(), position, clock.now(), ids)


def get_records(
    scope: Scope,
    iterator: str,
    limit: int = reading.MAX_RECORDS,
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Records:
    """Read on from an iterator: at most 1,000 records and 1 MB.

    Raises AwsError: ValidationException, ExpiredIteratorException, TrimmedDataAccessException,
    ResourceNotFoundException.
    """
    _check_limit(limit, reading.MAX_RECORDS)
    secret = signing_secret()
    position = iterators.take(scope, secret, iterator, clock.now())
    ends = reading.ends(position.shard_id)
    if ends is None or not _streams(scope).filter(arn=position.stream_arn).exists():
        raise AwsError(
            "ResourceNotFoundException",
            f"Requested resource not found: Stream: {position.stream_arn} not found",
        )
    seq = position.seq
    if seq < ends.trimmed:
        if not position.first:
            raise _trimmed()
        seq = ends.trimmed
    found = reading.read_records(position.shard_id, seq, limit)
    reached = found[-1].seq if found else seq
    following = None
    if not (ends.closed and reached >= ends.head):
        onward = Position(position.stream_arn, position.shard_id, reached)
        following = iterators.give(scope, secret, onward, clock.now(), ids)
    return Records([record.body for record in found], following)


def _streams(scope: Scope) -> QuerySet[Stream]:
    """Give the streams of an account and region; copies of others are none of them."""
    return Stream.objects.filter(tenancy_id=scope.tenancy, region=scope.region, connection="")


def _check_arn(text: str) -> None:
    arn = Arn.parse(text)
    if arn is None or arn.service != "dynamodb" or "/stream/" not in arn.resource:
        raise AwsError("ValidationException", "Invalid StreamArn")


def _check_limit(limit: int, most: int) -> None:
    """Refuse more than one answer can hold, which the service model leaves open."""
    if limit > most:
        raise AwsError(
            "ValidationException",
            f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy "
            f"constraint: Member must have value less than or equal to {most}",
        )


def _check_company(kind: str, sequence_number: str | None, timestamp: datetime | None) -> None:
    """Refuse a sequence number or a time where the type has none, or none where it needs one."""
    numbered = kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")
    for wanted, given, what in (
        (numbered, sequence_number is not None, "SequenceNumber"),
        (kind == "AT_TIMESTAMP", timestamp is not None, "Timestamp"),
    ):
        if wanted and not given:
            raise AwsError(
                "ValidationException", f"{what} is required for ShardIteratorType {kind}"
            )
        if given and not wanted:
            raise AwsError(
                "ValidationException", f"{what} is not allowed for ShardIteratorType {kind}"
            )


def _seq_of(shard: Shard, sequence_number: str) -> int:
    parsed = parse_sequence_number(sequence_number)
    if parsed is None or parsed[0] != shard.ordinal:
        raise AwsError("ValidationException", "Invalid SequenceNumber")
    return parsed[1]


def _trimmed() -> AwsError:
    return AwsError(
        "TrimmedDataAccessException", "The data you are trying to access has been trimmed"
    )
