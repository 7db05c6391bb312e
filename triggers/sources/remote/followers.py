"""The threads of one worker that copy outside shards, one each. Does nothing without connections."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

from django.conf import settings

from console.aws.clock import Clock
from triggers.sources.remote import connections, leases
from triggers.sources.remote.following import follow


class Followers:
    """Takes shards that nobody copies, for as long as there are threads."""

    def __init__(self, owner: str, stop: threading.Event, clock: Clock) -> None:
        self._owner, self._stop, self._clock = owner, stop, clock
        self._threads: ThreadPoolExecutor | None = None
        self._copying: dict[int, Future[None]] = {}

    def look_around(self) -> None:
        """Begin to copy what is due."""
        if not connections.known():
            return
        if self._threads is None:
            self._threads = ThreadPoolExecutor(
                settings.REMOTE_SHARDS, thread_name_prefix="follower"
            )
        self._copying = {one: work for one, work in self._copying.items() if not work.done()}
        for shard_id in leases.due(self._clock.now()):
            if shard_id not in self._copying and len(self._copying) < settings.REMOTE_SHARDS:
                self._copying[shard_id] = self._threads.submit(
                    follow, shard_id, self._owner, self._stop, self._clock
                )

    def end(self) -> None:
        """Start nothing more; the threads see `stop` by themselves."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
