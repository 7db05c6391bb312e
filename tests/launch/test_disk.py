"""Who started the product learns at the terminal that the disk is full: its logs lie on that disk."""

from __future__ import annotations

import threading
from pathlib import Path

from console.launch.disk import Disk
from console.launch.leftovers import Leftovers
from console.launch.supervisor import Supervisor
from tests.product import eventually

PLENTY, LITTLE = 1 << 30, 1 << 20


def test_it_is_said_once_that_the_disk_is_full_and_once_that_it_has_room(tmp_path: Path) -> None:
    free = PLENTY
    said: list[str] = []
    disk = Disk(tmp_path, said.append, lambda _: free)
    leftovers = Leftovers(tmp_path / "processes.json")
    supervisor = Supervisor([], tmp_path, {}, leftovers, said.append, look_around=disk.look)
    watching = threading.Thread(target=supervisor.watch)
    watching.start()

    try:
        free = LITTLE
        eventually(lambda: said)
        disk.look()  # one more look says nothing
        free = PLENTY
        eventually(lambda: len(said) > 1)
    finally:
        supervisor.stop()
        watching.join()

    assert said == [
        f"the disk of {tmp_path} is full: what cannot be kept fails, make room",
        f"the disk of {tmp_path} has room again",
    ]


def test_a_disk_that_has_gone_ends_nothing(tmp_path: Path) -> None:
    said: list[str] = []

    Disk(tmp_path / "gone", said.append).look()

    assert said == []
