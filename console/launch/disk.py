"""Tells when the disk of the data folder is full: the logs on it cannot. Frees nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_LEAST_BYTES = 16 * 1024 * 1024
"""With less, commits of large items or packages begin to fail."""


class Disk:
    """What is free where `folder` lies; `say` prints a line for the person at the terminal."""

    def __init__(
        self,
        folder: Path,
        say: Callable[[str], None],
        free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        self._folder = folder
        self._say = say
        self._free = free
        self._full = False

    def look(self) -> None:
        """Say that it has become full, or has room again."""
        with suppress(OSError):  # what has gone says so itself
            full = self._free(self._folder) < _LEAST_BYTES
            if full and not self._full:
                self._say(
                    f"the disk of {self._folder} is full: what cannot be kept fails, make room"
                )
            elif self._full and not full:
                self._say(f"the disk of {self._folder} has room again")
            self._full = full
