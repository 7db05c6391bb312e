"""From a failure record back to its records, and through their function once more."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import connections

from console.accounts.tenancy import scope_for
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.catalog.models import Function
from functions.invocations import working
from functions.invocations.queue import due_invocations
from functions.invocations.working import Workplace
from tests.invocations.conftest import make, place
from tests.polling.conftest import EPOCH, make_mapping, make_shard
from tests.polling.test_failure_documents import LOSS
from triggers.models import Record, Shard
from triggers.polling import failures, ledger, replay
from triggers.polling.documents import document
from triggers.polling.failures import Failure
from triggers.sources.dynamodb import SOURCE

__all__ = ["make", "place"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def lost(scope: Scope, shard: Shard, first: int, last: int, records: int) -> Failure:
    """What a queue was told of records `first` to `last` of a shard, read back."""
    face = SOURCE.face(shard.pk)
    loss = replace(
        LOSS,
        function_arn=scope.arn("lambda", "function:f"),
        shard_name=shard.name,
        stream_arn=shard.stream.arn,
        first=(face.text(first), EPOCH),
        last=(face.text(last), EPOCH),
        records=records,
    )
    found = failures.read(document(loss))
    assert found is not None
    return found


def numbers(fetched: replay.Fetched) -> list[int]:
    return [json.loads(one)["n"] for one in fetched.records]


def test_a_failure_record_leads_back_to_its_records(scope: Scope) -> None:
    shard = make_shard(scope, 6)

    fetched = replay.records_of(scope, lost(scope, shard, 2, 4, 3))

    assert numbers(fetched) == [2, 3, 4]
    assert json.loads(fetched.records[0])["eventSourceARN"] == shard.stream.arn
    assert fetched.missing == 0


def test_what_the_filters_left_out_of_the_batch_is_left_out_again(scope: Scope) -> None:
    shard = make_shard(scope, 6)
    lane = make_mapping(scope, shard).lanes.get()
    run = ledger.Run(1, 6, ledger.Fate.DISCARDED, [2, 5])
    ledger.enter(lane.pk, run, EPOCH)

    fetched = replay.records_of(scope, lost(scope, shard, 2, 5, 2))

    assert (numbers(fetched), fetched.exact) == ([2, 5], True)


def test_of_lanes_that_share_a_shard_the_batchs_own_is_asked(scope: Scope) -> None:
    shard = make_shard(scope, 6)
    mapping = make_mapping(scope, shard)
    lane = mapping.lanes.get()
    other = mapping.lanes.create(shard=shard, number=1, factor=2)
    ledger.enter(other.pk, ledger.Run(0, 6, ledger.Fate.DISCARDED, [1, 3, 6]), EPOCH)
    ledger.enter(lane.pk, ledger.Run(0, 6, ledger.Fate.DISCARDED, [2, 4, 5]), EPOCH)

    assert numbers(replay.records_of(scope, lost(scope, shard, 2, 5, 3))) == [2, 4, 5]


def test_without_the_ledger_all_records_of_the_range_come_and_it_says_so(scope: Scope) -> None:
    shard = make_shard(scope, 6)

    fetched = replay.records_of(scope, lost(scope, shard, 2, 5, 2))

    assert (numbers(fetched), fetched.exact) == ([2, 3, 4, 5], False)


def test_records_that_have_expired_are_counted(scope: Scope) -> None:
    shard = make_shard(scope, 6)
    Record.objects.filter(shard=shard, seq__lte=3).delete()
    Shard.objects.filter(pk=shard.pk).update(trimmed=3)

    fetched = replay.records_of(scope, lost(scope, shard, 2, 5, 4))

    assert (numbers(fetched), fetched.missing) == ([4, 5], 2)


def test_an_object_needs_no_stream(scope: Scope) -> None:
    told = document(LOSS, b'{"Records":[{"n":1},{"n":2}]}')
    failure = failures.read(told)
    assert failure is not None

    assert numbers(replay.records_of(scope, failure)) == [1, 2]


def test_a_notification_is_opened_first(scope: Scope) -> None:
    told = json.dumps({"Type": "Notification", "Message": document(LOSS)})

    assert failures.read(told) == failures.read(document(LOSS))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"requestContext":1}', "no JSON", '"x"'])
def test_other_messages_are_no_failure_records(text: str) -> None:
    assert failures.read(text) is None


def test_another_account_finds_neither_stream_nor_records(scope: Scope) -> None:
    failure = lost(scope, make_shard(scope, 3), 1, 2, 2)

    with pytest.raises(AwsError) as refusal:
        replay.records_of(scope_for("999999999999", "us-east-1"), failure)

    assert refusal.value.code == "ResourceNotFoundException"


def test_a_number_of_another_shard_is_refused(scope: Scope) -> None:
    failure = replace(lost(scope, make_shard(scope, 3), 1, 2, 2), first="1" + "9" * 23)

    with pytest.raises(AwsError) as refusal:
        replay.records_of(scope, failure)

    assert refusal.value.message == "Invalid SequenceNumber"


def test_the_function_is_not_run_when_nothing_is_left(scope: Scope) -> None:
    shard = make_shard(scope, 3)
    failure = lost(scope, shard, 1, 2, 2)
    Record.objects.filter(shard=shard).delete()

    with pytest.raises(AwsError) as refusal:
        replay.run(scope, failure)

    assert refusal.value.code == "TrimmedDataAccessException"


@contextmanager
def working_in(place: Workplace) -> Iterator[None]:
    """Run queued invocations on a thread, as a worker does."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.05):
            for one in due_invocations(place.clock.now() + 1, 10):
                working.work(one, place)
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.mark.sandbox
def test_a_replay_runs_the_function_with_the_records(
    scope: Scope, make: Callable[..., Function], place: Workplace
) -> None:
    make(
        "def handler(event, context):\n    return [r['n'] for r in event['Records']]\n",
        "f",
        timeout=60,
    )
    failure = lost(scope, make_shard(scope, 5), 2, 4, 3)

    with working_in(place):
        done = replay.run(scope, failure)

    assert (done.result.payload, done.result.function_error) == (b"[2, 3, 4]", "")


@pytest.mark.sandbox
def test_a_replay_of_a_window_shows_the_window(
    scope: Scope, make: Callable[..., Function], place: Workplace
) -> None:
    make(
        "def handler(event, context):\n    return [event['window'], event['state']]\n",
        "f",
        timeout=60,
    )
    failure = replace(
        lost(scope, make_shard(scope, 5), 2, 4, 3), window=(1_800_000_000, 1_800_000_060)
    )

    with working_in(place):
        done = replay.run(scope, failure)

    assert json.loads(done.result.payload) == [
        {"start": "2027-01-15T08:00:00Z", "end": "2027-01-15T08:01:00Z"},
        {},
    ]
