"""One queued invocation, from claim to result. Safe to be asked for twice: the claim decides."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from console import hints
from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from functions.catalog.names import FunctionName
from functions.invocations import aftermath, eventrules, parts, preparing, queue, rows, running
from functions.invocations.aftermath import Means
from functions.invocations.eventrules import Condition
from functions.invocations.models import Invocation
from functions.invocations.turning_away import turn_away
from functions.observability.metrics.emission import Place, emit_event
from functions.runtime.outcomes import Outcome
from functions.runtime.pool import Pool
from functions.runtime.spec import Event


@dataclass(frozen=True, slots=True)
class Workplace:
    """What runs invocations here: environments, time and chance."""

    pool: Pool
    clock: Clock = SYSTEM_CLOCK
    ids: Ids = SYSTEM_IDS


def work(invocation_id: str, place: Workplace) -> bool:
    """Run a queued invocation unless somebody else does; whether it ran here."""
    claimed = queue.claim(invocation_id, clock=place.clock, ids=place.ids)
    if claimed is None:
        return False
    row = claimed.row
    means = Means(claimed.account, place.clock, place.ids)
    if claimed.refusal is not None:
        turn_away(row, claimed.refusal, means)
    elif row.source == Invocation.Source.EVENT and _is_over(row, means):
        return False
    else:
        _run(row, means, place)
    hints.push(queue.done_key(invocation_id), "!")
    return claimed.refusal is None


def _is_over(row: Invocation, means: Means) -> bool:
    """End an event that has become too old; whether it has."""
    now = means.clock.now()
    applied = aftermath.settings_of(row, means.ids)
    if not aftermath.is_too_old(row, applied, now):
        return False
    with transaction.atomic():
        if _close(row, Condition.AGE, "The event is too old to be tried again.", now):
            aftermath.end(row, Condition.AGE, applied, means)
    return True


def _run(row: Invocation, means: Means, place: Workplace) -> None:
    try:
        spec = preparing.prepare(
            row.tenancy_id,
            means.account,
            row.region,
            row.function_name,
            row.qualifier,
            clock=place.clock,
            ids=place.ids,
        )
        row.version = spec.version
        name = FunctionName(means.account, row.region, row.function_name, row.qualifier)
        payload = bytes(row.payload or b"{}")
        event = Event(row.request_id, payload, name.arn, row.trace, row.client_context)
        waits = row.source == Invocation.Source.API
        hear = parts.Sender(str(row.pk), spec.version) if waits else None
        outcome = running.perform(event, spec, place.pool, hear)
    except AwsError as refusal:
        _refuse(row, refusal, means)
    else:
        _keep(row, outcome, means)


def _keep(row: Invocation, outcome: Outcome, means: Means) -> None:
    with transaction.atomic():
        if not running.record(row, outcome, means.clock.now()):
            return  # given up meanwhile: the caller has had another answer
        if row.source == Invocation.Source.EVENT:
            aftermath.follow(row, outcome, means)


def _refuse(row: Invocation, refusal: AwsError, means: Means) -> None:
    """Write down that the function could not be run at all; an event waits unless it is gone."""
    now = means.clock.now()
    is_event = row.source == Invocation.Source.EVENT
    with transaction.atomic():
        if is_event and refusal.code != _GONE:
            queue.put_back(row, now + eventrules.wait(row.refusals))
        elif _close(row, refusal.code, refusal.message, now) and is_event:
            place = Place(row.tenancy_id, row.region, row.function_name, row.qualifier)
            emit_event(place, "AsyncEventsDropped", 1.0, at_ms=int(now * 1000))


def _close(row: Invocation, error_type: str, message: str, now: float) -> bool:
    """Write down an end without a result; False when the row was given up meanwhile."""
    row.state = Invocation.State.LOST
    row.ended_at = as_datetime(now)
    row.error_type, row.error_message = error_type, message
    return rows.end(row)


_GONE = "ResourceNotFoundException"
