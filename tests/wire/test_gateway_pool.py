"""Calls that wait never hold up calls that do not."""

from __future__ import annotations

import asyncio
import threading

import pytest
from django.conf import settings

from console.aws import registry
from console.aws.registry import operation
from console.aws.wire.routes import Route
from console.gateway import app
from console.gateway.pool import Pool
from tests.loops import on_a_loop_of_its_own


def test_results_and_errors_come_back_to_the_event_loop():
    pool: Pool[int] = Pool("test", 2)

    async def calls():
        with pytest.raises(ZeroDivisionError):
            await pool.run(lambda: 1 // 0)
        return await asyncio.gather(*(pool.run(lambda n=n: n * n) for n in range(200)))

    assert on_a_loop_of_its_own(calls()) == [n * n for n in range(200)]


def test_a_full_pool_does_not_hold_up_another():
    waiting: Pool[bool] = Pool("waiting", 4)
    items: Pool[str] = Pool("items", 1)
    gate = threading.Event()

    async def calls():
        slow = [waiting.run(lambda: gate.wait(240)) for _ in range(8)]
        quick = await items.run(lambda: "done")
        assert not any(one.done() for one in slow)
        gate.set()
        return quick, await asyncio.gather(*slow)

    assert on_a_loop_of_its_own(calls()) == ("done", [True] * 8)


def test_an_abandoned_call_does_no_harm():
    pool: Pool[int] = Pool("test", 1)
    gate = threading.Event()

    async def calls():
        abandoned = pool.run(lambda: int(gate.wait(240)))
        abandoned.cancel()
        gate.set()
        return await pool.run(lambda: 7)

    assert on_a_loop_of_its_own(calls()) == 7


def test_a_call_that_outlives_its_loop_does_no_harm():
    pool: Pool[int] = Pool("test", 1)
    gate = threading.Event()

    async def left():
        pool.run(lambda: int(gate.wait(240)))

    async def later():
        return await pool.run(lambda: 7)

    on_a_loop_of_its_own(left())
    gate.set()

    assert on_a_loop_of_its_own(asyncio.wait_for(later(), 240)) == 7


def test_one_thread_makes_all_calls_that_it_gets_on_with():
    pool: Pool[str] = Pool("test", 4, patience=240.0)

    async def calls():
        return await asyncio.gather(
            *(pool.run(lambda: threading.current_thread().name) for _ in range(200))
        )

    assert set(on_a_loop_of_its_own(calls())) == {"test-1"}


def test_another_thread_joins_when_one_is_stuck():
    pool: Pool[str] = Pool("test", 2, patience=0.001)
    gate = threading.Event()

    async def calls():
        stuck = pool.run(lambda: str(gate.wait(240)))
        names = [await pool.run(lambda: threading.current_thread().name) for _ in range(20)]
        assert not stuck.done()
        gate.set()
        return set(names), await stuck

    assert on_a_loop_of_its_own(calls()) == ({"test-2"}, "True")


def test_calls_wait_their_turn_when_all_threads_are_stuck():
    pool: Pool[int] = Pool("test", 2, patience=0.001)
    gate = threading.Event()

    async def calls():
        stuck = [pool.run(lambda: int(gate.wait(240))) for _ in range(2)]
        queued = [pool.run(lambda n=n: n) for n in range(20)]
        await asyncio.sleep(0.02)
        assert not any(one.done() for one in [*stuck, *queued])
        gate.set()
        return await asyncio.gather(*stuck, *queued)

    assert on_a_loop_of_its_own(calls()) == [1, 1, *range(20)]


def test_operations_that_wait_have_threads_of_their_own(monkeypatch):
    monkeypatch.setattr(registry, "_offered", {})
    operation("lambda", "Invoke", waits=True)(lambda scope, params: {})
    operation("dynamodb", "PutItem")(lambda scope, params: {})

    assert app._pool(Route("lambda", "Invoke", "rest-json")) is app._waiting
    assert app._pool(Route("dynamodb", "PutItem", "json")) is app._items
    assert app._pool(Route("lambda", "Nothing", "rest-json")) is app._items
    assert settings.GATEWAY_WAITING_THREADS >= 64
