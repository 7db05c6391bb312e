"""A batch writes all or nothing, one record per changed item; a batch reads what is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb import batches, items, reading
from triggers.dynamodb.batches import KeysOfTable, Wish
from triggers.dynamodb.expressions.request import Expressions
from triggers.dynamodb.models import Item, Table
from triggers.streams.models import Record

pytestmark = pytest.mark.postgres


def put(name: str, **more: Any) -> Wish:
    return Wish({"p": {"S": name}} | more, put=True)


def test_a_batch_makes_one_record_per_changed_item(
    scope: Scope, make_table: Callable[..., Table]
) -> None:
    make_table()
    items.put_item(scope, "Orders", {"p": {"S": "same"}})
    items.put_item(scope, "Orders", {"p": {"S": "leaves"}})

    batches.write_batch(
        scope,
        {
            "Orders": [
                put("same"),
                put("new"),
                Wish({"p": {"S": "leaves"}}, put=False),
                Wish({"p": {"S": "nobody"}}, put=False),
            ]
        },
    )

    bodies = [orjson.loads(bytes(r.body)) for r in Record.objects.order_by("seq")][2:]
    assert sorted((r["eventName"], r["dynamodb"]["Keys"]["p"]["S"]) for r in bodies) == [
        ("INSERT", "new"),
        ("REMOVE", "leaves"),
    ]


def test_a_batch_over_several_tables_writes_each(
    scope: Scope, make_table: Callable[..., Table]
) -> None:
    make_table("One")
    make_table("Two", view_type=None)

    batches.write_batch(scope, {"Two": [put("a")], "One": [put("a"), put("b")]})

    assert reading.scan(scope, "One").count == 2
    assert reading.scan(scope, "Two").count == 1
    assert Record.objects.count() == 2


def test_expressions_are_read_before_the_table_is_looked_for(scope: Scope) -> None:
    unused = Expressions(projection="#a", names={"#a": "a", "#b": "b"})

    with pytest.raises(AwsError, match=r"unused in expressions: keys: \{#b\}"):
        batches.get_batch(scope, {"Nowhere": KeysOfTable([{"p": {"S": "a"}}], unused)})


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ([put("a"), put("a")], "Provided list of item keys contains duplicates"),
        ([put("a"), Wish({"q": {"S": "b"}}, put=True)], "Missing the key p in the item"),
        ([put("a"), Wish({"q": {"S": "b"}}, put=False)], "does not match the schema"),
        ([put("a"), put("b", n={"N": "x"})], "cannot be converted to a numeric value: x"),
    ],
)
def test_one_invalid_wish_refuses_the_batch(
    scope: Scope, make_table: Callable[..., Table], wishes: list[Wish], message: str
) -> None:
    make_table()

    with pytest.raises(AwsError, match=message):
        batches.write_batch(scope, {"Orders": wishes})

    assert Item.objects.count() == Record.objects.count() == 0


def test_a_table_by_name_and_by_arn_is_one_table(
    scope: Scope, make_table: Callable[..., Table]
) -> None:
    make_table()
    arn = scope.arn("dynamodb", "table/Orders")

    with pytest.raises(AwsError, match="contains duplicates"):
        batches.write_batch(scope, {"Orders": [put("a")], arn: [put("a")]})

    batches.write_batch(scope, {"Orders": [put("a")], arn: [put("b")]})
    assert reading.scan(scope, "Orders").count == 2


def test_a_batch_takes_25_wishes() -> None:
    requests = [{"DeleteRequest": {"Key": {"p": {"S": str(n)}}}} for n in range(26)]

    assert len(batches.read_wishes({"Orders": requests[:25]})["Orders"]) == 25
    with pytest.raises(AwsError, match="Too many items requested for the BatchWriteItem call"):
        batches.read_wishes({"Orders": requests[:20], "Customers": requests[20:]})


def test_a_batch_read_leaves_out_what_is_not_there(
    scope: Scope, make_table: Callable[..., Table]
) -> None:
    make_table()
    batches.write_batch(scope, {"Orders": [put("a", n={"N": "1"}), put("b")]})
    wanted = [{"p": {"S": name}} for name in ("b", "nobody", "a")]

    found = batches.get_batch(scope, {"Orders": KeysOfTable(wanted)})["Orders"]

    assert sorted(found.items) == [b'{"n":{"N":"1"},"p":{"S":"a"}}', b'{"p":{"S":"b"}}']
    assert found.left == []


def test_a_batch_read_gives_back_keys_beyond_16_megabytes(
    scope: Scope, make_table: Callable[..., Table]
) -> None:
    make_table()
    names = [str(n) for n in range(43)]
    for name in names:
        items.put_item(scope, "Orders", {"p": {"S": name}, "x": {"S": "x" * 400_000}})

    found = batches.get_batch(
        scope, {"Orders": KeysOfTable([{"p": {"S": name}} for name in names])}
    )["Orders"]

    assert len(found.items) == 41
    assert [key["p"]["S"] for key in found.left] == ["41", "42"]
