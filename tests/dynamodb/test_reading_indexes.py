"""Items come back through an index, in its order, in pages."""

from __future__ import annotations

from typing import Any

import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from tests.dynamodb.indexed import KEYS_ONLY, create, including, index, item, pairs, read
from triggers.dynamodb import answers, items, reading
from triggers.dynamodb.expressions.request import Expressions
from triggers.dynamodb.models import Index
from triggers.dynamodb.reading import Page, Paging

pytestmark = pytest.mark.postgres
X = {"S": "x"}


def asking(condition: str, *, filter: str | None = None, show: str | None = None, **values: Any):
    return Expressions(
        key_condition=condition,
        filter=filter,
        projection=show,
        values={f":{name}": value for name, value in values.items()},
    )


def of_x(**more: Any) -> Expressions:
    return asking("g = :x", x=X, **more)


@pytest.fixture
def table(scope: Scope, clock: Any) -> None:
    create(
        scope,
        clock,
        of_all=[
            index("all", ["g"], ["n"]),
            index("some", ["g"], projection=including("shown")),
            index("many", ["g", "n"], ["s", "b", "m"], KEYS_ONLY),
        ],
        local=[index("local", ["p"], ["s"], KEYS_ONLY)],
        g="S",
        n="N",
        s="S",
        b="B",
        m="N",
    )


