"""Where is my record? One answer of five for each record and mapping, however many there are."""

from __future__ import annotations

import time

import psutil
import pytest
from django.db import connection

from console.aws.scope import Scope
from tests.polling.conftest import EPOCH, FrozenClock, make_mapping, make_shard
from triggers.models import EventSourceMapping, Lane, Record, Settled, Shard
from triggers.polling import ledger
from triggers.polling.ledger import PENDING, Fate, Run
from triggers.sources.dynamodb import SOURCE
from triggers.sources.protocol import Sieve
from triggers.streams import resharding

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def enter(lane: Lane, *runs: Run) -> None:
    for run in runs:
        ledger.enter(lane.pk, run, EPOCH)
        Lane.objects.filter(pk=lane.pk).update(checkpoint=run.high)


def fates(mapping: EventSourceMapping, shard: Shard, upto: int) -> list[str | None]:
    found = [ledger.where(mapping.uuid, shard.pk, seq) for seq in range(1, upto + 1)]
    return [one.fate if one else None for one in found]


def test_each_record_has_one_of_five_fates(scope: Scope) -> None:
    shard = make_shard(scope, 8)
    mapping = make_mapping(scope, shard)
    enter(
        mapping.lanes.get(),
        Run(0, 1, Fate.EXPIRED),
        Run(1, 4, Fate.DELIVERED, [2, 4]),
        Run(4, 5, Fate.FILTERED),
        Run(5, 7, Fate.DISCARDED, [6, 7]),
    )

    assert fates(mapping, shard, 8) == [
        "expired",
        "delivered",
        "filtered",
        "delivered",
        "filtered",
        "discarded",
        "discarded",
        "pending",
    ]


def share(scope: Scope, items: list[int]) -> tuple[EventSourceMapping, Shard, list[Lane]]:
    """A shard with a record of each item, and two lanes that share it: even items, odd items."""
    shard = make_shard(scope, len(items))
    for seq, item in enumerate(items, 1):
        fingerprint = item.to_bytes(8, "big") * 2
        Record.objects.filter(shard=shard, seq=seq).update(key_hash=fingerprint)
    mapping = make_mapping(scope, shard)
    mapping.lanes.update(factor=2)
    mapping.lanes.create(shard=shard, number=1, factor=2)
    return mapping, shard, list(mapping.lanes.order_by("number"))


def test_the_lane_that_an_item_falls_to_tells_of_its_records_at_once(scope: Scope) -> None:
    mapping, shard, (even, odd) = share(scope, [2, 3, 4, 5])
    enter(even, Run(0, 4, Fate.DELIVERED, [1]))

    before = fates(mapping, shard, 4)
    enter(odd, Run(0, 2, Fate.FILTERED), Run(2, 4, Fate.DELIVERED, [4]))

    assert before == ["delivered", PENDING, "filtered", PENDING]
    assert fates(mapping, shard, 4) == ["delivered", "filtered", "filtered", "delivered"]


def test_what_waits_waits_for_the_lane_that_its_item_falls_to(scope: Scope) -> None:
    mapping, shard, (even, odd) = share(scope, [2, 3])

    found = [ledger.where(mapping.uuid, shard.pk, seq) for seq in (1, 2)]

    assert [one.lane for one in found if one] == [even, odd]


def test_of_an_expired_record_what_one_lane_passes_over_is_the_others_to_tell(
    scope: Scope,
) -> None:
    mapping, shard, (even, odd) = share(scope, [2, 3, 4, 5])
    Record.objects.filter(shard=shard).delete()
    enter(even, Run(0, 4, Fate.DELIVERED, [1]))

    before = fates(mapping, shard, 4)
    enter(odd, Run(0, 3, Fate.FILTERED), Run(3, 4, Fate.DELIVERED, [4]))

    assert before == ["delivered", PENDING, PENDING, PENDING]
    assert fates(mapping, shard, 4) == ["delivered", "filtered", "filtered", "delivered"]


def test_what_one_lane_delivered_has_not_expired_because_another_came_too_late(
    scope: Scope,
) -> None:
    mapping, shard, (even, odd) = share(scope, [2, 3])
    Record.objects.filter(shard=shard).delete()
    enter(odd, Run(0, 2, Fate.DELIVERED, [2]))
    enter(even, Run(0, 2, Fate.EXPIRED))

    assert fates(mapping, shard, 2) == ["expired", "delivered"]


