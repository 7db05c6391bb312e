"""Threads of a worker that hear at once of what somebody waits for, and do it themselves.

One at a time listens; before it does what it has heard, another takes over. So nothing is handed
from thread to thread while somebody waits, and few threads, always the same ones, do the work:
their connections are warm. Hearing nothing is harmless: the tick finds what nobody has begun.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from django.db import DatabaseError, close_old_connections

from console import hints

log = logging.getLogger(__name__)
_LISTEN_SECONDS = 4.0
_AGAIN_SECONDS = 5
"""How long what a closing worker has heard is offered to another."""


class Attendants:
    """At most `most` threads, started as they are needed, that do `work` with each text they hear.

    They listen for what is pushed under the hint `key`. `places` is what they share with those who
    do the same work when nobody waits for it.
    """

    def __init__(
        self,
        key: str,
        most: int,
        places: AbstractContextManager[object],
        work: Callable[[str], object],
    ) -> None:
        self._key = key
        self._most = most
        self._places = places
        self._work = work
        self._lock = threading.RLock()  # a signal may close what its own thread opens
        self._resting: list[threading.Semaphore] = []
        self._started = 0
        self._listening = False
        self._busy = 0
        self._idle = threading.Condition(self._lock)
        self._closed = False

    def open(self) -> None:
        """Begin to listen."""
        self._hand_over()

    def close(self) -> None:
        """Hear nothing more; what runs goes on."""
        with self._lock:
            self._closed = True
            for one in self._resting:
                one.release()

    def wait(self) -> None:
        """Wait until nothing runs any more."""
        with self._idle:
            self._idle.wait_for(lambda: self._busy == 0)

    def _hand_over(self) -> None:
        """Let another thread listen; when all are at work, the first that has done will."""
        with self._lock:
            self._listening = not self._closed
            if self._closed:
                return
            if self._resting:
                self._resting.pop().release()
                return
            if self._started == self._most:
                self._listening = False
                return
            self._started += 1
            name = f"{self._key}-{self._started}"
        threading.Thread(target=self._live, name=name, daemon=True).start()

    def _live(self) -> None:
        """Listen, work, rest, and so on."""
        turn = threading.Semaphore(0)
        while True:
            heard = hints.pop(self._key, _LISTEN_SECONDS)
            if heard is not None and not self._attend(heard):
                hints.push(self._key, heard, _AGAIN_SECONDS)  # for some other worker
            if self._closed:
                return
            if heard is not None:
                self._rest(turn)

    def _rest(self, turn: threading.Semaphore) -> None:
        """Return when it is this thread's turn to listen, or nobody's any more."""
        with self._lock:
            if self._closed:
                return
            if not self._listening:
                self._listening = True
                return
            self._resting.append(turn)
        turn.acquire()

    def _attend(self, heard: str) -> bool:
        """Do what was heard; False when nothing is begun here any more."""
        with self._places:  # all taken: who waits waits on, and nobody here listens
            with self._lock:
                if self._closed:
                    return False
                self._busy += 1
            self._hand_over()
            try:
                self._work(heard)
            except DatabaseError as error:
                log.warning("the database is away: %s", error)
                close_old_connections()
            except Exception:
                log.exception("%s of %s failed", self._key, heard)
            finally:
                with self._idle:
                    self._busy -= 1
                    self._idle.notify_all()
        return True
