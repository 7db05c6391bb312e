"""Which of the host's users each sandbox runs as: one that nothing else uses, when we are root."""

from __future__ import annotations

import itertools
import os
import threading

#: First of the host's user ids given away. Ours.
FIRST_UID = 200_000


class Users:
    """The users of one worker process.

    Two workers of one host start at different places, so that their sandboxes rarely share a
    user; nothing but the count of processes would be shared.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: set[int] = set()

    def take(self) -> int | None:
        """Choose a user; None when we are not root: then everything runs as ourselves."""
        if os.geteuid() != 0:
            return None
        first = FIRST_UID + os.getpid() % 1000 * 1000
        with self._lock:
            uid = next(uid for uid in itertools.count(first) if uid not in self._taken)
            self._taken.add(uid)
        return uid

    def give_back(self, uid: int | None) -> None:
        """Let a user be chosen again: nothing runs as it any more."""
        with self._lock:
            self._taken.discard(uid or 0)
