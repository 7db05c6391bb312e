"""What metrics say is what the rows of invocations say."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction

from console.aws.clock import as_datetime
from console.aws.scope import Scope
from functions.invocations import crowding, running
from functions.invocations.models import Invocation
from functions.observability.metrics.emission import Crowd, Place
from functions.observability.metrics.reading import Name, Periods, read
from functions.runtime.outcomes import Outcome, Status

BEGAN = 1_800_000_030.0
MINUTE = int(BEGAN) // 60
State = Invocation.State


def running_row(scope: Scope, name: str = "f", state: str = State.RUNNING) -> Invocation:
    return Invocation.objects.create(
        id=uuid4(),
        request_id=str(uuid4()),
        tenancy_id=scope.tenancy,
        region=scope.region,
        function_name=name,
        source=Invocation.Source.API,
        state=state,
        created_at=as_datetime(BEGAN - 300),
        started_at=as_datetime(BEGAN),
    )


def outcome(duration_ms: float = 12.5, error: str | None = None) -> Outcome:
    return Outcome(
        b"1", error, "", "", Status.OK, (), duration_ms, int(duration_ms) + 1, None, 40, "e", "s"
    )


def end(row: Invocation, ended: Outcome) -> None:
    with transaction.atomic():
        running.record(row, ended, BEGAN + 120)


def total(scope: Scope, metric: str, *dimensions: tuple[str, str], of: str = "Sum") -> float:
    (period,) = read(scope, Name("AWS/Lambda", metric, dimensions), Periods(MINUTE, MINUTE + 1, 1))
    return period.summary.simple(of)


def test_metrics_agree_with_what_was_recorded_at_the_minute_of_the_start(scope):
    for duration, error in ((10.0, None), (20.0, "Unhandled"), (30.0, None)):
        end(running_row(scope), outcome(duration, error))
    rows = Invocation.objects.filter(function_name="f", state=State.DONE)

    name = ("FunctionName", "f")
    assert total(scope, "Invocations", name) == rows.count() == 3
    assert total(scope, "Errors", name) == rows.exclude(function_error="").count() == 1
    assert total(scope, "Duration", name) == sum(row.duration_ms for row in rows) == 60
    assert total(scope, "Invocations", name, ("Resource", "f")) == 3


def test_concurrency_is_the_most_that_ran_at_once(scope):
    first, second, _ = running_row(scope), running_row(scope), running_row(scope, "g")
    running_row(scope, state=State.QUEUED)
    end(first, outcome())
    end(second, outcome())

    name = ("FunctionName", "f")
    assert total(scope, "ConcurrentExecutions", name, of="Maximum") == 2
    assert total(scope, "ConcurrentExecutions", of="Maximum") == 3


def test_a_crowd_is_of_one_account_and_region(scope):
    running_row(scope)
    elsewhere = Place(scope.tenancy, "eu-west-1", "f")

    assert crowding.crowd(elsewhere) == Crowd(0, 0)


def test_a_fenced_result_is_not_counted(scope):
    with transaction.atomic():
        running.record(running_row(scope), outcome(), BEGAN)
        transaction.set_rollback(True)

    with pytest.raises(ValueError, match="not enough values"):
        total(scope, "Invocations", ("FunctionName", "f"))
