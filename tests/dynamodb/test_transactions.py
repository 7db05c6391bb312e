"""A transaction does all its actions or none, and says of each what stood in its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb import items, reading, transactions
from triggers.dynamodb.expressions.request import Expressions
from triggers.dynamodb.models import Item, RequestToken, Table
from triggers.dynamodb.requesttokens import Request, forget
from triggers.dynamodb.transactactions import Get, Write, read_writes
from triggers.streams.models import Record

pytestmark = pytest.mark.postgres
NOBODY = Expressions(condition="attribute_not_exists(p)")


def key(name: str) -> dict[str, Any]:
    return {"p": {"S": name}}


def put(name: str, table: str = "Orders", **more: Any) -> Write:
    return Write("Put", table, key(name) | more)


def add(name: str, by: str = "1") -> Write:
    return Write(
        "Update", "Orders", key(name), Expressions(update="ADD n :n", values={":n": {"N": by}})
    )


def changes() -> list[tuple[str, str]]:
    bodies = [
        orjson.loads(bytes(record.body)) for record in Record.objects.order_by("shard", "seq")
    ]
    return [(one["eventName"], one["dynamodb"]["Keys"]["p"]["S"]) for one in bodies]


def test_every_kind_of_action_is_done(scope: Scope, make_table: Callable[..., Table]) -> None:
    make_table()
    for name in ("checked", "leaves", "grows", "same"):
        items.put_item(scope, "Orders", key(name) | {"n": {"N": "1"}})

    transactions.write_transaction(
        scope,
        [
            put("new"),
            put("same", n={"N": "1.0"}),
            Write("Delete", "Orders", key("leaves")),
            add("grows"),
            Write(
                "ConditionCheck",
                "Orders",
                key("checked"),
                Expressions(condition="attribute_exists(p)"),
            ),
        ],
    )

    assert sorted(changes()[4:]) == [("INSERT", "new"), ("MODIFY", "grows"), ("REMOVE", "leaves")]
    grown = reading.get_item(scope, "Orders", key("grows")).body
    assert grown == b'{"n":{"N":"2"},"p":{"S":"grows"}}'


def test_one_failed_condition_undoes_everything(
    scope: Scope, make_table: Callable[..., Table]
) -> None:
    make_table()
    items.put_item(scope, "Orders", key("there") | {"n": {"N": "7"}})

    with pytest.raises(AwsError) as refused:
        transactions.write_transaction(
            scope,
            [
                put("new"),
                Write("Put", "Orders", key("there"), NOBODY, shows_item=True),
                Write(
                    "ConditionCheck",
                    "Orders",
                    key("other"),
                    Expressions(condition="attribute_exists(p)"),
                ),
            ],
        )

    assert refused.value.code == "TransactionCanceledException"
    assert refused.value.message == (
        "Transaction cancelled, please refer cancellation reasons for specific reasons "
        "[None, ConditionalCheckFailed, ConditionalCheckFailed]"
    )
    failed = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
    assert refused.value.fields["CancellationReasons"] == [
        {"Code": "None"},
        failed | {"Item": key("there") | {"n": {"N": "7"}}},
        failed,
    ]
    assert Item.objects.count() == Record.objects.count() == 1


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (Write("Put", "Orders", {"q": {"S": "a"}}), "Missing the key p in the item"),
        (
            Write("Put", "Orders", {"p": {"N": "1"}}),
            "Type mismatch for key p expected: S actual: N",
        ),
        (
            Write("Delete", "Orders", {"p": {"N": "1"}}),
            "The provided key element does not match the schema",
        ),
        (
            Write(
                "Update",
                "Orders",
                key("text"),
                Expressions(update="ADD n :n", values={":n": {"N": "1"}}),
            ),
            "An operand in the update expression has an incorrect data type",
        ),
        (
            Write(
                "Update",
                "Orders",
                key("a"),
                Expressions(update="SET p = :n", values={":n": {"S": "b"}}),
            ),
            "Cannot update attribute p. This attribute is part of the key",
        ),
        (Write("Put", "Orders", key("a") | {"x": {"S": "x" * 410_000}}), "Item size has exceeded"),
    ],
)
def test_what_does_not_fit_is_a_reason(
    scope: Scope, make_table: Callable[..., Table], action: Write, message: str
) -> None:
    make_table()
    items.put_item(scope, "Orders", key("text") | {"n": {"S": "one"}})

    with pytest.raises(AwsError, match=r"\[None, ValidationError\]") as refused:
        transactions.write_transaction(scope, [put("new"), action])

    assert message in refused.value.fields["CancellationReasons"][1]["Message"]
    assert Item.objects.count() == 1


def test_an_action_alone_that_does_not_fit_is_a_reason(
    scope: Scope, make_table: Callable[..., Table]
) -> None:
    make_table()

    with pytest.raises(AwsError, match=r"\[ValidationError\]"):
        transactions.write_transaction(scope, [Write("Put", "Orders", {"q": {"S": "a"}})])


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (put("new"), "Transaction request cannot include multiple operations on one item"),
        (put("b", n={"N": "x"}), "cannot be converted to a numeric value: x"),
        (Write("Put", "Orders", key("b"), Expressions(condition="a =")), "Syntax error"),
        (put("b", "Nowhere"), "Requested resource not found"),
        (put(""), "cannot contain an empty string value. Key: p"),
        (Write("Delete", "Orders", key("")), "cannot contain an empty string value. Key: p"),
    ],
)
def test_what_is_no_action_refuses_the_request(
    scope: Scope, make_table: Callable[..., Table], action: Write, message: str
) -> None:
    make_table()

    with pytest.raises(AwsError, match=message) as refused:
        transactions.write_transaction(scope, [put("new"), action])

    assert refused.value.code in ("ValidationException", "ResourceNotFoundException")
    assert Item.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {},
            "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request",
        ),
        (
            {"Put": {"TableName": "a", "Item": {}}, "Delete": {"TableName": "a", "Key": {}}},
            "TransactItems can only contain one of Check, Put, Update or Delete",
        ),
    ],
)
def test_an_action_is_of_one_kind(given: dict[str, Any], message: str) -> None:
    with pytest.raises(AwsError) as refused:
        read_writes([given])

    assert refused.value.message == message


def test_the_same_request_is_done_once(
    scope: Scope, other: Scope, make_table: Callable[..., Table], clock: Any
) -> None:
    make_table()
    request = Request.of("token", [{"a": 1, "b": 2}])

    first = transactions.write_transaction(scope, [add("a")], request, clock=clock)
    clock.seconds += 599
    again = transactions.write_transaction(
        scope, [add("a")], Request.of("token", [{"b": 2, "a": 1}]), clock=clock
    )
    with pytest.raises(AwsError) as refused:
        transactions.write_transaction(scope, [add("b")], Request.of("token", []), clock=clock)

    assert (first.again, again.again) == (False, True)
    assert first.sizes == again.sizes
    assert refused.value.code == "IdempotentParameterMismatchException"
    assert changes() == [("INSERT", "a")]

    clock.seconds += 1
    assert not transactions.write_transaction(scope, [add("a")], request, clock=clock).again
    assert forget(clock) == 0
    clock.seconds += 600
    assert forget(clock) == 1
    assert RequestToken.objects.count() == 0


def test_a_cancelled_request_can_come_again(scope: Scope, make_table: Callable[..., Table]) -> None:
    make_table()
    items.put_item(scope, "Orders", key("a"))
    request = Request.of("token", [])
    insert = Write("Put", "Orders", key("a"), NOBODY)

    with pytest.raises(AwsError, match="cancelled"):
        transactions.write_transaction(scope, [insert], request)
    items.delete_item(scope, "Orders", key("a"))

    assert not transactions.write_transaction(scope, [insert], request).again


def test_several_tables_are_written_and_read_together(
    scope: Scope, make_table: Callable[..., Table]
) -> None:
    make_table("One")
    make_table("Two", view_type=None)

    done = transactions.write_transaction(
        scope, [put("a", "Two", n={"N": "1"}), put("a", "One"), put("b", "One")]
    )
    found = transactions.get_transaction(
        scope,
        [
            Get("One", key("b")),
            Get("Two", key("nobody")),
            Get("Two", key("a"), Expressions(projection="n")),
        ],
    )

    assert done.sizes == {"Two": [5], "One": [2, 2]}
    assert Record.objects.count() == 2
    assert [(one.table, one.body, one.bytes) for one in found] == [
        ("One", b'{"p":{"S":"b"}}', 2),
        ("Two", None, 0),
        ("Two", b'{"n":{"N":"1"}}', 5),
    ]


@pytest.mark.parametrize(
    ("gets", "message"),
    [
        ([Get("Orders", {"q": {"S": "a"}}), Get("Orders", key("a"))], r"\[ValidationError, None\]"),
        ([Get("Orders", key("a")), Get("Orders", key("a"))], "multiple operations on one item"),
        ([Get("Nowhere", key("a"))], "Requested resource not found"),
    ],
)
def test_reads_that_do_not_fit_are_refused(
    scope: Scope, make_table: Callable[..., Table], gets: list[Get], message: str
) -> None:
    make_table()

    with pytest.raises(AwsError, match=message):
        transactions.get_transaction(scope, gets)


def test_a_transaction_moves_4_megabytes(scope: Scope, make_table: Callable[..., Table]) -> None:
    make_table()
    large = [put(str(n), x={"S": "x" * 400_000}) for n in range(11)]

    transactions.write_transaction(scope, large[:10])
    with pytest.raises(AwsError, match="size cannot exceed 4 MB"):
        transactions.write_transaction(scope, large)
    for one in large:
        items.put_item(scope, "Orders", one.item)
    transactions.write_transaction(
        scope, [Write("Delete", "Orders", key(str(n))) for n in range(11)]
    )

    assert Item.objects.count() == 0


def test_the_first_action_that_does_not_fit_is_the_only_reason(
    scope: Scope, make_table: Callable[..., Table]
) -> None:
    make_table()
    wrong = Write("Put", "Orders", {"p": {"N": "1"}})
    unmet = Write("Put", "Orders", key("a"), Expressions(condition="attribute_exists(p)"))

    with pytest.raises(AwsError, match=r"\[ValidationError, None, None\]"):
        transactions.write_transaction(scope, [wrong, wrong, unmet])
