"""An invocation turned away for want of concurrency: a caller is told, an event waits or ends."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from console.aws.clock import as_datetime
from functions.invocations import admission, aftermath, eventrules
from functions.invocations.admission import Reason
from functions.invocations.aftermath import Means
from functions.invocations.eventrules import Again
from functions.invocations.models import Invocation
from functions.observability.metrics.emission import Place, emit_throttle


def turn_away(row: Invocation, reason: Reason, means: Means) -> None:
    """Tell the caller of a queued invocation, or let an event wait longer each time."""
    now = means.clock.now()
    with transaction.atomic():
        if row.source == Invocation.Source.EVENT:
            told = _postpone(row, means, now)
        else:
            told = _close(row, now, admission.CODE, reason)
        if told:  # otherwise somebody else has dealt with it
            place = Place(row.tenancy_id, row.region, row.function_name, row.qualifier)
            emit_throttle(place, at_ms=int(now * 1000))


def _postpone(row: Invocation, means: Means, now: float) -> bool:
    applied = aftermath.settings_of(row, means.ids)
    verdict = eventrules.after_refusal(
        applied.rules,
        reserved=None if applied.function is None else applied.function.reserved,
        refusals=row.refusals,
        received_at=aftermath.received(row),
        now=now,
    )
    if isinstance(verdict, Again):
        changes = {"due_at": as_datetime(verdict.at), "refusals": row.refusals + 1}
        return _queued(row).update(**changes) > 0
    told = _close(row, now, verdict, admission.MESSAGE)
    if told:
        aftermath.end(row, verdict, applied, means, message=admission.MESSAGE)
    return told


def _close(row: Invocation, now: float, error_type: str, message: str) -> bool:
    return (
        _queued(row).update(
            state=Invocation.State.LOST,
            ended_at=as_datetime(now),
            error_type=error_type,
            error_message=message,
        )
        > 0
    )


def _queued(row: Invocation) -> QuerySet[Invocation]:
    return Invocation.objects.filter(
        pk=row.pk, state=Invocation.State.QUEUED, refusals=row.refusals
    )
