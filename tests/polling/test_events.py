"""The event a function receives, byte by byte."""

from __future__ import annotations

import json

import pytest

from triggers.polling.events import of_records, of_window
from triggers.polling.lane import Window

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
