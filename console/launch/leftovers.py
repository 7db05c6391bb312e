"""Processes that an earlier start could not end (it was killed itself): recorded by pid and start
time, ended before anything new begins. Never looks for processes by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

_GRACE_SECONDS = 3
_KILL_SECONDS = 5


class Leftovers:
    """The record of one data folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._running: dict[int, float] = {}

    def end(self) -> int:
        """End what is recorded and still runs, with its children; returns how many processes."""
        ended = [process for pid, started in self._recorded() for process in _tree(pid, started)]
        for process in ended:
            _quietly(process.terminate)
        killed = psutil.wait_procs(ended, timeout=_GRACE_SECONDS)[1]
        for process in killed:
            _quietly(process.kill)
        psutil.wait_procs(killed, timeout=_KILL_SECONDS)  # who listens holds its port until then
        self._path.unlink(missing_ok=True)
        return len(ended)

    def note(self, pid: int) -> None:
        """Record a process that was just started."""
        try:
            self._running[pid] = psutil.Process(pid).create_time()
        except psutil.NoSuchProcess:
            return
        self._write()

    def forget(self, pid: int) -> None:
        """Drop a process that has ended."""
        self._running.pop(pid, None)
        self._write()

    def _recorded(self) -> list[tuple[int, float]]:
        try:
            return [(int(pid), started) for pid, started in json.loads(self._path.read_text())]
        except (FileNotFoundError, ValueError, TypeError):
            return []

    def _write(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(list(self._running.items())))
        fresh.replace(self._path)


def _tree(pid: int, started: float) -> list[psutil.Process]:
    """Find the process and its children, unless its number has been given to another one since.

    One that ends while it is looked at needs no ending.
    """
    try:
        process = psutil.Process(pid)
        if abs(process.create_time() - started) >= 1:
            return []
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _quietly(end: Callable[[], None]) -> None:
    with suppress(psutil.NoSuchProcess):
        end()
