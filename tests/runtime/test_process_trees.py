"""A worker that ends, or has come to the host's limits, leaves no process tree behind."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from functions.runtime.environment import Environment
from functions.runtime.pool import Pool
from functions.runtime.processes import Forked
from functions.runtime.spawning import StartError
from functions.runtime.spec import Event
from tests.runtime.conftest import ARN, Write, run

THREADS = 8


def at_once(ask: Callable[[], int | None]) -> list[int | None]:
    """What many threads hear that ask at the same moment."""
    gate = threading.Barrier(THREADS)

    def asking() -> int | None:
        gate.wait()
        return ask()

    with ThreadPoolExecutor(THREADS) as pool:
        return [one.result() for one in [pool.submit(asking) for _ in range(THREADS)]]


@pytest.mark.usefixtures("eager_switches")
@pytest.mark.parametrize("ask", [Forked.poll, Forked.wait])
def test_all_who_ask_hear_how_it_ended(ask: Callable[[Forked], int | None]) -> None:
    with subprocess.Popen(["/bin/true"]) as process:
        pidfd = os.pidfd_open(process.pid)
    for _ in range(50):
        ended, word = os.pipe()
        os.write(word, b"7 1024")
        os.close(word)
        life = Forked(process.pid, pidfd, ended)

        assert at_once(lambda life=life: ask(life)) == [7] * THREADS
        os.close(ended)
    os.close(pidfd)


@pytest.mark.sandbox
def test_a_tree_that_was_closed_is_killed_in_vain(pool: Pool, write: Write) -> None:
    environment = pool.lend(write("def handler(event, context): pass\n"))
    tree = environment.tree
    environment.kill()
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as other:
        tree.process.pid = tree.init_pid = other.pid  # as when its number is given out again

        tree.kill()

        assert other.poll() is None


@pytest.mark.sandbox
def test_what_starts_while_the_pool_closes_ends(
    pool: Pool, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Environment] = []
    start = Environment.start

    def closing(*args: object, **kwargs: object) -> Environment:
        started.append(start(*args, **kwargs))
        pool.close()
        return started[0]

    monkeypatch.setattr(Environment, "start", closing)
    with pytest.raises(StartError, match="stopping"):
        pool.lend(write("def handler(event, context): pass\n"))

    assert not started[0].is_alive


@pytest.mark.sandbox
def test_what_begins_again_while_it_is_given_up_ends(
    pool: Pool, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = "import time\ntime.sleep(600)\n"
    environment = pool.lend(write(endless, timeout_seconds=600))
    monkeypatch.setattr("functions.runtime.limits.INIT_SECONDS", 0.2)
    spawn = Environment._spawn

    def given_up(self: Environment) -> None:
        self.give_up()  # as another thread may, that still sees the first process
        spawn(self)

    monkeypatch.setattr(Environment, "_spawn", given_up)
    outcome = environment.invoke(Event("r", b"0", ARN))
    pool.give_back(environment)

    assert outcome.function_error
    assert not environment.is_alive


@pytest.mark.sandbox
def test_what_the_host_refuses_is_said_and_leaves_nothing(pool: Pool, write: Write) -> None:
    """Wherever on the way the descriptors run out."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    spec = write("def handler(event, context): return 'ran'\n")
    assert run(pool, spec).payload == b'"ran"'
    pool._freezer.close()  # it prepares another one in its own time
    pool._zygotes.restock()
    pool.lend(spec).kill()
    before = open_descriptors()
    free = [number for number in range(max(before) + 41) if number not in before]
    started, refusals = 0, set()
    for limit in free[:40]:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
        try:
            pool.lend(spec).kill()
            started += 1
        except StartError as error:
            refusals.add(str(error))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        broken = [key for key, one in pool._zygotes._found.items() if one is None]
        for key in broken:  # let the next try go the same way
            del pool._zygotes._found[key]

    assert 0 < started < 40
    assert any("Too many open files" in said for said in refusals)
    assert len(open_descriptors()) <= len(before)


def open_descriptors() -> set[int]:
    return {
        int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")
    }
