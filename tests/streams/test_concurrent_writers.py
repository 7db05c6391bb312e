"""Writers at the same time leave a stream without gaps, in an order that readers can trust."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from console.accounts.tenancy import scope_for
from console.aws.scope import Scope
from tests.together import together
from triggers.dynamodb import batches, items, reading, tables
from triggers.dynamodb.batches import Wish
from triggers.dynamodb.definitions import Billing, TableDefinition
from triggers.dynamodb.expressions.request import Expressions
from triggers.dynamodb.keys import KeySchema
from triggers.streams.models import Record, Shard
from triggers.streams.reading import read_records

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
WRITERS = 6
WRITES = 40


@pytest.fixture
def scope(settings: Any) -> Scope:
    settings.TABLE_DELAY_SECONDS = 0
    scope = scope_for("111111111111", "us-east-1")
    definition = TableDefinition(
        "Orders", KeySchema("p", "S"), Billing("PAY_PER_REQUEST"), "NEW_AND_OLD_IMAGES"
    )
    tables.create_table(scope, definition)
    return scope


def test_a_tailing_reader_misses_nothing(scope: Scope) -> None:
    shard = Shard.objects.get().pk
    seen: list[int] = []

    def writer(number: int) -> Callable[[], None]:
        def write() -> None:
            for n in range(WRITES):
                items.put_item(scope, "Orders", {"p": {"S": f"{number}/{n}"}})

        return write

    def tail(at_work: Callable[[], bool]) -> None:
        more = True
        while more:
            more = at_work()
            seen.extend(record.seq for record in read_records(shard, seen[-1] if seen else 0))

    together([writer(number) for number in range(WRITERS)], meanwhile=[tail])

    assert seen == list(range(1, WRITERS * WRITES + 1))
    assert Shard.objects.get().head == WRITERS * WRITES


def test_changes_of_one_item_chain(scope: Scope) -> None:
    """Each record's old image is the new image of the record before it."""
    count = Expressions(update="ADD hits :one", values={":one": {"N": "1"}})

    def add() -> None:
        for _ in range(WRITES // 2):
            items.update_item(scope, "Orders", {"p": {"S": "a"}}, count)

    together([add] * WRITERS)

    body = reading.get_item(scope, "Orders", {"p": {"S": "a"}}).body
    assert body is not None
    assert orjson.loads(body)["hits"] == {"N": str(WRITERS * WRITES // 2)}
    changes = [orjson.loads(bytes(r.body))["dynamodb"] for r in Record.objects.order_by("seq")]
    assert [change.get("OldImage") for change in changes] == [
        None,
        *(change["NewImage"] for change in changes[:-1]),
    ]


def test_only_one_of_many_conditional_puts_wins(scope: Scope) -> None:
    lost: list[str] = []
    fresh = Expressions(condition="attribute_not_exists(p)")

    def put(number: int) -> Callable[[], None]:
        def run() -> None:
            try:
                items.put_item(scope, "Orders", {"p": {"S": "a"}, "n": {"N": str(number)}}, fresh)
            except Exception as error:  # noqa: BLE001 - its words are checked below
                lost.append(str(error))

        return run

    together([put(number) for number in range(WRITERS)])

    assert lost == ["ConditionalCheckFailedException: The conditional request failed"] * (
        WRITERS - 1
    )
    assert Record.objects.count() == 1


def test_switching_the_stream_off_meanwhile_loses_nothing_before_it(scope: Scope) -> None:
    def write() -> None:
        for n in range(WRITES):
            items.put_item(scope, "Orders", {"p": {"S": str(n)}})

    def switch() -> None:
        tables.update_table(scope, "Orders", tables.TableChange(stream=""))
        tables.update_table(scope, "Orders", tables.TableChange(stream="KEYS_ONLY"))

    together([write, switch])

    for shard in Shard.objects.all():
        found = Record.objects.filter(shard=shard).order_by("seq").values_list("seq", flat=True)
        assert list(found) == list(range(1, shard.head + 1))


def test_batches_that_meet_chain_too(scope: Scope) -> None:
    """Batches and single writes of the same items: no deadlock, no change lost, none told twice."""
    names = [str(n) for n in range(8)]

    def batch(number: int) -> Callable[[], None]:
        def write() -> None:
            for n in range(10):
                order = names[n % 8 :] + names[: n % 8]
                wishes = [
                    Wish({"p": {"S": name}, "by": {"S": f"{number}/{n}"}}, put=True)
                    if (n + number) % 3
                    else Wish({"p": {"S": name}}, put=False)
                    for name in order
                ]
                batches.write_batch(scope, {"Orders": wishes})

        return write

    def single() -> None:
        for n in range(40):
            item = {"p": {"S": names[n % 8]}, "by": {"S": f"single/{n}"}}
            items.put_item(scope, "Orders", item)

    together([batch(0), batch(1), batch(2), single])

    last: dict[str, Any] = {}
    for record in Record.objects.order_by("seq"):
        change = orjson.loads(bytes(record.body))["dynamodb"]
        name = change["Keys"]["p"]["S"]
        assert change.get("OldImage") == last.get(name)
        last[name] = change.get("NewImage")
    stored = [orjson.loads(body) for body in reading.scan(scope, "Orders").items]
    assert {item["p"]["S"]: item for item in stored} == {
        name: image for name, image in last.items() if image is not None
    }
