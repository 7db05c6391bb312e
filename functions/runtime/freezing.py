"""When idle environments are frozen: one thread per pool, asleep while nothing is awake.

What freezing is, and which environments are idle, is not known here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from functions.runtime import limits


class Freezer:
    """Calls `freeze` every `limits.FREEZE_SECONDS` for as long as it says that there is more to do."""

    def __init__(self, freeze: Callable[[], bool]) -> None:
        self._freeze = freeze
        self._work = threading.Event()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Say that an environment has come to rest."""
        self._work.set()
        if self._thread is None:
            self._begin()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        self._work.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="freezer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._work.wait()
            self._work.clear()
            while not self._stop.wait(limits.FREEZE_SECONDS) and self._freeze():
                pass
