"""What a lane works for at this moment: its mapping's settings, read once a step."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection

from console.aws.scope import Scope
from functions.catalog import glance
from functions.catalog.names import FunctionName
from triggers.mappings.filters import compile_filters
from triggers.polling.batching import Rules
from triggers.polling.leases import Held
from triggers.sources.protocol import Sieve

_READ = f"""
SELECT m.uuid, m.tenancy_id, a.account_number, m.region, m.function_name, m.qualifier,
       m.stream_arn, m.destination, m.metrics, m.filters, m.batch_size, m.window_seconds,
       m.max_retries, m.max_age_seconds, m.bisect, m.reports_failures, m.tumbling_seconds,
       l.upto, f.revision
  FROM triggers_lane l
  JOIN triggers_eventsourcemapping m ON m.uuid = l.mapping_id
  JOIN accounts_tenancy a ON a.id = m.tenancy_id
{glance.BESIDE}
 WHERE l.id = %s AND l.token = %s AND l.enabled
"""


@dataclass(frozen=True, slots=True)
class Errand:
    """A mapping's settings as the lane in hand needs them."""

    mapping: Any  # the mapping's key, as the database spells it
    scope: Scope
    function: FunctionName
    source_arn: str
    destination: str  # OnFailure, an ARN; empty when there is none
    counts_events: bool  # MetricsConfig has EventCount
    rules: Rules
    sieve: Sieve
    upto: int | None  # barrier: read no further
    revision: str  # of the function's $LATEST, when that is what is run; else, or unsettled, empty


def read(held: Held, backoff_cap: float, now: float) -> Errand | None:
    """Read what the lane works for; None when it was taken away, switched off or deleted."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [glance.moment(now), held.lane_id, held.token])
        row = cursor.fetchone()
    return None if row is None else _understand(row, held.number, held.factor, backoff_cap)


@lru_cache(maxsize=4096)
def _understand(row: tuple[Any, ...], number: int, factor: int, backoff_cap: float) -> Errand:
    """Read a row; most are what they were a step before."""
    uuid, tenancy, account, region, name, qualifier, arn, destination, metrics, patterns = row[:10]
    size, window, retries, age, bisect, reports, tumbling, upto, revision = row[10:]
    wanted = _json(patterns)
    return Errand(
        mapping=uuid,
        scope=Scope(account, region, tenancy),
        function=FunctionName(account, region, name, qualifier),
        source_arn=arn,
        destination=destination,
        counts_events="EventCount" in _json(metrics),
        rules=Rules(
            batch_size=size,
            backoff_cap=backoff_cap,
            window=window,
            max_retries=retries,
            max_age=age,
            bisect=bool(bisect),
            reports=bool(reports),
            tumbling=tumbling,
        ),
        sieve=Sieve(
            compile_filters(tuple(wanted)).matches_bytes if wanted else None,
            number,
            factor,
        ),
        upto=upto,
        revision=(revision or "") if glance.is_enough(qualifier) else "",
    )


def _json(value: Any) -> Any:
    """Read a JSON column, which SQLite gives as text and PostgreSQL's driver as text too."""
    return json.loads(value) if isinstance(value, str | bytes) else value
