"""Nothing acknowledged is lost: over kills of the worker, kills of everything, and lost messages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.journeys.conftest import App
from tests.product import Product, eventually, is_alive, running

pytestmark = [pytest.mark.proof, pytest.mark.sandbox]

SLOW = """
import time
def handler(event, context):
    ids = [r["dynamodb"]["Keys"]["id"]["S"] for r in event["Records"]]
    if "slow" in ids:
        time.sleep(5)
    for one in ids:
        print("GOT", one)
"""


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    with running(tmp_path / "data", {"SHARDLIGHT_MAPPING_DELAY": "0"}, "--no-demo") as one:
        yield one


@pytest.fixture
def app(product: Product) -> App:
    return App(product, "444444444444")


def environments(product: Product) -> list[psutil.Process]:
    """The processes that run user code now."""
    return product.part("worker").children(recursive=True)


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [process for process in processes if is_alive(process)]


def test_a_worker_killed_in_a_batch_is_replaced_and_the_batch_comes_again(app: App) -> None:
    stream = app.table()
    app.function(source=SLOW, Timeout=30)
    app.put("slow", "b", "c")
    app.trigger(stream)
    sandboxes = eventually(lambda: environments(app.product))

    app.product.part("worker").kill()

    assert app.wait_for("slow", "b", "c") == ["slow", "b", "c"]
    assert eventually(lambda: not alive(sandboxes))
    assert any("worker was killed, starting it again" in line for line in app.product.lines)


def test_everything_killed_in_a_batch_goes_on_after_the_next_start(app: App) -> None:
    stream = app.table()
    app.function(source=SLOW, Timeout=30)
    app.put("slow", "b")
    app.trigger(stream)
    eventually(lambda: environments(app.product))

    everything = app.product.processes()
    app.product.kill()
    assert eventually(lambda: not alive(everything))
    app.product.start()
    app.put("c")

    assert app.wait_for("slow", "b", "c") == ["slow", "b", "c"]


def test_an_orderly_restart_repeats_nothing_and_leaves_no_process(app: App) -> None:
    app.function()
    app.trigger(app.table())
    app.put("a", "b")
    app.wait_for("a", "b")

    everything = app.product.processes()
    assert app.product.stop() == 0
    assert eventually(lambda: not alive(everything))
    app.product.start()
    app.put("c")

    assert app.wait_for("a", "b", "c") == ["a", "b", "c"]


@pytest.mark.parametrize("share", ["1", "0.5"])
def test_lost_wakes_and_messages_cost_only_time(tmp_path: Path, share: str) -> None:
    """With every hint lost (1) the workers find all work by themselves; with half of them, too."""
    lossy = {"SHARDLIGHT_MAPPING_DELAY": "0", "SHARDLIGHT_HINT_LOSS": share}
    with running(tmp_path / "data", lossy, "--no-demo") as product:
        app = App(product, "444444444444")
        app.function()
        app.trigger(app.table())
        ids = [f"i{n}" for n in range(40)]

        for one in ids:
            app.put(one)

        assert app.wait_for(*ids) == ids
        answer = app.functions.invoke(FunctionName="reader", Payload=b'{"Records": []}')
        assert answer["StatusCode"] == 200


def test_without_redis_everything_works_only_slower(tmp_path: Path) -> None:
    with running(tmp_path / "data", {"SHARDLIGHT_MAPPING_DELAY": "0"}, "--no-demo") as product:
        app = App(product, "444444444444")
        app.function()
        app.trigger(app.table())
        valkey = next(
            p for p in psutil.Process(product.process.pid).children() if "valkey" in p.name()
        )
        valkey.suspend()
        try:
            app.put("a")
            app.put("b")
            assert app.wait_for("a", "b") == ["a", "b"]
        finally:
            valkey.resume()
        app.put("c")

        assert app.wait_for("a", "b", "c") == ["a", "b", "c"]
