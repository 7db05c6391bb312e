"""Threads whose connections PostgreSQL has cut work on with new ones."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as configured
from django.db import OperationalError, connection, connections

from console.accounts.models import Tenancy
from console.gateway.pool import Pool
from functions.invocations.working import Workplace
from tests.invocations.conftest import place
from tests.loops import on_a_loop_of_its_own
from triggers.dynamodb.tasks import load
from triggers.polling.worker import Worker, _Local

__all__ = ["place"]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.skipif(configured.ON_SQLITE, reason="nobody cuts a connection to a file"),
]


def cut() -> None:
    """Lose this thread's connection as when the server ends."""
    connection.ensure_connection()
    connection.connection.close()


def test_a_task_after_one_that_failed_has_a_connection() -> None:
    cut()
    load.apply(args=[0])

    assert load.apply(args=[0]).successful()


def test_so_has_what_comes_without_celery(place: Workplace, settings: Any) -> None:
    settings.LANE_SLOTS = 1
    worker = Worker("w", place.pool)
    local, hands = _Local(worker._hands, worker), worker._hands

    hands.submit(cut).result()
    local.load(0)
    local.load(0)
    count = hands.submit(Tenancy.objects.count)
    hands.submit(connections.close_all).result()

    assert count.result() == 0
    worker.stop()
    worker.wait()


def test_so_has_what_the_gateway_does_after_an_answer() -> None:
    pool: Pool[int] = Pool("test", 1)

    def count() -> int:
        return Tenancy.objects.count()

    def fail() -> int:
        cut()
        return count()

    async def ask() -> int:
        with pytest.raises(OperationalError):
            await pool.run(fail)
        try:
            return await pool.run(count)
        finally:
            await pool.run(lambda: connections.close_all() or 0)

    assert on_a_loop_of_its_own(ask()) == 0
