"""Between invocations nothing of an environment runs, and the next one finds it as it was."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from functions.runtime import cgroups, limits, memory, processes
from functions.runtime.environment import Environment
from functions.runtime.pool import Pool
from functions.runtime.spec import Event
from tests.runtime.conftest import ARN, Write, is_gone, run, until

pytestmark = pytest.mark.sandbox

#: Goes on in a thread and in a child of that thread; answers once both have begun.
BUSY = """
    import os, threading, time
    begun = threading.Event()
    def work():
        read, write = os.pipe()
        if os.fork() == 0:
            while True:
                time.sleep(0.001)
                os.write(write, b"x")
        while os.read(read, 1):
            begun.set()
    threading.Thread(target=work, daemon=True).start()
    def handler(event, context):
        begun.wait()
"""

#: Children at rest that each hold memory of their own; answers once all of them have written to it.
HOLDING = """
    import os, time
    def handler(event, context):
        read, write = os.pipe()
        for _ in range(event["children"]):
            if os.fork() == 0:
                held = bytearray(os.urandom(event["bytes"]))
                os.write(write, b"x")
                while True:
                    time.sleep(60)
        for _ in range(event["children"]):
            os.read(read, 1)
"""


def pids(environment: Environment) -> list[int]:
    tree = environment.tree
    return [tree.init_pid, *memory.descendants(tree.init_pid)]


def threads(environment: Environment) -> list[Path]:
    return [one for pid in pids(environment) for one in Path(f"/proc/{pid}/task").iterdir()]


def states(environment: Environment) -> set[str]:
    stats = [(thread / "stat").read_text() for thread in threads(environment)]
    return {stat.rsplit(")", 1)[1].split()[0] for stat in stats}


def turns(environment: Environment) -> dict[Path, list[str]]:
    """How often each thread has given the processor back."""
    lines = {one: (one / "status").read_text().splitlines() for one in threads(environment)}
    return {one: [text for text in found if "ctxt" in text] for one, found in lines.items()}


def is_held(environment: Environment) -> bool:
    """Say whether its group keeps it still, which no signal changes."""
    group = environment.tree.group
    events = [] if group is None else [one / "cgroup.events" for one in group.folders]
    return any("frozen 1" in one.read_text() for one in events if one.exists())


def is_still(environment: Environment) -> bool:
    return is_held(environment) or states(environment) == {"T"}


def rest(pool: Pool, environment: Environment) -> None:
    pool.give_back(environment)
    assert until(lambda: environment.is_frozen and is_still(environment))


@pytest.fixture
def by_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do as where no group can hold processes still."""
    monkeypatch.setattr(cgroups.Group, "freeze", lambda group, still: False)


@pytest.fixture(params=["by what there is", "by signals"])
def either_way(request: pytest.FixtureRequest) -> None:
    if request.param == "by signals":
        request.getfixturevalue("by_signals")


@pytest.mark.usefixtures("either_way")
def test_an_environment_at_rest_is_frozen_with_all_its_processes(pool: Pool, write: Write) -> None:
    spec = write(BUSY)
    environment = pool.lend(spec)
    environment.invoke(Event("r", b"0", ARN))

    before = turns(environment)
    if not any(before.values()):
        pytest.skip("this kernel does not count turns")
    assert until(lambda: turns(environment) != before)
    rest(pool, environment)
    before = turns(environment)
    time.sleep(0.5)

    assert len(before) > len(pids(environment))  # more than one thread of a process
    assert turns(environment) == before
    assert run(pool, spec).payload == b"null"


@pytest.mark.usefixtures("either_way")
def test_a_frozen_environment_goes_on_warm(pool: Pool, write: Write) -> None:
    spec = write("n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    return n\n")

    answers = []
    for _ in range(3):
        environment = pool.lend(spec)
        answers.append(environment.invoke(Event("r", b"0", ARN)).payload)
        rest(pool, environment)

    assert answers == [b"1", b"2", b"3"]


#: Counts in /tmp without end, and has itself woken when it is stopped.
WAKING = """
    import ctypes, os, signal, struct, threading, time
    def ring():
        signal.signal(signal.SIGCONT, lambda *_: None)
        timer, libc = ctypes.c_int(), ctypes.CDLL(None)
        each = struct.pack("qqqq", 0, 5_000_000, 0, 5_000_000)
        wish = ctypes.create_string_buffer(struct.pack("QiiQ", 0, signal.SIGCONT, 0, 0), 64)
        assert libc.timer_create(1, wish, ctypes.byref(timer)) == 0
        assert libc.timer_settime(timer, 0, each, None) == 0
    def wake_each_other():
        for _ in range(4):
            if os.fork() == 0:
                while True:
                    os.kill(-1, signal.SIGCONT)
    def handler(event, context):
        begun = threading.Event()
        def count():
            for number in range(10**9):
                with open("/tmp/count", "w") as file:
                    file.write(str(number))
                begun.set()
                time.sleep(0.001)
        threading.Thread(target=count, daemon=True).start()
        ring() if event == "timer" else wake_each_other()
        begun.wait()
"""


