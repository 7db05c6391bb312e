"""Invoke: an event checked, queued, and its result waited for when the caller wants it.

User code runs in workers, never here.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from console import hints
from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from console.sqlite.durability import unpromised
from functions.catalog import finding, glance
from functions.catalog.names import FunctionName
from functions.catalog.states import standing
from functions.invocations import admission, limits, payloads, preparing, traces
from functions.invocations.models import Invocation
from functions.invocations.queue import WAITED_FOR, WAITED_FOR_SECONDS, done_key
from functions.invocations.rows import Ended, add, ended
from functions.observability.metrics.emission import Place, emit_event
from functions.runtime.limits import RESPONSE_BYTES
from functions.runtime.outcomes import Oversized, judge

_LOOK_SECONDS = 0.25
_LOOK_SECONDS_LATER = 1.0
_LATER_SECONDS = 3.0


class InvocationType(StrEnum):
    """How a caller wants a function invoked."""

    WAIT = "RequestResponse"
    EVENT = "Event"
    DRY_RUN = "DryRun"


@dataclass(frozen=True, slots=True)
class Result:
    """What the caller gets; `log_tail` is text, the version is empty when nothing has run yet.

    `request_id` is what the function and its log lines call the invocation; empty without one.
    """

    status: int
    payload: bytes = b""
    function_error: str = ""
    executed_version: str = ""
    log_tail: str = ""
    request_id: str = ""


def invoke(
    scope: Scope,
    name: FunctionName,
    payload: bytes,
    kind: InvocationType = InvocationType.WAIT,
    *,
    client_context: str = "",
    request_id: str = "",
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Result:
    """Invoke a function as an API caller; `request_id` is for who has told one already.

    Raises AwsError when the event or the function is refused, or when no worker answers in time.
    """
    if kind is InvocationType.WAIT:
        asked = ask(scope, name, payload, client_context, clock, ids, request_id)
        found = _in_one_piece(result(_wait(asked, clock)))
        return replace(found, request_id=asked.row.request_id)
    event = payloads.check_event(payload, asynchronous=kind is InvocationType.EVENT)
    context = payloads.read_client_context(client_context)
    _timeout(scope, name, clock)
    if kind is InvocationType.DRY_RUN:
        return Result(204)
    row = _queue(scope, name, event, context, Invocation.Source.EVENT, clock, ids, request_id)
    return Result(202, request_id=row.request_id)


def _in_one_piece(found: Result) -> Result:
    """Refuse what only a stream may hold: a response in one piece has a limit of its own."""
    if len(found.payload) <= RESPONSE_BYTES:
        return found
    verdict = judge(Oversized(), "")
    return replace(found, payload=verdict.payload, function_error=verdict.function_error or "")


@dataclass(frozen=True, slots=True)
class Asked:
    """An invocation whose result somebody waits for, `patience` seconds at most until it begins."""

    row: Invocation
    patience: float


def ask(
    scope: Scope,
    name: FunctionName,
    payload: bytes,
    client_context: str,
    clock: Clock,
    ids: Ids,
    request_id: str = "",
) -> Asked:
    """Queue an invocation for a caller who waits. Raises AwsError."""
    event = payloads.check_event(payload, asynchronous=False)
    context = payloads.read_client_context(client_context)
    timeout = _timeout(scope, name, clock)
    row = _queue(scope, name, event, context, Invocation.Source.API, clock, ids, request_id)
    return Asked(row, timeout + limits.PATIENCE_SECONDS)


def _timeout(scope: Scope, name: FunctionName, clock: Clock) -> int:
    """Give the timeout, in seconds, of a function that can be invoked. Raises AwsError."""
    if name.account == scope.account:
        now = clock.now()
        seen = glance.glance(scope.tenancy, scope.region, name.name, name.qualifier, now)
        if seen is not None:
            return seen.timeout
    try:
        function = finding.get_published(scope, name)
    except AwsError as error:
        raise preparing.not_found(name) from error
    times = (function.created_at, function.changed_at, function.settles_at)
    preparing.check_state(standing(*times, as_datetime(clock.now())))
    return function.timeout


def _queue(
    scope: Scope,
    name: FunctionName,
    event: bytes,
    client_context: str,
    source: Invocation.Source,
    clock: Clock,
    ids: Ids,
    request_id: str,
) -> Invocation:
    """Store the invocation and tell a worker; the tick tells one again when the message is lost."""
    now = clock.now()
    invocation_id = ids.uuid()
    row = Invocation(
        id=UUID(invocation_id),
        request_id=request_id or ids.uuid(),
        tenancy_id=scope.tenancy,
        region=scope.region,
        function_name=name.name,
        qualifier=name.qualifier,
        source=source,
        state=Invocation.State.QUEUED,
        due_at=as_datetime(now + limits.ANNOUNCE_SECONDS),
        payload=event,
        client_context=client_context,
        trace=traces.read(scope.trace),
        created_at=as_datetime(now),
        received_at=as_datetime(now),
    )
    waits = source == Invocation.Source.API  # who waits knows by himself when it is lost
    with unpromised() if waits else nullcontext(), transaction.atomic():
        add(row)
        if source == Invocation.Source.EVENT:
            place = Place(scope.tenancy, scope.region, name.name, name.qualifier)
            emit_event(place, "AsyncEventsReceived", 1.0, at_ms=int(now * 1000))
        transaction.on_commit(lambda: _tell(invocation_id, source))
    return row


def _tell(invocation_id: str, source: Invocation.Source) -> None:
    """Tell the worker that listens when a caller waits; what can wait goes through Celery."""
    if source == Invocation.Source.API:
        hints.push(WAITED_FOR, invocation_id, WAITED_FOR_SECONDS)
    else:
        task = "functions.invocations.tasks.run"
        hints.send(task, invocation_id, queue="invocations", expires=30)


def _wait(asked: Asked, clock: Clock) -> Ended:
    """Wait until a worker has written the result; a lost hint costs a quarter of a second."""
    began = clock.monotonic()
    key = done_key(str(asked.row.pk))
    while True:
        waited = clock.monotonic() - began
        hints.pop(key, pause(waited))
        found = look(asked, waited)
        if found is not None:
            return found


def pause(waited: float) -> float:
    """Say how long to wait for a hint before looking again."""
    return _LOOK_SECONDS if waited < _LATER_SECONDS else _LOOK_SECONDS_LATER


def look(asked: Asked, waited: float) -> Ended | None:
    """Look whether an invocation has ended. Raises AwsError when nobody has begun it in time."""
    found = ended(asked.row)
    if found is None and waited > asked.patience and _withdraw(asked.row):
        raise AwsError("ServiceException", "No worker took the invocation in time.")
    return found


def _withdraw(row: Invocation) -> bool:
    """Take back an invocation that nobody has begun; False when somebody has.

    One that is gone (its account was emptied) counts as taken back.
    """
    rows = Invocation.objects.filter(pk=row.pk)
    queued = rows.filter(state=Invocation.State.QUEUED)
    return queued.update(state=Invocation.State.LOST) > 0 or not rows.exists()


def result(row: Ended) -> Result:
    """Say what a caller gets of an invocation that has ended. Raises AwsError when it never ran."""
    if row.state == Invocation.State.LOST and row.error_type == admission.CODE:
        raise admission.refusal(row.error_message)
    if row.state == Invocation.State.LOST:
        raise AwsError(row.error_type or "ServiceException", row.error_message)
    return Result(
        status=200,
        payload=bytes(row.result or b""),
        function_error=row.function_error,
        executed_version=row.version,
        log_tail=row.log_tail,
    )
