"""Bytes between functions and the gateway: one thread for all environments of this process.

Each environment's second listening socket comes here; whatever connects to it is joined with a
connection to the gateway. Reads nothing of what passes.
"""

from __future__ import annotations

import contextlib
import itertools
import queue
import selectors
import socket
import threading
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from functions.runtime.limits import FUNCTIONS_ADDRESS, GATEWAY_CONNECTIONS

#: Bytes waiting in one direction before its sender is left waiting. Ours.
_WAITING_BYTES = 256 * 1024
_CHUNK = 64 * 1024
_PAUSE_SECONDS = 0.1
"""Before a door is tried again where this process has no descriptors left."""
_OWN_HOST = ("127.0.0.1", "localhost")


@dataclass(slots=True, eq=False)
class _End:
    """One socket of a joined pair; `waiting` must still be written to it, then it `closes`."""

    link: socket.socket
    door: int
    connecting: bool = False
    waiting: bytearray = field(default_factory=bytearray)
    closes: bool = False
    finished: bool = False
    other: _End | None = None


class Relay:
    """Joins functions with the gateway at `url`; its thread starts with the first environment."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._orders: queue.SimpleQueue[tuple[int, socket.socket | None]] = queue.SimpleQueue()
        self._wake, self._woken = socket.socketpair()
        self._woken.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._doors: dict[int, socket.socket] = {}
        self._paused: set[int] = set()  # doors that are not listened at for a while
        self._ends: set[_End] = set()
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ended = False

    def open(self, listener: socket.socket) -> int:
        """Join what connects to `listener` with the gateway; the number to `shut` it again."""
        number = next(self._numbers)
        with self._lock:
            if self._thread is None and not self._ended:
                self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
                self._thread.start()
            self._order(number, listener)
        return number

    def shut(self, number: int) -> None:
        """Stop accepting there and cut its connections."""
        with self._lock:
            self._order(number, None)

    def close(self) -> None:
        """Cut every connection and end the thread; what is ordered afterwards is nothing."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
            self._wake.close()  # which wakes the thread a last time
        if self._thread is not None:
            self._thread.join()
        self._selector.close()
        self._woken.close()

    def _order(self, number: int, listener: socket.socket | None) -> None:
        if not self._ended:
            self._orders.put((number, None if listener is None else listener.dup()))
            self._wake.send(b"!")

    # --- the thread --------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._ended:
            for key, mask in self._selector.select(_PAUSE_SECONDS if self._paused else None):
                match key.data:
                    case int(number):
                        self._accept(number)
                    case _End() as end if end in self._ends:
                        self._move(end, mask)
                    case None:
                        self._obey()
            self._resume()
        self._obey()
        for number in tuple(self._doors):
            self._forget(number)

    def _obey(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(4096)
        with contextlib.suppress(queue.Empty):
            while True:
                number, listener = self._orders.get_nowait()
                if listener is None:
                    self._forget(number)
                else:
                    self._doors[number] = listener
                    self._selector.register(listener, selectors.EVENT_READ, number)

    def _forget(self, number: int) -> None:
        listener = self._doors.pop(number, None)
        if listener is None:
            return
        if number in self._paused:
            self._paused.discard(number)
        else:
            self._selector.unregister(listener)
        listener.close()
        for end in self._ends_of(number):
            self._cut(end)

    def _pause(self, number: int) -> None:
        """Leave waiting who connects at a door that has all it may have, or more than there is."""
        if number not in self._paused:
            self._paused.add(number)
            self._selector.unregister(self._doors[number])

    def _resume(self) -> None:
        for number in tuple(self._paused):
            if len(self._ends_of(number)) < 2 * GATEWAY_CONNECTIONS:
                self._paused.discard(number)
                self._selector.register(self._doors[number], selectors.EVENT_READ, number)

    def _ends_of(self, number: int) -> list[_End]:
        return [end for end in self._ends if end.door == number]

    def _accept(self, number: int) -> None:
        listener = self._doors.get(number)
        if listener is None:  # shut since the selector looked
            return
        try:
            inner, _ = listener.accept()
        except BlockingIOError:
            return
        except OSError:
            self._pause(number)
            return
        try:
            outer = self._dial()
        except OSError:
            # No gateway there, or no descriptor left: the function sees a closed connection.
            inner.close()
            self._pause(number)
            return
        inner.setblocking(False)
        inner.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        one, two = _End(inner, number), _End(outer, number, connecting=True)
        one.other, two.other = two, one
        for end in (one, two):
            self._ends.add(end)
            self._selector.register(end.link, selectors.EVENT_READ, end)
            self._watch(end)
        if len(self._ends_of(number)) >= 2 * GATEWAY_CONNECTIONS:
            self._pause(number)

    def _dial(self) -> socket.socket:
        """Begin a connection to the gateway. Raises OSError."""
        outer = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if self._address[0] in _OWN_HOST:
                with contextlib.suppress(OSError):  # a system without the whole loopback net
                    outer.bind((FUNCTIONS_ADDRESS, 0))
            outer.setblocking(False)
            outer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.suppress(BlockingIOError):
                outer.connect(self._address)
        except OSError:
            outer.close()
            raise
        return outer

    def _move(self, end: _End, mask: int) -> None:
        other = end.other
        assert other is not None  # noqa: S101 - ends are made in pairs
        try:
            if mask & selectors.EVENT_WRITE:
                end.connecting = False
                self._flush(end)
            if mask & selectors.EVENT_READ:
                data = end.link.recv(_CHUNK)
                other.waiting += data
                if not data:
                    end.finished = other.closes = True
                if not other.connecting:
                    self._flush(other)
        except BlockingIOError:
            pass
        except OSError:
            self._cut(end)
            return
        if end.finished and other.finished and not end.waiting and not other.waiting:
            self._cut(end)
            return
        self._watch(end)
        self._watch(other)

    def _flush(self, end: _End) -> None:
        while end.waiting:
            try:
                sent = end.link.send(memoryview(end.waiting)[:_CHUNK])
            except BlockingIOError:
                return
            del end.waiting[:sent]
        if end.closes:
            end.link.shutdown(socket.SHUT_WR)
            end.closes = False

    def _watch(self, end: _End) -> None:
        """Wait for what this end can do next; a sender whose receiver is slow has to wait too."""
        other = end.other
        assert other is not None  # noqa: S101 - ends are made in pairs
        reads = not end.finished and len(other.waiting) < _WAITING_BYTES and not end.connecting
        writes = end.connecting or bool(end.waiting) or end.closes
        mask = selectors.EVENT_READ * reads | selectors.EVENT_WRITE * writes
        try:
            if mask:
                self._selector.modify(end.link, mask, end)
            else:
                self._selector.unregister(end.link)
        except KeyError:
            if mask:
                self._selector.register(end.link, mask, end)

    def _cut(self, end: _End) -> None:
        for one in (end, end.other):
            if one in self._ends and one is not None:
                self._ends.discard(one)
                with contextlib.suppress(KeyError):
                    self._selector.unregister(one.link)
                one.link.close()