def pages(scope: Scope, name: str, expressions: Expressions, limit: int, **how: Any) -> list[Any]:
    found, start = [], None
    while True:
        page = reading.query(scope, "Orders", expressions, Paging(limit, start, index=name), **how)
        found += pairs(page)
        start = page.last_key
        if start is None:
            return found


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.usefixtures("table")
def test_a_partition_comes_in_the_order_of_the_indexs_sort_key(scope: Scope, forward: bool) -> None:
    for place, n in enumerate([10, 9, -1, 100, 9]):
        items.put_item(scope, "Orders", item("a", str(place), g="x", n=n))
    items.put_item(scope, "Orders", item("a", "other", g="y", n=1))

    page = reading.query(scope, "Orders", of_x(), Paging(index="all"), forward=forward)

    assert [one["n"]["N"] for one in read(page)] == ["-1", "9", "9", "10", "100"][
        :: 1 if forward else -1
    ]


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("limit", [1, 2, 3, 7])
@pytest.mark.usefixtures("table")
def test_pages_of_equal_keys_follow_each_other_without_gap(
    scope: Scope, forward: bool, limit: int
) -> None:
    for place in range(7):
        items.put_item(scope, "Orders", item("ab"[place % 2], str(place), g="x", n=place // 4))

    found = pages(scope, "all", of_x(), limit, forward=forward)

    assert len(found) == len(set(found)) == 7


@pytest.mark.usefixtures("table")
def test_a_page_ends_with_the_keys_of_table_and_index(scope: Scope) -> None:
    items.put_item(scope, "Orders", item("a", g="x", n=1, big=1))
    items.put_item(scope, "Orders", item("b", g="x", n=2, big=1))

    page = reading.query(scope, "Orders", of_x(), Paging(1, index="all"))

    assert page.last_key == item("a", g="x", n=1)
    items.delete_item(scope, "Orders", {"p": {"S": "a"}, "r": {"S": "1"}})
    rest = reading.query(scope, "Orders", of_x(), Paging(start=page.last_key, index="all"))
    assert pairs(rest) == [("b", "1")]


@pytest.mark.usefixtures("table")
def test_a_scan_sees_every_entry_once_in_pages_and_segments(scope: Scope) -> None:
    for place in range(20):
        items.put_item(scope, "Orders", item("a", str(place), g=str(place % 5), n=1))
    items.put_item(scope, "Orders", item("a", "none"))

    found = []
    for segment in range(3):
        start = None
        while True:
            paging = Paging(3, start, index="all")
            page = reading.scan(scope, "Orders", paging=paging, segment=segment, segments=3)
            found += pairs(page)
            start = page.last_key
            if start is None:
                break

    assert sorted(found) == sorted(("a", str(place)) for place in range(20))


@pytest.mark.usefixtures("table")
def test_pages_are_cut_by_what_the_index_holds(scope: Scope) -> None:
    for place in range(5):
        items.put_item(scope, "Orders", item("a", str(place), g="x", n=1, big="y" * 300_000))

    whole = reading.query(scope, "Orders", of_x(), Paging(index="all"))
    part = reading.query(scope, "Orders", of_x(), Paging(index="some"))

    assert (whole.scanned, part.scanned) == (3, 5)
    assert part.bytes < 200


@pytest.mark.usefixtures("table")
def test_a_local_index_fetches_what_it_does_not_hold(scope: Scope) -> None:
    given = item("a", s="one", weight=5, big="y" * 5000)
    items.put_item(scope, "Orders", given)
    items.put_item(scope, "Orders", item("a", "2", s="two", weight=9))
    condition = {"condition": "p = :p", "p": {"S": "a"}}

    keys = reading.query(scope, "Orders", asking(**condition), Paging(index="local"))
    shown = reading.query(
        scope, "Orders", asking(**condition, show="weight"), Paging(index="local")
    )
    whole = reading.query(scope, "Orders", asking(**condition), Paging(index="local", whole=True))
    sifted = reading.query(
        scope,
        "Orders",
        asking("p = :p", filter="weight = :five", p={"S": "a"}, five={"N": "5"}),
        Paging(index="local"),
    )

    assert read(keys) == [item("a", s="one"), item("a", "2", s="two")]
    assert read(shown) == [{"weight": {"N": "5"}}, {"weight": {"N": "9"}}]
    assert read(whole)[0] == given
    assert read(sifted) == [item("a", s="one")]
    assert keys.through is not None
    assert keys.through.fetched == []
    assert whole.through is not None
    assert whole.through.fetched[0] > 5000
    assert whole.bytes == keys.bytes


@pytest.mark.usefixtures("table")
def test_reads_cost_what_they_read_of_index_and_table(scope: Scope) -> None:
    items.put_item(scope, "Orders", item("a", s="one", big="y" * 5000))
    condition = asking("p = :p", p={"S": "a"})

    def cost(paging: Paging) -> Any:
        page: Page = reading.query(scope, "Orders", condition, paging)
        return answers.page_cost("INDEXES", page, False)

    assert cost(Paging(index="local")) == (
        b'{"TableName":"Orders","CapacityUnits":0.5,"Table":{"CapacityUnits":0.0},'
        b'"LocalSecondaryIndexes":{"local":{"CapacityUnits":0.5}}}'
    )
    assert cost(Paging(index="local", whole=True)) == (
        b'{"TableName":"Orders","CapacityUnits":1.5,"Table":{"CapacityUnits":1.0},'
        b'"LocalSecondaryIndexes":{"local":{"CapacityUnits":0.5}}}'
    )


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        ("", {}, "abcdef"),
        (" AND s = :s", {"s": {"S": "t"}}, "abcde"),
        (" AND s < :s", {"s": {"S": "tb"}}, "abcde"),
        (" AND s > :s", {"s": {"S": "t"}}, "f"),
        (" AND s >= :s", {"s": {"S": "t"}}, "abcdef"),
        (" AND s <= :s", {"s": {"S": "t"}}, "abcde"),
        (" AND begins_with(s, :s)", {"s": {"S": "t"}}, "abcdef"),
        (" AND s BETWEEN :s AND :t", {"s": {"S": "t"}, "t": {"S": "ta"}}, "abcde"),
        (" AND s = :s AND b = :b", {"s": {"S": "t"}, "b": {"B": "AA=="}}, "ab"),
        (" AND s = :s AND b > :b", {"s": {"S": "t"}, "b": {"B": "AA=="}}, "cde"),
        (" AND s = :s AND b >= :b", {"s": {"S": "t"}, "b": {"B": "AA=="}}, "abcde"),
        (" AND s = :s AND b < :b", {"s": {"S": "t"}, "b": {"B": "AAE="}}, "ab"),
        (" AND s = :s AND begins_with(b, :b)", {"s": {"S": "t"}, "b": {"B": "AA=="}}, "abc"),
        (
            " AND s = :s AND b = :b AND m > :m",
            {"s": {"S": "t"}, "b": {"B": "AA=="}, "m": {"N": "-5"}},
            "b",
        ),
        (
            " AND s = :s AND b = :b AND m BETWEEN :m AND :o",
            {"s": {"S": "t"}, "b": {"B": "AA=="}, "m": {"N": "-5"}, "o": {"N": "2"}},
            "ab",
        ),
    ],
)
@pytest.mark.usefixtures("table")
def test_keys_of_several_attributes_are_read_from_left_to_right(
    scope: Scope, condition: str, values: Any, expected: str
) -> None:
    for p, s, b, m in (
        ("a", "t", "AA==", -5),
        ("b", "t", "AA==", 2),
        ("c", "t", "AAE=", 0),
        ("d", "t", "AQ==", 0),
        ("e", "t", "/w==", 0),
        ("f", "tb", "AA==", 0),
    ):
        items.put_item(scope, "Orders", item(p, g="x", n=1, s=s, b={"B": b}, m=m))
    items.put_item(scope, "Orders", item("other", g="x", n=2, s="t", b={"B": "AA=="}, m=1))

    page = reading.query(
        scope,
        "Orders",
        asking(f"g = :g AND n = :n{condition}", g=X, n={"N": "1"}, **values),
        Paging(index="many"),
    )

    assert [p for p, _ in pairs(page)] == list(expected)


