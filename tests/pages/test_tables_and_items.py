"""Tables, their streams and their items, by plain forms."""

from __future__ import annotations

from tests.pages.conftest import Browser, text
from triggers.models import Table

NEW = {
    "name": "Orders",
    "partition_key": "id",
    "partition_type": "S",
    "sort_type": "S",
    "stream": "NEW_AND_OLD_IMAGES",
}


def test_a_table_is_made_with_its_stream(browser: Browser) -> None:
    answer = browser.post("/tables/create", **NEW, sort_key="at")

    made = Table.objects.get()
    assert answer["Location"] == "/tables/Orders/"
    assert (made.hash_name, made.range_name) == ("id", "at")
    assert browser.stream_arn()


def test_a_taken_table_name_is_refused_beside_the_name(browser: Browser) -> None:
    browser.table()

    answer = browser.post("/tables/create", **NEW)

    assert answer.status_code == 422
    assert 'id="id_name_error"' in answer.content.decode()
    assert "Table already exists: Orders" in text(answer)


def test_the_stream_is_turned_off_and_on(browser: Browser) -> None:
    browser.table()

    browser.post("/tables/Orders/streams", do="off")
    assert "Turn on" in browser.read("/tables/Orders/streams")
    browser.post("/tables/Orders/streams", do="on", view_type="KEYS_ONLY")
    assert "KEYS_ONLY" in browser.read("/tables/Orders/streams")


def test_the_stream_shows_its_newest_records(browser: Browser) -> None:
    browser.table()
    browser.item(id="A-17", note="hello")

    page = browser.read("/tables/Orders/streams")

    assert "INSERT" in page
    assert "id = A-17" in page


def test_a_query_finds_one_partition(browser: Browser) -> None:
    browser.table(sort="at")
    browser.item(id="A-1", at="2026-01-01")
    browser.item(id="A-1", at="2026-02-01")
    browser.item(id="B-1", at="2026-01-01")

    one = browser.read(
        "/tables/Orders/items/?mode=query&h=A-1&r_op=begins_with&r_value=2026-02&r_high="
    )
    both = browser.read("/tables/Orders/items/?mode=query&h=A-1")
    none = browser.read("/tables/Orders/items/?mode=query&h=Z")

    assert "1 item on this page" in one
    assert "2 items on this page" in both
    assert "No match" in none


def test_a_long_table_is_read_page_by_page(browser: Browser) -> None:
    browser.table()
    for number in range(53):
        browser.item(id=f"A-{number}")

    first = browser.get("/tables/Orders/items/").content.decode()
    onward = first.split('data-label="item.more" href="')[1].split('"')[0].replace("&amp;", "&")
    second = browser.read(f"/tables/Orders/items/{onward}")

    assert "3 items on this page" in second


def test_a_table_is_deleted_only_when_its_name_is_typed(browser: Browser) -> None:
    browser.table()

    wrong = browser.post("/tables/Orders/delete", typed="Order")
    assert "That is not the name." in text(wrong)
    assert Table.objects.exists()

    browser.post("/tables/Orders/delete", typed="Orders")
    assert "No tables yet" in browser.read("/tables/")