def test_what_lies_behind_a_barrier_is_pending(scope: Scope) -> None:
    shard = make_shard(scope, 4)
    mapping = make_mapping(scope, shard)
    mapping.lanes.update(upto=2)

    assert fates(mapping, shard, 4) == [PENDING] * 4


def test_what_was_there_before_a_mapping_began_has_no_fate(scope: Scope) -> None:
    shard = make_shard(scope, 3)
    mapping = make_mapping(scope, shard)
    mapping.lanes.update(checkpoint=2)

    assert fates(mapping, shard, 3) == [None, None, PENDING]


def test_records_of_a_child_wait_for_the_parents_lanes(scope: Scope, clock: FrozenClock) -> None:
    shard = make_shard(scope, 1)
    mapping = make_mapping(scope, shard)
    child, _ = resharding.split_shard(scope, shard.stream.arn, shard.name, clock=clock)

    found = ledger.where(mapping.uuid, child.pk, 1)

    assert found is not None
    assert found.fate == PENDING


_SERIES = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT {0} + 1 UNION ALL SELECT i + 1 FROM n WHERE i < {1})",
    "postgresql": "WITH n(i) AS (SELECT generate_series({0} + 1, {1}))",
}


def fill(shard: Shard, lane: Lane, low: int, high: int) -> None:
    """Records (low, high], each settled by a run of its own: the most that a ledger can hold."""
    series = _SERIES[connection.vendor].format(low, high)
    blob = "X'00'" if connection.vendor == "sqlite" else "'\\x00'::bytea"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{series} INSERT INTO triggers_record (shard_id, seq, created_ms, key_hash, body) "
            f"SELECT {shard.pk}, i, 0, {blob}, {blob} FROM n"
        )
        cursor.execute(
            f"{series} INSERT INTO triggers_settled (lane_id, low, high, fate, skipped, "
            "condition, destination, message_id, at) "
            f"SELECT {lane.pk}, i - 1, i, 'delivered', '', '', '', '', CURRENT_TIMESTAMP FROM n"
        )
        cursor.execute("ANALYZE")
    Shard.objects.filter(pk=shard.pk).update(head=high)
    Lane.objects.filter(pk=lane.pk).update(checkpoint=high)


def milliseconds(mapping: EventSourceMapping, shard: Shard, places: list[int]) -> float:
    """The processor time of an answer about these places, the database's included.

    It is the same whatever else the machine does.
    """
    asked = places * 60
    began = worked()
    for seq in asked:
        ledger.where(mapping.uuid, shard.pk, seq)
    return (worked() - began) * 1000 / len(asked)


def worked() -> float:
    """Seconds that this thread has worked, and the process that serves its connection."""
    if connection.vendor == "sqlite":
        return time.thread_time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        used = psutil.Process(cursor.fetchone()[0]).cpu_times()
    return time.thread_time() + float(used.user + used.system)


@pytest.mark.proof
def test_the_answer_takes_as_long_with_a_million_records_as_with_a_thousand(
    scope: Scope, capsys: pytest.CaptureFixture[str]
) -> None:
    shard = make_shard(scope)
    mapping = make_mapping(scope, shard)
    mapping.lanes.update(factor=2)
    lane = mapping.lanes.get()
    mapping.lanes.create(shard=shard, number=1, factor=2)
    fill(shard, lane, 10, 1_000)
    few = milliseconds(mapping, shard, [5, 11, 500, 1_000, 2_000])

    fill(shard, lane, 1_000, 1_000_000)
    many = milliseconds(mapping, shard, [5, 11, 500, 500_000, 1_000_000, 2_000_000])

    with capsys.disabled():
        print(f"\n{connection.vendor}: {few:.2f} ms with 10^3, {many:.2f} ms with 10^6")  # noqa: T201
    assert Settled.objects.filter(lane=lane).count() == 999_990
    assert many < 5 * few + 1


def test_lanes_that_share_a_shard_count_each_record_once(scope: Scope) -> None:
    shard = make_shard(scope, 9)
    for seq in range(1, 10):
        item = seq.to_bytes(8, "big") * 2
        Record.objects.filter(shard=shard, seq=seq).update(key_hash=item)

    counts = [SOURCE.count(shard.pk, 2, 9, Sieve(None, number, 3)) for number in range(3)]

    assert counts == [3, 2, 2]
    assert sum(counts) == 7
