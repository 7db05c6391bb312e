"""One worker's stay with an outside shard: asks four times a second and takes in what is there.

    row ─► iterator ─► records ──► taken in ──► next iterator ─┐
              ▲           │ none: a quarter of a second        │
              │           └────────────────────────────────────┤
              └── the iterator expired, or records have ◄──────┤
                                                               ▼
                     throttled, unreachable: let go, try later   the end: children, closed

Which records a function gets, and when, is the lanes' business.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

from django.conf import settings
from django.db import close_old_connections

from console.aws.clock import Clock
from console.failpoints import failpoint
from triggers.mappings import results
from triggers.models import RemoteShard, Shard
from triggers.polling.lane import backoff
from triggers.sources.remote import connections, copies, endpoint, leases
from triggers.sources.remote.connections import Connection
from triggers.sources.remote.endpoint import (
    ExpiredIteratorError,
    GoneError,
    OutsideError,
    ThrottledError,
    TrimmedError,
)
from triggers.sources.remote.leases import Held

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
"""Source: Lambda developer guide, "Using AWS Lambda with Amazon DynamoDB": 4 times per second."""
_FULL_PAGE = 1_000


def follow(shard_id: int, owner: str, stop: threading.Event, clock: Clock) -> None:
    """Copy a shard until it ends, nobody reads it, it cannot be read, or the worker stops."""
    try:
        claimed = leases.claim(shard_id, owner, clock.now())
        if claimed is not None:
            held, row = claimed
            through = connections.named(row.shard.stream.connection)
            if through is None:
                leases.release(
                    held, clock.now(), wait=leases.LONGEST_WAIT_SECONDS, note="No such connection."
                )
            else:
                _Stay(held, row, through, stop, clock).run()
    finally:
        close_old_connections()


@dataclass
class _Stay:
    held: Held
    row: RemoteShard
    through: Connection
    stop: threading.Event
    clock: Clock
    position: str | None = None
    since_ms: int = 0  # what arrived before was there when the mapping began at LATEST
    number: str = field(init=False)
    looked_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.number = self.row.number
        self.looked_at = self.clock.monotonic()

    @property
    def arn(self) -> str:
        return self.row.shard.stream.arn

    def run(self) -> None:
        """Go on until there is a reason to stop; what goes wrong outside is tried again later."""
        try:
            while not self.stop.is_set() and self._is_read():
                if not self._step():
                    return
        except OutsideError as error:
            self._give_up_for_now(error)
            return
        leases.release(self.held, self.clock.now())

    def _step(self) -> bool:
        """Ask once; False when the shard has ended or is somebody else's."""
        began = self.clock.monotonic()
        try:
            found, following = endpoint.records(self.through, self.position or self._begin())
        except (ExpiredIteratorError, TrimmedError) as error:
            log.info("shard %s: %s", self.row.shard.name, error)
            self.row.iterator = ""
            self.position = self._begin(trimmed=isinstance(error, TrimmedError))
            return True
        except GoneError:
            return self._end(gone=True)
        failpoint("remote.read")
        wanted = [one for one in found if one.created_ms >= self.since_ms]
        if wanted:
            if not copies.take_in(self.held, wanted, clock=self.clock):
                return False
            self.number, self.row.iterator = wanted[-1].number, ""
            failpoint("remote.taken_in")
        if following is None:
            return self._end()
        self.position = following
        if len(found) < _FULL_PAGE:
            self.stop.wait(max(0.0, POLL_SECONDS - (self.clock.monotonic() - began)))
        return True

    def _begin(self, *, trimmed: bool = False) -> str:
        """Take a position: behind what was copied, else where the mapping began."""
        arn, name = self.arn, self.row.shard.name
        if self.number and not trimmed:
            try:
                return endpoint.iterator(
                    self.through, arn, name, "AFTER_SEQUENCE_NUMBER", self.number
                )
            except TrimmedError:
                log.info("shard %s: what follows %s has expired", name, self.number)
        if self.row.iterator:
            return self.row.iterator
        if not self.number:  # whole seconds: what came in the second of the beginning is wanted
            self.since_ms = int(self.row.since) * 1000
        return endpoint.iterator(self.through, arn, name, "TRIM_HORIZON")

    def _end(self, *, gone: bool = False) -> bool:
        """Close the shard, once its children are known; always False when that is done."""
        name = self.row.shard.name
        try:
            stream = endpoint.describe(self.through, self.arn)
        except GoneError:
            return self._closed(())
        known = set(
            Shard.objects.filter(stream=self.row.shard.stream_id).values_list("name", flat=True)
        )
        children = [one for one in stream.shards if one.parent == name and one.name not in known]
        if children or gone or not stream.enabled:
            return self._closed(children)
        self.position = None  # they are about to be told of
        self.stop.wait(POLL_SECONDS)
        return True

    def _closed(self, children: list[endpoint.OutsideShard] | tuple[()]) -> bool:
        copies.close(self.held, children, clock=self.clock)
        leases.release(self.held, self.clock.now())
        return False

    def _is_read(self) -> bool:
        """Look now and then whether some mapping still reads the shard, and renew the lease."""
        now = self.clock.monotonic()
        if now - self.looked_at < min(1.0, settings.LEASE_SECONDS / 3):
            return True
        self.looked_at = now
        read = Shard.objects.filter(pk=self.held.shard_id, readers__gt=0).exists()
        return read and leases.keep(self.held, self.clock.now())

    def _give_up_for_now(self, error: OutsideError) -> None:
        """Wait longer with each failure in a row, and say what is wrong where callers look."""
        longest = leases.LONGEST_WAIT_SECONDS
        wait = min(longest, 5 * backoff(self.row.failures + 1, longest))
        log.warning("shard %s cannot be read for %.0f s: %s", self.row.shard.name, wait, error)
        if not isinstance(error, ThrottledError):
            results.say_of_stream(self.row.shard.stream_id, f"PROBLEM: {error}")
        leases.release(self.held, self.clock.now(), wait=wait, note=str(error))
