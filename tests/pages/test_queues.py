"""Queues: made, listed, looked into without taking anything, emptied and deleted."""

from __future__ import annotations

import json
import time

import pytest

from console.pages.aws import call
from functions.messaging import finding, movetasks
from functions.models import Message
from tests.messaging.conftest import FrozenClock
from tests.pages.conftest import Browser, markup, text
from triggers.models import Record, Shard
from triggers.streams.sequence import sequence_number


def _send(browser: Browser, body: str, *, queue: str = "failures") -> None:
    url = finding.url_of(browser.scope, finding.find(browser.scope, queue))
    call(browser.scope, "sqs", "SendMessage", QueueUrl=url, MessageBody=body)


def test_a_queue_is_made_and_listed(browser: Browser) -> None:
    answer = browser.post("/queues/", name="failures")

    assert answer["Location"] == "/queues/failures/"
    assert "failures 0 0 0" in browser.read("/queues/")


def test_a_bad_name_is_refused_beside_it_in_the_words_of_aws(browser: Browser) -> None:
    answer = browser.post("/queues/", name="not a name")

    assert answer.status_code == 422
    assert 'id="id_name_error"' in markup(answer)
    assert "Can only include alphanumeric characters" in text(answer)


def test_looking_at_a_message_takes_nothing(browser: Browser) -> None:
    browser.post("/queues/", name="failures")
    _send(browser, '{"hello": "you"}')

    for _ in range(2):
        page = browser.read("/queues/failures/")
        assert '"hello": "you"' in page
        assert "Messages available 1 Messages in flight 0" in page


def _failure(browser: Browser) -> str:
    """A failure message about the first record of Orders, read by a trigger; its id."""
    browser.table()
    browser.function()
    browser.item(id="A-1")
    browser.trigger()
    browser.post("/queues/", name="failures")
    shard = Shard.objects.get()
    number = sequence_number(shard.ordinal, 1)
    info = {
        "streamArn": browser.stream_arn(),
        "shardId": shard.name,
        "startSequenceNumber": number,
        "endSequenceNumber": number,
        "batchSize": 1,
    }
    asked = {
        "functionArn": "arn:aws:lambda:us-east-1:000000000000:function:reader",
        "condition": "RetryAttemptsExhausted",
        "requestId": "one",
    }
    _send(browser, json.dumps({"requestContext": asked, "DDBStreamBatchInfo": info}))
    return Message.objects.get().message_id


def test_the_records_of_a_failure_are_fetched(browser: Browser) -> None:
    message_id = _failure(browser)
    here = f"/queues/failures/messages/{message_id}/"
    assert f'href="{here}"' in markup(browser.get("/queues/failures/"))
    assert "Fetch the records of this failure" in browser.read("/queues/failures/")

    page = browser.read(here)

    assert "RetryAttemptsExhausted" in page
    assert "INSERT id = A-1" in page
    assert "Replay" in page


def test_records_that_have_expired_are_counted(browser: Browser) -> None:
    message_id = _failure(browser)
    Record.objects.all().delete()

    page = browser.read(f"/queues/failures/messages/{message_id}/")

    assert "1 of them has expired from the stream." in page


def test_a_failure_whose_stream_is_gone_says_so_in_the_words_of_aws(browser: Browser) -> None:
    message_id = _failure(browser)
    Message.objects.update(body=Message.objects.get().body.replace("table/Orders", "table/Gone"))

    assert "not found" in browser.read(f"/queues/failures/messages/{message_id}/")


def test_a_message_is_sent_received_and_deleted(browser: Browser) -> None:
    browser.post("/queues/", name="failures")
    browser.client.post("/queues/failures/send", {"send-body": "hello you", "send-delay": "0"})

    page = browser.client.post(
        "/queues/failures/receive", {"receive-count": "10", "receive-hidden": "60"}
    )
    assert "Received just now 1" in text(page)
    assert "Messages in flight 1" in browser.read("/queues/failures/")

    handle = page.context["received"][0]["ReceiptHandle"]
    browser.post("/queues/failures/settle", handle=handle, do="delete")
    assert not Message.objects.exists()


def test_a_received_message_is_let_go_again(browser: Browser) -> None:
    browser.post("/queues/", name="failures")
    _send(browser, "hello")
    page = browser.client.post(
        "/queues/failures/receive", {"receive-count": "1", "receive-hidden": "60"}
    )

    handle = page.context["received"][0]["ReceiptHandle"]
    browser.post("/queues/failures/settle", handle=handle, do="release")

    assert "Messages available 1 Messages in flight 0" in browser.read("/queues/failures/")


def test_what_cannot_be_sent_or_received_is_refused_beside_its_field(browser: Browser) -> None:
    browser.post("/queues/", name="failures")

    sent = browser.client.post("/queues/failures/send", {"send-body": "", "send-delay": "0"})
    taken = browser.client.post(
        "/queues/failures/receive", {"receive-count": "11", "receive-hidden": "1"}
    )

    assert (sent.status_code, taken.status_code) == (422, 422)
    assert "must contain the parameter MessageBody" in text(sent)
    assert 'id="id_receive-count_error"' in markup(taken)


