"""Each environment has a group of the kernel's, which counts and limits all of it together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from functions.runtime import cgroups, limits, memory
from functions.runtime.pool import Pool
from functions.runtime.spec import Event
from tests.runtime.conftest import ARN, Write, run
from tests.runtime.test_freezing import BUSY, HOLDING, pids

pytestmark = pytest.mark.sandbox


def test_every_process_is_counted_in_a_group(
    walled: Pool, write: Write, groups: cgroups.Groups
) -> None:
    environment = walled.lend(write(BUSY))
    environment.invoke(Event("r", b"0", ARN))
    tree = environment.tree
    assert tree.group is not None

    running = set(pids(environment))
    counted = [set(map(int, (f / "cgroup.procs").read_text().split())) for f in tree.group.folders]
    folders = tree.group.folders
    walled.give_back(environment)
    environment.kill()

    assert len(running) == 3
    assert counted == [running] * len(counted)
    assert not any(folder.exists() for folder in folders)


def test_functions_have_less_of_a_busy_cpu_than_what_serves_them(
    walled: Pool, write: Write, groups: cgroups.Groups
) -> None:
    usual = groups.make()
    environment = walled.lend(write(BUSY))
    group = environment.tree.group
    assert group is not None

    pairs = [
        (int((theirs / name).read_text()), int((ours / name).read_text()))
        for theirs, ours in zip(group.folders, usual.folders, strict=True)
        for name in ("cpu.weight", "cpu.shares")
        if (theirs / name).exists()
    ]
    groups.give_back(usual)
    walled.give_back(environment)

    if not pairs:
        pytest.skip("no share of the CPU can be set here")
    assert [theirs * 100 // ours for theirs, ours in pairs] == [limits.CPU_WEIGHT]


def test_many_processes_are_looked_at_without_asking_each(
    walled: Pool, write: Write, groups: cgroups.Groups, monkeypatch: pytest.MonkeyPatch
) -> None:
    children, held = 40, 1_000_000
    environment = walled.lend(write(HOLDING, memory_mb=512))
    event = json.dumps({"children": children, "bytes": held}).encode()
    environment.invoke(Event("r", event, ARN))
    tree = environment.tree
    each = memory.resident_mb(tree.init_pid)
    read: list[str] = []
    real = memory._read
    monkeypatch.setattr(memory, "_read", lambda path: read.append(path) or real(path))

    used = tree.resident_mb()
    walled.give_back(environment)

    assert used >= children * held / 2**20
    assert used == pytest.approx(each, rel=0.25)
    assert {path.split("/")[2] for path in read} == {str(tree.main_pid)}


def test_children_that_hold_too_much_together_are_out_of_memory(
    walled: Pool, write: Write, groups: cgroups.Groups
) -> None:
    outcome = run(walled, write(HOLDING), {"children": 16, "bytes": 10_000_000})

    assert outcome.log_lines[-1][1].endswith("\tError Type: Runtime.OutOfMemory\n")


#: Holds memory that is not one process's own: mapped by a child only, or not mapped at all.
SHARING = """
    import mmap, os, time
    def handler(event, context):
        if event == "file in /tmp":
            with open("/tmp/file", "wb") as file:
                file.write(bytes(200_000_000))
        elif event == "file without a name":
            fd = os.memfd_create("held")
            for _ in range(200):
                os.write(fd, bytes(1_000_000))
        else:
            for _ in range(2):
                if os.fork() == 0:
                    held = mmap.mmap(-1, 100_000_000)
                    held.write(bytes(100_000_000))
                    time.sleep(600)
        time.sleep(0 if event == "file in /tmp" else 600)
"""


@pytest.mark.parametrize("kind", ["file without a name", "map of children"])
def test_memory_that_is_shared_counts(
    walled: Pool, write: Write, groups: cgroups.Groups, kind: str
) -> None:
    outcome = run(walled, write(SHARING, timeout_seconds=300), kind)

    assert outcome.log_lines[-1][1].endswith("\tError Type: Runtime.OutOfMemory\n")


def test_files_in_tmp_are_no_memory(walled: Pool, write: Write, groups: cgroups.Groups) -> None:
    environment = walled.lend(write(SHARING))

    outcome = environment.invoke(Event("r", b'"file in /tmp"', ARN))
    used = environment.tree.resident_mb()
    walled.give_back(environment)

    assert outcome.payload == b"null"
    assert used < 100


def test_environments_of_a_version_do_not_take_each_others_threads(
    walled: Pool, write: Write, groups: cgroups.Groups
) -> None:
    spec = write(
        """
        import threading
        def handler(event, context):
            for _ in range(450):
                threading.Thread(target=threading.Event().wait, daemon=True).start()
            return threading.active_count()
        """,
        memory_mb=512,
    )
    both = [walled.lend(spec), walled.lend(spec)]

    answers = [one.invoke(Event("r", b"0", ARN)).payload for one in both]
    for one in both:
        walled.give_back(one)

    assert all(int(answer) > 450 for answer in answers)


def test_the_kernel_ends_what_outgrows_its_group(
    walled: Pool, write: Write, groups: cgroups.Groups, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MEMORY_WATCH_SECONDS", 60.0)
    monkeypatch.setattr(limits, "UNTOUCHED_MB", 4000)
    monkeypatch.setattr(limits, "GROUP_SPARE_MB", 0)
    spec = write("def handler(event, context):\n    return len(bytearray(900_000_000))\n")

    outcome = run(walled, spec)

    assert outcome.error_message.endswith("signal: killed")
    assert outcome.log_lines[-1][1].endswith("\tError Type: Runtime.OutOfMemory\n")


def test_groups_of_a_killed_worker_are_removed(groups: cgroups.Groups) -> None:
    left = [parent / "shardlight-4194303-7" for parent in groups.parents]  # beyond the last pid
    for folder in left:
        folder.mkdir(exist_ok=True)

    cgroups.find()

    assert not any(folder.exists() for folder in left)


def test_a_machine_without_groups_is_told_apart(tmp_path: Path) -> None:
    assert cgroups.find(tmp_path) is None
