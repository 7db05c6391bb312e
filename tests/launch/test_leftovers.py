"""What an earlier start left behind is ended before anything new begins, whatever happens to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from console.launch.leftovers import Leftovers
from tests.product import eventually, is_alive

PARENT = (
    "import subprocess, sys, time;"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print('ready', flush=True);"
    "time.sleep(600)"
)


@pytest.fixture
def leftovers(tmp_path: Path) -> Leftovers:
    return Leftovers(tmp_path / "processes.json")


def test_a_recorded_process_is_ended_with_its_children(leftovers: Leftovers) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        (child,) = psutil.Process(parent.pid).children()
        leftovers.note(parent.pid)

        assert leftovers.end() == 2

        assert parent.wait(60) is not None  # reaped by whoever ended it
        assert eventually(lambda: not is_alive(child))


def test_one_that_ends_while_it_is_looked_at_does_not_stop_the_start(
    leftovers: Leftovers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(self: psutil.Process, recursive: bool = False) -> list[psutil.Process]:
        raise psutil.NoSuchProcess(self.pid)

    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        leftovers.note(process.pid)
        monkeypatch.setattr(psutil.Process, "children", gone)

        assert leftovers.end() == 0

        process.kill()
