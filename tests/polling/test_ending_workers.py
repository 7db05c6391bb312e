"""A worker ends in order: what runs there runs on, as its own, and nothing that fails ends it before."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from console.aws.scope import Scope
from functions.catalog.names import FunctionName
from functions.invocations import invoking, working
from functions.invocations.invoking import InvocationType
from functions.invocations.models import Invocation
from functions.invocations.working import Workplace
from tests.invocations.conftest import Make, make, place
from tests.polling.conftest import EPOCH, FrozenClock, at
from tests.product import eventually
from triggers.models import Lane
from triggers.polling import leases
from triggers.polling.worker import Worker

__all__ = ["make", "place"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sandbox]

TTL = 3.0


@pytest.fixture
def worker(place: Workplace, clock: FrozenClock, settings: Any) -> Iterator[Worker]:
    settings.LEASE_SECONDS = TTL
    one = Worker("w", place.pool, clock=clock)
    yield one
    one.stop()
    one.wait()
    for thread in threading.enumerate():
        if thread.name in ("heartbeat", "sweep", "provisioned"):
            thread.join()


def test_a_lane_in_hand_stays_so_while_its_worker_ends(
    worker: Worker, clock: FrozenClock, lane_of: Callable[[int], Lane]
) -> None:
    row = lane_of(1)
    held = leases.claim(row.pk, "w", EPOCH, TTL)
    assert held is not None

    def is_kept(until: float) -> bool:
        row.refresh_from_db()
        return row.expires_at == at(until)

    with worker._holding.of(held):
        worker.start()
        worker.stop()
        clock.sleep(20)

        assert eventually(lambda: is_kept(EPOCH + 20 + TTL))


def test_what_runs_without_celery_runs_to_its_end(
    worker: Worker, place: Workplace, scope: Scope, make: Make
) -> None:
    make("import time\ndef handler(event, context):\n    time.sleep(2)\n    return 'whole'\n")
    name = FunctionName(scope.account, scope.region, "probe")
    invoking.invoke(scope, name, b"{}", InvocationType.EVENT)
    row = Invocation.objects.get()

    def run() -> None:
        working.work(str(row.pk), place)
        connections.close_all()

    worker._hands.submit(run)
    eventually(lambda: Invocation.objects.filter(state=Invocation.State.RUNNING).exists())
    worker.stop()
    worker.wait()
    place.pool.close()

    row.refresh_from_db()
    assert (row.state, bytes(row.result), row.error_type) == ("done", b'"whole"', "")


def test_what_fails_is_tried_again(worker: Worker) -> None:
    end = threading.Event()
    tried: list[None] = []

    def work() -> None:
        tried.append(None)
        if len(tried) == 3:
            end.set()
        raise FileNotFoundError

    worker._every(0.0, work, end)

    assert len(tried) == 3
