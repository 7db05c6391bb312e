"""Transactions at the same time neither lose money nor deadlock, and their records chain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from console.accounts.tenancy import scope_for
from console.aws.scope import Scope
from tests.together import together
from triggers.dynamodb import items, tables, transactions
from triggers.dynamodb.definitions import Billing, TableDefinition
from triggers.dynamodb.expressions.request import Expressions
from triggers.dynamodb.keys import KeySchema
from triggers.dynamodb.requesttokens import Request
from triggers.dynamodb.transactactions import Get, Write
from triggers.streams.models import Record

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
NAMES = ("a", "b", "c", "d")
BEGIN = 100


def key(name: str) -> dict[str, Any]:
    return {"p": {"S": name}}


@pytest.fixture
def scope(settings: Any) -> Scope:
    settings.TABLE_DELAY_SECONDS = 0
    scope = scope_for("111111111111", "us-east-1")
    for table in ("Left", "Right"):
        definition = TableDefinition(
            table, KeySchema("p", "S"), Billing("PAY_PER_REQUEST"), "NEW_AND_OLD_IMAGES"
        )
        tables.create_table(scope, definition)
        for name in NAMES:
            items.put_item(scope, table, key(name) | {"n": {"N": str(BEGIN)}})
    return scope


def test_what_one_item_loses_another_gains(scope: Scope) -> None:
    totals = []

    def move(number: int) -> Callable[[], None]:
        def run() -> None:
            for n in range(12):
                source, target = NAMES[(n + number) % 4], NAMES[(n * number + 1) % 4]
                tables_in_turn = ("Left", "Right") if n % 2 else ("Right", "Left")
                actions = [
                    Write(
                        "Update",
                        table,
                        key(name),
                        Expressions(update="ADD n :n", values={":n": {"N": by}}),
                    )
                    for table, name, by in zip(
                        tables_in_turn, (source, target), ("-1", "1"), strict=True
                    )
                ]
                transactions.write_transaction(scope, actions)

        return run

    def watch() -> None:
        gets = [Get(table, key(name)) for table in ("Right", "Left") for name in NAMES]
        for _ in range(20):
            found = transactions.get_transaction(scope, gets)
            totals.append(sum(int(orjson.loads(one.body or b"")["n"]["N"]) for one in found))

    together([watch, *(move(number) for number in range(4))])

    assert set(totals) == {BEGIN * 8}
    last: dict[tuple[str, str], Any] = {}
    for record in Record.objects.order_by("shard", "seq"):
        change = orjson.loads(bytes(record.body))["dynamodb"]
        place = str(record.shard_id), change["Keys"]["p"]["S"]
        assert change.get("OldImage") == last.get(place)
        last[place] = change["NewImage"]


def test_one_request_sent_many_times_is_done_once(scope: Scope) -> None:
    add = Write(
        "Update", "Left", key("a"), Expressions(update="ADD n :n", values={":n": {"N": "1"}})
    )
    done = []

    def send() -> None:
        done.append(transactions.write_transaction(scope, [add], Request.of("token", [])).again)

    together([send] * 6)

    assert sorted(done) == [False, *[True] * 5]
    (found,) = transactions.get_transaction(scope, [Get("Left", key("a"))])
    assert orjson.loads(found.body or b"")["n"] == {"N": str(BEGIN + 1)}
