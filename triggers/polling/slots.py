"""How many lanes a worker advances at once, and when lingering ones should make room."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Slots:
    """Places for lanes. Asking for one when all are taken crowds those who only linger."""

    def __init__(self, count: int, crowd: Callable[[], None]) -> None:
        self._free = count
        self._crowd = crowd
        self._lock = threading.Lock()
        self.crowded = False

    def take(self) -> bool:
        """Take a place; False when there is none (ask again at the next tick)."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            self.crowded = True
        self._crowd()
        return False

    def give_back(self) -> None:
        """Give a place back."""
        with self._lock:
            self._free += 1
            self.crowded = False