@pytest.mark.parametrize("how", ["timer", "each other"])
def test_no_signal_wakes_what_is_frozen(
    walled: Pool, write: Write, groups: cgroups.Groups, how: str
) -> None:
    spec = write(WAKING)
    environment = walled.lend(spec)
    environment.invoke(Event("r", json.dumps(how).encode(), ARN))
    assert environment.tree.group is not None
    counted = Path(f"/proc/{environment.tree.init_pid}/root/tmp/count")

    walled.give_back(environment)
    assert until(lambda: environment.is_frozen)
    if not any((one / "cgroup.freeze").exists() for one in environment.tree.group.folders):
        pytest.skip("no cgroup of version 2 here")
    assert until(lambda: is_held(environment))
    before = counted.read_text()
    time.sleep(0.5)
    after = counted.read_text()

    woken = walled.lend(spec)  # in nobody's rest any more, where the freezer passes by
    went_on = until(lambda: counted.read_text() not in ("", before))
    walled.give_back(woken)

    assert woken is environment
    assert after == before
    assert went_on


def test_a_process_is_seen_to_stand_still() -> None:
    with subprocess.Popen(["sleep", "600"]) as process:
        moves = memory.is_stopped(process.pid)
        process.send_signal(signal.SIGSTOP)
        stands = memory.is_stopped(process.pid)
        process.send_signal(signal.SIGCONT)
        goes_on = memory.is_stopped(process.pid)
        process.kill()
    gone = memory.is_stopped(process.pid)

    assert (moves, stands, goes_on, gone) == (False, True, False, True)


@pytest.mark.usefixtures("either_way")
def test_a_frozen_environment_is_killed_with_everything(walled: Pool, write: Write) -> None:
    environment = walled.lend(write(BUSY))
    environment.invoke(Event("r", b"0", ARN))
    rest(walled, environment)
    pid = environment.tree.init_pid

    environment.kill()

    assert until(lambda: is_gone(pid))


@pytest.mark.usefixtures("by_signals")
def test_what_cannot_be_stopped_is_ended(
    walled: Pool, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = walled.lend(write(BUSY))
    environment.invoke(Event("r", b"0", ARN))
    monkeypatch.setattr(limits, "FREEZE_PASSES", 0)

    walled.give_back(environment)

    assert until(lambda: not environment.is_alive)


def test_many_processes_are_frozen_at_once(
    walled: Pool, write: Write, groups: cgroups.Groups, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = walled.lend(write(HOLDING, memory_mb=512))
    environment.invoke(Event("r", b'{"children": 40, "bytes": 1}', ARN))
    assert environment.tree.group is not None
    if not any((one / "cgroup.freeze").exists() for one in environment.tree.group.folders):
        pytest.skip("no cgroup of version 2 here")
    asked: list[int] = []

    with monkeypatch.context() as patched:
        patched.setattr(memory, "descendants", lambda pid: asked.append(pid) or iter(()))
        patched.setattr(processes, "_signal", lambda pid, number: asked.append(pid))
        walled.give_back(environment)
        frozen = until(lambda: environment.is_frozen and is_held(environment))
        again = walled.lend(environment.spec)
        thawed = until(lambda: not is_held(again))
    walled.give_back(again)

    assert again is environment
    assert frozen
    assert thawed
    assert environment.tree.init_pid not in asked


def test_who_is_being_frozen_is_waited_for_by_who_wants_it_alone(
    pool: Pool, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "def handler(event, context):\n    return event\n"
    slow, quick = (pool.lend(write(code, version=version)) for version in "12")
    begun, go_on = threading.Event(), threading.Event()
    freeze = processes.ProcessTree.freeze

    def freeze_slowly(tree: processes.ProcessTree) -> bool:
        if tree is slow.tree:
            begun.set()
            go_on.wait()
        return freeze(tree)

    for one in (slow, quick):
        one.invoke(Event("r", b"0", ARN))
    monkeypatch.setattr(processes.ProcessTree, "freeze", freeze_slowly)
    for one in (quick, slow):
        pool.give_back(one)
    with ThreadPoolExecutor(2) as others:
        assert begun.wait(limits.KILL_SECONDS)
        another = others.submit(pool.lend, quick.spec)
        same = others.submit(pool.lend, slow.spec)
        try:
            assert another.result(timeout=limits.KILL_SECONDS) is quick
            assert not same.done()
        finally:
            go_on.set()
        assert same.result() is slow
    outcome = slow.invoke(Event("r", b"0", ARN))
    for one in (slow, quick):
        pool.give_back(one)

    assert outcome.payload == b"0"
