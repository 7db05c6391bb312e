"""Drops what is older than its retention, everywhere. Runs once a minute in every worker (what
`keep_pace` does more often); doing it twice harms nothing."""

from __future__ import annotations

from django.conf import settings

from console import hints
from console.accounts import queries
from console.aws.clock import Clock
from functions.catalog import layers
from functions.invocations import codecache
from functions.invocations import trimming as invocations
from functions.messaging import trimming as messages
from functions.observability import trimming as logs
from functions.observability.metrics import trimming as metrics
from triggers.dynamodb import expiry, indexbuilding, loads, requesttokens
from triggers.mappings import drafts
from triggers.polling import counting, lanes, ledger, watching
from triggers.sources.remote import copies
from triggers.streams import resharding
from triggers.streams import trimming as streams


def keep_pace(clock: Clock) -> None:
    """Do what is due within seconds, unless another worker just has.

    Items expire, shards roll over, indexes are filled of which nobody heard, and mappings that find
    nothing say so.
    """
    if hints.first_within("pace", settings.TTL_SWEEP_SECONDS / 2):
        expiry.sweep(clock=clock)
        resharding.roll_over_old(clock=clock)
        indexbuilding.carry_on_everywhere()
    counting.idle(clock)
    watching.look_round(clock)


def trim_everything(clock: Clock) -> None:
    """Trim all that grows by itself; docs/retention.md has the list."""
    streams.trim(clock=clock)
    copies.drop_unread()
    copies.trim_places()
    ledger.trim(clock=clock)
    lanes.trim()
    drafts.trim(clock=clock)
    queries.trim(clock=clock)
    requesttokens.forget(clock=clock)
    loads.trim(clock=clock)
    invocations.trim(clock=clock)
    layers.forget_unused()
    codecache.trim(clock=clock)
    logs.trim(clock=clock)
    messages.trim(clock=clock)
    metrics.trim(clock=clock)
