"""Whether mappings that have nothing to do may still read their source: AWS's pollers ask it all the
time, and say so when they are refused. Looks at a few mappings at a time; those with records find out
themselves."""

from __future__ import annotations

from uuid import UUID

from console import hints
from console.aws.clock import Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.catalog import finding
from functions.catalog.names import FunctionName
from triggers.mappings import results
from triggers.models import EventSourceMapping
from triggers.polling import permission
from triggers.sources.registry import source_of

EVERY_SECONDS = 8
AT_ONCE = 25
"""Both ours: so many mappings are looked at so often, in the order of their UUIDs, round and round;
measured 1.2 ms of processor time each, a quarter of a second a minute at most."""

_first = UUID(int=0)
_looked_at = _first


def look_round(clock: Clock) -> None:
    """Ask for the next few enabled mappings, and note what a refusal says."""
    global _looked_at
    if not hints.first_within("watch", EVERY_SECONDS):
        return
    settled = EventSourceMapping.objects.filter(
        enabled=True, settles_at__lte=as_datetime(clock.now())
    )
    ahead = settled.filter(uuid__gt=_looked_at).select_related("tenancy").order_by("uuid")
    rows = list(ahead[:AT_ONCE])
    _looked_at = rows[-1].uuid if len(rows) == AT_ONCE else _first
    for row in rows:
        _look(row, clock)


def _look(row: EventSourceMapping, clock: Clock) -> None:
    scope = Scope(row.tenancy.account_number, row.region, row.tenancy_id)
    source = source_of(row.stream_arn)
    name = FunctionName(scope.account, scope.region, row.function_name, row.qualifier)
    try:
        role_arn = finding.get_published(scope, name).role_arn
    except AwsError:  # a function that was deleted changes nothing by itself. Source: recorded
        return
    if source is None or row.last_result.startswith(results.REFUSED):
        return
    refusal = permission.refusal(scope, row.stream_arn, source, role_arn, clock)
    if refusal is not None:
        result = f"PROBLEM: {refusal.message}"
        EventSourceMapping.objects.filter(pk=row.pk).update(last_result=result)
