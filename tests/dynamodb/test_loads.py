"""Generated load: so many items a second, until its end, until it is stopped, or until it fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from tests.dynamodb.conftest import FrozenClock
from triggers.dynamodb import loads, tables
from triggers.dynamodb.loads import Plan
from triggers.dynamodb.models import Item, Load, Table
from triggers.models import Record

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

SHAPE = '{"p": {"S": "k-{{key}}"}, "n": {"N": "{{n}}"}}'


@pytest.fixture
def load(scope: Scope, make_table: Callable[..., Table], clock: FrozenClock) -> Load:
    """Ten items a second for four seconds, of seven keys."""
    make_table()
    return loads.start_load(scope, "Orders", Plan(SHAPE, rate=10, seconds=4, keys=7), clock=clock)


def test_so_many_items_a_second_are_written(load: Load, clock: FrozenClock) -> None:
    written = []
    for _ in range(8):
        clock.seconds += 0.25
        written.append(loads.advance(load.pk, clock=clock))

    assert sum(written) == 20
    assert max(written) <= 3
    assert Item.objects.count() == 7
    assert Record.objects.count() == 20


def test_it_ends_by_itself(load: Load, clock: FrozenClock) -> None:
    for _ in range(20):
        clock.seconds += 0.25
        loads.advance(load.pk, clock=clock)

    load.refresh_from_db()
    assert (load.written, load.note) == (40, "")
    assert load.stopped_at is not None
    assert loads.running() == []


def test_after_a_pause_it_does_not_come_all_at_once(load: Load, clock: FrozenClock) -> None:
    clock.seconds += 60

    assert loads.advance(load.pk, clock=clock) == 6


def test_it_is_stopped_by_hand(scope: Scope, load: Load, clock: FrozenClock) -> None:
    loads.stop_load(scope, "Orders", clock=clock)
    clock.seconds += 1

    assert loads.advance(load.pk, clock=clock) == 0
    load.refresh_from_db()
    assert load.note == "Stopped by hand."


def test_the_same_number_is_never_written_twice(load: Load, clock: FrozenClock) -> None:
    clock.seconds += 0.25
    loads.advance(load.pk, clock=clock)

    assert loads.advance(load.pk, clock=clock) == 0
    assert Record.objects.count() == 2


def test_it_stops_with_the_reason_when_the_table_refuses(
    scope: Scope, load: Load, clock: FrozenClock
) -> None:
    Load.objects.update(shape='{"p": {"N": "{{n}}"}}')
    clock.seconds += 0.25
    loads.advance(load.pk, clock=clock)

    load.refresh_from_db()
    assert load.written == 0
    assert "Type mismatch for key p" in load.note


def test_it_goes_with_its_table(scope: Scope, load: Load, clock: FrozenClock) -> None:
    tables.delete_table(scope, "Orders", clock=clock)
    clock.seconds += 1

    assert loads.advance(load.pk, clock=clock) == 0
    assert not Load.objects.exists()


def test_a_table_has_one_load_at_a_time(scope: Scope, load: Load, clock: FrozenClock) -> None:
    with pytest.raises(AwsError, match="ResourceInUseException"):
        loads.start_load(scope, "Orders", Plan(SHAPE, 1, 1), clock=clock)

    loads.stop_load(scope, "Orders", clock=clock)
    assert loads.start_load(scope, "Orders", Plan(SHAPE, 1, 1), clock=clock).pk != load.pk


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (Plan(SHAPE, 0, 1), "1 to 200 items a second"),
        (Plan(SHAPE, 201, 1), "1 to 200 items a second"),
        (Plan(SHAPE, 1, 601), "1 to 600 seconds"),
        (Plan(SHAPE, 1, 1, keys=-1), "different keys"),
        (Plan("{", 1, 1), "Not JSON"),
        (Plan('{"q": {"S": "x"}}', 1, 1), "Missing the key p"),
        (Plan('{"p": {"S": "x"}, "n": {"N": "{{uuid}}"}}', 1, 1), "numeric value"),
    ],
)
def test_what_cannot_run_is_refused_before_it_starts(
    scope: Scope, make_table: Callable[..., Table], clock: FrozenClock, plan: Plan, said: str
) -> None:
    make_table()

    with pytest.raises(AwsError) as refused:
        loads.start_load(scope, "Orders", plan, clock=clock)

    assert said in refused.value.message
    assert not Load.objects.exists()


def test_another_account_neither_starts_nor_stops_it(
    load: Load, other: Scope, clock: FrozenClock
) -> None:
    for verb in (
        lambda: loads.start_load(other, "Orders", Plan(SHAPE, 1, 1), clock=clock),
        lambda: loads.stop_load(other, "Orders", clock=clock),
    ):
        with pytest.raises(AwsError, match="ResourceNotFoundException"):
            verb()

    assert loads.running() == [load.pk]


def test_old_loads_are_forgotten(scope: Scope, load: Load, clock: FrozenClock) -> None:
    loads.stop_load(scope, "Orders", clock=clock)
    clock.seconds += 24 * 3600 + 1

    loads.trim(clock)

    assert not Load.objects.exists()
