"""Records passed over: they do not match, or have expired unsettled. The checkpoint moves on."""

from __future__ import annotations

from django.db import transaction

from console.failpoints import failpoint
from triggers.polling import counting, leases, ledger
from triggers.polling.attempt import Step
from triggers.polling.lane import Lane, Skip, settle


def skip(step: Step, action: Skip) -> Lane | None:
    """Move over records and return the lane as it is stored now; None when it was taken over."""
    now = step.tools.clock.now()
    after = settle(step.lane, action, None, step.work.rules, now)
    fate = ledger.Fate.EXPIRED if action.expired else ledger.Fate.FILTERED
    with transaction.atomic():
        if not leases.store(step.held, after, "", now):
            return None
        run = ledger.Run(step.lane.checkpoint, action.upto, fate)
        ledger.enter(step.held.lane_id, run, now)
        polled = step.own(step.lane.checkpoint, action.upto)
        counting.skipped(step.work, action, now, polled)
        failpoint("skip.storing")
    return after
