"""Builders for lanes: a stream with records, a mapping, no worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from console.accounts.tenancy import scope_for
from console.aws.scope import Scope
from triggers.models import EventSourceMapping, Lane, Record, Shard, Stream
from triggers.polling import lanes
from triggers.sources.dynamodb import SOURCE

EPOCH = 1_800_000_000.0


class FrozenClock:
    """A clock that moves only when told."""

    def __init__(self, now: float = EPOCH) -> None:
        self.moment = now

    def now(self) -> float:
        return self.moment

    def monotonic(self) -> float:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += seconds


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def scope(db: None) -> Scope:
    return scope_for("123456789012", "us-east-1")


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def make_shard(scope: Scope, head: int = 0) -> Shard:
    """A stream with one shard that holds `head` records."""
    stream = Stream.objects.create(
        tenancy_id=scope.tenancy,
        region=scope.region,
        arn=scope.arn("dynamodb", f"table/T/stream/{uuid4()}"),
        label="l",
        table_name="T",
        key_schema=[],
        view_type="NEW_IMAGE",
        created_at=at(EPOCH),
    )
    shard = Shard.objects.create(
        stream=stream, ordinal=1, name="shardId-1", hash_lo=b"\0" * 8, hash_hi=b"\xff" * 8
    )
    write(shard, head)
    return shard


def write(shard: Shard, count: int) -> None:
    """Append records as a writer does: the shard's head and the records together."""
    shard.refresh_from_db()
    Record.objects.bulk_create(
        Record(
            shard=shard,
            seq=shard.head + n,
            created_ms=int(EPOCH * 1000),
            key_hash=b"k" * 16,
            body=b'{"n":%d}' % (shard.head + n),
        )
        for n in range(1, count + 1)
    )
    shard.head += count
    shard.save(update_fields=["head"])


def make_mapping(
    scope: Scope, shard: Shard, *, enabled: bool = True, function: str = "f"
) -> EventSourceMapping:
    """A mapping whose function does not exist, with its lanes open from the trim horizon."""
    mapping = EventSourceMapping.objects.create(
        uuid=uuid4(),
        tenancy_id=scope.tenancy,
        region=scope.region,
        function_name=function,
        stream_arn=shard.stream.arn,
        stream=shard.stream,
        starting_position="TRIM_HORIZON",
        enabled=enabled,
        transition="Creating",
        settles_at=at(EPOCH),
        modified_at=at(EPOCH),
    )
    starts = SOURCE.starts(shard.stream_id, "TRIM_HORIZON")
    lanes.open_lanes(mapping, starts, due_at=at(EPOCH))
    return mapping


@pytest.fixture
def lane_of(scope: Scope) -> Callable[[int], Lane]:
    """Make a shard with so many records and one lane that reads it."""

    def make(head: int) -> Lane:
        return make_mapping(scope, make_shard(scope, head)).lanes.get()

    return make
