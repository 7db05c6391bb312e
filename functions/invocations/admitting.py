"""Asks the rows how many invocations run, and lets one more run or not.

Call it inside the transaction that writes the new "running" row: SQLite has one writer at a time, and on
PostgreSQL whoever comes near a limit waits for a lock of that limit. What a dead worker ran stops
counting when its claim expires, so nothing has to be repaired after a crash.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from console.aws.clock import as_datetime
from functions.catalog import concurrency
from functions.invocations import provisioned
from functions.invocations.admission import Limits, Reason, Running, decide
from functions.observability.metrics.emission import Place

_NEAR = 64
"""Without a lock, so many claims may pass each other at most; ours."""

# The state stands in the statement, so that the partial index of running invocations is used.
_LOOK = """
SELECT (SELECT reserved FROM functions_function
         WHERE tenancy_id = %s AND region = %s AND name = %s),
       (SELECT COALESCE(SUM(reserved), 0) FROM functions_function
         WHERE tenancy_id = %s AND region = %s AND reserved IS NOT NULL),
       (SELECT COUNT(*) FROM functions_provision p JOIN functions_function f ON f.id = p.function_id
         WHERE f.tenancy_id = %s AND f.region = %s),
       COUNT(*), COALESCE(SUM(CASE WHEN function_name = %s THEN 1 ELSE 0 END), 0)
  FROM functions_invocation
 WHERE state = 'running' AND expires_at > %s AND tenancy_id = %s AND region = %s
"""
_UNRESERVED = """
SELECT COUNT(*) FROM functions_invocation i
 WHERE i.state = 'running' AND i.expires_at > %s AND i.tenancy_id = %s AND i.region = %s
   AND NOT EXISTS (SELECT 1 FROM functions_function f
                    WHERE f.tenancy_id = i.tenancy_id AND f.region = i.region
                      AND f.name = i.function_name AND f.reserved IS NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class _Seen:
    limits: Limits
    function: int
    account: int
    provisions: int


def admit(place: Place, now: float) -> Reason | None:
    """Let one more invocation of a function run, or say why it may not."""
    seen = _look(place, now)
    if connection.vendor == "postgresql" and _is_near(seen):
        _lock(place, whole=seen.limits.reserved is None)
        seen = _look(place, now)
    if seen.provisions:
        return _admit_beside_provisions(place, now, seen)
    unreserved = seen.account
    if seen.limits.reserved is None and unreserved >= seen.limits.unreserved:
        unreserved = _count_unreserved(place, now)
    return decide(seen.limits, Running(seen.function, unreserved))


def _look(place: Place, now: float) -> _Seen:
    where: list[Any] = [place.tenancy, place.region]
    name = place.function_name
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [*where, name, *where, *where, name, _at(now), *where])
        reserved, reserved_in_all, provisions, account, function = cursor.fetchone()
    limits = Limits(concurrency.of_account(), int(reserved_in_all), reserved)
    return _Seen(limits, int(function), int(account), int(provisions))


def _admit_beside_provisions(place: Place, now: float, seen: _Seen) -> Reason | None:
    """Let it run where its version has a provisioned place free, else in what is left for all.

    What is ready for versions is taken from the function's reserve, or from what all share; what
    runs there does not count again. Source: recorded answers of Invoke, where a reserve is wholly
    provisioned.
    """
    held = provisioned.hold(place.tenancy, place.region, now)
    if held.is_free(place.function_name, place.qualifier):
        return None
    limits, name = seen.limits, place.function_name
    if limits.reserved is not None:
        left = replace(limits, reserved=max(0, limits.reserved - held.ready(name)))
        return decide(left, Running(seen.function - held.running(name), 0))
    shared = replace(limits, reserved_in_all=limits.reserved_in_all + held.ready_unreserved)
    running = _count_unreserved(place, now) - held.running_unreserved
    return decide(shared, Running(0, running))


def _is_near(seen: _Seen) -> bool:
    if seen.limits.reserved is not None:
        return seen.function + _NEAR >= seen.limits.reserved
    return seen.account + _NEAR >= seen.limits.unreserved


def _lock(place: Place, *, whole: bool) -> None:
    """Let nobody else pass this limit until the transaction ends."""
    what = f"{place.tenancy}/{place.region}/{'' if whole else place.function_name}"
    digest = hashlib.blake2b(what.encode(), digest_size=8).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest, signed=True)])


def _count_unreserved(place: Place, now: float) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_UNRESERVED, [_at(now), place.tenancy, place.region])
        return int(cursor.fetchone()[0])


def _at(seconds: float) -> Any:
    """Spell a moment as the database does in statements written by hand."""
    return connection.ops.adapt_datetimefield_value(as_datetime(seconds))
