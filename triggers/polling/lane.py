"""Decides what one reader of one shard does next, and what its state is afterwards.

Two pure functions: no clock, no database, no sleeping. Reading records, running the function and
storing the lane are the runner's work; which records make a batch is `batching`'s.

                records seen, window over            fixed
    waiting ───────────────────────────────► Take ─────────► Invoke ─────┐
      ▲ ▲ ▲                                                   ▲  ▲       │
      │ │ └───────── Succeeded: checkpoint moves ─────────────┼──┼───────┤
      │ │                                                     │  │       │
      │ │        Partial with progress: the rest is a batch ──┘  │       │
      │ │        Failed, splitting: two batches, left one first ─┤       │
      │ │        Take: a window's state has grown, less fits ────┘       │
      │ │                                                                │
      │ │                 Wait(until) ◄──── Failed, Unreachable ◄────────┤
      │ │                      └──────────► Invoke again                 │
      │ └──── Discard: attempts used up, or records too old ◄────────────┘
      └────── Skip: records that do not match, or that expired unsettled
    Finish: the shard is closed (or the barrier reached) and everything before is settled
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import assert_never

from triggers.polling import batching
from triggers.polling.batching import Batch, Condition, Rules, Seen, SeenRecord
from triggers.polling.limits import (
    FIRST_BACKOFF_SECONDS,
    WINDOW_MEMBERS_BYTES,
    WINDOW_STATE_BYTES,
)


@dataclass(frozen=True, slots=True)
class Window:
    """The tumbling window under way: its start (epoch seconds) and the state (JSON text) handed on.

    `full`: the state has outgrown its limit and must be handed over in an early final invocation.
    """

    start: int
    state: str = "{}"
    full: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """All that is remembered between two steps; it lives in one row.

    `cuts` are the ends of the batches owed, in order: the one in hand is (checkpoint, cuts[0]].
    """

    checkpoint: int = 0  # settled up to and including this sequence
    cuts: tuple[int, ...] = ()
    attempt: int = 0  # failed attempts at the batch in hand
    unreached: int = 0  # times in a row that the function could not be reached
    not_before: float = 0.0  # epoch seconds; backoff
    request_id: str = ""  # of the batch in hand: kept over retries, empty when a new one is due
    reported: bool = False  # the last failure was a partial batch response
    gathered_from: float = 0.0  # epoch seconds; when the current batching window began
    window: Window | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before `until` (epoch seconds; None: before records arrive).

    `gathering`: records that arrive earlier may end the wait.
    """

    until: float | None
    gathering: bool = True


@dataclass(frozen=True, slots=True)
class Take:
    """Fix `batch` as the one in hand; `window` is the tumbling window it belongs to.

    What was in hand before and reaches further is owed next.
    """

    batch: Batch
    window: int | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """Go on after `upto`: what lies before does not match, or has `expired` unsettled."""

    upto: int
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Invoke:
    """Run the function with the batch in hand, or (`final`) with the window's state alone."""

    batch: Batch
    final: bool = False


@dataclass(frozen=True, slots=True)
class Discard:
    """Give `batch` up; `invocations` is how often the function was asked, at least 1."""

    batch: Batch
    condition: Condition
    invocations: int
    final: bool = False


@dataclass(frozen=True, slots=True)
class Finish:
    """The shard is read to its end, or to the barrier."""


Action = Wait | Take | Skip | Invoke | Discard | Finish


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The function returned; `state` is JSON text, for tumbling windows."""

    state: str = "{}"


@dataclass(frozen=True, slots=True)
class Failed:
    """The function failed: this costs an attempt. `reported`: it returned, but not as it should."""

    reported: bool = False


@dataclass(frozen=True, slots=True)
class Partial:
    """The function reported `first` as the lowest sequence that failed; `state` as in Succeeded."""

    first: int
    state: str = "{}"


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The function could not be run (throttled, missing, not permitted): this costs no attempt."""


Outcome = Succeeded | Failed | Partial | Unreachable


