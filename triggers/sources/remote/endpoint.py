"""An outside endpoint, asked through boto3: the one client in this product. Keeps nothing.

What may go wrong there is told in five ways, so that nobody else needs botocore's words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from triggers.sources.remote.bodies import Copied, copied
from triggers.sources.remote.connections import Connection

_THROTTLES = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
    }
)
T = TypeVar("T")


class OutsideError(Exception):
    """The endpoint cannot be read now; the message is for people."""


class ThrottledError(OutsideError):
    """Too many readers, or too fast a one."""


class GoneError(OutsideError):
    """There is no such stream or shard (any more)."""


class TrimmedError(OutsideError):
    """What was asked for has expired."""


class ExpiredIteratorError(OutsideError):
    """The iterator is older than 15 minutes."""


_ERRORS: dict[str, type[OutsideError]] = {
    "ResourceNotFoundException": GoneError,
    "TrimmedDataAccessException": TrimmedError,
    "ExpiredIteratorException": ExpiredIteratorError,
} | dict.fromkeys(_THROTTLES, ThrottledError)


@dataclass(frozen=True, slots=True)
class OutsideShard:
    """One shard as DescribeStream tells of it; `ended` ones take no more records."""

    name: str
    parent: str
    ended: bool


@dataclass(frozen=True, slots=True)
class OutsideStream:
    """A stream as DescribeStream tells of it."""

    table: str
    label: str
    view_type: str
    key_schema: list[dict[str, str]]
    enabled: bool
    shards: list[OutsideShard]


def describe(connection: Connection, arn: str) -> OutsideStream:
    """Describe a stream with all of its shards, parents before children. Raises OutsideError."""
    shards: list[OutsideShard] = []
    after: dict[str, str] = {}
    while True:
        told = _ask(connection, "describe_stream", StreamArn=connection.outside(arn), **after)
        told = told["StreamDescription"]
        shards += [_shard(one) for one in told.get("Shards", ())]
        last = told.get("LastEvaluatedShardId")
        if not last:
            break
        after = {"ExclusiveStartShardId": last}
    return OutsideStream(
        table=told["TableName"],
        label=told["StreamLabel"],
        view_type=told["StreamViewType"],
        key_schema=told["KeySchema"],
        enabled=told["StreamStatus"] in ("ENABLING", "ENABLED"),
        shards=sorted(shards, key=lambda shard: shard.name),
    )


def iterator(connection: Connection, arn: str, shard: str, kind: str, number: str = "") -> str:
    """Take a position in a shard. Raises OutsideError."""
    more = {"SequenceNumber": number} if number else {}
    told = _ask(
        connection,
        "get_shard_iterator",
        StreamArn=connection.outside(arn),
        ShardId=shard,
        ShardIteratorType=kind,
        **more,
    )
    return str(told["ShardIterator"])


def records(connection: Connection, position: str) -> tuple[list[Copied], str | None]:
    """Read on: up to 1,000 records, and the next position, None at a shard's end.

    Raises OutsideError.
    """
    told = _ask(connection, "get_records", ShardIterator=position)
    return [copied(one) for one in told.get("Records", ())], told.get("NextShardIterator")


def _shard(told: dict[str, Any]) -> OutsideShard:
    ended = "EndingSequenceNumber" in told.get("SequenceNumberRange", {})
    return OutsideShard(told["ShardId"], told.get("ParentShardId", ""), ended)


def _ask(connection: Connection, operation: str, **members: Any) -> dict[str, Any]:
    call: Callable[..., dict[str, Any]] = getattr(_client(connection), operation)
    try:
        return call(**members)
    except ClientError as error:
        told = error.response.get("Error", {})
        kind = _ERRORS.get(str(told.get("Code")), OutsideError)
        raise kind(str(told.get("Message") or error)) from error
    except (BotoCoreError, HTTPClientError) as error:
        raise OutsideError(str(error)) from error


@lru_cache(maxsize=32)
def _client(connection: Connection) -> Any:
    """Make a client; it is safe to share between threads, and never tries again by itself."""
    import boto3  # a tenth of the start of every process, most of which never make a client

    return boto3.client(
        "dynamodbstreams",
        endpoint_url=connection.endpoint or None,
        region_name=connection.region,
        aws_access_key_id=connection.access_key_id or None,
        aws_secret_access_key=connection.secret_access_key or None,
        aws_session_token=connection.session_token or None,
        config=Config(
            retries={"total_max_attempts": 1},
            connect_timeout=5,
            read_timeout=10,
            max_pool_connections=64,
        ),
    )
