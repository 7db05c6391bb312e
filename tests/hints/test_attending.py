"""A worker's attendants on a real Redis: who is waited for is heard at once, and all places serve."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from console import hints
from console.attending import Attendants
from console.links import Link
from tests import valkey
from tests.product import ROOT, clean_environment, eventually

pytestmark = [
    pytest.mark.redis,
    pytest.mark.skipif(not valkey.available(), reason="no Redis-compatible server"),
]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with valkey.server() as one:
        yield one


_numbers = itertools.count()


@pytest.fixture
def key() -> str:
    """One of the test's own: who has just closed still listens for a moment."""
    return f"tests-{next(_numbers)}"


@pytest.fixture(autouse=True)
def redis(key: str, url: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections that lose nothing, however long a loaded machine takes to answer."""
    settings.REDIS_URL = url
    patient = Redis.from_url(url, socket_timeout=240, socket_connect_timeout=240)
    monkeypatch.setattr(hints, "_clients", {(os.getpid(), hints.QUICK_SECONDS): patient})
    monkeypatch.setattr(hints, "_links", defaultdict(list))
    monkeypatch.setattr(hints, "Link", lambda address, *_: Link(address, 240, 240))
    monkeypatch.setattr(hints, "_resting_until", 0.0)
    yield
    for thread in threading.enumerate():
        if thread.name.startswith(f"{key}-"):
            hints.push(key, "the end")  # so that nobody listens on
            thread.join()
    patient.close()


class Desk:
    """What attendants do in these tests: note the id, and stay until they are let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.let_go = threading.Semaphore(0)

    def work(self, invocation_id: str) -> None:
        self.begun.append(invocation_id)
        assert self.let_go.acquire(timeout=240)
        self.ended.append(invocation_id)
        if invocation_id == "broken":
            raise ValueError(invocation_id)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def attendants(desk: Desk, key: str) -> Iterator[Attendants]:
    one = Attendants(key, 2, threading.BoundedSemaphore(2), desk.work)
    one.open()
    yield one
    one.close()


def test_as_many_run_at_once_as_there_are_attendants(
    attendants: Attendants, desk: Desk, key: str
) -> None:
    for name in ("a", "b", "c"):
        hints.push(key, name)
    eventually(lambda: len(desk.begun) == 2)

    desk.let_go.release()
    eventually(lambda: len(desk.begun) == 3)

    assert sorted(desk.begun) == ["a", "b", "c"]
    assert desk.begun[2] == "c"
    desk.let_go.release(2)


def test_what_fails_ends_no_attendant(attendants: Attendants, desk: Desk, key: str) -> None:
    desk.let_go.release(6)
    for _ in range(3):
        hints.push(key, "broken")
        hints.push(key, "whole")

    eventually(lambda: len(desk.ended) == 6)

    assert sorted(desk.ended) == ["broken"] * 3 + ["whole"] * 3


def test_no_attendant_runs_without_a_place(desk: Desk, key: str) -> None:
    places = threading.BoundedSemaphore(1)
    attendants = Attendants(key, 2, places, desk.work)
    places.acquire()
    attendants.open()
    hints.push(key, "a")
    eventually(lambda: hints.pop("nothing", 0.1) is None and not _queued(key))
    assert desk.begun == []

    places.release()

    eventually(lambda: desk.begun == ["a"])
    desk.let_go.release()
    attendants.close()


def test_closing_waits_for_what_runs(desk: Desk, key: str) -> None:
    attendants = Attendants(key, 2, threading.BoundedSemaphore(2), desk.work)
    attendants.open()
    hints.push(key, "a")
    eventually(lambda: desk.begun == ["a"])
    attendants.close()
    threading.Thread(target=desk.let_go.release).start()

    attendants.wait()

    assert desk.ended == ["a"]


def test_what_was_heard_and_not_begun_is_left_to_another_worker(desk: Desk, key: str) -> None:
    places = threading.BoundedSemaphore(1)
    attendants = Attendants(key, 1, places, desk.work)
    places.acquire()
    attendants.open()
    hints.push(key, "a")
    eventually(lambda: not _queued(key))

    attendants.close()
    attendants.wait()
    places.release()

    assert eventually(lambda: hints.pop(key, 0.1)) == "a"
    assert desk.begun == []


AT_ANY_MOMENT = """
import contextlib, os
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from console.attending import Attendants
from tests.interrupted import signalled

for moment in range(1, 120):
    attendants = Attendants("any", 1, contextlib.nullcontext(), print)
    with signalled(moment, attendants.close):
        attendants.open()
    attendants.close()
    attendants.wait()
print("closed each time")
"""


def test_a_signal_may_close_them_while_they_open() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_ANY_MOMENT],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("closed each time\n", "")


def _queued(key: str) -> int:
    link = hints.client()
    assert link is not None
    return int(link.llen(key))  # type: ignore[arg-type]
