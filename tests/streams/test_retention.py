"""Records are kept for 24 hours and then go, and ended streams with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb import items, tables
from triggers.streams import following, trimming
from triggers.streams.models import Record, Shard, Stream
from triggers.streams.sequence import sequence_number

pytestmark = pytest.mark.postgres
DAY = 24 * 3600


def test_records_go_after_24_hours(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    shard = make_stream()
    began = clock.seconds
    for offset in (0, 1, 3600):
        clock.seconds = began + offset
        items.put_item(scope, "Orders", {"p": {"S": str(offset)}}, clock=clock)

    clock.seconds = began + DAY
    assert trimming.trim(clock) == 0
    clock.seconds = began + DAY + 2
    assert trimming.trim(clock) == 2

    shard.refresh_from_db()
    assert (shard.trimmed, shard.head) == (2, 3)
    iterator = following.give_iterator(
        scope, shard.stream.arn, shard.name, "TRIM_HORIZON", clock=clock
    )
    (body,) = following.get_records(scope, iterator, clock=clock).bodies
    assert orjson.loads(body)["dynamodb"]["SequenceNumber"] == sequence_number(1, 3)


def test_a_position_in_the_trimmed_part_is_refused(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    shard = make_stream()
    arn = shard.stream.arn
    for name in "abc":
        items.put_item(scope, "Orders", {"p": {"S": name}}, clock=clock)
    clock.seconds += DAY
    after_first, horizon = (
        following.give_iterator(scope, arn, shard.name, kind, sequence_number=number, clock=clock)
        for kind, number in (
            ("AFTER_SEQUENCE_NUMBER", sequence_number(1, 1)),
            ("TRIM_HORIZON", None),
        )
    )
    clock.seconds += 60
    assert trimming.trim(clock) == 3

    with pytest.raises(AwsError) as read:
        following.get_records(scope, after_first, clock=clock)
    with pytest.raises(AwsError) as given:
        following.give_iterator(
            scope,
            arn,
            shard.name,
            "AT_SEQUENCE_NUMBER",
            sequence_number=sequence_number(1, 2),
            clock=clock,
        )

    assert read.value.code == given.value.code == "TrimmedDataAccessException"
    assert read.value.message == "The data you are trying to access has been trimmed"
    assert following.get_records(scope, horizon, clock=clock).bodies == []


def test_large_backlogs_are_dropped_in_pieces(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_stream()
    monkeypatch.setattr(trimming, "_PIECE", 3)
    for n in range(10):
        items.put_item(scope, "Orders", {"p": {"S": str(n)}}, clock=clock)
    clock.seconds += DAY + 1

    assert trimming.trim(clock) == 10
    assert Record.objects.count() == 0


def test_an_ended_stream_goes_after_24_hours(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    arn = make_stream().stream.arn
    items.put_item(scope, "Orders", {"p": {"S": "a"}}, clock=clock)
    tables.delete_table(scope, "Orders", clock=clock)

    clock.seconds += DAY
    trimming.trim(clock)
    assert following.get_stream(scope, arn)
    clock.seconds += 1
    trimming.trim(clock)

    assert (Stream.objects.count(), Shard.objects.count(), Record.objects.count()) == (0, 0, 0)
    with pytest.raises(AwsError, match="not found"):
        following.get_stream(scope, arn)
