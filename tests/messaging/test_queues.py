"""Queues over time: visibility, retention, waiting, deduplication; and many receivers at once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from console.accounts.tenancy import scope_for
from functions.messaging import finding, queues, receiving, sending, trimming
from functions.messaging.models import Deduplication, Message
from functions.messaging.receiving import Wish
from functions.messaging.sending import Draft

pytestmark = pytest.mark.postgres


def test_a_message_comes_back_when_its_visibility_timeout_is_over(room, clock):
    queue = room.queue(VisibilityTimeout="30")
    room.send(queue, "m")

    first = room.take(queue)
    clock.at += 29.9
    hidden = room.take(queue)
    clock.at += 0.1

    assert (first, hidden, room.take(queue)) == (["m"], [], ["m"])


def test_a_delayed_queue_gives_nothing_before_its_time(room, clock):
    queue = room.queue(DelaySeconds="5")
    room.send(queue, "m")

    early = room.take(queue)
    clock.at += 5

    assert (early, room.take(queue)) == ([], ["m"])


def test_a_long_poll_waits_until_a_message_is_visible(room, clock):
    queue = room.queue(DelaySeconds="5", ReceiveMessageWaitTimeSeconds="20")
    room.send(queue, "m")
    began = clock.at

    taken = room.take(queue)

    assert taken == ["m"]
    assert clock.at - began == pytest.approx(5, abs=0.2)


def test_a_long_poll_ends_empty_after_its_time(room, clock):
    began = clock.at

    assert room.take(room.queue(), wait=3) == []
    assert clock.at - began == pytest.approx(3, abs=0.01)


def test_old_messages_are_not_given_out_and_are_trimmed(room, clock):
    queue = room.queue(MessageRetentionPeriod="60")
    room.send(queue, "old")
    clock.at += 59
    room.send(queue, "young")
    clock.at += 1

    counted = finding.tally(queue, clock=clock).visible

    assert counted == 1
    assert trimming.trim(clock) == 1
    assert room.take(queue) == ["young"]
    assert trimming.trim(clock) == 0


def test_a_deduplication_id_is_good_for_five_minutes(room, clock):
    queue = room.queue("q.fifo", FifoQueue="true")

    def send() -> str:
        draft = Draft("m", group_id="g", deduplication_id="d")
        return sending.send(queue, draft, sender="me", clock=clock).message_id

    first = send()
    clock.at += 299
    second = send()
    clock.at += 1
    third = send()

    assert first == second != third
    assert Message.objects.filter(queue=queue).count() == 2
    clock.at += 300
    trimming.trim(clock)
    assert not Deduplication.objects.exists()


def test_messages_stay_while_their_dead_letter_queue_is_missing(room, scope):
    grave = room.queue("grave")
    policy = f'{{"deadLetterTargetArn": "{finding.arn_of(scope, grave)}", "maxReceiveCount": "1"}}'
    queue = room.queue("q", RedrivePolicy=policy, VisibilityTimeout="0")
    room.send(queue, "m")
    grave.delete()

    assert [room.take(queue) for _ in range(3)] == [["m"]] * 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_no_message_is_given_to_two_receivers(name, clock):
    scope = scope_for("111111111111", "us-east-1")
    held = {"VisibilityTimeout": "43200"}  # longer than the test takes anywhere
    fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    queue = queues.create(scope, name, held | (fifo if name.endswith(".fifo") else {}))
    sent = [f"m{number:02}" for number in range(40)]
    for number, body in enumerate(sent):
        group = f"g{number % 8}" if queue.fifo else ""
        sending.send(queue, Draft(body, group_id=group), sender="me")
    url, got, failures = finding.url_of(scope, queue), [], []

    def take_all() -> None:
        try:
            while taken := receiving.receive(scope, url, Wish(count=3)):
                got.extend(one.message.body for one in taken)
        except Exception as error:  # noqa: BLE001 - told by the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=take_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(got) == len(set(got))
    if not queue.fifo:
        assert sorted(got) == sent
