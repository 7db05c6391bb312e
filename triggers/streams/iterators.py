"""Shard iterators: a signed position and the time it was given out. Knows no rows.

An iterator can be used again and again for 15 minutes, by the account and in the region it was
made for. It looks as AWS's do: stream ARN, a digit, something opaque.
Source: LocalStack's tests validated on AWS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from console.aws.errors import AwsError
from console.aws.ids import Ids
from console.aws.scope import Scope
from console.aws.tokens import seal, unseal

MAX_AGE_SECONDS: Final = 15 * 60
"""Source: API reference, GetShardIterator."""
_KIND: Final = "shard-iterator"
_VERSION: Final = "1"


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a shard: what comes after `seq` is next. `first` says it was the oldest record."""

    stream_arn: str
    shard_id: int
    seq: int
    first: bool = False


def give(scope: Scope, secret: bytes, position: Position, now: float, ids: Ids) -> str:
    """Write an iterator at `position`, given out at `now`; no two are alike."""
    payload = {
        "a": scope.account,
        "r": scope.region,
        "s": position.shard_id,
        "q": position.seq,
        "t": int(now * 1000),
        "n": ids.hex(8),
    }
    if position.first:
        payload["f"] = 1
    sealed = seal(secret, f"{_KIND}|{position.stream_arn}", payload)
    return f"{position.stream_arn}|{_VERSION}|{sealed}"


def take(scope: Scope, secret: bytes, text: str, now: float) -> Position:
    """Read an iterator back.

    Raises AwsError: ValidationException for what is none (or another account's),
    ExpiredIteratorException after 15 minutes.
    """
    parts = text.split("|")
    payload = None
    if len(parts) == 3 and parts[1] == _VERSION:
        payload = unseal(secret, f"{_KIND}|{parts[0]}", parts[2])
    if payload is None or (payload["a"], payload["r"]) != (scope.account, scope.region):
        raise AwsError("ValidationException", "Invalid ShardIterator")
    if now * 1000 - payload["t"] > MAX_AGE_SECONDS * 1000:
        raise AwsError(
            "ExpiredIteratorException", "The provided iterator exceeds the maximum age allowed."
        )
    return Position(parts[0], payload["s"], payload["q"], first="f" in payload)
