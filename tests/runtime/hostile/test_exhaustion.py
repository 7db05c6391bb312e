"""Functions that use everything up: they end, nothing of them is left, and their neighbour works on."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from functions.runtime import memory
from functions.runtime.pool import Pool
from functions.runtime.spec import EnvironmentSpec, Event
from tests.runtime.conftest import ARN, Write, run
from tests.runtime.hostile.exhaustion import ATTEMPTS
from tests.runtime.test_zygotes import spares, zygotes

pytestmark = pytest.mark.sandbox
CODE = (Path(__file__).parent / "exhaustion.py").read_text()
QUICK = ("never_end", "fork_twice_into_new_sessions", "flood_the_output", "crash")
NEIGHBOUR = "def handler(event, context):\n    return sum(range(20_000))\n"


def held(pool: Pool) -> tuple[object, ...]:
    """What this process holds, what lives below it, which groups and mounts there are.

    What waits prepared for the next start is no process of a function.
    """
    groups = pool.isolation.groups
    mine = f"shardlight-{os.getpid()}-*"
    waiting = [one.tree for one in spares(pool)]
    below = set(memory.descendants(os.getpid())) - {tree.init_pid for tree in waiting}
    made = {str(g) for parent in (groups.parents if groups else ()) for g in parent.glob(mine)}
    made -= {str(g) for tree in waiting if tree.group for g in tree.group.folders}
    return len(os.listdir("/proc/self/fd")), below, made, Path("/proc/self/mountinfo").read_text()


def is_stocked(pool: Pool) -> bool:
    """Say whether every zygote has the next environment prepared."""
    return len(spares(pool)) == len(zygotes(pool))


def until(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


def invoke(pool: Pool, spec: EnvironmentSpec, attempt: str) -> None:
    """Run a hostile function to its end and make sure that its environment is gone."""
    environment = pool.lend(spec)
    environment.invoke(Event("r", json.dumps({"attempt": attempt}).encode(), ARN))
    environment.kill()
    pool.give_back(environment)


@pytest.mark.parametrize(
    "attempt",
    [one if one in QUICK else pytest.param(one, marks=pytest.mark.proof) for one in ATTEMPTS],
)
def test_whatever_is_used_up_comes_back(walled: Pool, write: Write, attempt: str) -> None:
    spec = write(CODE, timeout_seconds=2, function_arn=f"{ARN}-hostile")
    neighbour = write(NEIGHBOUR)
    run(walled, neighbour)
    first = walled.lend(spec)  # its zygote stays, and is no process of the function
    first.kill()
    walled.give_back(first)
    assert until(lambda: is_stocked(walled))
    before = held(walled)

    invoke(walled, spec, attempt)
    answer = run(walled, neighbour)

    assert answer.payload == b"199990000"
    assert until(lambda: held(walled)[1:] == before[1:]), (held(walled)[1:], before[1:])
    assert until(lambda: held(walled)[0] <= before[0]), (held(walled)[0], before[0])


def test_there_are_as_many_functions_as_promised() -> None:
    assert len(ATTEMPTS) >= 20


@pytest.mark.proof
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_neighbour_works_on(walled: Pool, write: Write, attempt: str) -> None:
    neighbour = write(NEIGHBOUR)
    run(walled, neighbour)
    spec = write(CODE, timeout_seconds=2, function_arn=f"{ARN}-hostile")
    hostile = threading.Thread(target=invoke, args=(walled, spec, attempt))

    hostile.start()
    answers = [run(walled, neighbour) for _ in range(100)]
    hostile.join()

    assert {answer.payload for answer in answers} == {b"199990000"}