def test_a_fifo_queue_asks_for_a_group_and_no_delay(browser: Browser) -> None:
    browser.post("/queues/", name="ordered.fifo")

    page = browser.read("/queues/ordered.fifo/")

    assert "Message group ID" in page
    assert "Delay" not in page.replace("Messages delayed", "")


@pytest.fixture
def graves(browser: Browser) -> str:
    """A dead-letter queue of `work` with one message; its ARN."""
    for name in ("graves", "again", "work"):
        browser.post("/queues/", name=name)
    arn = browser.scope.arn("sqs", "graves")
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    url = finding.url_of(browser.scope, finding.find(browser.scope, "work"))
    call(
        browser.scope,
        "sqs",
        "SetQueueAttributes",
        QueueUrl=url,
        Attributes={"RedrivePolicy": policy},
    )
    _send(browser, "hello", queue="graves")
    return arn


def test_dead_letters_are_moved_to_the_chosen_queue(browser: Browser, graves: str) -> None:
    to = browser.scope.arn("sqs", "again")
    browser.post("/queues/graves/redrive", **{"redrive-to": to, "redrive-rate": "5"})
    begun = browser.read("/queues/graves/")

    movetasks.carry_on(clock=FrozenClock(time.time() + 60))

    assert "Running 0 0 of 1, 5 a second" in begun
    assert "Completed 1 1 of 1" in browser.read("/queues/graves/")
    assert Message.objects.get().queue.name == "again"


def test_a_task_that_moves_dead_letters_is_cancelled(browser: Browser, graves: str) -> None:
    browser.post("/queues/graves/redrive", **{"redrive-to": "", "redrive-rate": ""})
    handle = call(browser.scope, "sqs", "ListMessageMoveTasks", SourceArn=graves)["Results"][0]

    answer = browser.client.post(
        "/queues/graves/redrive", {"cancel": handle["TaskHandle"]}, follow=True
    )

    assert "The task was cancelled after 0 of its messages had moved." in text(answer)
    assert "Cancelled 0" in text(answer)


def test_a_second_task_and_a_wrong_rate_are_refused_beside_the_fields(
    browser: Browser, graves: str
) -> None:
    fast = browser.post("/queues/graves/redrive", **{"redrive-to": "", "redrive-rate": "501"})
    browser.post("/queues/graves/redrive", **{"redrive-to": "", "redrive-rate": ""})
    second = browser.post("/queues/graves/redrive", **{"redrive-to": "", "redrive-rate": ""})

    assert (fast.status_code, second.status_code) == (422, 422)
    assert "Must be between 1 and 500." in text(fast)
    assert 'id="id_redrive-rate_error"' in markup(fast)
    assert "There is already a task running." in text(second)


def test_a_queue_that_is_nobodys_dead_letter_queue_says_so(browser: Browser) -> None:
    browser.post("/queues/", name="failures")

    page = browser.read("/queues/failures/")

    assert "no queue names this one as its dead-letter queue" in page
    assert "Messages a second" not in page


def test_settings_of_a_queue_are_saved_and_refused_beside_their_field(browser: Browser) -> None:
    for name in ("failures", "graves"):
        browser.post("/queues/", name=name)
    wanted = {
        "visibility": "7",
        "retention": "600",
        "delay": "0",
        "wait": "0",
        "receives": "3",
        "dead_letters": browser.scope.arn("sqs", "graves"),
    }

    browser.post("/queues/failures/settings", **wanted)
    refused = browser.post("/queues/failures/settings", **wanted | {"retention": "1"})

    saved = finding.find(browser.scope, "failures")
    assert (saved.visibility_seconds, saved.max_receives) == (7, 3)
    assert refused.status_code == 422
    assert 'id="id_retention_error"' in markup(refused)


def test_a_message_is_deleted_by_looking_at_it(browser: Browser) -> None:
    browser.post("/queues/", name="failures")
    _send(browser, "hello")
    here = f"/queues/failures/messages/{Message.objects.get().message_id}/"
    assert "hello" in browser.read(here)

    browser.post(f"{here}delete")

    assert browser.get(here).status_code == 404


def test_other_messages_lead_nowhere(browser: Browser) -> None:
    browser.post("/queues/", name="failures")
    for body in ("text", "[]", '{"DDBStreamBatchInfo": 1, "requestContext": {}}', "null"):
        _send(browser, body)

    assert "Fetch the records" not in browser.read("/queues/failures/")


def test_a_queue_is_purged_after_the_question(browser: Browser) -> None:
    browser.post("/queues/", name="failures")
    _send(browser, "hello")
    assert "Purge failures?" in browser.read("/queues/failures/purge")

    browser.post("/queues/failures/purge")

    assert "No messages" in browser.read("/queues/failures/")


def test_a_queue_is_deleted_after_the_question(browser: Browser) -> None:
    browser.post("/queues/", name="failures")
    assert "Delete the queue failures?" in browser.read("/queues/failures/delete")

    browser.post("/queues/failures/delete")

    assert "No queues yet" in browser.read("/queues/")


def test_queues_are_found_by_name(browser: Browser) -> None:
    browser.post("/queues/", name="failures")

    assert "failures Queue" in browser.read("/search?q=fail")
