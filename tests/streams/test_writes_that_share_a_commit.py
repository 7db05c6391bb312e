"""Calls that wait together share a transaction: one's refusal or failure is never another's."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.gateway import pool as gateway_pool
from console.gateway.pool import Pool
from console.sqlite.base import DatabaseWrapper
from tests.loops import on_a_loop_of_its_own
from tests.together import together
from triggers.dynamodb import items, reading
from triggers.dynamodb.expressions.request import Expressions
from triggers.streams import append, wakes
from triggers.streams.models import Record, Shard
from triggers.streams.reading import read_records

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="calls share on SQLite only"),
]
Call = Callable[[], Any]
COUNT = Expressions(update="ADD hits :one", values={":one": {"N": "1"}})
FRESH = Expressions(condition="attribute_not_exists(p)")


@pytest.fixture(autouse=True)
def _table(make_stream: Callable[..., Shard], monkeypatch: pytest.MonkeyPatch) -> None:
    make_stream()
    monkeypatch.setattr(gateway_pool, "TOGETHER_SECONDS", 60.0)


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The newest record at each commit."""
    made: list[int] = []
    commit = DatabaseWrapper._commit

    def counted(self: Any) -> None:
        commit(self)
        made.extend(self.connection.execute("SELECT head FROM triggers_shard").fetchone())

    monkeypatch.setattr(DatabaseWrapper, "_commit", counted)
    return made


def all_at_once(calls: list[Call]) -> list[Any]:
    """Have one thread make calls that have all come while it was busy; results and errors."""
    pool: Pool[Any] = Pool("test", 1)
    gate = threading.Event()

    async def ask() -> list[Any]:
        busy = pool.run(lambda: gate.wait(300))
        asked = [pool.run(call, joins=True) for call in calls]
        gate.set()
        await busy
        found = await asyncio.gather(*asked, return_exceptions=True)
        await pool.run(lambda: connection.close())
        return found

    return on_a_loop_of_its_own(asyncio.wait_for(ask(), 300))


def put(scope: Scope, key: str, expressions: Expressions = FRESH) -> Call:
    return lambda: items.put_item(scope, "Orders", {"p": {"S": key}}, expressions)


def add(scope: Scope, key: str = "a") -> Call:
    return lambda: items.update_item(scope, "Orders", {"p": {"S": key}}, COUNT)


def hits(scope: Scope, key: str = "a") -> str:
    body = reading.get_item(scope, "Orders", {"p": {"S": key}}).body
    assert body is not None
    return str(orjson.loads(body)["hits"]["N"])


def places() -> list[int]:
    return list(Record.objects.order_by("seq").values_list("seq", flat=True))


def test_calls_that_wait_together_share_a_commit(scope: Scope, commits: list[int]) -> None:
    all_at_once([put(scope, str(n)) for n in range(8)])

    assert commits == [8]
    assert places() == list(range(1, 9))


def test_a_transaction_is_not_shared_by_any_number(
    scope: Scope, commits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_pool, "MOST_TOGETHER", 3)

    all_at_once([put(scope, str(n)) for n in range(8)])

    assert commits == [3, 6, 8]


def test_an_old_transaction_takes_nobody_more(
    scope: Scope, commits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_pool, "TOGETHER_SECONDS", 0.0)

    all_at_once([put(scope, str(n)) for n in range(5)])

    assert commits == [2, 4, 5]


def test_a_call_without_company_has_a_commit_of_its_own(scope: Scope, commits: list[int]) -> None:
    all_at_once([put(scope, "a")])

    assert commits == [1]


def test_each_call_sees_what_those_before_it_did(scope: Scope) -> None:
    all_at_once([add(scope)] * 20)

    assert hits(scope) == "20"
    changes = [orjson.loads(bytes(r.body))["dynamodb"] for r in Record.objects.order_by("seq")]
    assert [change.get("OldImage") for change in changes] == [
        None,
        *(change["NewImage"] for change in changes[:-1]),
    ]


