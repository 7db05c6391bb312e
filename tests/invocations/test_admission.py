"""Who may run: the limits themselves, and the rows they are counted from."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from console.aws.clock import as_datetime
from console.aws.ids import SYSTEM_IDS
from console.aws.scope import Scope
from functions.catalog import concurrency
from functions.catalog.names import FunctionName
from functions.invocations import admitting, invoking, queue, working
from functions.invocations.admission import Limits, Reason, Running, decide
from functions.invocations.aftermath import Means
from functions.invocations.eventrules import wait
from functions.invocations.invoking import InvocationType
from functions.invocations.models import Invocation
from functions.invocations.working import Workplace
from functions.models import MetricMinute
from functions.observability.metrics.emission import Place
from tests.invocations.conftest import Hand, Make

NOW = 1_800_000_000.0
ECHO = "def handler(event, context):\n    return event\n"


@pytest.mark.parametrize(
    ("limits", "running", "reason"),
    [
        (Limits(10, 0, None), Running(9, 9), None),
        (Limits(10, 0, None), Running(0, 10), Reason.ACCOUNT),
        (Limits(10, 4, None), Running(0, 5), None),
        (Limits(10, 4, None), Running(0, 6), Reason.ACCOUNT),
        (Limits(10, 4, 4), Running(3, 10), None),
        (Limits(10, 4, 4), Running(4, 0), Reason.RESERVED),
        (Limits(10, 0, 0), Running(0, 0), Reason.RESERVED),
        (Limits(10, 12, None), Running(0, 0), Reason.ACCOUNT),
    ],
)
def test_a_function_has_its_reserve_or_shares_the_rest(
    limits: Limits, running: Running, reason: Reason | None
) -> None:
    assert decide(limits, running) == reason


def test_an_event_that_is_turned_away_waits_longer_each_time() -> None:
    assert [wait(times) for times in (0, 1, 2, 8, 9, 500)] == [1, 2, 4, 256, 300, 300]


def run_one(scope: Scope, name: str = "probe", *, until: float = NOW + 60) -> Invocation:
    """Have an invocation of a function running, whose worker counts as dead after `until`."""
    return Invocation.objects.create(
        id=uuid4(),
        request_id=str(uuid4()),
        tenancy_id=scope.tenancy,
        region=scope.region,
        function_name=name,
        source=Invocation.Source.LANE,
        state=Invocation.State.RUNNING,
        expires_at=as_datetime(until),
        created_at=as_datetime(NOW),
    )


def asked(scope: Scope, name: str = "probe") -> Reason | None:
    return admitting.admit(Place(scope.tenancy, scope.region, name), NOW)


def test_running_invocations_fill_a_reserve(scope: Scope, make: Make, probe: FunctionName) -> None:
    make(ECHO)
    concurrency.reserve(scope, probe, 2)

    answers = []
    for _ in range(3):
        answers.append(asked(scope))
        run_one(scope)

    assert answers == [None, None, Reason.RESERVED]


def test_reserves_are_taken_from_what_the_others_share(
    scope: Scope, make: Make, probe: FunctionName, settings
) -> None:
    settings.ACCOUNT_CONCURRENCY = 103
    make(ECHO)
    make(ECHO, "other")
    concurrency.reserve(scope, probe, 3)
    settings.ACCOUNT_CONCURRENCY = 5
    for name in ("probe", "probe", "probe", "other"):
        run_one(scope, name)

    before = asked(scope, "other")
    run_one(scope, "other")

    assert (before, asked(scope, "other")) == (None, Reason.ACCOUNT)


def test_other_accounts_and_regions_do_not_count(
    scope: Scope, make: Make, probe: FunctionName
) -> None:
    make(ECHO)
    concurrency.reserve(scope, probe, 1)
    run_one(Scope(scope.account, "eu-west-1", scope.tenancy))

    assert asked(scope) is None


def test_what_a_dead_worker_ran_stops_counting(
    scope: Scope, make: Make, probe: FunctionName
) -> None:
    make(ECHO)
    concurrency.reserve(scope, probe, 1)
    lost = run_one(scope, until=NOW)

    assert asked(scope) is None

    queue.due_invocations(NOW + timedelta(seconds=1).total_seconds(), 10)
    lost.refresh_from_db()
    assert lost.state == Invocation.State.LOST


def test_a_claim_beyond_the_reserve_leaves_the_row_queued(
    scope: Scope, make: Make, probe: FunctionName
) -> None:
    make(ECHO)
    concurrency.reserve(scope, probe, 0)
    invoking.invoke(scope, probe, b"{}", InvocationType.EVENT)
    row = Invocation.objects.get()

    claimed = queue.claim(str(row.pk))

    assert claimed is not None
    assert claimed.refusal is Reason.RESERVED
    row.refresh_from_db()
    assert (row.state, row.owner) == (Invocation.State.QUEUED, "")


def test_an_event_that_waits_is_not_turned_away_again_by_a_doubled_message(
    scope: Scope, make: Make, probe: FunctionName, place: Workplace
) -> None:
    make(ECHO)
    concurrency.reserve(scope, probe, 1)
    hand = Hand()
    run_one(scope, until=hand.at + 60)
    invoking.invoke(scope, probe, b"{}", InvocationType.EVENT, clock=hand)
    row = Invocation.objects.get(source=Invocation.Source.EVENT)
    Invocation.objects.filter(pk=row.pk).update(refusals=3)
    here = Workplace(place.pool, clock=hand)

    for _ in range(2):
        working.work(str(row.pk), here)

    row.refresh_from_db()
    assert (row.refusals, row.due_at) == (4, as_datetime(hand.at + 8))


def test_an_event_is_turned_away_once_however_often_it_is_announced(
    scope: Scope, make: Make, probe: FunctionName, place: Workplace
) -> None:
    make(ECHO)
    concurrency.reserve(scope, probe, 1)
    hand = Hand()
    run_one(scope, until=hand.at + 60)
    invoking.invoke(scope, probe, b"{}", InvocationType.EVENT, clock=hand)
    row = Invocation.objects.get(source=Invocation.Source.EVENT)
    here = Workplace(place.pool, clock=hand)
    late = queue.claim(str(row.pk), clock=hand)
    assert late is not None
    assert late.refusal is not None

    assert not working.work(str(row.pk), here)
    working.turn_away(late.row, late.refusal, Means(scope.account, hand, SYSTEM_IDS))

    row.refresh_from_db()
    assert (row.state, row.refusals) == (Invocation.State.QUEUED, 1)
    assert row.due_at == as_datetime(hand.at + 1)
    assert MetricMinute.objects.exists()
