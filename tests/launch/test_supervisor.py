"""A start has come off once every part answers, and each of them for itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from console.launch.leftovers import Leftovers
from console.launch.part import Part
from console.launch.supervisor import Supervisor
from tests.product import ROOT

AT_ANY_MOMENT = """
import signal, sys
from pathlib import Path
from console.launch.leftovers import Leftovers
from console.launch.supervisor import Supervisor

class Clock:
    sleep = staticmethod(lambda seconds: None)

for moment in range(1, 500):
    passed = 0

    def trace(frame, event, _):
        global passed
        frame.f_trace_opcodes = True
        passed += event == "opcode"
        if event == "opcode" and passed == moment:
            signal.raise_signal(signal.SIGTERM)
        return trace

    supervisor = Supervisor([], Path("."), {}, Leftovers(Path("none")), print, Clock())
    signal.signal(signal.SIGTERM, lambda *_: supervisor.stop())
    sys.settrace(trace)
    supervisor.watch()
    sys.settrace(None)
print("ended each time")
"""


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
