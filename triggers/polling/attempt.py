"""One attempt at the batch in hand: fence, run, store. All that an attempt leaves behind commits
together, and only while the lane is still ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import transaction

from console.aws.clock import Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import Ids
from console.failpoints import failpoint
from functions.invocations import admission, preparing, running
from functions.invocations import rows as invocation_rows
from functions.invocations.admitting import admit
from functions.invocations.queue import presumed_dead
from functions.models import Invocation
from functions.runtime.outcomes import Outcome as Ending
from functions.runtime.pool import Pool
from functions.runtime.spec import EnvironmentSpec, Event
from triggers.mappings import results
from triggers.polling import counting, events, leases, ledger, permission, verdict
from triggers.polling.batching import Batch
from triggers.polling.counting import place_of
from triggers.polling.errand import Errand
from triggers.polling.lane import (
    Failed,
    Invoke,
    Lane,
    Outcome,
    Partial,
    Succeeded,
    Unreachable,
    settle,
)
from triggers.polling.leases import Held
from triggers.sources.protocol import Source


@dataclass(frozen=True, slots=True)
class Tools:
    """What attempts of one worker share."""

    owner: str
    pool: Pool
    clock: Clock
    ids: Ids
    lease: float  # seconds


@dataclass(frozen=True, slots=True)
class Step:
    """A lane in hand, what it works for, and where it reads."""

    held: Held
    lane: Lane
    work: Errand
    source: Source
    tools: Tools
    ready: Mapping[int, bytes] = field(default_factory=dict)  # records that were read already

    def records(self, batch: Batch) -> Sequence[bytes]:
        """Give the batch's records as the function receives them; fewer when some have expired."""
        found = [self.ready[seq] for seq in batch.seqs if seq in self.ready]
        if len(found) == len(batch.seqs):
            return found
        return self.source.records(self.held.shard_id, batch)

    def own(self, low: int, high: int) -> int:
        """Count the records of (low, high] that fall to this lane, for who counts events.

        Lanes that share a shard pass over each other's: those are no records of theirs.
        """
        sieve = self.work.sieve
        if sieve.factor == 1 or not self.work.counts_events:
            return high - low
        return self.source.count(self.held.shard_id, low, high, sieve)


def attempt(step: Step, action: Invoke) -> Lane | None:
    """Run the function once with the batch in hand and return the lane as it is stored now.

    None when the lane was taken over or switched off: whatever happened here leaves no trace.
    """
    tools, lane = step.tools, step.lane
    try:
        spec = prepare(step)
    except AwsError as refusal:
        return _unreached(step, action, refusal.message, None)
    step = replace(step, lane=replace(lane, request_id=lane.request_id or tools.ids.uuid()))
    records = step.records(action.batch)
    if len(records) < len(action.batch.seqs):  # some have expired since they were looked at
        return lane
    row = _row(step, action, spec)
    with transaction.atomic():
        if not leases.pin(step.held, step.lane):
            return None
        throttled = admit(place_of(step.work), tools.clock.now())
        if throttled is None:
            invocation_rows.add(row)
        failpoint("attempt.pinning")
    failpoint("attempt.pinned")
    if throttled is not None:
        return _unreached(step, action, admission.refusal(throttled).message, None, throttled=True)
    event = Event(step.lane.request_id, event_of(step, action, records), step.work.function.arn)
    try:
        ending = running.perform(event, spec, tools.pool)
    except AwsError as refusal:
        return _unreached(step, action, refusal.message, row)
    failpoint("attempt.ran")
    return _keep(step, action, ending, row)


def prepare(step: Step) -> EnvironmentSpec:
    """Find the function and check that its role may read the source.

    Raises AwsError with the words that LastProcessingResult shows.
    """
    scope, function = step.work.scope, step.work.function
    spec = preparing.prepare(
        scope.tenancy,
        scope.account,
        scope.region,
        function.name,
        function.qualifier,
        revision=step.work.revision,
        ids=step.tools.ids,
    )
    permission.check(step.work, step.source, spec.role_arn, step.tools.clock)
    return spec


