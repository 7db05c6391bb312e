"""Functions that use everything up: they end, nothing of them is left, and their neighbour works on."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import psutil
import pytest

from functions.runtime import memory
from functions.runtime.pool import Pool
from functions.runtime.spec import EnvironmentSpec, Event
from tests.runtime.conftest import ARN, Write, run, until
from tests.runtime.hostile.exhaustion import ATTEMPTS
from tests.runtime.test_zygotes import spares, zygotes

pytestmark = pytest.mark.sandbox
CODE = (Path(__file__).parent / "exhaustion.py").read_text()
QUICK = (
    "never_end",
    "fork_twice_into_new_sessions",
    "flood_the_output",
    "ask_the_runtime_api_without_end",
    "read_no_answer_of_the_runtime_api",
    "crash",
)
NEIGHBOUR = "def handler(event, context):\n    return sum(range(20_000))\n"


Held = tuple[int, set[int], set[str], set[str]]


class Count:
    """Of what a pool takes, what there is now: open files, processes, control groups, mounts.

    A process that was there before, and whatever it starts, is none of the pool's: a browser that
    earlier tests started, for one, lets its own processes come and go. What waits prepared for the
    next start is no process of a function.
    """

    def __init__(self) -> None:
        self.strangers = set(psutil.Process().children())

    def __call__(self, pool: Pool) -> Held:
        groups = pool.isolation.groups
        mine = f"shardlight-{os.getpid()}-*"
        waiting = [one.tree for one in spares(pool)]
        made = set(psutil.Process().children()) - self.strangers
        below = {pid for one in made for pid in (one.pid, *memory.descendants(one.pid))}
        below -= {one.init_pid for one in waiting}
        folders = {
            str(g) for parent in (groups.parents if groups else ()) for g in parent.glob(mine)
        }
        folders -= {str(g) for one in waiting if one.group for g in one.group.folders}
        mounts = set(Path("/proc/self/mountinfo").read_text().splitlines())
        return len(os.listdir("/proc/self/fd")), below, folders, mounts


@pytest.fixture
def held() -> Count:
    """Made before the pool is, since pools start nothing before they are asked."""
    return Count()


def left(before: Held, now: Held) -> list[object]:
    """List what there is now and was not before; nothing, when all has come back."""
    files = [f"{now[0] - before[0]} open files"] if now[0] > before[0] else []
    return [*files, *(now[1] - before[1]), *(now[2] - before[2]), *(now[3] - before[3])]


def is_stocked(pool: Pool) -> bool:
    """Say whether every zygote has the next environment prepared."""
    return len(spares(pool)) == len(zygotes(pool))


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
def test_whatever_is_used_up_comes_back(
    held: Count, walled: Pool, write: Write, attempt: str
) -> None:
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
    assert until(lambda: not left(before, held(walled))), left(before, held(walled))


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
