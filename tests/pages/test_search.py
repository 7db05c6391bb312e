"""The one search box: names of every kind, triggers by UUID, records by number, event ID and key."""

from __future__ import annotations

import json

import pytest

from console.pages.aws import call
from console.pages.functions import source
from functions.iam import roles
from tests.pages.conftest import Browser, text
from triggers.models import Record, RemotePlace, Stream

POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def _found(browser: Browser, query: str) -> str:
    return browser.read(f"/search?q={query}")


def _body(record: Record) -> dict[str, object]:
    return json.loads(bytes(record.body))


def test_names_of_every_kind_are_found(browser: Browser) -> None:
    browser.table("Acme")
    browser.function("acme-reader")
    for where in ("queues", "topics", "buckets"):
        browser.post(f"/{where}/", name=f"acme-{where}")
    call(browser.scope, "lambda", "PublishVersion", FunctionName="acme-reader")
    named = {"FunctionName": "acme-reader", "Name": "acme-live", "FunctionVersion": "1"}
    call(browser.scope, "lambda", "CreateAlias", **named)
    call(browser.scope, "logs", "CreateLogGroup", logGroupName="acme-log")
    content = {"ZipFile": source.pack("acme.py", "")}
    call(browser.scope, "lambda", "PublishLayerVersion", LayerName="acme-layer", Content=content)
    call(browser.scope, "iam", "CreateUser", UserName="acme-user")
    written = {"PolicyName": "acme-policy", "PolicyDocument": json.dumps(POLICY)}
    call(browser.scope, "iam", "CreatePolicy", **written)

    page = _found(browser, "ACME")

    for hit in (
        "Acme Table",
        "acme-reader Function",
        "acme-live Alias",
        "acme-layer Layer",
        "acme-queues Queue",
        "acme-topics Topic",
        "acme-buckets Bucket",
        "acme-log Log group",
        "acme-reader-role Role",
        "acme-user User",
        "acme-policy Policy",
    ):
        assert hit in page


def test_managed_policies_are_found(browser: Browser) -> None:
    assert "AWSLambdaDynamoDBExecutionRole Policy" in _found(browser, "lambdadynamo")


def test_what_is_of_another_account_is_not_found(browser: Browser) -> None:
    browser.function("acme-reader")
    roles.create_lambda_role(browser.scope, "acme-role", [])
    browser.post("/place", account="111111111111", region="us-east-1", next="/functions/")

    assert "Nothing found" in _found(browser, "acme")


def test_more_than_are_shown_are_told_of(browser: Browser) -> None:
    for number in range(21):
        browser.post("/queues/", name=f"team-{number:02}")
    told = "Of each kind the first 20 are shown."

    found = browser.read("/search?q=team")
    assert "team-19 Queue" in found
    assert "team-20" not in found
    assert told in found
    assert told not in browser.read("/search?q=team-1")


def test_a_trigger_is_found_by_its_uuid(browser: Browser) -> None:
    browser.table()
    browser.function()
    uuid = browser.trigger()

    page = browser.get(f"/search?q={uuid}")

    assert "DynamoDB: Orders → reader Trigger" in text(page)
    assert f"/functions/reader/triggers/{uuid}/" in page.content.decode()


@pytest.mark.parametrize("by", ["key", "event", "number"])
def test_a_record_is_found_and_leads_to_its_journey(browser: Browser, by: str) -> None:
    browser.table()
    browser.function()
    uuid = browser.trigger()
    browser.item(id="A-17")
    record = Record.objects.get()
    body = _body(record)
    asked = {"key": "A-17", "event": body["eventID"], "number": body["dynamodb"]["SequenceNumber"]}

    page = browser.get(f"/search?q={asked[by]}")

    journey = f"/functions/reader/triggers/{uuid}/records/{record.shard_id}/{record.seq}/"
    assert f"Orders: INSERT id = A-17 · {asked['number']} Record" in text(page)
    assert journey in page.content.decode()


def test_a_record_that_no_trigger_reads_leads_to_its_table(browser: Browser) -> None:
    browser.table()
    browser.item(id="A-17")

    page = browser.get("/search?q=A-17").content.decode()

    assert "/tables/Orders/records?q=A-17" in page
    assert "A-17" in browser.read("/tables/Orders/records?q=A-17")


def test_a_copied_record_is_found_by_the_number_it_has_outside(browser: Browser) -> None:
    browser.table()
    browser.function()
    uuid = browser.trigger()
    browser.item(id="A-17")
    record = Record.objects.get()
    Stream.objects.update(connection="second")
    outside = "1234567890123456789012345678901234567890"
    RemotePlace.objects.create(shard=record.shard, seq=record.seq, number=outside)

    journey = f"/functions/reader/triggers/{uuid}/records/{record.shard_id}/{record.seq}/"
    assert journey in browser.get(f"/search?q={outside}").content.decode()
    found = browser.get(f"/functions/reader/triggers/{uuid}/records/?q={outside}")
    assert found["Location"] == journey
