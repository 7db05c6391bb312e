"""Indexes follow their items: in each write's own transaction, without stream records."""

from __future__ import annotations

from typing import Any

import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from tests.dynamodb.indexed import ALL, KEYS_ONLY, create, including, index, item, read, scanned
from triggers.dynamodb import batches, items, reading, tables, transactions
from triggers.dynamodb.batches import Wish
from triggers.dynamodb.expressions.request import Expressions
from triggers.dynamodb.indexing import Spent
from triggers.dynamodb.models import Index, IndexEntry
from triggers.dynamodb.reading import Paging
from triggers.dynamodb.transactactions import read_writes
from triggers.streams.models import Record

pytestmark = pytest.mark.postgres
KEY = {"p": {"S": "a"}, "r": {"S": "1"}}
THROUGH_G = Paging(index="by-g")


def setting(text: str, **values: Any) -> Expressions:
    return Expressions(update=text, values={f":{name}": v for name, v in values.items()} or None)


@pytest.fixture
def table(scope: Scope, clock: Any) -> None:
    create(
        scope,
        clock,
        of_all=[index("by-g", ["g"], ["n"])],
        local=[index("by-l", ["p"], ["l"], KEYS_ONLY)],
        view_type="NEW_AND_OLD_IMAGES",
        g="S",
        n="N",
        l="S",
    )


@pytest.mark.usefixtures("table")
def test_only_items_with_the_whole_key_are_in_an_index(scope: Scope) -> None:
    items.put_item(scope, "Orders", item("a", g="x", n=1))
    items.put_item(scope, "Orders", item("b", g="x"))
    items.put_item(scope, "Orders", item("c", n=1, l="y"))

    assert scanned(scope, "by-g") == [("a", "1")]
    assert scanned(scope, "by-l") == [("c", "1")]


@pytest.mark.usefixtures("table")
def test_an_entry_moves_with_its_item_and_goes_with_it(scope: Scope) -> None:
    items.put_item(scope, "Orders", item("a", g="x", n=1, l="y"))

    items.put_item(scope, "Orders", item("a", g="z", n=1))
    moved = read(reading.scan(scope, "Orders", paging=THROUGH_G))
    items.update_item(scope, "Orders", KEY, setting("REMOVE n"))
    removed = scanned(scope, "by-g")
    items.update_item(scope, "Orders", KEY, setting("SET n = :n", n={"N": "2"}))
    back = scanned(scope, "by-g")
    items.delete_item(scope, "Orders", KEY)

    assert moved == [item("a", g="z", n=1)]
    assert (removed, back, scanned(scope, "by-g")) == ([], [("a", "1")], [])
    assert not IndexEntry.objects.exists()


@pytest.mark.usefixtures("table")
def test_batches_and_transactions_keep_indexes_too(scope: Scope) -> None:
    items.put_item(scope, "Orders", item("gone", g="x", n=1))

    batches.write_batch(
        scope,
        {
            "Orders": [
                Wish(item("a", g="x", n=1), put=True),
                Wish({"p": {"S": "gone"}, "r": {"S": "1"}}, put=False),
            ]
        },
    )
    put = {"Put": {"TableName": "Orders", "Item": item("b", g="x", n=2)}}
    done = transactions.write_transaction(scope, read_writes([put]))

    assert done.spent == {"Orders": (Spent("by-g", False, 1.0),)}
    assert done.collections == {"Orders": [{"p": {"S": "b"}}]}
    assert scanned(scope, "by-g") == [("a", "1"), ("b", "1")]


@pytest.mark.usefixtures("table")
def test_index_writes_make_no_records(scope: Scope) -> None:
    items.put_item(scope, "Orders", item("a", g="x", n=1, l="y"))
    items.put_item(scope, "Orders", item("a", g="z", n=1, l="y"))

    assert Record.objects.count() == 2


@pytest.mark.usefixtures("table")
def test_a_refused_write_leaves_indexes_as_they_were(scope: Scope) -> None:
    items.put_item(scope, "Orders", item("a", g="x", n=1))

    with pytest.raises(AwsError):
        items.put_item(
            scope, "Orders", item("a", g="z", n=1), Expressions(condition="attribute_not_exists(p)")
        )

    assert read(reading.scan(scope, "Orders", paging=THROUGH_G)) == [item("a", g="x", n=1)]


