"""Items come back by key, in order, in pages."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb import items, reading
from triggers.dynamodb.expressions.request import Expressions
from triggers.dynamodb.models import Table
from triggers.dynamodb.reading import Paging

pytestmark = pytest.mark.postgres
OF_A = Expressions(key_condition="p = :p", values={":p": {"S": "a"}})


def read(page: reading.Page) -> list[Any]:
    return [orjson.loads(body) for body in page.items]


def fill(scope: Scope, kind: str, values: list[str], partition: str = "a") -> None:
    for value in values:
        items.put_item(scope, "Orders", {"p": {"S": partition}, "r": {kind: value}})


@pytest.mark.parametrize("forward", [True, False])
def test_numbers_come_in_numeric_order(
    scope: Scope, make_table: Callable[..., Table], forward: bool
) -> None:
    make_table(range_type="N")
    given = ["10", "9", "-1", "-10", "0", "0.5", "1e30", "-1e-30", "100", "9.99"]
    fill(scope, "N", given)

    found = [item["r"]["N"] for item in read(reading.query(scope, "Orders", OF_A, forward=forward))]

    assert [Decimal(n) for n in found] == sorted(map(Decimal, given), reverse=not forward)


def test_strings_come_in_the_order_of_their_bytes(
    scope: Scope, make_table: Callable[..., Table]
) -> None:
    make_table(range_type="S")
    given = ["a", "b", "Z", "ä", "aa", "\U0001f600", "\uffff", "1", "10", "2"]
    fill(scope, "S", given)

    found = [item["r"]["S"] for item in read(reading.query(scope, "Orders", OF_A))]

    assert found == sorted(given, key=str.encode)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("r = :b", ["b"]),
        ("r < :b", ["a"]),
        ("r <= :b", ["a", "b"]),
        ("r > :b", ["ba", "bb", "c"]),
        ("r >= :b", ["b", "ba", "bb", "c"]),
        ("r BETWEEN :b AND :c", ["b", "ba", "bb", "c"]),
        ("begins_with(r, :b)", ["b", "ba", "bb"]),
    ],
)
def test_sort_key_conditions_bound_the_answer(
    scope: Scope, make_table: Callable[..., Table], condition: str, expected: list[str]
) -> None:
    make_table(range_type="S")
    fill(scope, "S", ["a", "b", "ba", "bb", "c"])
    fill(scope, "S", ["b"], partition="other")
    values = {":p": {"S": "a"}, ":b": {"S": "b"}} | (
        {":c": {"S": "c"}} if ":c" in condition else {}
    )

    page = reading.query(
        scope, "Orders", Expressions(key_condition=f"p = :p AND {condition}", values=values)
    )

    assert [item["r"]["S"] for item in read(page)] == expected


@pytest.mark.parametrize("forward", [True, False])
def test_pages_follow_each_other_without_gap(
    scope: Scope, make_table: Callable[..., Table], forward: bool
) -> None:
    make_table(range_type="N")
    fill(scope, "N", [str(n) for n in range(10)])

    found, start = [], None
    while True:
        page = reading.query(scope, "Orders", OF_A, Paging(limit=3, start=start), forward=forward)
        found += [int(item["r"]["N"]) for item in read(page)]
        start = page.last_key
        if start is None:
            break

    assert found == sorted(range(10), reverse=not forward)


def test_a_page_filled_exactly_to_its_limit_says_where_to_go_on(
    scope: Scope, make_table: Callable[..., Table]
) -> None:
    make_table(range_type="N")
    fill(scope, "N", ["1", "2"])

    full = reading.query(scope, "Orders", OF_A, Paging(limit=2))
    rest = reading.query(scope, "Orders", OF_A, Paging(limit=2, start=full.last_key))

    assert full.last_key == {"p": {"S": "a"}, "r": {"N": "2"}}
    assert (rest.items, rest.last_key) == ([], None)


def test_a_page_holds_at_most_one_megabyte(scope: Scope, make_table: Callable[..., Table]) -> None:
    make_table(range_type="N")
    for n in range(5):
        big = {"p": {"S": "a"}, "r": {"N": str(n)}, "x": {"S": "x" * 300_000}}
        items.put_item(scope, "Orders", big)

    first = reading.query(scope, "Orders", OF_A)
    second = reading.query(scope, "Orders", OF_A, Paging(start=first.last_key))

    assert (first.scanned, second.scanned) == (3, 2)
    assert first.bytes <= 1024 * 1024
    assert second.last_key is None


def test_filters_count_what_they_scan(scope: Scope, make_table: Callable[..., Table]) -> None:
    make_table(range_type="N")
    for n in range(6):
        item = {"p": {"S": "a"}, "r": {"N": str(n)}, "even": {"BOOL": n % 2 == 0}}
        items.put_item(scope, "Orders", item)
    expressions = Expressions(
        key_condition="p = :p",
        filter="even = :yes",
        projection="r",
        values={":p": {"S": "a"}, ":yes": {"BOOL": True}},
    )

    page = reading.query(scope, "Orders", expressions)
    counted = reading.query(scope, "Orders", expressions, Paging(count_only=True))

    assert read(page) == [{"r": {"N": "0"}}, {"r": {"N": "2"}}, {"r": {"N": "4"}}]
    assert (page.count, page.scanned) == (counted.count, counted.scanned) == (3, 6)
    assert counted.items == []


def test_a_scan_sees_every_item_once_in_pages(
    scope: Scope, make_table: Callable[..., Table]
) -> None:
    make_table(range_type="N")
    for n in range(30):
        fill(scope, "N", ["1", "2"], partition=f"p{n}")

    found, start = [], None
    while True:
        page = reading.scan(scope, "Orders", paging=Paging(limit=7, start=start))
        found += [(item["p"]["S"], item["r"]["N"]) for item in read(page)]
        start = page.last_key
        if start is None:
            break

    assert sorted(found) == sorted((f"p{n}", r) for n in range(30) for r in "12")
    assert len(set(found)) == 60


@pytest.mark.parametrize("segments", [1, 2, 3, 7])
def test_segments_are_disjoint_and_complete(
    scope: Scope, make_table: Callable[..., Table], segments: int
) -> None:
    make_table()
    for n in range(40):
        items.put_item(scope, "Orders", {"p": {"S": str(n)}})

    found = []
    for segment in range(segments):
        page = reading.scan(scope, "Orders", segment=segment, segments=segments)
        found += [item["p"]["S"] for item in read(page)]

    assert sorted(found) == sorted(str(n) for n in range(40))


def test_projections_leave_the_rest_out(scope: Scope, make_table: Callable[..., Table]) -> None:
    make_table()
    items.put_item(scope, "Orders", {"p": {"S": "a"}, "x": {"S": "1"}, "y": {"S": "2"}})

    got = reading.get_item(scope, "Orders", {"p": {"S": "a"}}, Expressions(projection="y"))

    assert got.body == b'{"y":{"S":"2"}}'
    assert reading.get_item(scope, "Orders", {"p": {"S": "b"}}).body is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda scope: reading.query(scope, "Orders", Expressions()),
            "Either the KeyConditions or KeyConditionExpression parameter must be specified "
            "in the request.",
        ),
        (
            lambda scope: reading.query(
                scope,
                "Orders",
                Expressions(key_condition="p = :p", filter="r = :p", values={":p": {"S": "a"}}),
            ),
            "Filter Expression can only contain non-primary key attributes: Primary key attribute: r",
        ),
        (
            lambda scope: reading.query(scope, "Orders", OF_A, Paging(start={"p": {"S": "a"}})),
            "The provided starting key is invalid: The provided key element does not match the schema",
        ),
        (
            lambda scope: reading.query(
                scope, "Orders", OF_A, Paging(start={"p": {"S": "b"}, "r": {"N": "1"}})
            ),
            "The provided starting key is outside query boundaries based on provided conditions",
        ),
        (
            lambda scope: reading.scan(scope, "a;"),
            "2 validation errors detected: Value 'a;' at 'tableName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value 'a;' at "
            "'tableName' failed to satisfy constraint: Member must have length greater than or "
            "equal to 3",
        ),
        (
            lambda scope: reading.scan(scope, "Orders", paging=Paging(index="whatever")),
            "The table does not have the specified index: whatever",
        ),
    ],
)
def test_invalid_reads_are_refused(
    scope: Scope, make_table: Callable[..., Table], call: Any, message: str
) -> None:
    make_table(range_type="N")

    with pytest.raises(AwsError) as refused:
        call(scope)

    assert (refused.value.code, refused.value.message) == ("ValidationException", message)


@pytest.mark.parametrize(
    ("select", "projection", "message"),
    [
        (
            "ALL_PROJECTED_ATTRIBUTES",
            None,
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        ),
        (
            "SPECIFIC_ATTRIBUTES",
            None,
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
            "SPECIFIC_ATTRIBUTES",
        ),
        (
            "COUNT",
            "ProjectionExpression",
            "Cannot specify the ProjectionExpression when choosing to get only the Count",
        ),
        (
            "ALL_ATTRIBUTES",
            "AttributesToGet",
            "Cannot specify the AttributesToGet when choosing to get ALL_ATTRIBUTES",
        ),
    ],
)
def test_a_select_that_contradicts_the_projection_is_refused(
    select: str, projection: str | None, message: str
) -> None:
    with pytest.raises(AwsError) as refused:
        reading.check_selection(select, projection)

    assert refused.value.message == f"1 validation error detected: {message}"
