"""The team set-up of the README: PostgreSQL and a Redis outside, every part started by hand."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests import postgres, valkey
from tests.journeys.conftest import App
from tests.product import (
    END_SECONDS,
    ROOT,
    Product,
    clean_environment,
    eventually,
    free_port,
    is_alive,
)

pytestmark = [
    pytest.mark.journey,
    pytest.mark.sandbox,
    pytest.mark.skipif(not postgres.available(), reason="no PostgreSQL wheel for this machine"),
    pytest.mark.skipif(not valkey.available(), reason="no Redis-compatible server"),
]

SLOW = """
import time
def handler(event, context):
    ids = [r["dynamodb"]["Keys"]["id"]["S"] for r in event["Records"]]
    print("BEGUN", *ids)
    time.sleep(3 if "slow" in ids else 0)
    for one in ids:
        print("GOT", one)
"""


class Team:
    """A database, a Redis and the parts that share them."""

    def __init__(self, folder: Path, environment: Mapping[str, str], product: Product) -> None:
        self._folder = folder
        self._environment = {**clean_environment(), **environment}
        self.product = product
        self.worker: subprocess.Popen[bytes] | None = None

    def manage(self, *words: str) -> subprocess.Popen[bytes]:
        """Run one command of manage.py; its words go to a file named after it."""
        with (self._folder / f"{words[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "manage.py", *words],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def start_worker(self) -> None:
        """Start a worker that beats."""
        self.worker = self.manage("worker", "--beat")

    def end(self) -> None:
        """End the worker, if one runs."""
        if self.worker is not None:
            _end(self.worker)


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    folder = tmp_path_factory.mktemp("team")
    product = Product(folder / "data", free_port(), free_port())
    with ExitStack() as stack:
        environment = {
            "DATABASE_URL": stack.enter_context(postgres.server()),
            "REDIS_URL": stack.enter_context(valkey.server()),
            "GATEWAY_URL": product.gateway,
            "SHARDLIGHT_DATA": str(product.data),
            "SHARDLIGHT_SECRET_KEY": "of the whole team",
            "SHARDLIGHT_MAPPING_DELAY": "0",
            "SHARDLIGHT_LEASE": "5",
        }
        one = Team(folder, environment, product)
        assert one.manage("migrate").wait(END_SECONDS) == 0
        for words in (
            ["gateway", "--port", str(product.gateway_port)],
            ["web", "--port", str(product.port)],
        ):
            stack.callback(_end, one.manage(*words))
        stack.callback(one.end)
        one.start_worker()
        eventually(lambda: answers_page(product.console) and answers_page(product.gateway))
        yield one


def test_the_chain_works_on_postgresql_and_an_outside_redis(team: Team) -> None:
    app = App(team.product, "777777777701")
    app.function()
    app.trigger(app.table())

    app.put("a", "b", "c")

    assert app.wait_for("a", "b", "c") == ["a", "b", "c"]


def test_a_killed_worker_is_succeeded_once_its_leases_end(team: Team) -> None:
    app = App(team.product, "777777777702")
    stream = app.table()
    app.function(source=SLOW, Timeout=30)
    app.put("slow", "b")
    app.trigger(stream)
    assert team.worker is not None
    worker = psutil.Process(team.worker.pid)
    sandboxes = eventually(lambda: worker.children(recursive=True))

    team.worker.kill()
    team.worker.wait(END_SECONDS)
    assert eventually(lambda: not any(map(is_alive, sandboxes)))
    team.start_worker()
    app.put("c")

    assert app.wait_for("slow", "b", "c") == ["slow", "b", "c"]


def answers_page(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own
            return bool(answer.status == 200)
    except OSError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(END_SECONDS)
