"""A record as it is stored: the same bytes on every database, at few round trips."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.aws.scope import Scope
from triggers.dynamodb import batches, items
from triggers.dynamodb.batches import Wish
from triggers.dynamodb.expressions.request import Expressions
from triggers.streams.models import Record, Shard
from triggers.streams.sequence import sequence_number

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
COUNT = Expressions(update="ADD hits :one", values={":one": {"N": "1"}})


def test_a_record_has_its_time_and_number_written_in(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    make_stream()
    Shard.objects.update(head=41)
    odd = {"p": {"S": "é\\\"'%s{}"}, "b": {"B": "AP8="}}

    items.put_item(scope, "Orders", odd, clock=clock)

    record = Record.objects.get()
    assert record.seq == 42
    assert record.created_ms == int(clock.seconds * 1000)
    body = bytes(record.body).decode()
    event_id = re.search(r'"eventID":"([0-9a-f]{32})"', body)
    assert event_id is not None
    assert body == (
        f'{{"eventID":"{event_id[1]}","eventName":"INSERT","eventVersion":"1.1",'
        '"eventSource":"aws:dynamodb","awsRegion":"us-east-1",'
        f'"dynamodb":{{"ApproximateCreationDateTime":{int(clock.seconds)}.0,'
        '"Keys":{"p":{"S":"é\\\\\\"\'%s{}"}},'
        '"NewImage":{"b":{"B":"AP8="},"p":{"S":"é\\\\\\"\'%s{}"}},'
        f'"SequenceNumber":"{sequence_number(1, 42)}","SizeBytes":23,'
        '"StreamViewType":"NEW_AND_OLD_IMAGES"}}'
    )


def test_the_time_of_records_never_falls(
    scope: Scope, make_stream: Callable[..., Shard], clock: Any
) -> None:
    make_stream()
    items.put_item(scope, "Orders", {"p": {"S": "a"}}, clock=clock)
    clock.seconds -= 10

    items.put_item(scope, "Orders", {"p": {"S": "b"}}, clock=clock)

    first, second = Record.objects.order_by("seq").values_list("created_ms", flat=True)
    assert first == second


def test_a_batch_over_several_shards_is_told_in_each(
    scope: Scope, make_stream: Callable[..., Shard], settings: Any
) -> None:
    settings.SHARDS_PER_STREAM = 4
    make_stream()
    wishes = [Wish({"p": {"S": str(n)}}, put=True) for n in range(25)]

    batches.write_batch(scope, {"Orders": wishes})

    heads = dict(Shard.objects.values_list("pk", "head"))
    assert sum(heads.values()) == 25
    assert len([head for head in heads.values() if head]) == 4
    for shard, head in heads.items():
        found = Record.objects.filter(shard=shard).order_by("seq").values_list("seq", flat=True)
        assert list(found) == list(range(1, head + 1))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="counts round trips")
def test_a_write_needs_few_round_trips(scope: Scope, make_stream: Callable[..., Shard]) -> None:
    """Besides BEGIN and COMMIT: table, hold, item, shard and record."""
    make_stream()
    batch = [Wish({"p": {"S": f"b{n}"}}, put=True) for n in range(25)]
    calls: dict[str, Callable[[], object]] = {
        "new": lambda: items.put_item(scope, "Orders", {"p": {"S": "a"}}),
        "changed": lambda: items.update_item(scope, "Orders", {"p": {"S": "a"}}, COUNT),
        "gone": lambda: items.delete_item(scope, "Orders", {"p": {"S": "a"}}),
        "batch": lambda: batches.write_batch(scope, {"Orders": batch}),
    }

    counted = {}
    for name, call in calls.items():
        with CaptureQueriesContext(connection) as asked:
            call()
        texts = [one["sql"] for one in asked.captured_queries]
        counted[name] = len([text for text in texts if text not in ("BEGIN", "COMMIT")])

    assert counted == dict.fromkeys(calls, 4)
