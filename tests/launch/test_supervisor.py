"""A start has come off once every part answers, each for itself; then what ends is started again."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console.aws.clock import SystemClock
from console.launch.leftovers import Leftovers
from console.launch.part import Part
from console.launch.supervisor import Supervisor
from tests.product import ROOT, eventually

LASTING = "print('all is well', flush=True); import time; time.sleep(600)"
FAILING = """
import pathlib, sys, time
while not pathlib.Path(sys.argv[1]).exists():
    time.sleep(0.01)
print("what happened", flush=True)
sys.exit("why")
"""

AT_ANY_MOMENT = """
from pathlib import Path
from console.launch.leftovers import Leftovers
from console.launch.supervisor import Supervisor
from tests.interrupted import signalled

class Clock:
    sleep = staticmethod(lambda seconds: None)

for moment in range(1, 500):
    supervisor = Supervisor([], Path("."), {}, Leftovers(Path("none")), print, Clock())
    with signalled(moment, supervisor.stop):
        supervisor.watch()
print("ended each time")
"""


class Later(SystemClock):
    """The machine's clock, set ahead."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


@contextmanager
def watched(part: Part, folder: Path, clock: SystemClock) -> Iterator[list[str]]:
    """Start a part and watch it; gives what is said."""
    said: list[str] = []
    leftovers = Leftovers(folder / "processes.json")
    supervisor = Supervisor([part], folder, {}, leftovers, said.append, clock)
    assert supervisor.start(patience=60)
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    try:
        yield said
    finally:
        supervisor.stop()
        watching.join()
        supervisor.end()


def test_a_signal_ends_it_at_any_moment() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_ANY_MOMENT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("ended each time\n", "")


def test_who_answers_at_the_port_of_a_part_that_has_ended_is_not_taken_for_it(
    tmp_path: Path,
) -> None:
    refused = "raise SystemExit('address already in use')"
    gateway = Part("gateway", [sys.executable, "-c", refused], lambda: True)
    worker = Part(
        "worker",
        [sys.executable, "-c", "import time; time.sleep(600)"],
        lambda: gateway.ended() is not None,
    )
    said: list[str] = []
    leftovers = Leftovers(tmp_path / "processes.json")
    supervisor = Supervisor([gateway, worker], tmp_path, {}, leftovers, said.append)

    try:
        assert not supervisor.start(patience=60)
    finally:
        worker.end(0)

    assert said == ["gateway could not start: address already in use"]


def test_what_a_part_wrote_before_it_failed_is_kept_and_named(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    gateway = Part("gateway", [sys.executable, "-c", FAILING, str(wrong)], lambda: True)
    kept = tmp_path / "gateway.previous.log"

    with watched(gateway, tmp_path, SystemClock()) as said:
        wrong.touch()
        eventually(kept.exists)

        assert kept.read_text() == "what happened\nwhy\n"
        assert said[0] == f"gateway ended with code 1, starting it again (why; more in {kept})"


def test_the_last_words_of_a_killed_part_are_no_reason(tmp_path: Path) -> None:
    valkey = Part("valkey", [sys.executable, "-c", LASTING], (tmp_path / "valkey.log").read_bytes)

    with watched(valkey, tmp_path, SystemClock()) as said:
        assert valkey.process is not None
        valkey.process.kill()
        eventually(lambda: said)

        assert said == ["valkey was killed, starting it again"]


def test_a_part_that_ran_long_is_restarted_as_quickly_as_at_first(tmp_path: Path) -> None:
    worker = Part("worker", [sys.executable, "-c", LASTING], lambda: True)
    clock = Later()

    with watched(worker, tmp_path, clock) as said:
        for times in (1, 2):
            running = worker.process
            assert running is not None
            running.kill()
            eventually(lambda n=times: len(said) == n)
            assert worker.failures == 1
            eventually(lambda old=running: worker.process is not old)
            clock.ahead += 61
