"""Shards split and roll over while writers write and a reader follows the lineage: nothing is lost,
nothing comes twice, and every item's changes come in their order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from console.accounts.tenancy import scope_for
from console.aws.scope import Scope
from tests.together import together
from triggers.dynamodb import batches, items, tables
from triggers.dynamodb.batches import Wish
from triggers.dynamodb.definitions import Billing, TableDefinition
from triggers.dynamodb.expressions.request import Expressions
from triggers.dynamodb.keys import KeySchema
from triggers.streams import reading, resharding
from triggers.streams.models import Record, Shard, Stream

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
WRITERS = 4
WRITES = 40
NAMES = [str(n) for n in range(6)]
EXPECTED = (WRITERS + 1) * WRITES
COUNT = Expressions(update="ADD n :one", values={":one": {"N": "1"}})


@pytest.fixture
def scope(settings: Any) -> Scope:
    settings.TABLE_DELAY_SECONDS = 0
    scope = scope_for("111111111111", "us-east-1")
    definition = TableDefinition(
        "Orders", KeySchema("p", "S"), Billing("PAY_PER_REQUEST"), "NEW_AND_OLD_IMAGES"
    )
    tables.create_table(scope, definition)
    return scope


class Tail:
    """Follows the stream as a consumer does: a shard to its end, then its children."""

    def __init__(self) -> None:
        self.at: dict[int, int] = dict.fromkeys(
            Shard.objects.filter(parent=None).values_list("pk", flat=True), 0
        )
        self.seen: list[dict[str, Any]] = []

    def step(self) -> bool:
        """Read every shard once; whether anything was found or a shard ended."""
        before = (len(self.seen), set(self.at))
        for shard, seq in list(self.at.items()):
            ends = reading.ends(shard)
            assert ends is not None
            found = reading.read_records(shard, seq)
            self.seen += [orjson.loads(record.body)["dynamodb"] for record in found]
            reached = found[-1].seq if found else seq
            if ends.closed and reached >= ends.head:
                del self.at[shard]
                children = Shard.objects.filter(parent_id=shard).values_list("pk", flat=True)
                self.at |= dict.fromkeys(children, 0)
            else:
                self.at[shard] = reached
        return before != (len(self.seen), set(self.at))


def writer(scope: Scope, number: int) -> Callable[[], None]:
    def write() -> None:
        for n in range(WRITES):
            items.update_item(scope, "Orders", {"p": {"S": NAMES[(n + number) % 6]}}, COUNT)

    return write


def batch_writer(scope: Scope) -> Callable[[], None]:
    def write() -> None:
        for n in range(WRITES // 10):
            wishes = [Wish({"p": {"S": f"batch/{n}/{i}"}}, put=True) for i in range(10)]
            batches.write_batch(scope, {"Orders": wishes})

    return write


def splitter(scope: Scope) -> Callable[[Callable[[], bool]], None]:
    """Splits or rolls over the oldest open shard each time that something was written."""

    def split(at_work: Callable[[], bool]) -> None:
        arn = Stream.objects.get().arn
        for n in range(6):
            before = Record.objects.count()
            oldest = Shard.objects.filter(closed_at=None).order_by("ordinal")[0]
            verb = resharding.roll_over if n % 3 == 2 else resharding.split_shard
            verb(scope, arn, oldest.name)
            while before == Record.objects.count() and at_work():
                pass

    return split


def test_a_tailing_reader_misses_nothing_across_splits(scope: Scope) -> None:
    tail = Tail()

    def follow(at_work: Callable[[], bool]) -> None:
        more = True
        while more:
            more = at_work()
            tail.step()

    writers = [writer(scope, number) for number in range(WRITERS)]
    together([batch_writer(scope), *writers], meanwhile=[follow, splitter(scope)])
    while tail.step():
        pass

    assert len(tail.seen) == EXPECTED
    assert len({change["SequenceNumber"] for change in tail.seen}) == EXPECTED
    last: dict[str, Any] = {}
    for change in tail.seen:
        before = last.get(change["Keys"]["p"]["S"], {})
        assert change.get("OldImage") == before.get("NewImage")
        assert change["SequenceNumber"] > before.get("SequenceNumber", "")
        last[change["Keys"]["p"]["S"]] = change
    assert Shard.objects.count() > 6