@pytest.mark.parametrize(
    ("projection", "expected"),
    [
        (KEYS_ONLY, {"p", "r", "g"}),
        (including("x"), {"p", "r", "g", "x"}),
        (ALL, {"p", "r", "g", "x", "y"}),
    ],
)
def test_an_index_holds_what_it_projects(
    scope: Scope, clock: Any, projection: Any, expected: set[str]
) -> None:
    create(scope, clock, of_all=[index("by-g", ["g"], projection=projection)], g="S")
    items.put_item(scope, "Orders", item("a", g="x", x=1, y=1))
    items.update_item(scope, "Orders", KEY, setting("SET x = :x, y = :x", x={"N": "2"}))

    (found,) = read(reading.scan(scope, "Orders", paging=THROUGH_G))

    assert found == {k: v for k, v in item("a", g="x", x=2, y=2).items() if k in expected}


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (
            {"g": {"N": "5"}},
            "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
            "Actual: N IndexName: by-g",
        ),
        (
            {"l": {"L": []}},
            "One or more parameter values were invalid: Type mismatch for Index Key l Expected: S "
            "Actual: L IndexName: by-l",
        ),
        (
            {"g": {"N": "5"}, "l": {"L": []}},
            "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
            "Actual: N IndexName: by-g",
        ),
        (
            {"g": {"S": ""}},
            "One or more parameter values are not valid. A value specified for a secondary index "
            "key is not supported. The AttributeValue for a key attribute cannot contain an empty "
            "string value. IndexName: by-g, IndexKey: g",
        ),
        (
            {"g": {"S": "x" * 2049}},
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
            "size limit of2048 bytes",
        ),
        (
            {"l": {"S": "x" * 1025}},
            "One or more parameter values were invalid: Aggregated size of all range keys has "
            "exceeded the size limit of 1024 bytes",
        ),
    ],
)
@pytest.mark.usefixtures("table")
def test_no_item_may_have_what_an_index_cannot_hold(scope: Scope, bad: Any, message: str) -> None:
    wish = Wish(item("a") | bad, put=True)
    for call in (
        lambda: items.put_item(scope, "Orders", item("a") | bad),
        lambda: batches.write_batch(scope, {"Orders": [wish]}),
    ):
        with pytest.raises(AwsError) as refused:
            call()

        assert (refused.value.code, refused.value.message) == ("ValidationException", message)


@pytest.mark.usefixtures("table")
def test_a_transaction_names_the_action_that_an_index_refuses(scope: Scope) -> None:
    bad = {"Put": {"TableName": "Orders", "Item": item("a", g=5)}}
    update: Any = {"Key": KEY, "TableName": "Orders", "UpdateExpression": "SET g = :five"}
    updating = {"Update": update | {"ExpressionAttributeValues": {":five": {"N": "5"}}}}

    for action in (bad, updating):
        with pytest.raises(AwsError) as refused:
            transactions.write_transaction(scope, read_writes([action]))

        reasons: Any = refused.value.fields["CancellationReasons"]
        assert reasons[0]["Code"] == "ValidationError"


@pytest.mark.parametrize(
    ("update", "message"),
    [
        (
            setting("SET g = :g", g={"N": "5"}),
            "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
            "Actual: N IndexName: by-g",
        ),
        (
            setting("SET g = n, n = :n", n={"N": "5"}),
            "The update expression attempted to update the secondary index key to unsupported type",
        ),
        (
            setting("SET g.deep = :g", g={"N": "5"}),
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
            "allowed: IndexKey: g",
        ),
        (
            setting("SET g = :g", g={"S": ""}),
            "One or more parameter values are not valid. The update expression attempted to update "
            "a secondary index key to a value that is not supported. The AttributeValue for a key "
            "attribute cannot contain an empty string value.",
        ),
        (
            setting("SET g = :g", g={"S": "x" * 2049}),
            "The update expression attempted to update the secondary index key beyond allowed size "
            "limits",
        ),
    ],
)
@pytest.mark.usefixtures("table")
def test_no_update_may_make_what_an_index_cannot_hold(
    scope: Scope, update: Expressions, message: str
) -> None:
    items.put_item(scope, "Orders", item("a", g="x", n=1))

    with pytest.raises(AwsError) as refused:
        items.update_item(scope, "Orders", KEY, update)

    assert (refused.value.code, refused.value.message) == ("ValidationException", message)


@pytest.mark.usefixtures("table")
def test_writes_cost_what_they_write_to_indexes(scope: Scope) -> None:
    def spent(**attributes: Any) -> tuple[Spent, ...]:
        return items.put_item(scope, "Orders", item("a", **attributes)).spent

    inserted = spent(g="x", n=1, l="y")
    same = spent(g="x", n=1, l="y")
    other_part = spent(g="x", n=1, l="y", big="z" * 2000)
    moved = spent(g="z", n=1, l="y", big="z" * 2000)

    by_g, by_l = (Spent("by-g", False, 1.0), Spent("by-l", True, 1.0))
    assert (inserted, same) == ((by_g, by_l), ())
    assert other_part == (Spent("by-g", False, 2.0),)
    assert moved == (Spent("by-g", False, 4.0),)
    assert items.put_item(scope, "Orders", item("b")).spent == ()


@pytest.mark.usefixtures("table")
def test_a_write_names_its_item_collection(scope: Scope) -> None:
    assert items.put_item(scope, "Orders", item("a")).collection == {"p": {"S": "a"}}
    assert items.delete_item(scope, "Orders", KEY).collection == {"p": {"S": "a"}}
    (charged,) = batches.write_batch(
        scope, {"Orders": [Wish(item("a", "1"), put=True), Wish(item("a", "2"), put=True)]}
    )
    assert charged.collections == [{"p": {"S": "a"}}]


@pytest.mark.usefixtures("table")
def test_a_table_takes_its_indexes_with_it(scope: Scope, clock: Any) -> None:
    items.put_item(scope, "Orders", item("a", g="x", n=1, l="y"))

    tables.delete_table(scope, "Orders", clock=clock)

    assert (Index.objects.count(), IndexEntry.objects.count()) == (0, 0)
