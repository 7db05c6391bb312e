"""Lanes that are switched, divided or overtaken at the worst moment are neither lost nor repeated."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction

from console.aws.scope import Scope
from tests.polling.conftest import EPOCH, FrozenClock, at, make_mapping, make_shard, write
from triggers.models import EventSourceMapping, Lane, Shard
from triggers.polling import lane as pure
from triggers.polling import lanes, leases
from triggers.polling.leases import Held
from triggers.polling.tick import due_lanes, notice
from triggers.sources.dynamodb import SOURCE
from triggers.sources.protocol import EVERYTHING
from triggers.streams import resharding

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
TTL = 30.0


def claimed(row: Lane, clock: FrozenClock) -> Held:
    held = leases.claim(row.pk, "w", clock.now(), TTL)
    assert held is not None
    return held


def divide(mapping: EventSourceMapping, factor: int) -> None:
    mapping.parallelization = factor
    mapping.save()
    with transaction.atomic():
        lanes.divide(mapping, due_at=at(EPOCH))


def switch(mapping: EventSourceMapping, *, enabled: bool) -> None:
    mapping.enabled = enabled
    mapping.save()
    with transaction.atomic():
        lanes.switch(mapping, due_at=at(EPOCH))


def test_a_lane_off_and_on_again_while_in_hand_learns_what_it_missed(
    scope: Scope, clock: FrozenClock
) -> None:
    shard = make_shard(scope)
    mapping = make_mapping(scope, shard)
    row = mapping.lanes.get()
    held = claimed(row, clock)  # and sees that there is nothing

    switch(mapping, enabled=False)
    write(shard, 1)
    notice(clock=clock)
    switch(mapping, enabled=True)
    leases.release(held, clock.now(), None)

    assert due_lanes(clock=clock) == [row.pk]


def test_a_barrier_that_comes_while_a_lane_is_let_go_is_seen(
    scope: Scope, clock: FrozenClock
) -> None:
    mapping = make_mapping(scope, make_shard(scope))
    row = mapping.lanes.get()
    held = claimed(row, clock)

    divide(mapping, 2)
    leases.release(held, clock.now(), None)

    assert due_lanes(clock=clock) == [row.pk]


def test_a_barrier_is_not_forgotten_while_a_lane_is_switched_off_and_on(
    scope: Scope, clock: FrozenClock
) -> None:
    mapping = make_mapping(scope, make_shard(scope))
    row = mapping.lanes.get()
    held = claimed(row, clock)

    divide(mapping, 2)
    switch(mapping, enabled=False)
    switch(mapping, enabled=True)
    leases.release(held, clock.now(), None)

    assert due_lanes(clock=clock) == [row.pk]


def test_what_lies_behind_a_new_barrier_is_not_stored(scope: Scope, clock: FrozenClock) -> None:
    mapping = make_mapping(scope, make_shard(scope, 5))
    held = claimed(mapping.lanes.get(), clock)

    divide(mapping, 2)

    assert not leases.store(held, replace(held.lane, checkpoint=3), "", clock.now())
    assert not leases.store(held, replace(held.lane, cuts=(3,)), "", clock.now())
    assert leases.store(held, held.lane, "", clock.now())


def test_lanes_that_have_read_a_closed_shard_count_for_the_barrier(
    scope: Scope, clock: FrozenClock
) -> None:
    shard = make_shard(scope, 6)
    mapping = make_mapping(scope, shard)
    divide(mapping, 2)
    finish(mapping.lanes.get(done=False), 0, clock)
    first, second = mapping.lanes.filter(done=False).order_by("number")
    resharding.split_shard(scope, shard.stream.arn, shard.name, clock=clock)
    finish(first, 6, clock)

    divide(mapping, 3)

    second.refresh_from_db()
    assert second.upto == 6


def finish(row: Lane, place: int, clock: FrozenClock) -> None:
    held = claimed(row, clock)
    assert lanes.finish(held, pure.Lane(checkpoint=place, done=True), SOURCE, clock=clock)


def test_no_more_expires_than_a_lane_was_to_read(scope: Scope) -> None:
    shard = make_shard(scope, 6)
    Shard.objects.filter(pk=shard.pk).update(trimmed=5)

    seen = SOURCE.look(shard.pk, 0, 3, None, EVERYTHING)

    assert seen.trimmed == 3


def test_what_expired_in_a_child_before_its_lane_began_is_for_the_lane_to_pass(
    scope: Scope, clock: FrozenClock
) -> None:
    shard = make_shard(scope, 1)
    child, _ = resharding.split_shard(scope, shard.stream.arn, shard.name, clock=clock)
    Shard.objects.filter(pk=child.pk).update(head=4, trimmed=4)

    assert [start.checkpoint for start in SOURCE.children(shard.pk)] == [0, 0]


def test_a_lease_of_a_clock_that_was_set_back_is_found_by_the_tick(
    scope: Scope, clock: FrozenClock
) -> None:
    row = make_mapping(scope, make_shard(scope, 1)).lanes.get()
    clock.sleep(3600)
    claimed(row, clock)

    clock.sleep(-3600)

    assert due_lanes(clock=clock) == [row.pk]
