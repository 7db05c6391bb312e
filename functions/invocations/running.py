"""A function run once in an environment, and what came of it written down.

Used by API and asynchronous invocations and by lanes alike. No transaction is open while user
code runs; whether the result still counts is the caller's business.
"""

from __future__ import annotations

from collections.abc import Sequence

from console.aws.clock import as_datetime
from console.aws.errors import AwsError
from functions.catalog.routing import LATEST
from functions.invocations import crowding, journal, limits, payloads, provisioned, rows
from functions.invocations.models import Invocation
from functions.invocations.preparing import log_group
from functions.observability.metrics.emission import (
    Place,
    emit_invocation,
    of_provisioned,
    of_spillover,
)
from functions.observability.metrics.writing import Sample
from functions.observability.writing import put_events
from functions.runtime.conversation import Hear
from functions.runtime.environment import EnvironmentLostError
from functions.runtime.outcomes import Outcome
from functions.runtime.pool import Pool
from functions.runtime.spawning import StartError
from functions.runtime.spec import EnvironmentSpec, Event

_STARTS = 3
"""How often an environment that ended while idle is replaced before giving up."""


def perform(event: Event, spec: EnvironmentSpec, pool: Pool, hear: Hear | None = None) -> Outcome:
    """Run one event to its end in an environment of `pool`; failures of the function are outcomes.

    `hear` gets the parts of a streamed response.

    Raises AwsError("ServiceException") when no environment can be started.
    """
    for _ in range(_STARTS):
        try:
            environment = pool.lend(spec)
        except StartError as error:
            raise AwsError("ServiceException", f"No execution environment: {error}") from error
        try:
            outcome = environment.invoke(event, hear)
        except EnvironmentLostError:
            continue
        else:
            return journal.permitted(outcome, spec)
        finally:
            pool.give_back(environment)
    raise AwsError("ServiceException", "Execution environments end as soon as they start.")


def record(row: Invocation, outcome: Outcome, now: float, *, also: Sequence[Sample] = ()) -> bool:
    """Write down how `row` ended, with log lines and metrics, inside the caller's transaction.

    `also` are metrics of what it was run for. False when it is no longer its owner's to end, and nothing was written.
    """
    place = Place(row.tenancy_id, row.region, row.function_name, row.qualifier, row.version)
    crowd = crowding.crowd(place)
    lane = row.source == Invocation.Source.LANE
    row.state = Invocation.State.DONE
    row.expires_at = None
    row.ended_at = as_datetime(now)
    row.function_error = outcome.function_error or ""
    row.error_type = outcome.error_type[:256]
    row.error_message = outcome.error_message
    row.result = outcome.payload[: limits.LANE_RESULT_BYTES] if lane else outcome.payload
    row.log_tail = payloads.log_tail(text for _, text in outcome.log_lines)
    row.log_stream = outcome.log_stream
    row.duration_ms = outcome.duration_ms
    row.billed_ms = outcome.billed_ms
    row.init_ms = outcome.init_ms
    row.memory_used_mb = outcome.max_memory_mb
    if not rows.end(row):
        return False
    if outcome.log_stream:  # the role may write its logs
        put_events(
            row.tenancy_id,
            row.region,
            log_group(row.function_name),
            outcome.log_stream,
            outcome.log_lines,
            int(now * 1000),
        )
    began = row.started_at or row.created_at
    emit_invocation(
        place,
        failed=outcome.function_error is not None,
        duration_ms=outcome.duration_ms,
        crowd=crowd,
        at_ms=int(began.timestamp() * 1000),
        also=[*also, *_provisioned(place, outcome, now, int(began.timestamp() * 1000))],
    )
    return True


def _provisioned(place: Place, outcome: Outcome, now: float, at_ms: int) -> list[Sample]:
    """Count an invocation of a version that has provisioned places; the row has ended already."""
    where = place.tenancy, place.region, place.function_name, place.version
    if outcome.provisioned:
        others, places = provisioned.figures(*where, now)
        return of_provisioned(place, min(others + 1, places), places, at_ms=at_ms)
    if place.version != LATEST and provisioned.has_places(*where):
        return of_spillover(place, at_ms=at_ms)
    return []
