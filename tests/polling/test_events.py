"""The event a function receives, byte by byte."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from console.aws.scope import Scope
from tests.polling.conftest import EPOCH, make_shard
from triggers.models import Record
from triggers.polling.events import of_records, of_window
from triggers.polling.lane import (
    Batch,
    Invoke,
    Lane,
    Partial,
    Rules,
    Take,
    Window,
    decide,
    settle,
)
from triggers.polling.limits import PAYLOAD_BYTES, WINDOW_STATE_BYTES
from triggers.sources.dynamodb import SOURCE
from triggers.sources.protocol import EVERYTHING

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/T/stream/2025-01-01T00:00:00.000"


def test_records_are_joined_as_they_are() -> None:
    assert of_records([b'{"a":1}', b'{"a":2}']) == b'{"Records":[{"a":1},{"a":2}]}'


def test_the_event_of_a_window_has_awss_members_in_their_order() -> None:
    """The order of a final invocation's payload that AWS put into a bucket."""
    window = Window(1_789_654_270, '{"count":2}')

    event = of_window([], window, 10, "shardId-1", ARN, final=True)

    assert event.decode() == (
        '{"Records":[],"shardId":"shardId-1",'
        f'"eventSourceARN":"{ARN}",'
        '"window":{"start":"2026-09-17T14:11:10Z","end":"2026-09-17T14:11:20Z"},'
        '"state":{"count":2},"isFinalInvokeForWindow":true,"isWindowTerminatedEarly":false}'
    )


@pytest.mark.parametrize("final", [False, True])
def test_a_window_is_ended_early_only_by_its_final_invocation(final: bool) -> None:
    event = of_window([], Window(0, full=True), 10, "s", ARN, final=final)

    assert json.loads(event)["isWindowTerminatedEarly"] is final


def test_a_state_of_half_a_character_goes_on_as_it_came() -> None:
    state = json.dumps({"half": "\ud83d"})

    event = of_window([], Window(0, state), 10, "s", ARN, final=False)

    assert json.loads(event)["state"] == {"half": "\ud83d"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_the_rest_of_a_batch_and_the_largest_state_make_an_event_that_an_invocation_may_have(
    scope: Scope,
) -> None:
    """A batch of nearly 6 MB; the function reports all but its first record and hands on 1 MB."""
    shard = make_shard(scope, 8)
    now, body = EPOCH, b'{"n":"' + b"x" * 780_000 + b'"}'
    Record.objects.filter(shard=shard, seq__gt=1).update(body=body)
    rules = Rules(tumbling=60, reports=True)
    state = json.dumps({"all": "x" * (WINDOW_STATE_BYTES - len('{"all":""}') - 1)})

    def step(lane: Lane) -> tuple[Lane, Invoke]:
        seen = SOURCE.look(shard.pk, lane.checkpoint, None, 100, EVERYTHING)
        owed = [one for one in seen.records if not lane.cuts or one.seq <= lane.cuts[0]]
        action = decide(lane, replace(seen, records=owed), rules, now)
        assert isinstance(action, Take)
        return settle(lane, action, None, rules, now), Invoke(action.batch)

    def event(lane: Lane, batch: Batch) -> bytes:
        assert lane.window is not None
        records = SOURCE.records(shard.pk, batch)
        return of_window(records, lane.window, 60, "s" * 65, shard.stream.arn, final=False)

    lane, first = step(Lane())
    whole = event(lane, first.batch)
    lane = settle(lane, first, Partial(2, state), rules, now)
    rest = event(lane, Batch(1, 8, tuple(range(2, 9))))
    now += 60
    lane, second = step(lane)

    assert first.batch.seqs == tuple(range(1, 9))
    assert len(whole) <= PAYLOAD_BYTES < len(rest)
    assert second.batch.seqs == tuple(range(2, 8))
    assert PAYLOAD_BYTES - 780_000 < len(event(lane, second.batch)) <= PAYLOAD_BYTES
    assert lane.cuts == (7, 8)