def decide(lane: Lane, seen: Seen, rules: Rules, now: float) -> Action:
    """Choose the next step of `lane`."""
    if lane.done:
        return Finish()
    if seen.trimmed > lane.checkpoint:
        return Skip(seen.trimmed, expired=True)
    if lane.window is not None and lane.window.full:  # also between the halves of a batch
        return _final(lane, rules, now)
    if lane.cuts:
        return _with_batch(lane, seen, rules, now)
    if not seen.records:
        return _at_the_end(lane, seen, rules, now)
    return _with_records(lane, seen, rules, now)


def settle(lane: Lane, action: Action, outcome: Outcome | None, rules: Rules, now: float) -> Lane:
    """Return `lane` after `action`; `outcome` is the invocation's, None for all other actions."""
    match action:
        case Wait():
            return lane
        case Take(batch, start):
            opened = lane.window or (None if start is None else Window(start))
            rest = [cut for cut in lane.cuts if cut > batch.high]
            cuts = (batch.high, *rest)
            return replace(lane, cuts=cuts, attempt=0, not_before=0.0, window=opened)
        case Skip(upto):
            return _skipped(lane, upto)
        case Discard(batch, final=final):
            after = _settled(lane, batch.high, now)
            return _finalised(after) if final else after
        case Finish():
            return replace(lane, done=True)
        case Invoke(batch, final):
            if outcome is None:
                raise ValueError("an invocation has an outcome")
            return _after_invocation(lane, batch, final, outcome, rules, now)
        case _:
            assert_never(action)


def backoff(failures: int, cap: float) -> float:
    """Seconds to wait after the `failures`-th failure in a row (1, 2, …)."""
    doublings = min(failures - 1, 32)
    return min(cap, FIRST_BACKOFF_SECONDS * 2.0**doublings)


def _with_batch(lane: Lane, seen: Seen, rules: Rules, now: float) -> Action:
    """Decide about the batch in hand."""
    high = lane.cuts[0]
    owed = [record for record in seen.records if record.seq <= high and record.matches]
    if not owed:  # the last of them has expired
        return Skip(high, expired=True)
    batch = batching.of(lane.checkpoint, high, owed)
    if 0 <= rules.max_retries < lane.attempt:
        return Discard(batch, Condition.RETRIES, lane.attempt)
    old = batching.too_old(owed, rules, now)
    if old:
        prefix = batching.of(lane.checkpoint, high if len(old) == len(owed) else old[-1].seq, old)
        return Discard(prefix, Condition.AGE, max(1, lane.attempt))
    if now < lane.not_before:
        return Wait(batching.before_age(lane.not_before, owed, rules), gathering=False)
    if lane.window is not None:  # its state may have grown since the batch was cut
        limit = _beside_the_state(lane, rules).payload_limit
        fitting = batching.within(lane.checkpoint, high, owed, limit)
        if fitting != batch:
            return Take(fitting)
    return Invoke(batch)


def _with_records(lane: Lane, seen: Seen, rules: Rules, now: float) -> Action:
    """Decide about records of which none is owed yet."""
    matching = [record for record in seen.records if record.matches]
    if not matching:
        return Skip(seen.records[-1].seq)
    old = batching.too_old(matching, rules, now)
    if old:
        return Discard(batching.of(lane.checkpoint, old[-1].seq, old), Condition.AGE, 1)
    start = batching.window_of(matching[0], rules)
    if lane.window is not None and lane.window.start != start:
        return _final(lane, rules, now)
    cut = batching.cut(lane.checkpoint, seen, matching, _beside_the_state(lane, rules))
    until = batching.gather_until(matching[0], lane.gathered_from, rules, now)
    if not cut.full and not seen.closed and not seen.more and now < until:
        return Wait(until)
    return Take(cut.batch, start)


def _beside_the_state(lane: Lane, rules: Rules) -> Rules:
    """Leave room in the payload for what a tumbling window adds to the records."""
    if rules.tumbling <= 0:
        return rules
    state = len(lane.window.state) if lane.window else 0
    return replace(rules, payload_limit=rules.payload_limit - WINDOW_MEMBERS_BYTES - state)


