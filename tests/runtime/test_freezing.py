"""Between invocations nothing of an environment runs, and the next one finds it as it was."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from functions.runtime import cgroups, limits, memory
from functions.runtime.environment import Environment
from functions.runtime.pool import Pool
from functions.runtime.spec import Event
from tests.runtime.conftest import ARN, Write, run

pytestmark = pytest.mark.sandbox

#: Counts in a thread and in a child of that thread, and says how far they came.
BUSY = """
    import os, threading, time
    counted, told = 0, None
    def count():
        global counted, told
        read, write = os.pipe()
        if os.fork() == 0:
            while True:
                time.sleep(0.001)
                os.write(write, b"x")
        os.set_blocking(read, False)
        told = read
        while True:
            time.sleep(0.001)
            counted += 1
    threading.Thread(target=count, daemon=True).start()
    def handler(event, context):
        time.sleep(0.05)
        try:
            written = len(os.read(told, 1_000_000))
        except (TypeError, BlockingIOError):
            written = 0
        return [counted, written]
"""


def until(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


def states(environment: Environment) -> set[str]:
    tree = environment.tree
    pids = [tree.init_pid, *memory.descendants(tree.init_pid)]
    return {Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] for pid in pids}


def rest(pool: Pool, environment: Environment) -> None:
    pool.give_back(environment)
    assert until(lambda: environment.is_frozen and states(environment) == {"T"})


def test_an_environment_at_rest_is_frozen_with_all_its_processes(pool: Pool, write: Write) -> None:
    spec = write(BUSY)
    environment = pool.lend(spec)
    environment.invoke(Event("r", b"0", ARN))

    rest(pool, environment)
    time.sleep(1)
    counted, written = json.loads(run(pool, spec).payload)

    assert counted < 500
    assert written < 500


def test_a_frozen_environment_goes_on_warm(pool: Pool, write: Write) -> None:
    spec = write("n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    return n\n")

    answers = []
    for _ in range(3):
        environment = pool.lend(spec)
        answers.append(environment.invoke(Event("r", b"0", ARN)).payload)
        rest(pool, environment)

    assert answers == [b"1", b"2", b"3"]


def test_a_frozen_environment_is_killed_with_everything(walled: Pool, write: Write) -> None:
    environment = walled.lend(write(BUSY))
    environment.invoke(Event("r", b"0", ARN))
    rest(walled, environment)
    pid = environment.tree.init_pid

    environment.kill()

    assert not Path(f"/proc/{pid}").exists()


def test_what_cannot_be_stopped_is_ended(
    walled: Pool, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = walled.lend(write(BUSY))
    environment.invoke(Event("r", b"0", ARN))
    monkeypatch.setattr(limits, "FREEZE_PASSES", 0)

    walled.give_back(environment)

    assert until(lambda: not environment.is_alive)


@pytest.fixture
def groups(walled: Pool) -> cgroups.Groups:
    if walled.isolation.groups is None:
        pytest.skip("no cgroup can be made here")
    return walled.isolation.groups


def test_every_process_is_counted_in_a_group(
    walled: Pool, write: Write, groups: cgroups.Groups
) -> None:
    environment = walled.lend(write(BUSY))
    environment.invoke(Event("r", b"0", ARN))
    tree = environment.tree
    assert tree.group is not None

    pids = {tree.init_pid, *memory.descendants(tree.init_pid)}
    counted = [set(map(int, (f / "cgroup.procs").read_text().split())) for f in tree.group.folders]
    folders = tree.group.folders
    walled.give_back(environment)
    environment.kill()

    assert len(pids) == 3
    assert counted == [pids] * len(counted)
    assert not any(folder.exists() for folder in folders)


def test_the_kernel_ends_what_outgrows_its_group(
    walled: Pool, write: Write, groups: cgroups.Groups, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MEMORY_WATCH_SECONDS", 60.0)
    monkeypatch.setattr(limits, "UNTOUCHED_MB", 4000)
    monkeypatch.setattr(limits, "GROUP_SPARE_MB", 0)
    spec = write(
        "def handler(event, context):\n    return len(bytearray(900_000_000))\n", timeout_seconds=20
    )

    outcome = run(walled, spec)

    assert outcome.error_message.endswith("signal: killed")
    assert outcome.log_lines[-1][1].endswith("\tError Type: Runtime.OutOfMemory\n")


def test_groups_of_a_killed_worker_are_removed(groups: cgroups.Groups) -> None:
    left = [parent / "shardlight-4194303-7" for parent in groups.parents]  # beyond the last pid
    for folder in left:
        folder.mkdir()

    cgroups.find()

    assert not any(folder.exists() for folder in left)


def test_a_machine_without_groups_is_told_apart(tmp_path: Path) -> None:
    assert cgroups.find(tmp_path) is None