@pytest.mark.parametrize(
    ("name", "expressions", "paging", "message"),
    [
        ("none", of_x(), {}, "The table does not have the specified index: none"),
        (
            "all",
            of_x(),
            {"consistent": True},
            "Consistent reads are not supported on global secondary indexes",
        ),
        (
            "some",
            of_x(),
            {"whole": True},
            "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported "
            "for global secondary index some because its projection type is not ALL",
        ),
        (
            "some",
            of_x(show="shown, veiled.deep, more"),
            {},
            "One or more parameter values were invalid: Global secondary index some does not "
            "project [veiled, more]",
        ),
        (
            "all",
            of_x(filter="n = :x"),
            {},
            "Filter Expression can only contain non-primary key attributes: Primary key attribute: n",
        ),
        ("all", asking("p = :x", x=X), {}, "Query condition missed key schema element: g"),
        ("many", of_x(), {}, "Query condition missed key schema element: n"),
        (
            "many",
            asking("g = :x AND n > :n", x=X, n={"N": "1"}),
            {},
            "Query key condition not supported",
        ),
        (
            "many",
            asking("g = :x AND n = :n AND b = :b", x=X, n={"N": "1"}, b={"B": "AA=="}),
            {},
            "Query condition missed key schema element: s",
        ),
        (
            "many",
            asking("g = :x AND n = :n AND s > :x AND b = :b", x=X, n={"N": "1"}, b={"B": "AA=="}),
            {},
            "Query key condition not supported",
        ),
        (
            "all",
            of_x(),
            {"start": {"p": X, "r": X}},
            "The provided starting key is invalid: The provided key element does not match the schema",
        ),
        (
            "all",
            of_x(),
            {"start": item("a", g="y", n=1)},
            "The provided starting key is outside query boundaries based on provided conditions",
        ),
    ],
)
@pytest.mark.usefixtures("table")
def test_invalid_reads_through_an_index_are_refused(
    scope: Scope, name: str, expressions: Expressions, paging: Any, message: str
) -> None:
    with pytest.raises(AwsError) as refused:
        reading.query(scope, "Orders", expressions, Paging(index=name, **paging))

    assert (refused.value.code, refused.value.message) == ("ValidationException", message)


@pytest.mark.usefixtures("table")
def test_a_filter_may_name_the_tables_key_when_it_is_not_the_indexs(scope: Scope) -> None:
    items.put_item(scope, "Orders", item("a", g="x", n=1))

    page = reading.query(scope, "Orders", of_x(filter="p <> :x"), Paging(index="all"))

    assert page.count == 1


@pytest.mark.usefixtures("table")
def test_an_index_that_is_being_filled_cannot_be_read(scope: Scope) -> None:
    Index.objects.filter(name="all").update(building=True)

    with pytest.raises(AwsError, match="Cannot read from backfilling global secondary index: all"):
        reading.query(scope, "Orders", of_x(), Paging(index="all"))


@pytest.mark.usefixtures("table")
def test_an_index_of_another_account_is_not_there(scope: Scope, other: Scope) -> None:
    with pytest.raises(AwsError) as refused:
        reading.query(other, "Orders", of_x(), Paging(index="all"))

    assert refused.value.code == "ResourceNotFoundException"
