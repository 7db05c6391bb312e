"""Queued invocations: claimed once, recovered when a worker dies, tried again when AWS would."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from console.aws.clock import as_datetime
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.catalog import lifecycle
from functions.catalog.names import FunctionName
from functions.iam import attachments, roles
from functions.iam.managed import BASIC_EXECUTION
from functions.invocations import invoking, preparing, queue, rows, trimming, working
from functions.invocations.invoking import InvocationType
from functions.invocations.models import Invocation
from functions.invocations.working import Workplace
from functions.observability.models import LogEvent
from tests.invocations.conftest import TIMEOUT, Hand, Make

ECHO = "def handler(event, context):\n    print('ran')\n    return event\n"
FAIL = "def handler(event, context):\n    raise ValueError('no')\n"
State, Source = Invocation.State, Invocation.Source


def send(scope: Scope, name: FunctionName, event: object, clock: Hand) -> Invocation:
    """Invoke asynchronously and give the queued row."""
    invoking.invoke(scope, name, json.dumps(event).encode(), InvocationType.EVENT, clock=clock)
    return Invocation.objects.get(function_name=name.name, state=State.QUEUED)


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.mark.sandbox
def test_a_claimed_invocation_runs_and_is_recorded(
    scope: Scope, make: Make, place: Workplace, probe: FunctionName
) -> None:
    make(ECHO)
    invoking.invoke(scope, probe, b'{"a":1}', InvocationType.EVENT)
    row = Invocation.objects.get()

    assert working.work(str(row.pk), place)

    row.refresh_from_db()
    assert row.state == State.DONE
    assert json.loads(bytes(row.result)) == {"a": 1}
    assert row.billed_ms >= row.duration_ms
    messages = list(LogEvent.objects.order_by("id").values_list("message", flat=True))
    assert messages[1] == f"START RequestId: {row.request_id} Version: $LATEST\n"
    assert messages[2] == "ran\n"
    group = LogEvent.objects.first().stream.group
    assert (group.name, group.tenancy_id) == ("/aws/lambda/probe", scope.tenancy)


def test_a_function_without_its_role_is_not_run(scope: Scope, make: Make) -> None:
    make(ECHO)
    role = roles.find(scope, "runner")
    attachments.detach(role, BASIC_EXECUTION.arn)
    role.delete()

    with pytest.raises(AwsError) as refused:
        preparing.prepare(scope.tenancy, scope.account, scope.region, "probe")

    assert (refused.value.code, refused.value.message) == (
        "AccessDeniedException",
        "The role defined for the function cannot be assumed by Lambda.",
    )


@pytest.mark.sandbox
def test_a_message_that_comes_twice_runs_once(
    scope: Scope, make: Make, place: Workplace, probe: FunctionName
) -> None:
    make(ECHO)
    invoking.invoke(scope, probe, b"1", InvocationType.EVENT)
    invocation_id = str(Invocation.objects.get().pk)

    assert [working.work(invocation_id, place) for _ in range(2)] == [True, False]
    assert not working.work(str(uuid4()), place)


@pytest.mark.sandbox
def test_an_asynchronous_failure_is_tried_again_after_one_and_two_minutes(
    scope: Scope, make: Make, place: Workplace, probe: FunctionName, clock: Hand
) -> None:
    make(FAIL)
    row = send(scope, probe, {"n": 1}, clock)
    place = Workplace(place.pool, clock)
    waits = []

    for _ in range(3):
        working.work(str(row.pk), place)
        again = Invocation.objects.filter(state=State.QUEUED).first()
        if again is None:
            break
        waits.append((again.due_at - as_datetime(clock.now())).total_seconds())
        assert queue.due_invocations(clock.now(), 10) == []
        clock.sleep(waits[-1])
        assert queue.due_invocations(clock.now(), 10) == [str(again.pk)]
        row = again

    assert waits == [60.0, 120.0]
    rows = Invocation.objects.order_by("attempt")
    assert [one.attempt for one in rows] == [1, 2, 3]
    assert {one.state for one in rows} == {State.DONE}
    assert len({one.request_id for one in rows}) == 1


def test_a_retry_is_not_begun_before_its_time(
    scope: Scope, make: Make, probe: FunctionName, clock: Hand
) -> None:
    make(FAIL)
    row = send(scope, probe, 1, clock)
    Invocation.objects.update(due_at=row.due_at + timedelta(seconds=60))

    assert queue.claim(str(row.pk), clock=clock) is None


def test_a_lost_asynchronous_invocation_is_queued_again(
    scope: Scope, make: Make, probe: FunctionName, clock: Hand
) -> None:
    make(ECHO)
    row = send(scope, probe, 1, clock)
    claimed = queue.claim(str(row.pk), clock=clock)
    assert claimed is not None

    clock.sleep(TIMEOUT + 10 + 29)
    assert queue.due_invocations(clock.now(), 10) == []
    clock.sleep(2)
    assert queue.due_invocations(clock.now(), 10) == [str(row.pk)]
    assert not rows.end(claimed.row)


def test_a_lost_waiting_invocation_is_told_so_and_not_run_again(
    scope: Scope, make: Make, probe: FunctionName, clock: Hand
) -> None:
    make(ECHO)
    row = send(scope, probe, 1, clock)
    Invocation.objects.update(source=Source.API)
    assert queue.claim(str(row.pk), clock=clock) is not None

    clock.sleep(TIMEOUT + 60)

    assert queue.due_invocations(clock.now(), 10) == []
    row.refresh_from_db()
    assert (row.state, row.error_type) == (State.LOST, "ServiceException")


@pytest.mark.sandbox
def test_a_result_that_comes_too_late_is_not_written(
    scope: Scope, make: Make, place: Workplace, probe: FunctionName, clock: Hand
) -> None:
    make(ECHO)
    row = send(scope, probe, 1, clock)
    late = queue.claim(str(row.pk), clock=clock)
    clock.sleep(TIMEOUT + 60)
    queue.due_invocations(clock.now(), 10)
    other = queue.claim(str(row.pk), clock=clock)

    assert late is not None
    assert other is not None
    assert [rows.end(late.row), rows.end(other.row)] == [False, True]


@pytest.mark.sandbox
def test_a_function_deleted_meanwhile_is_not_found(
    scope: Scope, make: Make, place: Workplace, probe: FunctionName
) -> None:
    make(ECHO)
    invoking.invoke(scope, probe, b"1", InvocationType.EVENT)
    lifecycle.delete_function(scope, probe)
    row = Invocation.objects.get()

    working.work(str(row.pk), place)

    row.refresh_from_db()
    assert (row.state, row.error_type) == (State.LOST, "ResourceNotFoundException")


def test_a_function_of_another_region_is_not_prepared(scope: Scope, make: Make) -> None:
    make(ECHO)

    with pytest.raises(Exception, match="Function not found") as refused:
        preparing.prepare(scope.tenancy, scope.account, "eu-west-1", "probe")

    arn = "arn:aws:lambda:eu-west-1:111111111111:function:probe:$LATEST"
    assert str(refused.value).endswith(arn)


def test_old_invocations_go_and_queued_ones_stay(
    scope: Scope, make: Make, probe: FunctionName, clock: Hand
) -> None:
    make(ECHO)
    for state in (State.DONE, State.LOST, State.RUNNING, State.QUEUED):
        row = send(scope, probe, 1, clock)
        Invocation.objects.filter(pk=row.pk).update(state=state)

    clock.sleep(25 * 3600)
    trimming.trim(clock=clock)

    assert set(Invocation.objects.values_list("state", flat=True)) == {State.RUNNING, State.QUEUED}
