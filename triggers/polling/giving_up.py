"""Records given up: the checkpoint moves over them, and the failure destination is told of them in
the same transaction. A destination that cannot be told changes nothing: they are dropped all the same.
"""

from __future__ import annotations

import logging

from django.db import transaction

from console.aws.errors import AwsError
from console.failpoints import failpoint
from functions.catalog import finding
from functions.models import Invocation
from triggers.mappings import results
from triggers.polling import counting, leases, ledger, permission
from triggers.polling.attempt import Step, event_of
from triggers.polling.batching import Condition
from triggers.polling.delivery import Delivery, deliver
from triggers.polling.documents import Loss, LossWindow
from triggers.polling.lane import Discard, Invoke, Lane, settle

log = logging.getLogger(__name__)


def is_barred(step: Step) -> bool:
    """Say whether the role may not even read the records, and note what AWS says of that.

    Then they wait: AWS could not know that they are there, and tells their destination later.
    """
    scope, function = step.work.scope, step.work.function
    try:
        role_arn = finding.get_published(scope, function).role_arn
    except AwsError:
        return False
    refusal = permission.refusal(
        scope, step.work.source_arn, step.source, role_arn, step.tools.clock
    )
    if refusal is not None:
        results.say(step.work.mapping, f"PROBLEM: {refusal.message}")
    return refusal is not None


def give_up(step: Step, action: Discard) -> Lane | None:
    """Discard a batch and return the lane as it is stored now; None when it was taken over."""
    now = step.tools.clock.now()
    after = settle(step.lane, action, None, step.work.rules, now)
    delivery = _delivery(step, action, now) if step.work.destination else None
    batch = action.batch
    with transaction.atomic():
        if not leases.store(step.held, after, "", now):
            return None
        message = deliver(step, delivery) if delivery else ""
        run = ledger.Run(
            batch.low,
            batch.high,
            ledger.Fate.DISCARDED,
            batch.seqs,
            condition=str(action.condition),
            destination=step.work.destination if message else "",
            message_id=message,
        )
        ledger.enter(step.held.lane_id, run, now)
        failpoint("discard.storing")
        polled = step.own(batch.low, batch.high)
        counting.discarded(step.work, action, now, polled, delivered=bool(message))
    return after


def _delivery(step: Step, action: Discard, now: float) -> Delivery | None:
    """Gather what the destination is told; None when the function, and so its role, is gone."""
    try:
        function = finding.get_published(step.work.scope, step.work.function)
    except AwsError as refusal:
        log.info("a failure record cannot be written: %s", refusal.message)
        return None
    records = step.records(action.batch)
    again = Invoke(action.batch, action.final)
    version = _executed(step) or function.version
    loss = _loss(step, action, version, now)
    return Delivery(loss, event_of(step, again, records), function.role_arn)


def _executed(step: Step) -> str:
    """Say which version ran last for the lane; an alias may lead to another one meanwhile."""
    rows = Invocation.objects.filter(lane_id=step.held.lane_id).order_by("-created_at")
    return rows.values_list("version", flat=True).first() or ""


def _loss(step: Step, action: Discard, version: str, now: float) -> Loss:
    face = step.source.face(step.held.shard_id)
    batch, lane = action.batch, step.lane
    seen = step.source.look(
        step.held.shard_id, batch.low, batch.high, None, step.work.sieve
    ).records
    arrived = {record.seq: record.arrived for record in seen}
    ends = [(face.text(seq), arrived.get(seq, now)) for seq in (batch.seqs[:1] + batch.seqs[-1:])]
    unhandled = action.condition is Condition.RETRIES and not lane.reported
    return Loss(
        request_id=lane.request_id or step.tools.ids.uuid(),
        function_arn=step.work.function.arn,
        version=version,
        condition=action.condition,
        invocations=action.invocations,
        function_error="Unhandled" if unhandled else None,
        shard_name=face.name,
        stream_arn=step.work.source_arn,
        records=len(batch.seqs),
        first=ends[0] if ends else None,
        last=ends[-1] if ends else None,
        window=_window(step, action),
        now=now,
    )


def _window(step: Step, action: Discard) -> LossWindow | None:
    window = step.lane.window
    if window is None:
        return None
    end = window.start + step.work.rules.tumbling
    return LossWindow(window.start, end, action.final, action.final and window.full)
