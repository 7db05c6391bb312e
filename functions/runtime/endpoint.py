"""What comes out of one process tree: calls of its Runtime API, its output, its end.

Waits for all of it at once, in the thread that asks. Whether a call is allowed is the
environment's state machine's business.
"""

from __future__ import annotations

import os
import selectors
from collections.abc import Callable

from console.aws.clock import Clock
from functions.runtime import limits
from functions.runtime.api import Connection
from functions.runtime.calls import Call, HangupError
from functions.runtime.logs import LogDecoder, LogLine
from functions.runtime.processes import ProcessTree

_LOG_CHUNK = 65536
_LOG_CHUNKS = 8  # at one go: who prints without end must not keep the clock from being looked at
_FLOOD_SECONDS = 0.005  # between goes at what nobody keeps: who floods waits, not neighbours
_CALLS = 64  # of one connection at one go, for the same reason
_ACCEPTED = 64
_LAST_CALLS = 1_000_000  # of an ended process: more than a socket holds
_NO_PIDFD_SECONDS = 0.02

#: Deals with one call; False leaves what follows on the connections unread.
Handle = Callable[[Connection, Call], bool]


class Endpoint:
    """The worker's end of one process tree."""

    def __init__(self, tree: ProcessTree, handle: Handle, clock: Clock) -> None:
        self._tree = tree
        self._handle = handle
        self._clock = clock
        self._decoder = LogDecoder()
        self._connections: set[Connection] = set()
        self._behind: set[Connection] = set()  # those of which more was read than dealt with
        self._selector = selectors.DefaultSelector()
        self._selector.register(tree.api, selectors.EVENT_READ, self._accept)
        self._selector.register(tree.logs, selectors.EVENT_READ, self.read_logs)
        if tree.pidfd >= 0:
            self._selector.register(tree.pidfd, selectors.EVENT_READ, None)

    def look(self, seconds: float) -> None:
        """Wait up to `seconds` for something to come and deal with it."""
        seconds = max(seconds, 0.0)
        if self._tree.pidfd < 0:
            seconds = min(seconds, _NO_PIDFD_SECONDS)
        if self._behind:
            seconds = 0.0
            if not all(self._answer(one) for one in tuple(self._behind)):
                return
        for key, _ in self._selector.select(seconds):
            if isinstance(key.fileobj, Connection):
                if not self._answer(key.fileobj):
                    return
            elif key.data is not None:
                key.data()

    def drain(self) -> None:
        """Deal with what an ended process had still sent."""
        self._accept()
        for connection in tuple(self._connections):
            if not self._answer(connection, _LAST_CALLS):
                break
        self.read_logs()

    def read_logs(self) -> None:
        """Take in what has been printed so far, within reason."""
        if self._decoder.is_full:
            self._clock.sleep(_FLOOD_SECONDS)
        for _ in range(_LOG_CHUNKS):
            try:
                data = os.read(self._tree.logs, _LOG_CHUNK)
            except BlockingIOError:
                return
            if not data:
                if self._tree.logs in self._selector.get_map():
                    self._selector.unregister(self._tree.logs)
                return
            self._decoder.feed(data, self._now_ms())
            if len(data) < _LOG_CHUNK:
                return

    def take_logs(self, *, ended: bool = False) -> list[LogLine]:
        """Give out the log events since the last time; with `ended` also an unfinished line."""
        return self._decoder.take(self._now_ms(), ended=ended)

    def close(self) -> None:
        """Hang up everywhere; the tree's own descriptors stay open."""
        self._selector.close()
        for connection in self._connections:
            connection.close()

    def _accept(self) -> None:
        for _ in range(_ACCEPTED):
            try:
                link, _ = self._tree.api.accept()
            except OSError:
                return
            if len(self._connections) >= limits.API_CONNECTIONS:
                link.close()
                continue
            connection = Connection(link)
            self._connections.add(connection)
            self._selector.register(connection, selectors.EVENT_READ)

    def _answer(self, connection: Connection, most: int = _CALLS) -> bool:
        """Deal with up to `most` calls on one connection; False when nothing more is to be read."""
        if connection.is_overfull or connection in self._behind:
            self._clock.sleep(_FLOOD_SECONDS)
        self._behind.discard(connection)
        try:
            for _ in range(most):
                call = connection.receive()
                if call is None:
                    return True
                if not self._handle(connection, call):
                    return False
        except (HangupError, TimeoutError):
            self._selector.unregister(connection)
            self._connections.discard(connection)
            connection.close()
            return True
        finally:
            if connection.has_more and connection in self._connections:
                self._behind.add(connection)
        return True

    def _now_ms(self) -> int:
        return int(self._clock.now() * 1000)
