"""No answer before the disk: commits are written through, at once or when their debt is settled."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import suppress
from queue import SimpleQueue

import pytest
from django.db import DatabaseError, connection, transaction

from console.accounts.models import Tenancy
from console.aws.clock import SYSTEM_CLOCK, as_datetime
from console.gateway.pool import Pool
from console.sqlite.durability import owing, settle
from tests.loops import on_a_loop_of_its_own

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's log"),
]
NOW = as_datetime(SYSTEM_CLOCK.now())


@pytest.fixture
def syncs(monkeypatch):
    """Which thread has written a file through, in order."""
    done = []
    fdatasync = os.fdatasync

    def seen(file):
        fdatasync(file)
        done.append(threading.current_thread().name)

    monkeypatch.setattr(os, "fdatasync", seen)
    return done


def write():
    with transaction.atomic():
        return Tenancy.objects.create(account_number="111111111111", created_at=NOW)


def test_a_commit_waits_for_the_disk(syncs):
    write()

    assert syncs == [threading.current_thread().name]


def test_a_write_outside_a_transaction_waits_for_the_disk(syncs):
    written = write()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_tenancy WHERE id = %s", [written.pk])

    assert len(syncs) == 2


def test_a_reader_waits_for_nothing(syncs):
    with owing() as debt:
        Tenancy.objects.count()

    assert debt.log is None
    assert syncs == []


def test_what_was_taken_back_leaves_no_debt(syncs):
    with suppress(ZeroDivisionError), transaction.atomic():
        write()
        raise ZeroDivisionError

    with owing() as debt:
        Tenancy.objects.count()

    assert debt.log is None
    assert syncs == []


def test_a_debt_is_settled_after_the_disk_has_it(syncs):
    settled: SimpleQueue = SimpleQueue()

    with owing() as debt:
        write()
        write()
    assert syncs == []
    settle(debt, lambda failure: settled.put((failure, list(syncs))))

    assert settled.get(timeout=240) == (None, ["settler"])


def test_a_debt_that_a_later_commit_has_covered_costs_no_sync(syncs):
    settled: SimpleQueue = SimpleQueue()

    with owing() as debt:
        write()
    write()
    settle(debt, settled.put)

    assert settled.get(timeout=240) is None
    assert syncs == [threading.current_thread().name]


def test_a_call_fails_when_the_disk_does(monkeypatch):
    def fail(file):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", fail)
    pool: Pool = Pool("test", 1)

    def call():
        try:
            return write()
        finally:
            connection.close()

    async def ask():
        with pytest.raises(OSError, match="Input/output error"):
            await pool.run(call)

    on_a_loop_of_its_own(asyncio.wait_for(ask(), 240))


def test_errors_are_djangos():
    with pytest.raises(DatabaseError, match="no such table"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM nowhere")


def test_a_broken_transaction_takes_no_statements():
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
