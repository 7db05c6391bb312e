"""Tasks that move dead letters: how fast, how far, where to, and what stops them."""

from __future__ import annotations

import json

import pytest

from console.aws.errors import AwsError
from functions.messaging import finding, movetasks, queues, receiving, trimming
from functions.messaging.models import Message, MessageMove, Queue
from functions.messaging.receiving import Wish

pytestmark = pytest.mark.postgres
State = MessageMove.State


@pytest.fixture
def grave(room) -> Queue:
    """A dead-letter queue with three messages that came from the queue `q`."""
    grave = room.queue("grave")
    policy = {"deadLetterTargetArn": finding.arn_of(room.scope, grave), "maxReceiveCount": 1}
    queue = room.queue("q", RedrivePolicy=json.dumps(policy), VisibilityTimeout="0")
    for body in ("a", "b", "c"):
        room.send(queue, body)
    room.take(queue)
    room.take(queue)
    return grave


def start(room, grave: Queue, to: str = "", rate: int | None = None) -> MessageMove:
    return movetasks.start(
        room.scope, finding.arn_of(room.scope, grave), to, rate, clock=room.clock
    )


def look(move: MessageMove) -> MessageMove:
    move.refresh_from_db()
    return move


def test_messages_go_back_to_where_they_came_from(room, grave):
    move = start(room, grave)

    moved = movetasks.carry_on(clock=room.clock)

    assert (moved, look(move).state, move.moved, move.to_move) == (3, State.COMPLETED, 3, 3)
    assert room.take(finding.find(room.scope, "q")) == ["a", "b", "c"]


def test_a_moved_message_is_a_new_one(room, grave):
    before = set(Message.objects.values_list("message_id", flat=True))
    start(room, grave, finding.arn_of(room.scope, room.queue("other")))

    movetasks.carry_on(clock=room.clock)

    rows = list(Message.objects.filter(queue__name="other"))
    assert not before & {row.message_id for row in rows}
    assert {(row.receives, row.system.get("DeadLetterQueueSourceArn")) for row in rows} == {
        (0, None)
    }


def test_a_fifo_queue_gets_messages_with_a_group(room, grave):
    fifo = room.queue("ordered.fifo", FifoQueue="true")
    start(room, grave, finding.arn_of(room.scope, fifo))

    movetasks.carry_on(clock=room.clock)

    assert all(row.group_id for row in Message.objects.filter(queue=fifo))
    assert Message.objects.filter(queue=fifo).count() == 3


def test_a_message_that_somebody_holds_stays(room, grave):
    receiving.receive(
        room.scope, finding.url_of(room.scope, grave), Wish(visibility=60), clock=room.clock
    )
    start(room, grave)

    movetasks.carry_on(clock=room.clock)

    assert Message.objects.filter(queue=grave).count() == 1


def test_a_rate_is_kept(room, grave):
    move = start(room, grave, rate=1)

    seen = []
    for _ in range(4):
        room.clock.at += 1
        movetasks.carry_on(clock=room.clock)
        seen.append((look(move).moved, str(move.state)))

    assert seen == [(1, "RUNNING"), (2, "RUNNING"), (3, "COMPLETED"), (3, "COMPLETED")]


def test_what_arrives_later_stays(room, grave):
    move = start(room, grave, rate=1)
    room.send(grave, "later")

    room.clock.at += 10
    movetasks.carry_on(clock=room.clock)

    assert look(move).state == State.COMPLETED
    assert room.take(grave) == ["later"]


def test_a_cancelled_task_moves_no_more(room, grave):
    move = start(room, grave, rate=1)
    room.clock.at += 1
    movetasks.carry_on(clock=room.clock)

    moved = movetasks.cancel(room.scope, movetasks.handle_of(room.scope, move))
    room.clock.at += 10

    assert (moved, movetasks.carry_on(clock=room.clock)) == (1, 0)
    assert look(move).state == State.CANCELLED


def test_a_message_of_unknown_origin_fails_the_task(room, grave):
    room.send(grave, "direct")
    move = start(room, grave)

    movetasks.carry_on(clock=room.clock)

    assert (look(move).state, move.failure) == (State.FAILED, "CouldNotDetermineMessageSource")
    assert room.take(grave) == ["direct"]


def test_a_destination_that_is_deleted_fails_the_task(room, grave):
    other = room.queue("other")
    move = start(room, grave, finding.arn_of(room.scope, other))
    queues.delete(room.scope, finding.url_of(room.scope, other))

    movetasks.carry_on(clock=room.clock)

    assert (look(move).state, move.failure) == (
        State.FAILED,
        "AWS.SimpleQueueService.NonExistentQueue",
    )


def test_ended_tasks_are_forgotten_in_the_end(room, grave):
    start(room, grave)
    movetasks.carry_on(clock=room.clock)

    room.clock.at += 15 * 86_400
    trimming.trim(room.clock)

    assert not MessageMove.objects.exists()


def test_another_account_can_neither_see_nor_stop_a_task(room, grave, other):
    move = start(room, grave)

    with pytest.raises(AwsError) as refusal:
        movetasks.cancel(other, movetasks.handle_of(room.scope, move))

    assert refusal.value.code == "ResourceNotFoundException"
