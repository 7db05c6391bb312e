"""A start has come off once every part answers, and each of them for itself."""

from __future__ import annotations

import sys
from pathlib import Path

from console.launch.leftovers import Leftovers
from console.launch.part import Part
from console.launch.supervisor import Supervisor


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
