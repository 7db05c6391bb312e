"""How log lines reach their stream."""

from __future__ import annotations

import contextlib
import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from console.accounts.tenancy import scope_for
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.observability import groups
from functions.observability.models import LogEvent, LogGroup, LogStream
from functions.observability.writing import put_events

pytestmark = pytest.mark.django_db
NOW = 1_790_000_000_000


@pytest.fixture
def scope() -> Scope:
    return scope_for("111111111111", "us-east-1")


def write(scope: Scope, *events: tuple[int, str], group: str = "g", stream: str = "s") -> None:
    put_events(scope.tenancy, scope.region, group, stream, list(events), NOW)


def test_the_first_events_make_group_and_stream(scope: Scope) -> None:
    write(scope, (NOW - 5, "one"), (NOW - 3, "two"))

    stream = LogStream.objects.get(name="s", group__name="g", group__region="us-east-1")
    assert (stream.first_ms, stream.last_ms, stream.ingested_ms) == (NOW - 5, NOW - 3, NOW)
    assert stream.created_at.timestamp() == NOW / 1000
    assert list(stream.events.order_by("id").values_list("at_ms", "message")) == [
        (NOW - 5, "one"),
        (NOW - 3, "two"),
    ]


def test_later_events_join_the_stream_and_move_its_times(scope: Scope) -> None:
    write(scope, (NOW, "one"))
    write(scope, (NOW + 9, "two"))
    write(scope, (NOW - 9, "late"))

    stream = LogStream.objects.get()
    assert (stream.first_ms, stream.last_ms) == (NOW - 9, NOW + 9)
    assert stream.events.count() == 3


def test_a_known_stream_costs_two_statements(scope: Scope) -> None:
    write(scope, (NOW, "one"))

    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        write(scope, *[(NOW, f"line {number}") for number in range(400)])

    assert len(queries) == 2


def test_more_events_than_one_statement_holds_keep_their_order(scope: Scope) -> None:
    write(scope, *[(NOW, str(number)) for number in range(1203)])

    messages = LogEvent.objects.order_by("id").values_list("message", flat=True)
    assert list(messages) == [str(number) for number in range(1203)]


def test_no_events_write_nothing(scope: Scope) -> None:
    write(scope)

    assert not LogGroup.objects.exists()


def test_accounts_and_regions_have_streams_of_their_own(scope: Scope) -> None:
    write(scope, (NOW, "mine"))
    write(scope_for("222222222222", "us-east-1"), (NOW, "other account"))
    write(scope_for("111111111111", "eu-west-1"), (NOW, "other region"))

    assert LogGroup.objects.filter(name="g").count() == 3
    mine = LogEvent.objects.filter(
        stream__group__tenancy=scope.tenancy, stream__group__region="us-east-1"
    )
    assert [event.message for event in mine] == ["mine"]


def test_events_vanish_with_the_transaction_of_the_caller(scope: Scope) -> None:
    write(scope, (NOW, "kept"))

    with transaction.atomic():
        write(scope, (NOW, "lost"))
        transaction.set_rollback(True)

    assert [event.message for event in LogEvent.objects.all()] == ["kept"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_make_one_group_and_one_stream() -> None:
    scope = scope_for("111111111111", "us-east-1")
    barrier = threading.Barrier(8)
    failures: list[Exception] = []

    def work() -> None:
        barrier.wait()
        try:
            write(scope, (NOW, "x"))
        except Exception as error:  # noqa: BLE001 - told by the assertion below
            failures.append(error)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert (LogStream.objects.count(), LogEvent.objects.count()) == (1, 8)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_writers_survive_the_deletion_of_their_group() -> None:
    scope = scope_for("111111111111", "us-east-1")
    failures: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(40):
                write(scope, (NOW, "x"))
        except Exception as error:  # noqa: BLE001 - told by the assertion below
            failures.append(error)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        with contextlib.suppress(AwsError):
            groups.delete_group(scope, "g")
    for thread in threads:
        thread.join()

    assert failures == []
