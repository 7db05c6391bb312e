"""What every invocation goes through is SQL by hand: it must say what the models say, and little."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.catalog import lifecycle
from functions.catalog.names import FunctionName
from functions.invocations import (
    admitting,
    crowding,
    invoking,
    journal,
    preparing,
    queue,
    rows,
    working,
)
from functions.invocations.invoking import InvocationType
from functions.invocations.models import Invocation
from functions.invocations.working import Workplace
from functions.observability.metrics.emission import Crowd, Place
from functions.runtime.spec import EnvironmentSpec
from tests.catalog.conftest import package
from tests.invocations.conftest import Hand, Make

ECHO = "def handler(event, context):\n    return event\n"
MOMENT = datetime(2027, 1, 15, 8, 0, 0, 250_000, tzinfo=UTC)
State, Source = Invocation.State, Invocation.Source
MOST_STATEMENTS = 10
"""Of a worker for a warm invocation, without those that begin and end transactions."""


def a_row(scope: Scope, **values: object) -> Invocation:
    fixed: dict[str, object] = {
        "id": uuid4(),
        "request_id": str(uuid4()),
        "tenancy_id": scope.tenancy,
        "region": scope.region,
        "function_name": "probe",
        "source": Source.API,
        "state": State.RUNNING,
        "owner": "me",
        "payload": b'{"n": 1}',
        "created_at": MOMENT,
    }
    return Invocation(**(fixed | values))


def columns(row: Invocation) -> dict[str, object]:
    stored = Invocation.objects.filter(pk=row.pk).values().get()
    return {name: bytes(v) if isinstance(v, memoryview) else v for name, v in stored.items()}


@pytest.mark.postgres
def test_a_row_added_by_hand_is_the_row_that_the_model_would_save(scope: Scope) -> None:
    by_hand = a_row(scope, due_at=MOMENT, lane_id=7, client_context='{"ü":1}')
    by_model = a_row(scope, due_at=MOMENT, lane_id=7, client_context='{"ü":1}')

    rows.add(by_hand)
    by_model.save(force_insert=True)

    own = {"id", "request_id"}
    first, second = columns(by_hand), columns(by_model)
    assert {k: v for k, v in first.items() if k not in own} == {
        k: v for k, v in second.items() if k not in own
    }
    assert first["id"] == by_hand.pk


@pytest.mark.postgres
def test_an_end_is_written_as_the_model_holds_it_and_seen_by_who_waits(scope: Scope) -> None:
    row = a_row(scope, expires_at=MOMENT)
    rows.add(row)
    assert rows.ended(row) is None
    row.state, row.ended_at, row.expires_at = State.DONE, MOMENT, None
    row.result, row.duration_ms, row.billed_ms, row.log_tail = b"[1]", 1.5, 2, "END\n"

    assert rows.end(row)

    stored = Invocation.objects.get(pk=row.pk)
    assert (stored.ended_at, stored.expires_at) == (MOMENT, None)
    assert (stored.duration_ms, stored.billed_ms) == (1.5, 2)
    seen = rows.ended(row)
    assert seen is not None
    assert (seen.state, bytes(seen.result or b""), seen.log_tail) == ("done", b"[1]", "END\n")


@pytest.mark.postgres
@pytest.mark.parametrize("change", [{"owner": "another"}, {"state": State.QUEUED}], ids=repr)
def test_only_the_owner_of_a_running_invocation_ends_it(
    scope: Scope, change: dict[str, str]
) -> None:
    row = a_row(scope)
    rows.add(row)
    Invocation.objects.update(**change)
    before = columns(row)

    assert not rows.end(row)

    assert columns(row) == before


def _configure(scope: Scope, name: FunctionName) -> None:
    lifecycle.update_configuration(scope, name, {"memory_mb": 256})


def _deploy(scope: Scope, name: FunctionName) -> None:
    lifecycle.update_code(scope, name, package("def handler(e, c):\n    return 2\n"))


@pytest.mark.parametrize("change", [_configure, _deploy])
def test_a_change_of_a_function_is_seen_by_the_next_invocation(
    scope: Scope, make: Make, probe: FunctionName, change: Callable[[Scope, FunctionName], None]
) -> None:
    make(ECHO)
    before = prepared(scope)
    assert prepared(scope) == before

    change(scope, probe)

    assert prepared(scope).key != before.key


def test_a_deleted_function_is_not_remembered(
    scope: Scope, make: Make, probe: FunctionName
) -> None:
    make(ECHO)
    prepared(scope)

    lifecycle.delete_function(scope, probe)

    with pytest.raises(AwsError, match="Function not found"):
        prepared(scope)


def test_a_function_that_is_not_settled_is_looked_at_closely(
    scope: Scope, make: Make, probe: FunctionName
) -> None:
    function = make(ECHO)
    early = Hand(function.created_at.timestamp())
    function.settles_at = datetime(2100, 1, 1, tzinfo=UTC)
    function.save()

    with pytest.raises(AwsError, match="currently in the following state: Pending"):
        invoking.invoke(scope, probe, b"1", InvocationType.EVENT, clock=early)


@pytest.mark.sandbox
def test_a_warm_invocation_costs_few_statements(
    scope: Scope,
    make: Make,
    place: Workplace,
    probe: FunctionName,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(journal, "_FRESH_SECONDS", 1e9)  # every other second one asks anew
    journal._denied.cache_clear()
    make(ECHO)
    for _ in range(2):
        invoking.invoke(scope, probe, b"1", InvocationType.EVENT)
    Invocation.objects.update(source=Invocation.Source.API)  # what follows an event costs more
    first, second = Invocation.objects.values_list("pk", flat=True)
    working.work(str(first), place)

    with CaptureQueriesContext(connection) as statements:
        working.work(str(second), place)

    said = [one["sql"] for one in statements]
    assert len([sql for sql in said if "SAVEPOINT" not in sql]) <= MOST_STATEMENTS


def prepared(scope: Scope) -> EnvironmentSpec:
    return preparing.prepare(scope.tenancy, scope.account, scope.region, "probe")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite's planner")
@pytest.mark.parametrize(
    "statement",
    [admitting._LOOK, admitting._UNRESERVED, crowding._COUNT, queue._OVERDUE],
    ids=["limits", "unreserved", "crowd", "overdue"],
)
def test_what_every_invocation_counts_is_not_looked_for_among_those_that_have_ended(
    db: None, statement: str
) -> None:
    given = [1] * statement.count("%s")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", given)
        steps = [step[-1] for step in cursor.fetchall()]

    asked = [step for step in steps if "invocation_" in step]
    assert asked
    assert all("invocation_running" in step for step in asked)


def test_counting_is_not_slower_the_more_has_ended(scope: Scope) -> None:
    """Counted in steps of SQLite's machine, so that time decides nothing."""
    if connection.vendor != "sqlite":
        pytest.skip("counts SQLite's steps")
    place = Place(scope.tenancy, scope.region, "probe", "")
    rows.add(a_row(scope, expires_at=datetime(2100, 1, 1, tzinfo=UTC)))

    def steps() -> int:
        taken: list[int] = []
        connection.connection.set_progress_handler(lambda: taken.append(1) and 0, 10)  # every ten
        try:
            assert admitting.admit(place, MOMENT.timestamp()) is None
            assert crowding.crowd(place) == Crowd(1, 1)
        finally:
            connection.connection.set_progress_handler(None, 0)
        return len(taken)

    few = steps()
    for _ in range(300):
        rows.add(a_row(scope, state=State.DONE))

    assert steps() < few + 10  # a scan takes hundreds
