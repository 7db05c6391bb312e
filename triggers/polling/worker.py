"""One worker process: its name, its places for lanes, and the threads that keep it honest.

Provisioned: keeps environments ready. Heartbeat: renews the leases of the lanes in hand. Sweep: once a second takes in hand what ticks and
messages should have brought and have not (Redis or the beat may be away), and clears up.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from console.attending import Attendants
from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.ids import SYSTEM_IDS, Ids
from functions.invocations import environments, provisioning, working
from functions.invocations import tasks as invocation_tasks
from functions.invocations.queue import WAITED_FOR
from functions.messaging import movetasks
from functions.runtime.pool import Pool
from triggers.dynamodb import loads
from triggers.mappings.lifecycle import reap
from triggers.polling import leases, presence, runner, upkeep
from triggers.polling.attempt import Tools
from triggers.polling.ears import Ears
from triggers.polling.holding import Holding
from triggers.polling.presence import Presence
from triggers.polling.slots import Slots
from triggers.polling.tick import ByMessage, due_lanes, notice, recall, tick
from triggers.sources.remote.followers import Followers
from triggers.streams.wakes import WOKEN

log = logging.getLogger(__name__)
T = TypeVar("T")

_QUIET_SECONDS = 2.0
"""Without a tick for this long, the worker ticks for itself; what has been due for this long, it
takes in hand itself."""

_UPKEEP_SECONDS = 60.0


class Worker:
    """Everything that tasks of this process share."""

    def __init__(
        self, name: str, pool: Pool, *, clock: Clock = SYSTEM_CLOCK, ids: Ids = SYSTEM_IDS
    ) -> None:
        self.name = name
        self.pool = pool
        self._clock = clock
        self._ears = Ears()
        self._holding = Holding()
        self._attendants = (
            Attendants(
                WAITED_FOR,
                settings.INVOCATION_SLOTS,
                environments.places(),
                partial(working.work, place=working.Workplace(pool, clock, ids)),
            ),
            Attendants(WOKEN, settings.LANE_SLOTS, nullcontext(), self._wake),
        )
        self._shop = runner.Shop(
            Tools(name, pool, clock, ids, settings.LEASE_SECONDS),
            Slots(settings.LANE_SLOTS, self._ears.wake_all),
            self._ears,
            self._holding,
            settings.LINGER_SECONDS,
            settings.BACKOFF_CAP_SECONDS,
        )
        self._hands = ThreadPoolExecutor(settings.LANE_SLOTS, thread_name_prefix="local")
        self._followers = Followers(name, self._holding.stop, clock)
        self._ticked_at = clock.monotonic()
        self._kept_up_at = self._kept_pace_at = clock.monotonic()
        self._done = threading.Event()  # nothing runs here any more
        self._threads = [
            threading.Thread(target=self._every, args=how, name=name, daemon=True)
            for name, *how in (
                ("heartbeat", settings.LEASE_SECONDS / 3, self._renew, self._done),
                ("sweep", 1.0, self._sweep, self._holding.stop),
                ("provisioned", 1.0, self._provide, self._holding.stop),
            )
        ]

    def start(self) -> None:
        """Begin to listen, renew and sweep."""
        self._ears.open()
        for one in self._attendants:
            one.open()
        self._show()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask all lanes to let go after what they are doing now."""
        self._holding.stop.set()
        self._ears.close()
        for one in self._attendants:
            one.close()
        self._followers.end()
        self._hands.shutdown(wait=False, cancel_futures=True)

    def wait(self) -> None:
        """Wait until nothing that was begun here runs any more; until then its leases are renewed.

        What came through Celery is Celery's to wait for, before.
        """
        for one in self._attendants:
            one.wait()
        self._hands.shutdown()
        self._done.set()

    def advance(self, lane_id: int) -> None:
        """Advance a lane in the calling thread."""
        if not self._holding.stop.is_set():
            runner.advance(lane_id, self._shop)

    def _wake(self, shard: str) -> None:
        """Advance the lanes of a shard that has just been written to and that nobody holds."""
        shard_id = int(shard)
        notice(shard_id, clock=self._clock)
        lanes = due_lanes(shard_id, clock=self._clock)
        for lane_id in lanes[1:]:
            ByMessage().advance(lane_id)
        for lane_id in lanes[:1]:
            self.advance(lane_id)

    def ticked(self) -> None:
        """Note that a tick has come."""
        self._ticked_at = self._clock.monotonic()

    def _every(self, seconds: float, work: Callable[[], None], end: threading.Event) -> None:
        """Repeat `work` until the end; what fails is tried again."""
        while not end.wait(seconds):
            try:
                work()
            except DatabaseError as error:
                log.warning("the database is away: %s", error)
                close_old_connections()
            except Exception:
                if not end.is_set():  # then nothing is handed out any more
                    log.exception("%s failed", threading.current_thread().name)
        connections.close_all()

    def _provide(self) -> None:
        provisioning.keep(self.pool, clock=self._clock)

    def _renew(self) -> None:
        grips = self._holding.grips()
        renewed = leases.renew(self.name, grips, self._clock.now(), settings.LEASE_SECONDS)
        self._holding.keep_only(grips, renewed)

    def _show(self) -> None:
        """Let the health page and the supervisor see that this worker works."""
        found = self.pool.isolation
        presence.show(Presence(self.name, found.level.value, found.reason, found.protection))

    def _sweep(self) -> None:
        self._show()
        now = self._clock.monotonic()
        quiet = now - self._ticked_at > _QUIET_SECONDS
        overdue = 0.0 if quiet else _QUIET_SECONDS  # messages may be lost while ticks come
        recall(clock=self._clock)
        tick(_Local(self._hands, self), overdue=overdue, clock=self._clock)
        self._followers.look_around()
        movetasks.carry_on(clock=self._clock)
        reap(clock=self._clock)
        if now - self._kept_pace_at >= settings.TTL_SWEEP_SECONDS:
            self._kept_pace_at = now
            upkeep.keep_pace(self._clock)
        if now - self._kept_up_at >= _UPKEEP_SECONDS:
            self._kept_up_at = now
            self.pool.retire()
            upkeep.trim_everything(self._clock)


class _Local:
    """Hands work to this process's own threads: the way without Redis."""

    def __init__(self, hands: ThreadPoolExecutor, worker: Worker) -> None:
        self._hands = hands
        self._worker = worker

    def advance(self, lane_id: int) -> None:
        """Advance a lane on a thread of its own."""
        self._hands.submit(_do, self._worker.advance, lane_id)

    def invoke(self, invocation_id: str) -> None:
        """Run a queued invocation on a thread of its own."""
        self._hands.submit(_do, invocation_tasks.run, invocation_id)

    def load(self, load_id: int) -> None:
        """Go on with a load on a thread of its own."""
        self._hands.submit(_do, loads.advance, load_id)


def _do(work: Callable[[T], object], what: T) -> None:
    """Do what a thread has in hand; a connection that failed there before is made anew."""
    close_old_connections()
    try:
        work(what)
    except Exception:
        log.exception("%s of %s failed", work.__name__, what)


_current: Worker | None = None


def install(worker: Worker) -> None:
    """Make `worker` the one that this process's tasks use."""
    global _current
    _current = worker


def current() -> Worker:
    """Give this process's worker. Raises RuntimeError in a process that is none."""
    if _current is None:
        raise RuntimeError("this process is no worker")
    return _current
