"""Topics and buckets: made, listed, subscribed to, published to, looked into, ended."""

from __future__ import annotations

import json

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from functions.messaging import buckets, limits, objects
from functions.models import Bucket, Message, StoredObject, Subscription, Topic
from tests.pages.conftest import Browser, markup, text


def _stored(browser: Browser, key: str, body: bytes) -> None:
    objects.store(buckets.find(browser.scope, "batches"), key, objects.Content(body))


def test_a_topic_is_made_listed_and_deleted_after_the_question(browser: Browser) -> None:
    assert browser.post("/topics/", name="alarms")["Location"] == "/topics/alarms/"
    assert "alarms 0" in browser.read("/topics/")

    assert "Delete the topic alarms?" in browser.read("/topics/alarms/delete")
    browser.post("/topics/alarms/delete")

    assert not Topic.objects.exists()


def test_a_bad_topic_name_is_refused_beside_it(browser: Browser) -> None:
    answer = browser.post("/topics/", name="not a name")

    assert answer.status_code == 422
    assert 'id="id_name_error"' in markup(answer)


def test_a_queue_that_is_subscribed_gets_what_is_published(browser: Browser) -> None:
    browser.post("/topics/", name="alarms")
    browser.post("/queues/", name="inbox")
    arn = browser.scope.arn("sqs", "inbox")

    browser.client.post(
        "/topics/alarms/subscribe", {"subscribe-endpoint": arn, "subscribe-raw": "on"}
    )
    browser.client.post("/topics/alarms/publish", {"publish-message": "fire"})

    assert 'href="/queues/inbox/"' in markup(browser.get("/topics/alarms/"))
    assert Message.objects.get().body == "fire"


def test_an_endpoint_that_is_none_is_refused_beside_it(browser: Browser) -> None:
    browser.post("/topics/", name="alarms")

    answer = browser.client.post("/topics/alarms/subscribe", {"subscribe-endpoint": "nowhere"})

    assert answer.status_code == 422
    assert 'id="id_subscribe-endpoint_error"' in markup(answer)


def test_a_subscription_is_ended(browser: Browser) -> None:
    browser.post("/topics/", name="alarms")
    browser.post("/queues/", name="inbox")
    endpoint = browser.scope.arn("sqs", "inbox")
    browser.client.post("/topics/alarms/subscribe", {"subscribe-endpoint": endpoint})
    arn = browser.scope.arn("sns", f"alarms:{Subscription.objects.get().uuid}")

    browser.post("/topics/alarms/unsubscribe", subscription=arn)

    assert "Nobody is subscribed" in browser.read("/topics/alarms/")


def test_a_bucket_is_made_and_shows_its_keys_as_folders(browser: Browser) -> None:
    assert browser.post("/buckets/", name="batches")["Location"] == "/buckets/batches/"
    _stored(browser, "a/one.json", b"{}")
    _stored(browser, "two.txt", b"hello")

    top = browser.read("/buckets/batches/")

    assert "a/" in top
    assert "two.txt 5 B" in top
    assert "one.json" not in top
    assert "one.json 2 B" in browser.read("/buckets/batches/?prefix=a/")
    assert "batches 2 7 B" in browser.read("/buckets/")


def test_an_object_is_shown_and_downloaded_as_it_is(browser: Browser) -> None:
    browser.post("/buckets/", name="batches")
    _stored(browser, "a/one.json", b'{"a":1}')

    assert '"a": 1' in browser.read("/buckets/batches/object?key=a/one.json")
    file = browser.get("/buckets/batches/download?key=a/one.json")

    assert file.content == b'{"a":1}'
    assert file["Content-Disposition"] == 'attachment; filename="one.json"'


def test_what_is_not_text_is_only_downloaded(browser: Browser) -> None:
    browser.post("/buckets/", name="batches")
    _stored(browser, "raw", b"\xff\xfe")

    assert "Download it." in browser.read("/buckets/batches/object?key=raw")


def test_a_failed_batch_in_a_bucket_shows_its_own_records(browser: Browser) -> None:
    browser.table()
    browser.post("/buckets/", name="batches")
    record = {
        "eventName": "INSERT",
        "dynamodb": {"Keys": {"id": {"S": "A-1"}}, "SequenceNumber": "100000000000000000001"},
    }
    failure = {
        "requestContext": {
            "functionArn": "arn:aws:lambda:us-east-1:000000000000:function:reader",
            "condition": "RecordAgeExceeded",
            "requestId": "one",
        },
        "DDBStreamBatchInfo": {"streamArn": browser.stream_arn(), "shardId": "s", "batchSize": 1},
        "payload": json.dumps({"Records": [record]}),
    }
    _stored(browser, "failed.json", json.dumps(failure).encode())

    page = browser.read("/buckets/batches/object?key=failed.json")

    assert "RecordAgeExceeded" in page
    assert "INSERT id = A-1" in page


def test_an_object_is_deleted_and_then_its_bucket(browser: Browser) -> None:
    browser.post("/buckets/", name="batches")
    _stored(browser, "one", b"1")
    full = browser.client.post("/buckets/batches/delete", follow=True)
    assert "not empty" in text(full)

    browser.post("/buckets/batches/drop", key="one")
    browser.post("/buckets/batches/delete")

    assert not StoredObject.objects.exists()
    assert not Bucket.objects.exists()


def _upload(browser: Browser, key: str, body: bytes, name: str = "order.json") -> HttpResponse:
    file = SimpleUploadedFile(name, body, content_type="application/json")
    return browser.client.post("/buckets/batches/", {"key": key, "file": file})


def test_a_file_is_put_under_its_own_name_or_a_key(browser: Browser) -> None:
    browser.post("/buckets/", name="batches")

    answer = _upload(browser, "2026/", b'{"a": 1}')
    _upload(browser, "other.json", b"")

    assert answer["Location"] == "/buckets/batches/?prefix=2026%2F"
    stored = {one.key: bytes(one.body) for one in StoredObject.objects.all()}
    assert stored == {"2026/order.json": b'{"a": 1}', "other.json": b""}
    assert "order.json" in browser.read("/buckets/batches/?prefix=2026/")


def test_what_cannot_be_uploaded_is_refused_beside_its_field(browser: Browser) -> None:
    browser.post("/buckets/", name="batches")

    nothing = browser.client.post("/buckets/batches/", {"key": "a"})
    large = _upload(browser, "a", b"x" * (limits.OBJECT_BYTES + 1))
    long = _upload(browser, "k" * 1025, b"x")

    assert [one.status_code for one in (nothing, large, long)] == [422, 422, 422]
    assert "Choose a file." in text(nothing)
    assert "Your proposed upload exceeds the maximum allowed size" in text(large)
    assert 'id="id_file_error"' in markup(large)
    assert 'id="id_key_error"' in markup(long)