def event_of(step: Step, action: Invoke, records: Sequence[bytes]) -> bytes:
    """Make the event of an invocation."""
    window = step.lane.window
    if window is None:
        return events.of_records(records)
    shard, arn = step.source.face(step.held.shard_id), step.work.source_arn
    length = step.work.rules.tumbling
    return events.of_window(records, window, length, shard.name, arn, final=action.final)


def _unreached(
    step: Step, action: Invoke, why: str, row: Invocation | None, *, throttled: bool = False
) -> Lane | None:
    """Store that the function could not be run: the batch waits, no attempt is spent."""
    now = step.tools.clock.now()
    after = settle(step.lane, action, Unreachable(), step.work.rules, now)
    with transaction.atomic():
        if not leases.store(step.held, after, why, now):
            return None
        results.say(step.work.mapping, f"PROBLEM: {why}")
        if row is not None:
            row.delete()
        if throttled:
            counting.throttled(step.work, now)
        failpoint("unreached.storing")
    return after


def _keep(step: Step, action: Invoke, ending: Ending, row: Invocation) -> Lane | None:
    """Store the lane, the invocation, its log lines and the mapping's last result together."""
    now = step.tools.clock.now()
    outcome = _judge(step, action, ending)
    after = settle(step.lane, action, outcome, step.work.rules, now)
    failed = isinstance(outcome, Failed)
    with transaction.atomic():
        if not leases.store(step.held, after, _note(outcome, ending), now):
            return None
        row.reported_seq = _reported(outcome, action)
        polled = step.own(action.batch.low, after.checkpoint)
        counts = counting.invoked(step.work, action.batch, outcome, after, row, polled)
        running.record(row, ending, now, also=counts)
        ledger.enter(step.held.lane_id, _run(action, after, row.pk), now)
        results.say(step.work.mapping, results.CALL_FAILED if failed else results.OK)
        failpoint("attempt.storing")
    failpoint("attempt.stored")
    return after


def _judge(step: Step, action: Invoke, ending: Ending) -> Outcome:
    if ending.function_error is not None:
        return Failed()
    identify = step.source.face(step.held.shard_id).seq
    return verdict.judge(ending.payload, action.batch, step.work.rules, identify)


def _reported(outcome: Outcome, action: Invoke) -> int | None:
    """Name the first sequence that a function which returned has reported as failed."""
    match outcome:
        case Partial(first):
            return first
        case Failed(reported=True):
            return action.batch.low + 1
        case _:
            return None


def _note(outcome: Outcome, ending: Ending) -> str:
    """Say for people why the lane waits now."""
    match outcome:
        case Succeeded():
            return ""
        case Partial() | Failed(reported=True):
            return "The function reported batch item failures."
        case _:
            return ending.error_message


def _run(action: Invoke, after: Lane, invocation: UUID) -> ledger.Run:
    """What this invocation has settled: nothing when it failed, a part after a partial answer."""
    low, high = action.batch.low, after.checkpoint
    seqs = [seq for seq in action.batch.seqs if seq <= high]
    return ledger.Run(low, high, ledger.Fate.DELIVERED, seqs, invocation)


def _row(step: Step, action: Invoke, spec: EnvironmentSpec) -> Invocation:
    now = as_datetime(step.tools.clock.now())
    dead = presumed_dead(step.tools.clock.now(), spec.timeout_seconds)
    return Invocation(
        id=UUID(step.tools.ids.uuid()),
        request_id=step.lane.request_id,
        tenancy_id=step.work.scope.tenancy,
        region=step.work.scope.region,
        function_name=step.work.function.name,
        qualifier=step.work.function.qualifier,
        version=spec.version,
        source=Invocation.Source.LANE,
        state=Invocation.State.RUNNING,
        owner=step.tools.owner,
        expires_at=as_datetime(dead),
        attempt=step.lane.attempt + 1,
        lane_id=step.held.lane_id,
        first_seq=action.batch.low + 1,
        last_seq=action.batch.high,
        records=len(action.batch.seqs),
        created_at=now,
        started_at=now,
    )
