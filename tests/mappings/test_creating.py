"""What CreateEventSourceMapping checks, and where the lanes of a new mapping begin."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from console.accounts.tenancy import scope_for
from console.aws.errors import AwsError
from functions.iam import inline, roles
from functions.messaging import queues
from tests.mappings.conftest import LOGS_POLICY, World
from triggers.mappings import lifecycle, settings
from triggers.models import EventSourceMapping, Lane, Shard

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_latest_is_fixed_in_the_creating_transaction(world: World) -> None:
    world.function()

    world.create()
    world.write(2)

    assert Lane.objects.get().checkpoint == 3


def test_latest_is_fixed_also_when_created_disabled(world: World) -> None:
    world.function()

    found = world.create(Enabled=False)
    world.write(2)
    world.settle()
    lifecycle.update_mapping(world.scope, str(found.row.uuid), {"Enabled": True}, clock=world.clock)

    lane = Lane.objects.get()
    assert (lane.checkpoint, lane.enabled, lane.due_at is not None) == (3, True, True)


def test_trim_horizon_begins_at_the_oldest_record(world: World) -> None:
    world.function()
    Shard.objects.update(trimmed=1)

    world.create(StartingPosition="TRIM_HORIZON")

    assert Lane.objects.get().checkpoint == 1


def test_trim_horizon_reads_parents_before_their_children(world: World) -> None:
    world.function()
    child = Shard.objects.create(
        stream=world.shard.stream,
        ordinal=2,
        name="shardId-2",
        parent=world.shard,
        hash_lo=b"\0" * 8,
        hash_hi=b"\xff" * 8,
    )

    world.create(StartingPosition="TRIM_HORIZON")
    latest = world.create(StartingPosition="LATEST", FunctionName=world.function("g").name)

    assert EventSourceMapping.objects.count() == 2
    assert Lane.objects.exclude(mapping=latest.row).get().shard == world.shard
    assert Lane.objects.get(mapping=latest.row).shard == child


def test_a_mapping_counts_as_a_reader_only_while_enabled(world: World) -> None:
    world.function()

    found = world.create()
    world.shard.refresh_from_db()
    assert world.shard.readers == 1

    world.settle()
    lifecycle.update_mapping(
        world.scope, str(found.row.uuid), {"Enabled": False}, clock=world.clock
    )
    world.shard.refresh_from_db()
    assert world.shard.readers == 0


@pytest.mark.parametrize(
    ("members", "code", "message"),
    [
        (
            {"EventSourceArn": "", "FunctionName": "missing"},
            "InvalidParameterValueException",
            "Unrecognized event source.",
        ),
        (
            {"EventSourceArn": "arn:aws:s3:::bucket"},
            "InvalidParameterValueException",
            "Unrecognized event source.",
        ),
        (
            {"FunctionName": "missing", "StartingPosition": ""},
            "InvalidParameterValueException",
            "Function does not exist",
        ),
        (
            {"FunctionName": "f:1"},
            "InvalidParameterValueException",
            "Function does not exist",
        ),
        (
            {"StartingPosition": ""},
            "InvalidParameterValueException",
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
            "constraint: Member must not be null.",
        ),
    ],
)
def test_a_request_is_refused_in_awss_order(
    world: World, members: dict[str, object], code: str, message: str
) -> None:
    world.function()

    with pytest.raises(AwsError) as refusal:
        world.create(**members)

    assert (refusal.value.code, refusal.value.message) == (code, message)


def test_at_timestamp_is_not_for_dynamodb(world: World) -> None:
    world.function()

    with pytest.raises(AwsError) as refusal:
        world.create(StartingPosition="AT_TIMESTAMP")

    assert refusal.value.message == f"Unsupported starting position for arn type: {world.arn}"


def test_a_timestamp_needs_at_timestamp(world: World) -> None:
    world.function()
    new = settings.read_new(
        {"FunctionName": "f", "EventSourceArn": world.arn, "StartingPosition": "LATEST"}
    )

    with pytest.raises(AwsError, match="Timestamp only valid with StartingPosition AT_TIMESTAMP"):
        lifecycle.create_mapping(world.scope, new, timestamp=True, clock=world.clock)


def test_an_unknown_stream_is_not_found(world: World) -> None:
    world.function()
    arn = world.scope.arn("dynamodb", "table/T/stream/2025-01-01T00:00:00.000")

    with pytest.raises(AwsError) as refusal:
        world.create(EventSourceArn=arn)

    assert refusal.value.message == f"Stream not found: {arn}"


def test_a_stream_of_another_account_is_not_found(world: World) -> None:
    other = World(scope_for("210987654321", "us-east-1"), world.shard, world.clock)
    other.function()

    with pytest.raises(AwsError) as refusal:
        other.create()

    assert refusal.value.message == f"Stream not found: {world.arn}"


def test_a_role_that_cannot_read_the_stream_is_refused(world: World) -> None:
    world.function(policy=LOGS_POLICY)

    with pytest.raises(AwsError) as refusal:
        world.create()

    assert refusal.value.code == "InvalidParameterValueException"
    assert refusal.value.message == (
        f"Cannot access stream {world.arn}. Please ensure the role can perform the GetRecords, "
        "GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM."
    )


def test_the_same_function_and_stream_conflict(world: World) -> None:
    world.function()
    first = world.create()

    with pytest.raises(AwsError) as refusal:
        world.create()

    assert refusal.value.code == "ResourceConflictException"
    assert refusal.value.message == (
        f'The event source arn (" {world.arn} ") and function (" f ") provided mapping already '
        "exists. Please update or delete the existing mapping with UUID "
        f"{first.row.uuid}"
    )


def test_a_refused_request_leaves_nothing_behind(world: World) -> None:
    world.function(policy=LOGS_POLICY)

    with pytest.raises(AwsError):
        world.create()

    assert not EventSourceMapping.objects.exists()
    assert not Lane.objects.exists()


def test_of_two_callers_at_once_one_makes_the_mapping_and_one_is_told_of_it(world: World) -> None:
    world.function()
    answers: list[str] = []
    ready = threading.Barrier(2)

    def call() -> None:
        try:
            ready.wait()
            answers.append(str(world.create().row.uuid))
        except AwsError as refusal:
            answers.append(f"{refusal.code}: {refusal.message}")
        finally:
            connection.close()

    callers = [threading.Thread(target=call) for _ in range(2)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()

    uuid = str(EventSourceMapping.objects.get().uuid)
    made, refused = sorted(answers, key=len)
    assert made == uuid
    assert refused.startswith("ResourceConflictException: ")
    assert refused.endswith(f"with UUID {uuid}")


def test_an_update_to_another_function_asks_whether_that_may_write_to_the_destination(
    world: World,
) -> None:
    world.function()
    other = world.function("g")
    queues.create(world.scope, "lost", {})
    document = (
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}'
    )
    inline.put(roles.find(world.scope, "f-role"), "send", document)
    destination = {"OnFailure": {"Destination": world.scope.arn("sqs", "lost")}}
    uuid = str(world.create(DestinationConfig=destination).row.uuid)
    world.clock.sleep(60)

    with pytest.raises(AwsError, match="permissions to call SendMessage on SQS"):
        lifecycle.update_mapping(world.scope, uuid, {"FunctionName": other.name}, clock=world.clock)
