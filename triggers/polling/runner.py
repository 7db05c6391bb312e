"""Advances one lane: claims it, and while there is work decides, carries out, settles and stores.

All rules are `lane`'s, all fences `leases`'. A turn ends when the lane has to wait longer than it
may linger, when others need the place, or when the lane is lost.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import assert_never

from console.failpoints import failpoint
from triggers.polling import errand, lanes, leases
from triggers.polling.attempt import Step, Tools, attempt
from triggers.polling.batching import Seen
from triggers.polling.ears import Ears
from triggers.polling.errand import Errand
from triggers.polling.giving_up import give_up, is_barred
from triggers.polling.holding import Holding
from triggers.polling.lane import Discard, Finish, Invoke, Lane, Skip, Take, Wait, decide, settle
from triggers.polling.leases import Held
from triggers.polling.skipping import skip
from triggers.polling.slots import Slots
from triggers.sources.protocol import Source
from triggers.sources.registry import source_of

POLL_SECONDS = 0.25
"""How often a lane in hand looks for records unasked. Source: Lambda developer guide, "Using AWS
Lambda with Amazon DynamoDB": each shard is polled at a base rate of 4 times per second."""

_PATIENCE_SECONDS = 1.0
"""A backoff up to this long is waited out in place; the tick takes care of longer ones."""

_LOOK_LEAST = 1_000
_LOOK_MOST = 20_000
"""Records that are looked at at once when not all of them are wanted."""

_BARRED_SECONDS = 5.0
"""How long records that are to be given up wait when the role may not read them."""

_FAIR_SECONDS = 1.0
"""A turn older than this makes room when others wait for a place."""


@dataclass(frozen=True, slots=True)
class Shop:
    """What all turns of one worker share."""

    tools: Tools
    slots: Slots
    ears: Ears
    holding: Holding
    linger: float  # seconds an idle lane is kept in hand
    backoff_cap: float  # seconds


def advance(lane_id: int, shop: Shop) -> None:
    """Advance a lane when it is due, free and there is a place; otherwise do nothing."""
    if not shop.slots.take():
        return
    try:
        tools = shop.tools
        held = leases.claim(lane_id, tools.owner, tools.clock.now(), tools.lease)
        if held is not None:
            failpoint("lane.claimed")
            with shop.holding.of(held), shop.ears.listening(held.shard_id) as woken:
                _Turn(held, shop, woken).run()
    finally:
        shop.slots.give_back()


class _Turn:
    """One stay of a lane in a worker's hands."""

    def __init__(self, held: Held, shop: Shop, woken: threading.Event) -> None:
        self._held = held
        self._shop = shop
        self._woken = woken
        self._clock = shop.tools.clock
        self._lane = held.lane
        self._began = self._busy_at = self._clock.monotonic()
        self._until: float | None = None  # when the lane wants attention again

    def run(self) -> None:
        """Go on until there is a reason to stop, then let the lane go.

        What nobody foresaw rises, and the lane is tried again a little later, by whomever.
        """
        try:
            while self._step() and not self._must_make_room():
                pass
        except BaseException:
            leases.release(self._held, self._clock.now(), self._clock.now() + _PATIENCE_SECONDS)
            raise
        leases.release(self._held, self._clock.now(), self._until)
        failpoint("lane.released")

    def _step(self) -> bool:
        """Take one decision and carry it out; False when the turn is over."""
        self._woken.clear()
        now = self._clock.now()
        work = errand.read(self._held, self._shop.backoff_cap, now)
        source = source_of(work.source_arn) if work else None
        if work is None or source is None:
            self._until = now  # when it is still ours, it was switched off and on again
            return False
        seen = self._look(work, source)
        failpoint("lane.looked")
        action = decide(self._lane, seen, work.rules, now)
        if isinstance(action, Take):
            self._lane = settle(self._lane, action, None, work.rules, now)
            action = Invoke(action.batch)
        step = Step(self._held, self._lane, work, source, self._shop.tools, seen.ready)
        match action:
            case Wait(until, gathering):
                return self._wait(until, gathering)
            case Finish():
                return self._finish(source)
            case Skip():
                return self._go_on(skip(step, action))
            case Discard():
                return self._give_up(step, action, now)
            case Invoke():
                after = attempt(step, action)
                self._busy_at = self._clock.monotonic()
                return self._go_on(after)
            case _:
                assert_never(action)

    def _look(self, work: Errand, source: Source) -> Seen:
        """Look at the batch in hand, or at as much as the next one can need."""
        held, lane = self._held, self._lane
        if lane.cuts:
            return source.look(held.shard_id, lane.checkpoint, lane.cuts[0], None, work.sieve)
        size = work.rules.batch_size
        limit = size if work.sieve.passes_all else min(_LOOK_MOST, max(_LOOK_LEAST, 10 * size))
        seen = source.look(held.shard_id, lane.checkpoint, work.upto, limit, work.sieve)
        at_barrier = work.upto is not None and not seen.more
        return replace(seen, closed=True) if at_barrier else seen

    def _go_on(self, after: Lane | None) -> bool:
        if after is None:
            self._until = self._clock.now()  # when it is still ours, a barrier has come
            return False
        self._lane = after
        self._until = max(self._clock.now(), after.not_before)
        return True

    def _give_up(self, step: Step, action: Discard, now: float) -> bool:
        if is_barred(step):
            self._until = now + _BARRED_SECONDS
            return False
        return self._go_on(give_up(step, action))

    def _finish(self, source: Source) -> bool:
        after = replace(self._lane, done=True)
        lanes.finish(self._held, after, source, clock=self._clock)
        return False

    def _wait(self, until: float | None, gathering: bool) -> bool:
        """Wait in place for records or for a short time; False when it would take too long."""
        self._until = until
        left = None if until is None else until - self._clock.now()
        if gathering and (left is None or left > _PATIENCE_SECONDS):
            if left is not None:  # records may end the wait: whoever has the lane looks again soon
                self._until = self._clock.now() + _PATIENCE_SECONDS
            if self._clock.monotonic() - self._busy_at >= self._shop.linger:
                return False
            self._woken.wait(POLL_SECONDS)
            return True
        if left is None or left > _PATIENCE_SECONDS:
            return False
        waker = self._woken if gathering else self._shop.holding.stop
        waker.wait(max(0.0, left))
        return True

    def _must_make_room(self) -> bool:
        holding = self._shop.holding
        if holding.stop.is_set() or holding.has_lost(self._held):
            return True
        old = self._clock.monotonic() - self._began >= _FAIR_SECONDS
        return self._shop.slots.crowded and old
