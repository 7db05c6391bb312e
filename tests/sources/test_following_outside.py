"""An outside stream is copied record by record, whatever the endpoint answers meanwhile."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections as databases

from console.accounts.tenancy import scope_for
from console.aws.clock import SYSTEM_CLOCK, as_datetime
from console.aws.scope import Scope
from tests.product import eventually
from tests.sources.outside import (
    ARN,
    ARRIVED,
    FIRST_SHARD,
    SECOND_SHARD,
    Outside,
    OutsideShard,
    listening,
    number,
    record,
)
from triggers.models import EventSourceMapping, Record, RemoteShard, Shard, Stream
from triggers.polling.batching import Batch
from triggers.sources.registry import source_of
from triggers.sources.remote import bodies, connections, copies, leases
from triggers.sources.remote.following import follow
from triggers.sources.remote.streams import SOURCE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def outside(settings: Any) -> Iterator[Outside]:
    with listening() as one:
        settings.REMOTE_STREAMS = [one.connection]
        yield one


@pytest.fixture
def scope(db: None) -> Scope:
    return scope_for("000000000000", "us-east-1")


def begin(scope: Scope, position: str = "TRIM_HORIZON") -> Shard:
    """What creating a mapping does: a copy whose first shard somebody reads."""
    SOURCE.reach(ARN)
    begun = SOURCE.begin(scope, ARN, position)
    EventSourceMapping.objects.create(
        uuid="00000000-0000-0000-0000-000000000001",
        tenancy_id=scope.tenancy,
        region=scope.region,
        function_name="f",
        stream_arn=ARN,
        stream_id=begun.stream_id,
        starting_position=position,
        transition="Creating",
        settles_at=datetime.now(UTC),
        modified_at=datetime.now(UTC),
    )
    Shard.objects.filter(stream_id=begun.stream_id).update(readers=1)
    return Shard.objects.get(pk=begun.starts[0].shard_id)


@contextmanager
def following(shard: Shard, worker: str = "w") -> Iterator[None]:
    """Copy a shard while the block runs."""
    stop = threading.Event()

    def work() -> None:
        follow(shard.pk, worker, stop, SYSTEM_CLOCK)
        databases.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def items(shard: Shard) -> list[str]:
    """What has been copied, in the order of places."""
    rows = Record.objects.filter(shard=shard).order_by("seq")
    return [json.loads(bytes(row.body))["dynamodb"]["Keys"]["id"]["S"] for row in rows]


def copied(shard: Shard, *wanted: str) -> Callable[[], bool]:
    return lambda: items(shard) == list(wanted)


def test_places_rise_by_one_and_lead_to_numbers_of_forty_digits(
    outside: Outside, scope: Scope
) -> None:
    outside.shards[FIRST_SHARD].items += ["a", "b", "c"]
    shard = begin(scope)

    with following(shard):
        eventually(copied(shard, "a", "b", "c"))

    face = SOURCE.face(shard.pk)
    assert [face.text(seq) for seq in (1, 2, 3)] == [number(1), number(2), number(3)]
    assert len(face.text(2)) == 40
    assert (face.seq(number(2)), face.seq("17")) == (2, None)
    shard.refresh_from_db()
    assert (shard.head, shard.last_ms) == (3, (ARRIVED + 3) * 1000)


def test_a_function_gets_the_record_as_aws_would_give_it(outside: Outside, scope: Scope) -> None:
    outside.shards[FIRST_SHARD].items += ["a"]
    shard = begin(scope)
    with following(shard):
        eventually(copied(shard, "a"))

    [text] = SOURCE.records(shard.pk, Batch(0, 1, (1,)))

    told = json.loads(text)
    assert list(told)[-2:] == ["dynamodb", "eventSourceARN"]
    assert told["dynamodb"]["ApproximateCreationDateTime"] == ARRIVED + 1
    assert told["dynamodb"]["NewImage"]["b"] == {"B": "Zm9v"}
    assert told["dynamodb"]["NewImage"]["bs"] == {"BS": ["Zm9v"]}
    assert told["eventSourceARN"] == ARN


def test_an_expired_iterator_is_taken_anew_behind_what_was_copied(
    outside: Outside, scope: Scope
) -> None:
    home = outside.shards[FIRST_SHARD]
    home.items += ["a"]
    shard = begin(scope)
    with following(shard):
        eventually(copied(shard, "a"))
        with outside.lock:
            outside.errors.append("ExpiredIteratorException")
            home.items += ["b"]
        eventually(copied(shard, "a", "b"))

    assert "GetShardIterator AFTER_SEQUENCE_NUMBER" in outside.calls


def test_a_copy_that_fell_behind_goes_on_with_the_oldest_record_left(
    outside: Outside, scope: Scope
) -> None:
    home = outside.shards[FIRST_SHARD]
    home.items += ["a"]
    shard = begin(scope)
    with following(shard):
        eventually(copied(shard, "a"))

    home.items += ["b", "c"]
    home.trimmed = 2
    with following(shard, "another"):
        eventually(copied(shard, "a", "c"))


def test_a_second_worker_goes_on_where_the_first_was_killed(outside: Outside, scope: Scope) -> None:
    home = outside.shards[FIRST_SHARD]
    home.items += ["a", "b"]
    shard = begin(scope)
    with following(shard):
        eventually(copied(shard, "a", "b"))
    RemoteShard.objects.update(owner="dead", expires_at=datetime.now(UTC) - timedelta(seconds=1))

    home.items += ["c"]
    with following(shard, "another"):
        eventually(copied(shard, "a", "b", "c"))


def test_who_was_overtaken_takes_nothing_in(outside: Outside, scope: Scope) -> None:
    shard = begin(scope)
    now = SYSTEM_CLOCK.now()
    first = leases.claim(shard.pk, "slow", now)
    second = leases.claim(shard.pk, "quick", now + 3600)
    assert first is not None
    assert second is not None

    told = record(1, "a")
    told["dynamodb"]["ApproximateCreationDateTime"] = datetime.fromtimestamp(ARRIVED, UTC)

    assert not copies.take_in(first[0], [bodies.copied(told)], clock=SYSTEM_CLOCK)
    assert items(shard) == []


def test_latest_leaves_out_what_was_there(outside: Outside, scope: Scope) -> None:
    home = outside.shards[FIRST_SHARD]
    home.items += ["before"]
    shard = begin(scope, "LATEST")

    home.items += ["after"]
    with following(shard):
        eventually(copied(shard, "after"))


def test_latest_is_found_by_time_when_its_iterator_has_expired(
    outside: Outside, scope: Scope
) -> None:
    home = outside.shards[FIRST_SHARD]
    home.items += ["before"]
    shard = begin(scope, "LATEST")
    RemoteShard.objects.update(since=ARRIVED + 2)  # records arrive a second apart
    home.items += ["after", "later"]
    outside.errors.append("ExpiredIteratorException")

    with following(shard):
        eventually(copied(shard, "after", "later"))

    assert "GetShardIterator TRIM_HORIZON" in outside.calls


def test_the_children_of_a_closed_shard_follow_it(outside: Outside, scope: Scope) -> None:
    home = outside.shards[FIRST_SHARD]
    home.items += ["a"]
    shard = begin(scope)
    outside.hidden.add(SECOND_SHARD)
    outside.shards[SECOND_SHARD] = OutsideShard(["b"], parent=FIRST_SHARD)
    home.closed = True

    with following(shard):
        eventually(copied(shard, "a"))
        outside.hidden.clear()  # DescribeStream tells of children a little later
        eventually(lambda: Shard.objects.filter(pk=shard.pk, closed_at__isnull=False).exists())

    [start] = SOURCE.children(shard.pk)
    child = Shard.objects.get(pk=start.shard_id)
    assert (child.name, child.parent_id, start.checkpoint) == (SECOND_SHARD, shard.pk, 0)
    Shard.objects.filter(pk=child.pk).update(readers=1)
    with following(child):
        eventually(copied(child, "b"))


def test_a_throttled_reader_tries_later_and_blames_nobody(outside: Outside, scope: Scope) -> None:
    shard, began = begin(scope), datetime.now(UTC)
    outside.errors.append("LimitExceededException")

    with following(shard):
        eventually(lambda: RemoteShard.objects.get().failures == 1)

    row = RemoteShard.objects.get()
    assert (row.owner, row.note) == ("", "LimitExceededException")
    assert row.due_at > began
    assert EventSourceMapping.objects.get().last_result == "No records processed"


def test_an_endpoint_that_refuses_is_named_in_the_mappings_last_result(
    outside: Outside, scope: Scope
) -> None:
    shard = begin(scope)
    outside.errors.append("AccessDeniedException")

    with following(shard):
        eventually(lambda: RemoteShard.objects.get().failures == 1)

    assert EventSourceMapping.objects.get().last_result == "PROBLEM: AccessDeniedException"


@pytest.mark.parametrize(("ahead", "due"), [(30, False), (3600, True)])
def test_a_shard_put_off_by_a_clock_that_ran_ahead_is_copied_on(
    outside: Outside, scope: Scope, ahead: float, due: bool
) -> None:
    shard, now = begin(scope), SYSTEM_CLOCK.now()
    RemoteShard.objects.update(due_at=as_datetime(now + ahead))

    assert leases.due(now) == ([shard.pk] if due else [])
    assert (leases.claim(shard.pk, "a", now) is not None) is due


def test_a_shard_that_nobody_reads_is_not_asked_for(outside: Outside, scope: Scope) -> None:
    shard = begin(scope)
    Shard.objects.update(readers=0)

    assert leases.due(SYSTEM_CLOCK.now() + 1) == []
    Shard.objects.filter(pk=shard.pk).update(readers=1)
    assert leases.due(SYSTEM_CLOCK.now() + 1) == [shard.pk]


def test_an_account_that_may_not_use_the_connection_finds_no_stream(outside: Outside) -> None:
    assert SOURCE.exists(scope_for("000000000000", "us-east-1"), ARN)
    assert not SOURCE.exists(scope_for("222222222222", "us-east-1"), ARN)


def test_without_a_connection_nothing_is_outside(settings: Any) -> None:
    settings.REMOTE_STREAMS = []

    assert source_of(ARN) is not SOURCE


def test_a_connection_lacking_its_account_is_refused(settings: Any) -> None:
    settings.REMOTE_STREAMS = [{"name": "x", "region": "us-east-1"}]

    with pytest.raises(ImproperlyConfigured):
        connections.known()


def test_a_copy_that_no_mapping_reads_is_dropped(outside: Outside, scope: Scope) -> None:
    begin(scope)
    assert copies.drop_unread() == 0

    EventSourceMapping.objects.all().delete()

    assert copies.drop_unread() == 1
    assert not Stream.objects.exclude(connection="").exists()


def test_an_endpoint_without_regions_is_asked_in_its_own_words() -> None:
    local = connections.Connection("local", "000000000000", "us-east-1", stream_region="ddblocal")

    assert local.outside(ARN).startswith("arn:aws:dynamodb:ddblocal:")
