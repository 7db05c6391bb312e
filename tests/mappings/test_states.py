"""The State of a mapping moves by itself; what is under way cannot be changed."""

from __future__ import annotations

import pytest

from console.accounts.tenancy import scope_for
from console.aws.errors import AwsError
from tests.mappings.conftest import World
from triggers.mappings import lifecycle
from triggers.mappings.states import state
from triggers.models import EventSourceMapping, Lane
from triggers.polling import leases

pytestmark = [pytest.mark.django_db(transaction=True)]


def seen(world: World, uuid: object) -> str:
    return lifecycle.get_mapping(world.scope, str(uuid), clock=world.clock).state


@pytest.mark.parametrize(
    ("transition", "enabled", "settled", "running", "expected"),
    [
        ("Creating", True, False, False, "Creating"),
        ("Creating", False, False, False, "Creating"),
        ("Creating", True, True, True, "Enabled"),
        ("Creating", False, True, False, "Disabled"),
        ("Enabling", True, False, False, "Enabling"),
        ("Disabling", False, True, True, "Disabling"),
        ("Disabling", False, True, False, "Disabled"),
        ("Updating", False, False, False, "Updating"),
        ("Updating", False, True, False, "Disabled"),
        ("Updating", True, True, True, "Enabled"),
        ("Deleting", False, False, False, "Deleting"),
        ("Deleting", False, True, True, "Deleting"),
        ("Deleting", False, True, False, None),
    ],
)
def test_a_state_follows_from_what_was_asked_and_the_time(
    transition: str, enabled: bool, settled: bool, running: bool, expected: str | None
) -> None:
    assert state(transition, enabled=enabled, settled=settled, running=running) == expected


def test_creating_settles_to_enabled_without_anybody_moving_it(world: World) -> None:
    world.function()

    found = world.create()

    assert (found.state, seen(world, found.row.uuid)) == ("Creating", "Creating")
    world.settle()
    assert seen(world, found.row.uuid) == "Enabled"


def test_an_update_is_answered_with_the_new_values(world: World) -> None:
    world.function()
    uuid = str(world.create().row.uuid)
    world.settle()

    found = lifecycle.update_mapping(world.scope, uuid, {"BatchSize": 7}, clock=world.clock)

    assert (found.state, found.row.batch_size) == ("Updating", 7)
    world.settle()
    assert seen(world, uuid) == "Enabled"


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_a_mapping_in_transition_is_in_use(world: World, verb: str) -> None:
    world.function()
    uuid = str(world.create().row.uuid)
    calls = {
        "update": lambda: lifecycle.update_mapping(world.scope, uuid, {}, clock=world.clock),
        "delete": lambda: lifecycle.delete_mapping(world.scope, uuid, clock=world.clock),
    }

    with pytest.raises(AwsError) as refusal:
        calls[verb]()

    assert refusal.value.code == "ResourceInUseException"
    assert refusal.value.message == f"Cannot {verb} the event source mapping because it is in use."


def test_disabling_waits_for_a_lane_that_still_runs(world: World) -> None:
    world.function()
    uuid = str(world.create(StartingPosition="TRIM_HORIZON").row.uuid)
    world.settle()
    held = leases.claim(Lane.objects.get().pk, "w", world.clock.now(), 30)
    assert held is not None

    lifecycle.update_mapping(world.scope, uuid, {"Enabled": False}, clock=world.clock)
    world.settle()
    assert seen(world, uuid) == "Disabling"

    leases.release(held, world.clock.now(), None)
    assert seen(world, uuid) == "Disabled"


def test_disabling_and_enabling_keep_the_checkpoint(world: World) -> None:
    world.function()
    uuid = str(world.create(StartingPosition="TRIM_HORIZON").row.uuid)
    Lane.objects.update(checkpoint=2, cuts="[3]", attempt=4)
    world.settle()

    lifecycle.update_mapping(world.scope, uuid, {"Enabled": False}, clock=world.clock)
    world.settle()
    lifecycle.update_mapping(world.scope, uuid, {"Enabled": True}, clock=world.clock)

    lane = Lane.objects.get()
    assert (lane.checkpoint, lane.cuts, lane.attempt, lane.enabled) == (2, "[3]", 4, True)


def test_deleting_answers_until_it_is_gone_and_leaves_no_row(world: World) -> None:
    world.function()
    uuid = str(world.create().row.uuid)
    world.settle()

    found = lifecycle.delete_mapping(world.scope, uuid, clock=world.clock)
    assert (found.state, seen(world, uuid)) == ("Deleting", "Deleting")

    world.settle()
    with pytest.raises(AwsError, match=r"The resource you requested does not exist\."):
        lifecycle.get_mapping(world.scope, uuid, clock=world.clock)
    assert lifecycle.reap(clock=world.clock) == 1
    assert not EventSourceMapping.objects.exists()
    world.shard.refresh_from_db()
    assert world.shard.readers == 0


def test_delete_and_create_starts_anew(world: World) -> None:
    world.function()
    uuid = str(world.create(StartingPosition="TRIM_HORIZON").row.uuid)
    Lane.objects.update(checkpoint=3)
    world.settle()
    lifecycle.delete_mapping(world.scope, uuid, clock=world.clock)
    world.settle()

    fresh = world.create(StartingPosition="TRIM_HORIZON")

    assert fresh.row.lanes.get().checkpoint == 0


def test_a_mapping_of_another_account_does_not_exist(world: World) -> None:
    world.function()
    uuid = str(world.create().row.uuid)
    world.settle()
    foreign = scope_for("210987654321", "us-east-1")

    for call in (
        lambda: lifecycle.get_mapping(foreign, uuid, clock=world.clock),
        lambda: lifecycle.update_mapping(foreign, uuid, {"BatchSize": 1}, clock=world.clock),
        lambda: lifecycle.delete_mapping(foreign, uuid, clock=world.clock),
    ):
        with pytest.raises(AwsError, match=r"The resource you requested does not exist\."):
            call()
    assert lifecycle.list_mappings(foreign, clock=world.clock) == []


def test_listing_by_function_matches_its_qualifier_exactly(world: World) -> None:
    world.function()
    plain = world.create()
    latest = world.create(FunctionName="f:$LATEST")

    by_name = lifecycle.list_mappings(world.scope, function_name="f", clock=world.clock)
    by_latest = lifecycle.list_mappings(world.scope, function_name="f:$LATEST", clock=world.clock)

    assert [found.row.uuid for found in by_name] == [plain.row.uuid]
    assert [found.row.uuid for found in by_latest] == [latest.row.uuid]
    assert lifecycle.list_mappings(world.scope, function_name="nobody", clock=world.clock) == []


def test_last_modified_is_cut_to_the_minute_once_settled(world: World) -> None:
    world.function()
    world.clock.sleep(12.5)
    found = world.create()
    assert lifecycle.settled_at(found).timestamp() == world.clock.now()

    world.settle()
    settled = lifecycle.get_mapping(world.scope, str(found.row.uuid), clock=world.clock)

    assert lifecycle.settled_at(settled).second == 0
