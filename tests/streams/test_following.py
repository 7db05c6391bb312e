"""Clients find streams, take positions and read on: in order, without loss, within their account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb import items, tables
from triggers.dynamodb.tables import TableChange
from triggers.streams import following, reading
from triggers.streams.descriptions import describe
from triggers.streams.models import Record, Shard, Stream
from triggers.streams.sequence import sequence_number

pytestmark = pytest.mark.postgres


def write(scope: Scope, *names: str, clock: Any) -> None:
    for name in names:
        items.put_item(scope, "Orders", {"p": {"S": name}}, clock=clock)


def names(found: following.Records) -> list[str]:
    return [orjson.loads(body)["dynamodb"]["Keys"]["p"]["S"] for body in found.bodies]


def test_reading_goes_on_where_it_stopped(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    shard = make_stream()
    write(scope, "a", "b", "c", clock=clock)
    iterator = following.give_iterator(
        scope, shard.stream.arn, shard.name, "TRIM_HORIZON", clock=clock
    )

    first = following.get_records(scope, iterator, 2, clock=clock)
    assert first.next_iterator is not None
    second = following.get_records(scope, first.next_iterator, clock=clock)
    again = following.get_records(scope, iterator, 2, clock=clock)

    assert (names(first), names(second), names(again)) == (["a", "b"], ["c"], ["a", "b"])
    assert second.next_iterator is not None
    assert names(following.get_records(scope, second.next_iterator, clock=clock)) == []


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        ("TRIM_HORIZON", None, ["a", "b", "c", "later"]),
        ("LATEST", None, ["later"]),
        ("AT_SEQUENCE_NUMBER", 2, ["b", "c", "later"]),
        ("AFTER_SEQUENCE_NUMBER", 2, ["c", "later"]),
    ],
)
def test_positions(
    scope: Scope,
    make_stream: Callable[..., Shard],
    clock: Any,
    kind: str,
    number: int | None,
    expected: list[str],
) -> None:
    shard = make_stream()
    write(scope, "a", "b", "c", clock=clock)

    iterator = following.give_iterator(
        scope,
        shard.stream.arn,
        shard.name,
        kind,
        sequence_number=None if number is None else sequence_number(shard.ordinal, number),
        clock=clock,
    )
    write(scope, "later", clock=clock)

    assert names(following.get_records(scope, iterator, clock=clock)) == expected


def test_a_position_can_be_a_time(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    shard = make_stream()
    for name in ("a", "b", "c"):
        write(scope, name, clock=clock)
        clock.seconds += 10

    iterator = following.give_iterator(
        scope,
        shard.stream.arn,
        shard.name,
        "AT_TIMESTAMP",
        timestamp=datetime.fromtimestamp(clock.seconds - 20, UTC),
        clock=clock,
    )

    assert names(following.get_records(scope, iterator, clock=clock)) == ["b", "c"]


def test_the_starting_sequence_number_is_valid_before_any_record(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    shard = make_stream()
    (described,) = describe(shard.stream, [shard], clock)["Shards"]

    iterator = following.give_iterator(
        scope,
        shard.stream.arn,
        shard.name,
        "AT_SEQUENCE_NUMBER",
        sequence_number=described["SequenceNumberRange"]["StartingSequenceNumber"],
        clock=clock,
    )
    write(scope, "a", clock=clock)

    assert names(following.get_records(scope, iterator, clock=clock)) == ["a"]


def test_an_ended_stream_stays_readable_to_its_end(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    shard = make_stream()
    write(scope, "a", "b", clock=clock)
    before = following.give_iterator(
        scope, shard.stream.arn, shard.name, "TRIM_HORIZON", clock=clock
    )
    tables.update_table(scope, "Orders", TableChange(stream=""), clock=clock)
    write(scope, "unseen", clock=clock)

    half = following.get_records(scope, before, 1, clock=clock)
    assert half.next_iterator is not None
    rest = following.get_records(scope, half.next_iterator, clock=clock)

    assert (names(half), names(rest)) == (["a"], ["b"])
    assert rest.next_iterator is None
    stream = following.get_stream(scope, shard.stream.arn)
    described = describe(stream, following.list_shards(stream)[0], clock)
    assert described["StreamStatus"] == "DISABLED"
    assert described["Shards"][0]["SequenceNumberRange"] == {
        "StartingSequenceNumber": sequence_number(1, 1),
        "EndingSequenceNumber": sequence_number(1, 2),
    }


def test_streams_of_deleted_tables_are_listed_with_new_ones(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    old = make_stream().stream.arn
    tables.delete_table(scope, "Orders", clock=clock)
    new = make_stream().stream.arn
    make_stream("Other")

    found, more = following.list_streams(scope, "Orders")
    page, first_more = following.list_streams(scope, limit=2)

    assert ([stream.arn for stream in found], more) == ([old, new], False)
    assert (len(page), first_more) == (2, True)
    rest, _ = following.list_streams(scope, after=page[-1].arn)
    assert [stream.table_name for stream in rest] == ["Other"]
    assert following.list_streams(scope, "Unknown") == ([], False)


def test_shards_divide_the_keys(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any, settings: Any
) -> None:
    settings.SHARDS_PER_STREAM = 4
    stream = make_stream().stream
    for _ in range(2):
        write(scope, *(f"k{n}" for n in range(40)), clock=clock)
    items.delete_item(scope, "Orders", {"p": {"S": "k0"}}, clock=clock)

    shards, _ = following.list_shards(stream)
    assert [shard.ordinal for shard in shards] == [1, 2, 3, 4]
    assert [shard.name for shard in shards] == sorted(shard.name for shard in shards)
    assert sum(shard.head for shard in shards) == Record.objects.count() == 41
    assert all(shard.head for shard in shards)
    of_k0 = [
        record.shard_id for record in Record.objects.all() if b'"S":"k0"' in bytes(record.body)
    ]
    assert len(of_k0) == 2
    assert len(set(of_k0)) == 1


def test_a_page_of_records_holds_at_most_one_megabyte(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    shard = make_stream(view_type="NEW_IMAGE")
    for n in range(5):
        item = {"p": {"S": str(n)}, "x": {"S": "x" * 300_000}}
        items.put_item(scope, "Orders", item, clock=clock)
    iterator = following.give_iterator(
        scope, shard.stream.arn, shard.name, "TRIM_HORIZON", clock=clock
    )

    assert names(following.get_records(scope, iterator, clock=clock)) == ["0", "1", "2"]


def test_iterators_end_after_15_minutes(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    shard = make_stream()
    iterator = following.give_iterator(scope, shard.stream.arn, shard.name, "LATEST", clock=clock)

    clock.seconds += 15 * 60
    following.get_records(scope, iterator, clock=clock)
    clock.seconds += 1
    with pytest.raises(AwsError) as expired:
        following.get_records(scope, iterator, clock=clock)

    assert expired.value.code == "ExpiredIteratorException"


def test_iterators_cannot_be_forged_or_borrowed(
    scope: Scope, other: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    shard = make_stream()
    iterator = following.give_iterator(scope, shard.stream.arn, shard.name, "LATEST", clock=clock)
    arn, digit, sealed = iterator.split("|")
    assert (arn, digit) == (shard.stream.arn, "1")
    assert len(iterator) <= 2048
    turned = sealed[:-1] + ("A" if sealed[-1] != "A" else "B")

    for bad in ("", "x", f"{arn}|1|{turned}", f"{arn}x|1|{sealed}", f"{arn}|2|{sealed}"):
        with pytest.raises(AwsError) as refused:
            following.get_records(scope, bad, clock=clock)
        assert refused.value.code == "ValidationException"
    with pytest.raises(AwsError) as borrowed:
        following.get_records(other, iterator, clock=clock)
    assert borrowed.value.code == "ValidationException"


def test_two_iterators_are_never_alike(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    shard = make_stream()

    one, two = (
        following.give_iterator(scope, shard.stream.arn, shard.name, "LATEST", clock=clock)
        for _ in range(2)
    )

    assert one != two


def test_streams_of_another_account_are_not_found(
    scope: Scope, other: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    shard = make_stream()
    arn = shard.stream.arn

    for call in (
        lambda: following.get_stream(other, arn),
        lambda: following.give_iterator(other, arn, shard.name, "LATEST", clock=clock),
    ):
        with pytest.raises(AwsError) as refused:
            call()
        assert refused.value.code == "ResourceNotFoundException"
        assert refused.value.message == f"Requested resource not found: Stream: {arn} not found"
    assert following.list_streams(other) == ([], False)
    assert Stream.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "number", "code"),
    [
        ("AT_SEQUENCE_NUMBER", None, "ValidationException"),
        ("LATEST", sequence_number(1, 1), "ValidationException"),
        ("AT_SEQUENCE_NUMBER", "abc", "ValidationException"),
        ("AT_SEQUENCE_NUMBER", sequence_number(2, 1), "ValidationException"),
    ],
)
def test_impossible_positions_are_refused(
    scope: Scope,
    make_stream: Callable[..., Shard],
    clock: Any,
    kind: str,
    number: str | None,
    code: str,
) -> None:
    shard = make_stream()

    with pytest.raises(AwsError) as refused:
        following.give_iterator(
            scope, shard.stream.arn, shard.name, kind, sequence_number=number, clock=clock
        )

    assert refused.value.code == code


def test_an_unknown_shard_is_not_found(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    arn = make_stream().stream.arn

    with pytest.raises(AwsError) as refused:
        following.give_iterator(scope, arn, "shardId-0", "LATEST", clock=clock)

    assert refused.value.code == "ResourceNotFoundException"


def test_places_are_found_by_rising_times(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    shard = make_stream()
    start = int(clock.seconds * 1000)
    for number in range(40):
        clock.seconds += 1 if number % 10 == 0 else 0
        items.put_item(scope, "Orders", {"p": {"S": str(number)}}, clock=clock)

    times = [start, start + 1000, start + 1001, start + 3001, start + 99_000]
    found = reading.seqs_at_times(shard.pk, times)

    assert found == [0, 0, 10, 30, 40]
    assert found == [reading.seq_at_time(shard.pk, time) for time in times]
