"""What a lane's work adds to the mapping's metrics, in the transaction of the work itself.

A record counts as polled when its fate is known, so that every one counts once; as invoked each
time it is handed over.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from console import hints
from console.aws.clock import Clock, as_datetime
from functions.models import Invocation
from functions.observability.metrics import writing
from functions.observability.metrics.emission import Flow, Place, emit_throttle, of_mapping
from functions.observability.metrics.writing import Sample
from triggers.models import EventSourceMapping
from triggers.polling.batching import Batch
from triggers.polling.errand import Errand
from triggers.polling.lane import Discard, Lane, Outcome, Partial, Skip, Succeeded


def invoked(
    work: Errand, batch: Batch, outcome: Outcome, after: Lane, row: Invocation, polled: int
) -> list[Sample]:
    """Say what an invocation that reached the function counts for; `record` counts it.

    `polled` is how many of the lane's records it has settled, here and in the others.
    """
    settled = [seq for seq in batch.seqs if seq <= after.checkpoint]
    began = row.started_at.timestamp() if row.started_at else 0.0
    age = None if batch.last_arrived is None else max(0.0, began - batch.last_arrived) * 1000
    flow = Flow(
        iterator_age_ms=age,
        polled=polled,
        filtered_out=_filtered(work, polled - len(settled)),
        invoked=len(batch.seqs),
        failed_invoke=_failed(batch, outcome),
    )
    return _samples(work, flow, began)


def throttled(work: Errand, now: float) -> None:
    """Count an invocation that was turned away for want of concurrency."""
    emit_throttle(place_of(work), at_ms=int(now * 1000))


def place_of(work: Errand) -> Place:
    """Name the function that a lane's work is counted for."""
    scope, function = work.scope, work.function
    return Place(scope.tenancy, scope.region, function.name, function.qualifier)


def skipped(work: Errand, action: Skip, now: float, polled: int) -> None:
    """Count records passed over; those that expired were neither filtered nor dropped."""
    filtered_out = 0 if action.expired else polled
    _emit(work, Flow(polled=polled, filtered_out=_filtered(work, filtered_out)), now)


def discarded(work: Errand, action: Discard, now: float, polled: int, *, delivered: bool) -> None:
    """Count records given up: told to the destination, or dropped."""
    count = len(action.batch.seqs)
    failures = 1 if work.destination and not delivered else None
    flow = Flow(
        delivery_failures=failures,
        polled=polled,
        filtered_out=_filtered(work, polled - count),
        dropped=count if failures else None,
        delivered_on_failure=count if delivered else None,
    )
    _emit(work, flow, now)


def idle(clock: Clock) -> None:
    """Count no events for every enabled mapping that counts them, once a minute.

    A mapping that finds nothing has datapoints of zero. Source: recordings of real AWS.
    """
    now = clock.now()
    minute = writing.minute_of(int(now * 1000))
    if not hints.first_within(f"idle:{minute}", 120):
        return
    reading = EventSourceMapping.objects.filter(enabled=True, settles_at__lte=as_datetime(now))
    with transaction.atomic():
        writing.take(
            [
                one
                for row in reading.exclude(metrics=[]).order_by("uuid")
                for one in of_mapping(
                    Place(row.tenancy_id, row.region, row.function_name, row.qualifier),
                    str(row.uuid),
                    Flow(polled=0),
                    counts_events=True,
                    at_ms=int(now * 1000),
                )
            ]
        )


def _filtered(work: Errand, count: int) -> int | None:
    """Say how many events the filters kept out; nothing where there are none."""
    return None if work.sieve.matches is None else count


def _failed(batch: Batch, outcome: Outcome) -> int:
    match outcome:
        case Succeeded():
            return 0
        case Partial(first):
            return sum(seq >= first for seq in batch.seqs)
        case _:
            return len(batch.seqs)


def _emit(work: Errand, flow: Flow, at: float) -> None:
    writing.take(_samples(work, flow, at))


def _samples(work: Errand, flow: Flow, at: float) -> list[Sample]:
    uuid, ms = str(UUID(str(work.mapping))), int(at * 1000)
    return of_mapping(place_of(work), uuid, flow, counts_events=work.counts_events, at_ms=ms)
