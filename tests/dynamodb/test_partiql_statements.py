"""A statement does what the item call does that it stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb import items
from triggers.dynamodb.models import Item, Table
from triggers.dynamodb.partiql.statements import Asked, Executed, execute
from triggers.dynamodb.partiql.together import execute_batch, execute_transaction
from triggers.dynamodb.transactions import Done
from triggers.streams.models import Record

pytestmark = pytest.mark.postgres


@pytest.fixture
def table(scope: Scope, make_table: Callable[..., Table]) -> None:
    """Keys a/0 … a/4 and b/0."""
    make_table(range_type="N")
    for name, number in [("a", n) for n in range(5)] + [("b", 0)]:
        key = {"p": {"S": name}, "r": {"N": str(number)}}
        items.put_item(scope, "Orders", key | {"even": {"BOOL": number % 2 == 0}})


def run(scope: Scope, text: str, *parameters: dict[str, Any], **more: Any) -> Executed:
    return execute(scope, Asked(text, parameters), **more)


def found(executed: Executed) -> list[str]:
    return [one["p"]["S"] + one["r"]["N"] for one in map(orjson.loads, executed.items)]


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("WHERE p = 'a' AND r >= 3", ["a3", "a4"]),
        ("WHERE p = 'a' AND r BETWEEN 1 AND 2 ORDER BY r DESC", ["a2", "a1"]),
        ("WHERE p = 'a' AND r > 1 AND r < 4", ["a2", "a3"]),
        ("WHERE p = 'a' AND even = false", ["a1", "a3"]),
        ("WHERE even = true AND p = 'b'", ["b0"]),
        ("WHERE p = 'a' AND r = 4", ["a4"]),
        ("WHERE p IN ['b', 'c']", ["b0"]),
        ("WHERE p = 'a' AND (r = 0 OR even = false) ", ["a0", "a1", "a3"]),
    ],
)
@pytest.mark.usefixtures("table")
def test_a_select_reads(scope: Scope, rest: str, expected: list[str]) -> None:
    assert found(run(scope, f'SELECT * FROM "Orders" {rest}')) == expected


@pytest.mark.usefixtures("table")
def test_a_select_without_conditions_reads_everything(scope: Scope) -> None:
    assert len(run(scope, "SELECT r FROM Orders").items) == 6


@pytest.mark.usefixtures("table")
def test_a_select_goes_on_where_it_stopped(scope: Scope, other: Scope) -> None:
    text = "SELECT * FROM Orders WHERE p = ?"
    pages, token = [], None
    for _ in range(3):
        page = run(scope, text, {"S": "a"}, limit=2, token=token)
        pages.append(found(page))
        token = page.next_token

    assert pages == [["a0", "a1"], ["a2", "a3"], ["a4"]]
    assert token is None
    first = run(scope, text, {"S": "a"}, limit=1).next_token
    with pytest.raises(AwsError, match="NextToken does not match request"):
        run(scope, text, {"S": "b"}, token=first)
    with pytest.raises(AwsError, match="Invalid NextToken"):
        run(scope, text, {"S": "a"}, token="x" + str(first))
    with pytest.raises(AwsError, match="Requested resource not found"):
        run(other, text, {"S": "a"}, token=first)


@pytest.mark.usefixtures("table")
def test_writes_leave_records_as_item_calls_do(scope: Scope) -> None:
    before = Record.objects.count()
    run(scope, "INSERT INTO Orders VALUE {'p': 'c', 'r': ?, 'n': 1}", {"N": "1"})
    changed = run(scope, "UPDATE Orders SET n = n + 1 WHERE p = 'c' AND r = 1 RETURNING ALL NEW *")
    run(scope, "UPDATE Orders SET n = 2 WHERE p = 'c' AND r = 1")
    gone = run(scope, "DELETE FROM Orders WHERE r = 1 AND p = 'c' RETURNING ALL OLD *")
    run(scope, "DELETE FROM Orders WHERE r = 1 AND p = 'c'")

    item = {"p": {"S": "c"}, "r": {"N": "1"}, "n": {"N": "2"}}
    assert [orjson.loads(body) for body in changed.items + gone.items] == [item, item]
    names = [orjson.loads(bytes(one.body))["eventName"] for one in Record.objects.order_by("seq")]
    assert names[before:] == ["INSERT", "MODIFY", "REMOVE"]


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (
            "INSERT INTO Orders VALUE {'p': 'a', 'r': 0}",
            "DuplicateItemException",
            "Duplicate primary key exists in table",
        ),
        (
            "INSERT INTO Orders VALUE {'p': 'a'}",
            "ValidationException",
            "One or more parameter values were invalid: Missing the key r in the item",
        ),
        (
            "UPDATE Orders SET n = 1 WHERE p = 'nobody' AND r = 0",
            "ConditionalCheckFailedException",
            "The conditional request failed",
        ),
        (
            "UPDATE Orders SET n = 1 WHERE p = 'a' AND r = 0 AND even = false",
            "ConditionalCheckFailedException",
            "The conditional request failed",
        ),
        (
            "DELETE FROM Orders WHERE p = 'a' AND r = 0 AND even = false",
            "ConditionalCheckFailedException",
            "The conditional request failed",
        ),
        (
            "UPDATE Orders SET n = 1 WHERE p = 'a'",
            "ValidationException",
            "Where clause does not contain a mandatory equality on all key attributes",
        ),
        (
            "SELECT * FROM Orders ORDER BY p",
            "ValidationException",
            "Must have at least one non-optional hash key condition in WHERE clause when using "
            "ORDER BY clause.",
        ),
        (
            "SELECT * FROM Orders WHERE p = 'a' ORDER BY even",
            "ValidationException",
            "Variable reference even in ORDER BY clause must be part of the primary key",
        ),
        (
            "SELECT * FROM Orders.nope WHERE p = 'a'",
            "ValidationException",
            "The table does not have the specified index",
        ),
        ("SELECT * FROM Nowhere", "ResourceNotFoundException", "Requested resource not found"),
    ],
)
@pytest.mark.usefixtures("table")
def test_what_cannot_be_done_is_refused(scope: Scope, text: str, code: str, message: str) -> None:
    with pytest.raises(AwsError) as refused:
        run(scope, text)

    assert (refused.value.code, refused.value.message) == (code, message)
    assert Item.objects.count() == 6


@pytest.mark.usefixtures("table")
def test_a_batch_runs_each_statement_for_itself(scope: Scope) -> None:
    outcomes = execute_batch(
        scope,
        [
            Asked("INSERT INTO Orders VALUE {'p': 'a', 'r': 0}"),
            Asked("INSERT INTO Orders VALUE {'p': 'c', 'r': 0}"),
            Asked("UPDATE Orders SET n = 1 WHERE p = 'c'"),
            Asked("DELETE FROM Nowhere WHERE p = 'c'"),
            Asked("UPDATE Orders nonsense"),
        ],
    )

    assert [one.code for one in outcomes] == [
        "DuplicateItem",
        "",
        "ValidationError",
        "ResourceNotFound",
        "ValidationError",
    ]
    assert Item.objects.count() == 7


@pytest.mark.usefixtures("table")
def test_a_batch_reads_single_items(scope: Scope) -> None:
    outcomes = execute_batch(
        scope,
        [
            Asked("SELECT r FROM Orders WHERE p = 'a' AND r = 3"),
            Asked("SELECT * FROM Orders WHERE p = 'a'"),
        ],
    )

    first, second = outcomes
    assert first.executed is not None
    assert first.executed.items == [b'{"r":{"N":"3"}}']
    assert second.refusal is not None
    assert "must specify the primary key" in second.refusal.message
    with pytest.raises(AwsError, match="all reads or all writes"):
        execute_batch(
            scope,
            [
                Asked("SELECT * FROM Orders WHERE p = 'a' AND r = 3"),
                Asked("DELETE FROM Orders WHERE p = 'a' AND r = 3"),
            ],
        )


@pytest.mark.usefixtures("table")
def test_a_transaction_does_all_or_nothing(scope: Scope) -> None:
    good = [
        Asked("INSERT INTO Orders VALUE {'p': 'c', 'r': 0}"),
        Asked("EXISTS(SELECT * FROM Orders WHERE p = 'a' AND r = 0 AND even = true)"),
        Asked("DELETE FROM Orders WHERE p = 'b' AND r = 0"),
    ]
    with pytest.raises(AwsError) as refused:
        execute_transaction(
            scope,
            [*good, Asked("INSERT INTO Orders VALUE {'p': 'a', 'r': 1}")],
        )
    assert refused.value.message.endswith("[None, None, None, DuplicateItem]")
    assert Item.objects.count() == 6

    assert isinstance(execute_transaction(scope, good), Done)
    read = execute_transaction(
        scope,
        [
            Asked("SELECT * FROM Orders WHERE p = 'c' AND r = 0"),
            Asked("SELECT * FROM Orders WHERE p = 'b' AND r = 0"),
        ],
    )
    assert isinstance(read, list)
    assert [one.body for one in read] == [b'{"p":{"S":"c"},"r":{"N":"0"}}', None]