def _at_the_end(lane: Lane, seen: Seen, rules: Rules, now: float) -> Action:
    """Decide when there is nothing to read."""
    if lane.window is None:
        return Finish() if seen.closed else Wait(None)
    due = batching.window_is_over_at(lane.window.start, rules)
    if seen.closed or now >= due:
        return _final(lane, rules, now)
    return Wait(due)


def _final(lane: Lane, rules: Rules, now: float) -> Action:
    """Hand the window's state over for the last time, under the same limits as a batch."""
    nothing = Batch(lane.checkpoint, lane.checkpoint, ())
    if 0 <= rules.max_retries < lane.attempt:
        return Discard(nothing, Condition.RETRIES, lane.attempt, final=True)
    if now < lane.not_before:
        return Wait(lane.not_before, gathering=False)
    return Invoke(nothing, final=True)


def _skipped(lane: Lane, upto: int) -> Lane:
    if lane.cuts and lane.cuts[0] > upto:  # the rest of the batch goes on as it was
        return replace(lane, checkpoint=upto)
    return _settled(lane, upto, lane.gathered_from)


def _settled(lane: Lane, high: int, now: float) -> Lane:
    """Move the checkpoint; whatever is owed next is a new batch with a full budget."""
    return Lane(
        checkpoint=high,
        cuts=tuple(cut for cut in lane.cuts if cut > high),
        gathered_from=now,
        window=lane.window,
    )


def _after_invocation(
    lane: Lane, batch: Batch, final: bool, outcome: Outcome, rules: Rules, now: float
) -> Lane:
    match outcome:
        case Succeeded(state):
            after = _settled(lane, batch.high, now)
            return _finalised(after) if final else _handed_on(after, state)
        case Failed(reported):
            return _failed(lane, batch, rules, now, reported=reported)
        case Partial(first, state):
            if first <= batch.seqs[0]:
                return _failed(lane, batch, rules, now, reported=True)
            rest = replace(_settled(lane, first - 1, lane.gathered_from), reported=True)
            wait = backoff(1, rules.backoff_cap)
            return replace(_handed_on(rest, state), not_before=now + wait)
        case Unreachable():
            failures = lane.unreached + 1
            wait = backoff(failures, rules.backoff_cap)
            return replace(lane, unreached=failures, not_before=now + wait)
        case _:
            assert_never(outcome)


def _failed(lane: Lane, batch: Batch, rules: Rules, now: float, *, reported: bool) -> Lane:
    """Split the batch when that is asked for and possible; otherwise spend an attempt."""
    if rules.bisect and len(batch.seqs) > 1:
        middle = batch.seqs[len(batch.seqs) // 2 - 1]
        halves = replace(_settled(lane, lane.checkpoint, lane.gathered_from), reported=reported)
        return replace(halves, cuts=(middle, *lane.cuts))
    failures = lane.attempt + 1
    wait = backoff(failures, rules.backoff_cap)
    return replace(lane, attempt=failures, unreached=0, not_before=now + wait, reported=reported)


def _handed_on(lane: Lane, state: str) -> Lane:
    if lane.window is None:
        return lane
    full = len(state) > WINDOW_STATE_BYTES and _bytes_of(state) > WINDOW_STATE_BYTES
    return replace(lane, window=replace(lane.window, state=state, full=full))


def _bytes_of(state: str) -> int:
    """Measure a state, whose text escapes all that is not ASCII, as it is in an event."""
    plain = json.dumps(json.loads(state), separators=(",", ":"), ensure_ascii=False)
    return len(plain.encode(errors="surrogatepass"))


def _finalised(lane: Lane) -> Lane:
    """End the window, or empty it when it ended early and goes on."""
    if lane.window is not None and lane.window.full:
        return replace(lane, window=Window(lane.window.start))
    return replace(lane, window=None)


__all__ = [
    "Action",
    "Batch",
    "Condition",
    "Discard",
    "Failed",
    "Finish",
    "Invoke",
    "Lane",
    "Outcome",
    "Partial",
    "Rules",
    "Seen",
    "SeenRecord",
    "Skip",
    "Succeeded",
    "Take",
    "Unreachable",
    "Wait",
    "Window",
    "backoff",
    "decide",
    "settle",
]
