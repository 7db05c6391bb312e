"""Explore items: the builder, many items at once, files in and out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from console.pages.aws import call
from tests.pages.conftest import Browser, markup, text
from triggers.models import Item, Record


@pytest.fixture
def orders(browser: Browser) -> Browser:
    """A table with ten orders, an index by status, and a stream."""
    browser.table(sort="at")
    for number in range(10):
        status = "PAID" if number % 2 else "NEW"
        browser.item(id=f"A-{number % 3}", at=f"2026-0{number}", status=status)
    call(
        browser.scope,
        "dynamodb",
        "UpdateTable",
        TableName="Orders",
        AttributeDefinitions=[{"AttributeName": "status", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "by-status",
                    "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            }
        ],
    )
    return browser


def test_an_index_is_queried_by_its_own_key(orders: Browser) -> None:
    page = orders.read("/tables/Orders/items/?mode=query&index=by-status&h=PAID")

    assert "5 items on this page · 5 scanned" in page
    assert "read unit" in page


def test_a_query_can_go_backwards(orders: Browser) -> None:
    page = orders.read("/tables/Orders/items/?mode=query&h=A-0&order=desc")

    assert page.index("2026-09") < page.index("2026-00")


def test_filters_and_projections_are_applied(orders: Browser) -> None:
    filters = "f_name=status&f_type=S&f_op==&f_value=NEW&f_high="

    page = orders.read(f"/tables/Orders/items/?{filters}&show=at")

    assert "5 items on this page · 10 scanned" in page
    assert "PAID" not in page.split("Items 5 items")[1]


def test_a_page_without_matches_leads_on(orders: Browser) -> None:
    filters = "f_name=nothing&f_type=S&f_op=exists&f_value=&f_high="

    page = orders.read(f"/tables/Orders/items/?{filters}&size=10")

    assert "No match" in page


def test_a_value_that_cannot_be_read_is_refused_beside_its_filter(orders: Browser) -> None:
    filters = "f_name=n&f_type=BOOL&f_op==&f_value=perhaps&f_high="

    answer = orders.get(f"/tables/Orders/items/?{filters}")

    assert answer.status_code == 422
    assert "Type true or false." in text(answer)
    assert "Nothing was asked" in text(answer)


def test_what_dynamodb_refuses_is_told_in_its_words(orders: Browser) -> None:
    filters = "f_name=n&f_type=N&f_op==&f_value=abc&f_high="

    answer = orders.get(f"/tables/Orders/items/?{filters}")

    assert answer.status_code == 422
    assert "The parameter cannot be converted to a numeric value" in text(answer)


def test_an_index_that_is_gone_is_refused(orders: Browser) -> None:
    answer = orders.get("/tables/Orders/items/?index=by-day")

    assert answer.status_code == 422
    assert "The table does not have the specified index: by-day" in text(answer)


def test_a_query_waits_for_its_partition_key(orders: Browser) -> None:
    assert "Which partition?" in orders.read("/tables/Orders/items/?mode=query&h=")


def test_many_items_are_deleted_after_a_question(orders: Browser) -> None:
    keys = [
        json.dumps({"id": {"S": f"A-{number % 3}"}, "at": {"S": f"2026-0{number}"}})
        for number in range(10)
    ]

    asked = orders.client.post("/tables/Orders/items/delete", {"key": keys})
    assert "Delete 10 items of Orders?" in text(asked)
    assert Item.objects.count() == 10

    orders.client.post("/tables/Orders/items/delete", {"key": keys, "do": "delete"})
    assert Item.objects.count() == 0
    assert Record.objects.count() == 20


def test_deleting_nothing_says_so(orders: Browser) -> None:
    orders.client.post("/tables/Orders/items/delete", {})

    assert "No item was chosen." in orders.read("/tables/Orders/items/")


@pytest.mark.parametrize("form", ["csv", "json", "dynamodb"])
def test_a_download_is_imported_again(orders: Browser, form: str) -> None:
    address = f"/tables/Orders/items/export?mode=query&h=A-0&r_op==&r_value=&r_high=&format={form}"
    answer = orders.get(address)
    orders.table("Copies", sort="at")

    file = SimpleUploadedFile("items", answer.content)
    orders.post("/tables/Copies/items/import", format=form, file=file, do="load")

    assert 'attachment; filename="Orders.' in answer["Content-Disposition"]
    copies: dict[str, Any] = call(orders.scope, "dynamodb", "Scan", TableName="Copies")
    assert copies["Count"] == 4
    assert "4 items imported." in orders.read("/tables/Copies/items/")


def test_a_download_follows_every_page(orders: Browser) -> None:
    answer = orders.get("/tables/Orders/items/export?size=10&format=dynamodb")

    assert len(answer.content.decode().splitlines()) == 10


def test_checking_an_import_writes_nothing(browser: Browser) -> None:
    browser.table()

    answer = browser.post(
        "/tables/Orders/items/import", format="json", pasted='{"id": "A-1"}', do="check"
    )

    assert "Nothing was written yet." in text(answer)
    assert "{&quot;id&quot;: &quot;A-1&quot;}</textarea>" in markup(answer)
    assert not Item.objects.exists()


def test_a_file_with_a_broken_line_writes_nothing(browser: Browser) -> None:
    browser.table()

    answer = browser.post(
        "/tables/Orders/items/import", format="json", pasted='{"id": "A-1"}\n{"id"', do="load"
    )

    assert answer.status_code == 422
    assert "Nothing was written." in text(answer)
    assert not Item.objects.exists()


def test_a_line_that_dynamodb_refuses_is_told_and_the_others_are_written(browser: Browser) -> None:
    browser.table()

    answer = browser.post(
        "/tables/Orders/items/import",
        format="json",
        pasted='{"id": "A-1"}\n{"no": "key"}\n{"id": "A-3"}',
        do="load",
    )

    assert answer.status_code == 422
    assert "2 items written; these were not." in text(answer)
    assert "2 One or more parameter values were invalid: Missing the key id" in text(answer)
    assert Item.objects.count() == 2


def test_an_import_without_anything_is_refused_beside_the_file(browser: Browser) -> None:
    browser.table()

    answer = browser.post("/tables/Orders/items/import", format="json", do="load")

    assert "Choose a file, or paste its text below." in text(answer)


def test_a_file_that_is_no_text_is_refused(browser: Browser) -> None:
    browser.table()
    file = SimpleUploadedFile("items.csv", b"\xff\xfe\x00")

    answer = browser.post("/tables/Orders/items/import", format="csv", file=file, do="load")

    assert "Not UTF-8 at byte 0." in text(answer)
