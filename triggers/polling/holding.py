"""The lanes in this worker's hands: whose leases to renew, and which were lost. Renews nothing
itself.

A lane is known by its id and the token it was claimed with: a worker that takes a lane again while
an old turn with it still runs holds it once, and the old turn has lost it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from triggers.polling.leases import Grip, Held


class Holding:
    """A thread-safe set of lanes in hand."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._grips: set[Grip] = set()
        self._lost: set[Grip] = set()
        self.stop = threading.Event()  # the worker is asked to end

    @contextmanager
    def of(self, held: Held) -> Iterator[None]:
        """Keep a lane in the set while the block runs."""
        with self._lock:
            self._grips.add(held.grip)
        try:
            yield
        finally:
            with self._lock:
                self._grips.discard(held.grip)
                self._lost.discard(held.grip)

    def grips(self) -> list[Grip]:
        """List what is in hand."""
        with self._lock:
            return sorted(self._grips)

    def keep_only(self, asked: list[Grip], renewed: set[Grip]) -> None:
        """Mark as lost what was asked for and not renewed, and is still in hand."""
        with self._lock:
            self._lost |= (set(asked) - renewed) & self._grips

    def has_lost(self, held: Held) -> bool:
        """Say whether a lane in hand is somebody else's by now."""
        return held.grip in self._lost
