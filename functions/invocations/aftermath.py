"""An event after an attempt, or without one: tried again, or ended and told of.

Everything happens in the caller's transaction, which holds the event's row.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from console.aws.clock import Clock, as_datetime
from console.aws.ids import Ids
from console.aws.scope import Scope
from functions.catalog import finding
from functions.catalog.finding import Published
from functions.catalog.models import EventInvokeConfig, Function
from functions.catalog.names import FunctionName
from functions.catalog.routing import LATEST
from functions.invocations import destinations, eventrules, limits
from functions.invocations.destinations import Sender
from functions.invocations.eventrecords import Response, Story
from functions.invocations.eventrules import Again, Condition, Rules
from functions.invocations.models import Invocation
from functions.observability.metrics.emission import Place, emit_event
from functions.runtime.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Means:
    """What following an event takes beyond its row: its account's number, time and chance."""

    account: str
    clock: Clock
    ids: Ids


@dataclass(frozen=True, slots=True)
class Settings:
    """What applies to an event; `function` and `published` are None when they are gone."""

    rules: Rules
    function: Function | None = None
    published: Published | None = None
    on_success: str = ""
    on_failure: str = ""


def settings_of(row: Invocation, ids: Ids) -> Settings:
    """Read the settings of the function, version or alias that an event is for."""
    pause = settings.ASYNC_RETRY_SECONDS
    rows = Function.objects.filter(
        tenancy_id=row.tenancy_id, region=row.region, name=row.function_name
    )
    function = rows.first()
    if function is None:
        return Settings(Rules(pause=pause))
    published = (
        finding.version_of(function, row.version)
        if row.version
        else finding.to_run(function, row.qualifier, ids)
    )
    config = EventInvokeConfig.objects.filter(
        function=function, qualifier=row.qualifier or LATEST
    ).first()
    if config is None:
        return Settings(Rules(pause=pause), function, published)
    retries = limits.RETRIES if config.max_retries is None else config.max_retries
    age = limits.LONGEST_AGE if config.max_age is None else float(config.max_age)
    rules = Rules(retries, age, pause)
    return Settings(rules, function, published, config.on_success, config.on_failure)


def is_too_old(row: Invocation, applied: Settings, now: float) -> bool:
    """Say whether an event may not be tried any more."""
    when = received(row)
    return eventrules.before_attempt(applied.rules, received_at=when, now=now) is not None


def follow(row: Invocation, outcome: Outcome, means: Means) -> None:
    """Have an event that was just run tried again, or end it."""
    now = means.clock.now()
    applied = settings_of(row, means.ids)
    began = row.started_at.timestamp() if row.started_at else now
    age_ms = max(0.0, began - received(row)) * 1000
    emit_event(_place(row), "AsyncEventAge", age_ms, at_ms=int(began * 1000))
    verdict = eventrules.after_attempt(
        applied.rules,
        failed=outcome.function_error is not None,
        attempt=row.attempt,
        received_at=received(row),
        now=now,
    )
    if isinstance(verdict, Again):
        _try_again(row, verdict.at, now, means.ids)
        return
    response = Response(row.version, outcome.function_error or "", outcome.payload)
    end(row, verdict, applied, means, response=response, message=outcome.error_message)


def end(
    row: Invocation,
    condition: Condition,
    applied: Settings,
    means: Means,
    *,
    response: Response | None = None,
    message: str = "",
) -> None:
    """Tell the destinations of an event that has ended, and count it when it was dropped."""
    now = means.clock.now()
    at_ms = int(now * 1000)
    succeeded = condition is Condition.SUCCESS
    place = _place(row)
    name = FunctionName(means.account, row.region, row.function_name, row.qualifier or LATEST)
    attempts = row.attempt if response is not None else row.attempt - 1
    payload = bytes(row.payload or b"{}")
    story = Story(row.request_id, name.arn, condition, attempts, payload, response, now)
    if not succeeded:
        emit_event(place, "AsyncEventsDropped", 1.0, at_ms=at_ms)
    if applied.published is None:
        return
    scope = Scope(means.account, row.region, row.tenancy_id)
    role = applied.published.role_arn
    sender = Sender(scope, row.function_name, role, means.clock, means.ids)
    destination = applied.on_success if succeeded else applied.on_failure
    if destination and not destinations.send_record(sender, destination, story):
        emit_event(place, "DestinationDeliveryFailures", 1.0, at_ms=at_ms)
    queue = applied.published.dead_letter
    if not queue or succeeded:
        return
    if not destinations.send_dead_letter(sender, queue, story, message):
        emit_event(place, "DeadLetterErrors", 1.0, at_ms=at_ms)


def received(row: Invocation) -> float:
    """Say when an event was received first, in epoch seconds."""
    assert row.received_at is not None  # noqa: S101 - every claim reads it
    return row.received_at.timestamp()


def _place(row: Invocation) -> Place:
    return Place(row.tenancy_id, row.region, row.function_name, row.qualifier)


def _try_again(row: Invocation, at: float, now: float, ids: Ids) -> None:
    Invocation.objects.create(
        id=UUID(ids.uuid()),
        request_id=row.request_id,
        tenancy_id=row.tenancy_id,
        region=row.region,
        function_name=row.function_name,
        qualifier=row.qualifier,
        source=row.source,
        state=Invocation.State.QUEUED,
        due_at=as_datetime(at),
        attempt=row.attempt + 1,
        payload=row.payload,
        client_context=row.client_context,
        trace=row.trace,
        created_at=as_datetime(now),
        received_at=row.received_at,
    )
