"""A shard is split or rolled over: the parent ends, its children go on, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb import items, tables
from triggers.streams import following, resharding, trimming
from triggers.streams.descriptions import describe
from triggers.streams.models import Shard
from triggers.streams.sequence import sequence_number

pytestmark = pytest.mark.postgres
DAY = 24 * 3600


def write(scope: Scope, count: int, clock: Any) -> None:
    for n in range(count):
        item = {"p": {"S": str(n)}, "at": {"N": str(clock.seconds)}}
        items.put_item(scope, "Orders", item, clock=clock)


def read(scope: Scope, shard: Shard, kind: str = "TRIM_HORIZON") -> tuple[list[str], bool]:
    """Read a shard to its end: the keys in order, and whether there is no way on."""
    iterator = following.give_iterator(scope, shard.stream.arn, shard.name, kind)
    found = following.get_records(scope, iterator)
    keys = [orjson.loads(body)["dynamodb"]["Keys"]["p"]["S"] for body in found.bodies]
    return keys, found.next_iterator is None


def test_a_split_shard_ends_and_its_children_share_its_range(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    parent = make_stream()
    write(scope, 3, clock)

    left, right = resharding.split_shard(scope, parent.stream.arn, parent.name, clock=clock)
    clock.seconds += 1
    write(scope, 20, clock)

    assert (left.hash_lo, right.hash_hi) == (parent.hash_lo, parent.hash_hi)
    assert int.from_bytes(left.hash_hi, "big") + 1 == int.from_bytes(right.hash_lo, "big")
    assert read(scope, parent) == (["0", "1", "2"], True)
    (in_left, left_ended), (in_right, right_ended) = read(scope, left), read(scope, right)
    assert not left_ended
    assert not right_ended
    assert in_left
    assert in_right
    assert sorted(in_left + in_right, key=int) == [str(n) for n in range(20)]


def test_describe_stream_shows_the_lineage(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    parent = make_stream()
    write(scope, 3, clock)
    left, _ = resharding.split_shard(scope, parent.stream.arn, parent.name, clock=clock)
    (grandchild,) = resharding.roll_over(scope, parent.stream.arn, left.name, clock=clock)

    shards, _ = following.list_shards(parent.stream)
    shown = describe(parent.stream, shards, clock)["Shards"]
    children, _ = following.list_shards(parent.stream, children_of=left.name)

    assert [one.get("ParentShardId") for one in shown] == [
        None,
        parent.name,
        parent.name,
        left.name,
    ]
    assert [one["SequenceNumberRange"] for one in shown] == [
        {
            "StartingSequenceNumber": sequence_number(1, 1),
            "EndingSequenceNumber": sequence_number(1, 3),
        },
        {
            "StartingSequenceNumber": sequence_number(2, 1),
            "EndingSequenceNumber": sequence_number(2, 1),
        },
        {"StartingSequenceNumber": sequence_number(3, 1)},
        {"StartingSequenceNumber": sequence_number(4, 1)},
    ]
    names = [one["ShardId"] for one in shown]
    assert names == sorted(names)
    assert [child.name for child in children] == [grandchild.name]


def test_latest_of_a_closed_shard_is_its_end(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    parent = make_stream()
    write(scope, 2, clock)
    latest = following.give_iterator(scope, parent.stream.arn, parent.name, "LATEST", clock=clock)

    (child,) = resharding.roll_over(scope, parent.stream.arn, parent.name, clock=clock)
    clock.seconds += 1
    write(scope, 2, clock)

    before = following.get_records(scope, latest, clock=clock)
    assert (before.bodies, before.next_iterator) == ([], None)
    assert read(scope, parent, "LATEST") == ([], True)
    assert read(scope, child) == (["0", "1"], False)


@pytest.mark.parametrize("count", [1, 3, 4])
def test_a_stream_begins_with_as_many_shards_as_the_setting_says(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any, settings: Any, count: int
) -> None:
    settings.SHARDS_PER_STREAM = count
    make_stream()
    write(scope, 40, clock)

    shards = list(Shard.objects.order_by("ordinal"))
    assert len(shards) == count
    assert all(shard.head for shard in shards)
    assert sum(shard.head for shard in shards) == 40
    lows = [int.from_bytes(shard.hash_lo, "big") for shard in shards]
    highs = [int.from_bytes(shard.hash_hi, "big") for shard in shards]
    assert (lows[0], highs[-1]) == (0, 2**64 - 1)
    assert lows[1:] == [high + 1 for high in highs[:-1]]


def test_shards_roll_over_when_they_are_old(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any, settings: Any
) -> None:
    make_stream()
    assert resharding.roll_over_old(clock) == 0

    settings.SHARD_ROLLOVER_SECONDS = 60
    assert resharding.roll_over_old(clock) == 0
    clock.seconds += 61
    assert resharding.roll_over_old(clock) == 1
    assert resharding.roll_over_old(clock) == 0
    clock.seconds += 61
    assert resharding.roll_over_old(clock) == 1

    assert Shard.objects.filter(closed_at=None).count() == 1
    assert Shard.objects.count() == 3


def test_closed_shards_go_after_24_hours_and_their_children_remember_them(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    parent = make_stream()
    write(scope, 2, clock)
    (child,) = resharding.roll_over(scope, parent.stream.arn, parent.name, clock=clock)

    clock.seconds += DAY
    trimming.trim(clock)
    assert Shard.objects.count() == 2
    clock.seconds += 1
    trimming.trim(clock)

    shards, _ = following.list_shards(parent.stream)
    (shown,) = describe(parent.stream, shards, clock)["Shards"]
    assert (shown["ShardId"], shown["ParentShardId"]) == (child.name, parent.name)


@pytest.mark.parametrize("verb", [resharding.split_shard, resharding.roll_over])
def test_what_has_ended_cannot_be_split(
    scope: Scope,
    other: Scope,
    make_stream: Callable[..., Shard],
    clock: Any,
    verb: Callable[..., list[Shard]],
) -> None:
    shard = make_stream()
    arn = shard.stream.arn
    (child, *_) = verb(scope, arn, shard.name, clock=clock)

    with pytest.raises(AwsError, match="is closed already"):
        verb(scope, arn, shard.name, clock=clock)
    with pytest.raises(AwsError, match=f"Shard: nobody in Stream: {arn} not found"):
        verb(scope, arn, "nobody", clock=clock)
    with pytest.raises(AwsError, match="Requested resource not found"):
        verb(other, arn, child.name, clock=clock)
    tables.delete_table(scope, "Orders", clock=clock)
    with pytest.raises(AwsError, match="has ended"):
        verb(scope, arn, child.name, clock=clock)


def test_a_stream_has_so_many_open_shards_and_no_more(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shard = make_stream()
    monkeypatch.setattr(resharding, "MAX_OPEN_SHARDS", 2)
    left, right = resharding.split_shard(scope, shard.stream.arn, shard.name, clock=clock)

    with pytest.raises(AwsError, match="at most 2 open shards"):
        resharding.split_shard(scope, shard.stream.arn, left.name, clock=clock)
    resharding.roll_over(scope, shard.stream.arn, right.name, clock=clock)


def test_a_shard_of_one_digest_cannot_be_split(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    shard = make_stream()
    Shard.objects.update(hash_hi=shard.hash_lo)

    with pytest.raises(AwsError, match="cannot be split further"):
        resharding.split_shard(scope, shard.stream.arn, shard.name, clock=clock)
