"""A write changes one item and leaves one record, or neither."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb import items, reading
from triggers.dynamodb.expressions.request import Expressions
from triggers.dynamodb.models import Item, Table
from triggers.streams.models import Record, Shard

pytestmark = pytest.mark.postgres
KEY = {"p": {"S": "a"}}


def records() -> list[dict[str, Any]]:
    return [orjson.loads(bytes(record.body)) for record in Record.objects.order_by("shard", "seq")]


def stored(scope: Scope, key: dict[str, Any] = KEY) -> Any:
    body = reading.get_item(scope, "Orders", key).body
    return None if body is None else orjson.loads(body)


def test_a_put_stores_the_item_and_tells_its_stream(
    scope: Scope, make_table: Callable[..., Table], clock: Any
) -> None:
    make_table()

    items.put_item(scope, "Orders", KEY | {"n": {"N": "1.50"}}, clock=clock)

    assert stored(scope) == KEY | {"n": {"N": "1.5"}}
    (record,) = records()
    assert list(record) == [
        "eventID",
        "eventName",
        "eventVersion",
        "eventSource",
        "awsRegion",
        "dynamodb",
    ]
    assert len(record.pop("eventID")) == 32
    assert record == {
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1732550865.0,
            "Keys": KEY,
            "NewImage": KEY | {"n": {"N": "1.5"}},
            "SequenceNumber": "100000001000000000000001",
            "SizeBytes": 8,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }


def test_size_bytes_are_those_of_the_guides_example(
    scope: Scope, make_table: Callable[..., Table]
) -> None:
    make_table()

    items.put_item(scope, "Orders", {"p": {"S": "abc"}, "Message": {"S": "New item!"}})
    items.put_item(scope, "Orders", {"p": {"S": "abc"}, "Message": {"S": "This item has changed"}})

    assert [record["dynamodb"]["SizeBytes"] for record in records()] == [4 + 20, 4 + 20 + 32]


@pytest.mark.parametrize(
    ("view_type", "images"),
    [
        ("KEYS_ONLY", [set(), set(), set()]),
        ("NEW_IMAGE", [{"NewImage"}, {"NewImage"}, set()]),
        ("OLD_IMAGE", [set(), {"OldImage"}, {"OldImage"}]),
        ("NEW_AND_OLD_IMAGES", [{"NewImage"}, {"NewImage", "OldImage"}, {"OldImage"}]),
    ],
)
def test_each_view_type_shows_its_images(
    scope: Scope, make_table: Callable[..., Table], view_type: str, images: list[set[str]]
) -> None:
    make_table(view_type=view_type)

    items.put_item(scope, "Orders", KEY | {"n": {"N": "1"}})
    items.put_item(scope, "Orders", KEY | {"n": {"N": "2"}})
    items.delete_item(scope, "Orders", KEY)

    found = records()
    assert [record["eventName"] for record in found] == ["INSERT", "MODIFY", "REMOVE"]
    assert [set(r["dynamodb"]) & {"NewImage", "OldImage"} for r in found] == images


def test_a_noop_write_makes_no_record(scope: Scope, make_table: Callable[..., Table]) -> None:
    make_table()
    item = KEY | {
        "n": {"N": "1"},
        "s": {"SS": ["a", "b"]},
        "m": {"M": {"x": {"S": "1"}, "y": {"S": "2"}}},
    }
    items.put_item(scope, "Orders", item)

    items.put_item(
        scope,
        "Orders",
        {"m": {"M": {"y": {"S": "2"}, "x": {"S": "1"}}}, "s": {"SS": ["b", "a"]}, "n": {"N": "1.0"}}
        | KEY,
    )
    items.update_item(
        scope, "Orders", KEY, Expressions(update="SET n = :n", values={":n": {"N": "1.00"}})
    )
    items.update_item(scope, "Orders", KEY, Expressions(update="REMOVE gone"))
    items.update_item(scope, "Orders", KEY)
    items.delete_item(scope, "Orders", {"p": {"S": "nobody"}})
    items.update_item(scope, "Orders", {"p": {"S": "nobody"}}, Expressions(update="REMOVE gone"))

    assert [record["eventName"] for record in records()] == ["INSERT"]
    assert stored(scope, {"p": {"S": "nobody"}}) is None
    assert Shard.objects.get().head == 1


def test_a_type_change_is_a_modification(scope: Scope, make_table: Callable[..., Table]) -> None:
    make_table()

    items.put_item(scope, "Orders", KEY | {"n": {"N": "1"}})
    items.put_item(scope, "Orders", KEY | {"n": {"S": "1"}})

    assert [record["eventName"] for record in records()] == ["INSERT", "MODIFY"]


def test_an_update_makes_the_item_even_without_attributes(
    scope: Scope, make_table: Callable[..., Table]
) -> None:
    make_table()

    written = items.update_item(scope, "Orders", KEY)

    assert stored(scope) == KEY
    assert written.old is None
    assert [record["eventName"] for record in records()] == ["INSERT"]


def test_a_failed_condition_changes_nothing(scope: Scope, make_table: Callable[..., Table]) -> None:
    make_table()
    items.put_item(scope, "Orders", KEY | {"n": {"N": "1"}})
    condition = Expressions(condition="attribute_not_exists(p)")

    with pytest.raises(AwsError) as plain:
        items.put_item(scope, "Orders", KEY | {"n": {"N": "2"}}, condition)
    with pytest.raises(AwsError) as with_item:
        items.delete_item(scope, "Orders", KEY, condition, show_item_on_failure=True)

    assert plain.value.code == "ConditionalCheckFailedException"
    assert plain.value.message == "The conditional request failed"
    assert plain.value.fields == {}
    assert with_item.value.fields == {"Item": KEY | {"n": {"N": "1"}}}
    assert stored(scope) == KEY | {"n": {"N": "1"}}
    assert len(records()) == 1


def test_conditions_hold_for_updates(scope: Scope, make_table: Callable[..., Table]) -> None:
    make_table()
    count = Expressions(
        update="ADD hits :one",
        condition="attribute_not_exists(hits) OR hits < :two",
        values={":one": {"N": "1"}, ":two": {"N": "2"}},
    )

    items.update_item(scope, "Orders", KEY, count)
    items.update_item(scope, "Orders", KEY, count)
    with pytest.raises(AwsError, match="The conditional request failed"):
        items.update_item(scope, "Orders", KEY, count)

    assert stored(scope) == KEY | {"hits": {"N": "2"}}


def test_a_table_without_stream_touches_no_shard(
    scope: Scope, make_table: Callable[..., Table]
) -> None:
    make_table(view_type=None)

    items.put_item(scope, "Orders", KEY)

    assert (Record.objects.count(), Shard.objects.count(), Item.objects.count()) == (0, 0, 1)


def test_an_item_keeps_who_wrote_it(scope: Scope, make_table: Callable[..., Table]) -> None:
    make_table()

    items.put_item(scope, "Orders", KEY)

    assert Item.objects.get().principal == "arn:aws:iam::111111111111:root"


def test_arrival_never_falls_within_a_shard(
    scope: Scope, make_table: Callable[..., Table], clock: Any
) -> None:
    make_table()
    for step in (0, -3600, 5):
        clock.seconds += step
        items.put_item(scope, "Orders", {"p": {"S": str(step)}}, clock=clock)

    times = Record.objects.order_by("seq").values_list("created_ms", flat=True)
    assert list(times) == [1_732_550_865_250] * 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda scope: items.put_item(scope, "Orders", {"n": {"N": "1"}}),
            "One or more parameter values were invalid: Missing the key p in the item",
        ),
        (
            lambda scope: items.put_item(scope, "Orders", KEY | {"s": {"SS": []}}),
            "1 validation error detected: One or more parameter values were invalid: "
            "An string set  may not be empty",
        ),
        (
            lambda scope: items.put_item(scope, "Orders", KEY | {"s": {"S": "x" * 410_000}}),
            "Item size has exceeded the maximum allowed size",
        ),
        (
            lambda scope: items.update_item(
                scope,
                "Orders",
                KEY,
                Expressions(update="SET s = :s", values={":s": {"S": "x" * 410_000}}),
            ),
            "Item size to update has exceeded the maximum allowed size",
        ),
        (
            lambda scope: items.update_item(
                scope, "Orders", KEY, Expressions(update="SET p = :s", values={":s": {"S": "x"}})
            ),
            "One or more parameter values were invalid: Cannot update attribute p. "
            "This attribute is part of the key",
        ),
        (
            lambda scope: items.update_item(
                scope,
                "Orders",
                KEY,
                Expressions(update="SET a = :s", values={":s": {"S": "x"}, ":u": {"S": "y"}}),
            ),
            "1 validation error detected: Value provided in ExpressionAttributeValues unused in "
            "expressions: keys: {:u}",
        ),
        (
            lambda scope: items.delete_item(scope, "Orders", {"q": {"S": "x"}}),
            "The provided key element does not match the schema",
        ),
    ],
)
def test_invalid_writes_are_refused(
    scope: Scope, make_table: Callable[..., Table], call: Any, message: str
) -> None:
    make_table()

    with pytest.raises(AwsError) as refused:
        call(scope)

    assert (refused.value.code, refused.value.message) == ("ValidationException", message)
    assert Record.objects.count() == 0


def test_tables_of_other_accounts_and_regions_are_not_found(
    scope: Scope, other: Scope, make_table: Callable[..., Table]
) -> None:
    make_table()
    arn = scope.arn("dynamodb", "table/Orders")

    items.put_item(scope, arn, KEY)

    for name in ("Orders", arn):
        for call in (
            lambda name: items.put_item(other, name, KEY),
            lambda name: items.delete_item(other, name, KEY),
            lambda name: items.update_item(other, name, KEY),
            lambda name: reading.get_item(other, name, KEY),
            lambda name: reading.scan(other, name),
        ):
            with pytest.raises(AwsError) as refused:
                call(name)
            assert refused.value.code == "ResourceNotFoundException"
            assert refused.value.message == "Requested resource not found"