def test_a_refusal_leaves_the_others(scope: Scope, commits: list[int]) -> None:
    wrong_key = lambda: items.put_item(scope, "Orders", {"q": {"S": "a"}})  # noqa: E731
    no_table = lambda: items.put_item(scope, "Nothing", {"p": {"S": "a"}})  # noqa: E731

    found = all_at_once(
        [put(scope, "a"), put(scope, "a"), wrong_key, no_table, put(scope, "b"), add(scope)]
    )

    codes = [one.code if isinstance(one, AwsError) else None for one in found]
    assert codes == [
        None,
        "ConditionalCheckFailedException",
        "ValidationException",
        "ResourceNotFoundException",
        None,
        None,
    ]
    assert commits == [3]
    assert places() == [1, 2, 3]


def test_what_a_failing_call_has_written_is_taken_back_alone(
    scope: Scope, commits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails when item, record and place in the shard are written, just before its end."""
    failing = iter([False, True, False])

    def fail(name: str) -> None:
        if name == "write.recorded" and next(failing):
            raise ZeroDivisionError

    monkeypatch.setattr(append, "failpoint", fail)

    found = all_at_once([put(scope, "a"), put(scope, "b"), put(scope, "c")])

    assert [isinstance(one, ZeroDivisionError) for one in found] == [False, True, False]
    assert commits == [2]
    assert places() == [1, 2]
    assert reading.get_item(scope, "Orders", {"p": {"S": "b"}}).body is None


def lose_the_transaction() -> None:
    """What SQLite does of itself when the disk is full or fails."""
    with transaction.atomic():
        connection.connection.rollback()
        raise OperationalError("disk I/O error")


def test_a_lost_transaction_is_lost_to_one_call_only(scope: Scope) -> None:
    found = all_at_once([add(scope), add(scope), lose_the_transaction, add(scope), add(scope)])

    assert [isinstance(one, DatabaseError) for one in found] == [False, False, True, False, False]
    assert hits(scope) == "4"
    assert places() == [1, 2, 3, 4]


@pytest.mark.parametrize("company", [1, 8])
def test_when_a_shared_commit_fails_each_call_commits_by_itself(
    scope: Scope, monkeypatch: pytest.MonkeyPatch, company: int
) -> None:
    commit = DatabaseWrapper._commit
    failures = iter([OperationalError("database or disk is full")])

    def full(self: Any) -> None:
        for failure in failures:
            raise failure
        commit(self)

    monkeypatch.setattr(DatabaseWrapper, "_commit", full)

    found = all_at_once([add(scope)] * (company + 1))

    assert [isinstance(one, Exception) for one in found] == [False] * (company + 1)
    assert hits(scope) == str(company + 1)
    assert places() == list(range(1, company + 2))


def test_a_failure_after_the_commit_repeats_nothing(
    scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(name: str) -> None:
        raise ZeroDivisionError(name)

    monkeypatch.setattr(wakes, "failpoint", fail)

    all_at_once([add(scope)] * 4)

    assert hits(scope) == "4"
    assert places() == [1, 2, 3, 4]


def test_readers_are_woken_once_for_a_commit(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(wakes.hints, "publish", lambda channel, text: told.append(channel) or 1)
    shard = Shard.objects.get()
    Shard.objects.update(readers=1)

    all_at_once([put(scope, str(n)) for n in range(8)])
    all_at_once([put(scope, "later")])

    assert told == [wakes.channel(shard.pk)] * 2


def test_a_tailing_reader_misses_nothing(scope: Scope) -> None:
    """Two gateways whose callers crowd, and a reader that follows the shard."""
    shard = Shard.objects.get().pk
    seen: list[int] = []

    def gateway(number: int) -> Call:
        calls = [put(scope, f"{number}/{n}") for n in range(150)]
        return lambda: [all_at_once(calls[at : at + 10]) for at in range(0, 150, 10)] and None

    def tail(at_work: Callable[[], bool]) -> None:
        more = True
        while more:
            more = at_work()
            seen.extend(record.seq for record in read_records(shard, seen[-1] if seen else 0))

    together([gateway(1), gateway(2)], meanwhile=[tail])

    assert seen == list(range(1, 301))
