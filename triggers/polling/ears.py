"""Hears, in one thread for the whole worker, that shards in hand have grown. Hearing nothing is
harmless: a lane in hand also looks for itself four times a second."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from console import hints
from console.links import Link
from triggers.streams.wakes import channel

log = logging.getLogger(__name__)
_RETRY_SECONDS = 1.0
_LISTEN_SECONDS = 5.0


class Ears:
    """Which shards this worker listens for, and whom to wake."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[bytes, set[threading.Event]] = defaultdict(set)
        self._link: Link | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._hear, name="ears", daemon=True)

    def open(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening and wake everybody."""
        self._closed.set()
        self.wake_all()

    @contextmanager
    def listening(self, shard_id: int) -> Iterator[threading.Event]:
        """Give an event that is set whenever somebody has written to the shard."""
        name, woken = _name(shard_id), threading.Event()
        with self._lock:
            first = not self._waiting[name]
            self._waiting[name].add(woken)
            if first:
                self._say(b"SUBSCRIBE", name)
        try:
            yield woken
        finally:
            with self._lock:
                self._waiting[name].discard(woken)
                if not self._waiting[name]:
                    del self._waiting[name]
                    self._say(b"UNSUBSCRIBE", name)

    def wake_all(self) -> None:
        """Wake everybody who waits, for instance to give back what others need."""
        with self._lock:
            for events in self._waiting.values():
                for woken in events:
                    woken.set()

    def _say(self, verb: bytes, name: bytes) -> None:
        """Subscribe or unsubscribe; a link that fails is made anew by the listening thread."""
        if self._link is None:
            return
        try:
            self._link.say(verb, name)
        except (redis.RedisError, OSError) as error:
            log.debug("cannot %s %s: %s", verb, name, error)

    def _hear(self) -> None:
        while not self._closed.is_set():
            try:
                self._listen()
            except (redis.RedisError, OSError) as error:
                log.debug("Redis is away, lanes look for themselves: %s", error)
            with self._lock:
                link, self._link = self._link, None
            if link is not None:
                link.close()
            self._closed.wait(_RETRY_SECONDS)

    def _listen(self) -> None:
        link = hints.listener(_LISTEN_SECONDS)
        if link is None:
            return
        with self._lock:
            self._link = link
            link.say(b"SUBSCRIBE", _name(0), *self._waiting)
        while not self._closed.is_set():
            self._handle(link.hear())

    def _handle(self, names: list[bytes]) -> None:
        with self._lock:
            for name in names:
                for woken in self._waiting.get(name, ()):
                    woken.set()


def _name(shard_id: int) -> bytes:
    return channel(shard_id).encode()
