"""A shard that closes makes its lanes due, even idle ones, so that its children are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.aws.ids import SYSTEM_IDS
from console.aws.scope import Scope
from functions.runtime.pool import Pool
from tests.polling.conftest import EPOCH, FrozenClock, at, make_mapping, make_shard, write
from triggers.dynamodb import tables
from triggers.dynamodb.definitions import Billing, TableDefinition
from triggers.dynamodb.keys import KeySchema
from triggers.models import Lane, Shard
from triggers.polling import leases
from triggers.polling.attempt import Tools
from triggers.polling.ears import Ears
from triggers.polling.holding import Holding
from triggers.polling.runner import Shop, advance
from triggers.polling.slots import Slots
from triggers.polling.tick import due_lanes, grown, notice, tell
from triggers.streams import resharding, trimming

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def shard(scope: Scope, settings: Any, clock: FrozenClock) -> Shard:
    """The only shard of a real table's stream, with nothing in it."""
    settings.TABLE_DELAY_SECONDS = 0
    definition = TableDefinition(
        "Orders", KeySchema("p", "S"), Billing("PAY_PER_REQUEST"), "NEW_IMAGE"
    )
    tables.create_table(scope, definition, clock=clock)
    return Shard.objects.select_related("stream").get()


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[Pool]:
    """A pool that no test here asks for an environment."""
    pool = Pool(tmp_path, "http://127.0.0.1:9")
    yield pool
    pool.close()


def test_an_idle_lane_is_due_when_its_shard_closes(
    scope: Scope, shard: Shard, clock: FrozenClock
) -> None:
    lane = make_mapping(scope, shard).lanes.get()
    Lane.objects.update(due_at=None)

    resharding.split_shard(scope, shard.stream.arn, shard.name, clock=clock)
    notice(clock=clock)

    assert due_lanes(clock=clock) == [lane.pk]


def test_lanes_go_on_with_the_children(
    scope: Scope, shard: Shard, clock: FrozenClock, pool: Pool
) -> None:
    """The real runner finishes the parent's lane and opens one a child; grandchildren follow."""
    parent = make_mapping(scope, shard).lanes.get()
    tools = Tools("worker", pool, clock, SYSTEM_IDS, 30)
    shop = Shop(tools, Slots(1, lambda: None), Ears(), Holding(), 0, 60)
    children = resharding.split_shard(scope, shard.stream.arn, shard.name, clock=clock)
    (grandchild,) = resharding.roll_over(scope, shard.stream.arn, children[0].name, clock=clock)
    Lane.objects.update(due_at=None)

    for _ in range(3):
        notice(clock=clock)
        for lane in due_lanes(clock=clock):
            advance(lane, shop)

    lanes = {lane.shard_id: lane for lane in Lane.objects.all()}
    assert set(lanes) == {shard.pk, grandchild.pk, *(child.pk for child in children)}
    assert {pk for pk, lane in lanes.items() if lane.done} == {shard.pk, children[0].pk}
    assert lanes[shard.pk].pk == parent.pk
    readers = dict(Shard.objects.values_list("pk", "readers"))
    assert {pk for pk, count in readers.items() if count} == {children[1].pk, grandchild.pk}


def test_a_lane_let_go_meanwhile_stays_due(scope: Scope, shard: Shard, clock: FrozenClock) -> None:
    """The lane looked before the shard closed and is let go, to wait for records, after it."""
    lane = make_mapping(scope, shard).lanes.get()
    held = leases.claim(lane.pk, "worker", clock.now(), 30)
    assert held is not None

    resharding.roll_over(scope, shard.stream.arn, shard.name, clock=clock)
    notice(clock=clock)
    leases.release(held, clock.now(), None)

    assert due_lanes(clock=clock) == [lane.pk]


def test_a_shard_that_closes_under_a_tick_is_told_of_by_the_next(
    scope: Scope, shard: Shard, clock: FrozenClock
) -> None:
    """A tick stood still after it had looked; meanwhile all records were read and the shard closed."""
    lane = make_mapping(scope, shard).lanes.get()
    write(shard, 2)
    seen = grown()
    Lane.objects.update(checkpoint=2, head=2, due_at=None)
    resharding.roll_over(scope, shard.stream.arn, shard.name, clock=clock)

    tell(seen, clock=clock)
    notice(clock=clock)

    assert due_lanes(clock=clock) == [lane.pk]


def test_a_closed_shard_stays_while_a_lane_has_it_to_finish(
    scope: Scope, shard: Shard, clock: FrozenClock
) -> None:
    make_mapping(scope, shard)
    resharding.roll_over(scope, shard.stream.arn, shard.name, clock=clock)
    clock.sleep(24 * 3600 + 1)

    trimming.trim(clock)
    assert Shard.objects.count() == 2

    Lane.objects.update(done=True)
    trimming.trim(clock)
    assert Shard.objects.count() == 1


def test_what_grows_and_stays_open_is_told_exactly(scope: Scope, clock: FrozenClock) -> None:
    row = make_mapping(scope, make_shard(scope, 3)).lanes.get()
    Lane.objects.update(due_at=at(EPOCH), head=0)

    notice(clock=clock)

    row.refresh_from_db()
    assert row.head == 3
