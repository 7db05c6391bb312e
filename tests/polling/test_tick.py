"""A write makes its lanes due without touching them; the tick finds all that is due and nothing
else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.aws.scope import Scope
from tests.polling.conftest import EPOCH, FrozenClock, at, make_mapping, make_shard, write
from triggers.models import Lane, Shard
from triggers.polling import leases
from triggers.polling.tick import due_lanes, notice, recall, tick

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


class Sent:
    """Takes down what a tick hands out."""

    def __init__(self) -> None:
        self.lanes: list[int] = []

    def advance(self, lane_id: int) -> None:
        self.lanes.append(lane_id)

    def invoke(self, invocation_id: str) -> None:
        raise AssertionError("nothing was queued")


def idle(row: Lane) -> Lane:
    """Let the lane wait for records, as one does that has read everything."""
    Lane.objects.filter(pk=row.pk).update(due_at=None, checkpoint=row.shard.head)
    return row


def test_a_grown_shard_makes_all_its_lanes_due(scope: Scope, clock: FrozenClock) -> None:
    shard = make_shard(scope)
    mappings = [make_mapping(scope, shard, function=name) for name in ("f", "g")]
    lanes = {idle(mapping.lanes.get()).pk for mapping in mappings}
    write(shard, 1)
    sent = Sent()

    tick(sent, clock=clock)

    assert set(sent.lanes) == lanes
    assert Shard.objects.get().noticed == 1
    assert set(Lane.objects.values_list("head", flat=True)) == {1}


def test_nothing_is_handed_out_when_nothing_was_written(
    lane_of: Callable[[int], Lane], clock: FrozenClock
) -> None:
    idle(lane_of(3))
    notice(clock=clock)
    Lane.objects.update(due_at=None)
    sent = Sent()

    tick(sent, clock=clock)

    assert sent.lanes == []


def test_new_records_do_not_shorten_a_backoff(
    lane_of: Callable[[int], Lane], clock: FrozenClock
) -> None:
    row = lane_of(1)
    Lane.objects.filter(pk=row.pk).update(due_at=at(EPOCH + 60))
    write(row.shard, 1)
    sent = Sent()

    tick(sent, clock=clock)

    row.refresh_from_db()
    assert sent.lanes == []
    assert row.due_at == at(EPOCH + 60)


@pytest.mark.parametrize(("ahead", "due"), [(60, False), (3600, True)])
def test_a_lane_put_off_by_a_clock_that_ran_ahead_is_recalled(
    lane_of: Callable[[int], Lane], clock: FrozenClock, ahead: float, due: bool
) -> None:
    row = lane_of(1)
    Lane.objects.filter(pk=row.pk).update(due_at=at(EPOCH + ahead))

    recall(clock=clock)

    assert due_lanes(clock=clock) == ([row.pk] if due else [])


def test_a_lane_in_hand_is_not_handed_out_until_its_lease_ends(
    lane_of: Callable[[int], Lane], clock: FrozenClock
) -> None:
    row = lane_of(1)
    assert leases.claim(row.pk, "a", EPOCH, 30) is not None

    assert due_lanes(clock=clock) == []
    clock.sleep(31)
    assert due_lanes(clock=clock) == [row.pk]


def test_a_tick_reads_no_table_from_end_to_end(
    lane_of: Callable[[int], Lane], clock: FrozenClock
) -> None:
    idle(lane_of(3))
    notice(clock=clock)
    with CaptureQueriesContext(connection) as asked:
        tick(Sent(), clock=clock)

    grows = ("triggers_shard", "triggers_lane", "functions_invocation", "triggers_load")
    statements = [one["sql"] for one in asked if any(table in one["sql"] for table in grows)]
    assert len(statements) == 5
    assert all(goes_through_indexes(statement) for statement in statements)


def goes_through_indexes(statement: str) -> bool:
    """Ask the database how it answers; its tables are small here, which must not tempt it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
            return all(" USING " in row[3] for row in cursor.fetchall())
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}")
        lines = [row[0] for row in cursor.fetchall()]
        cursor.execute("RESET enable_seqscan")
        return not any("Seq Scan" in line for line in lines)


def test_a_lane_that_is_off_is_left_alone(scope: Scope, clock: FrozenClock) -> None:
    shard = make_shard(scope, 2)
    make_mapping(scope, shard, enabled=False)
    sent = Sent()

    tick(sent, clock=clock)

    assert sent.lanes == []
    assert Shard.objects.get().readers == 0
