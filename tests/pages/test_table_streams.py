"""A table's Exports and streams tab: shards and their lineage, readers, records and finding them."""

from __future__ import annotations

from tests.pages.conftest import Browser, markup, text
from triggers.models import Shard


def newest() -> Shard:
    return Shard.objects.order_by("-ordinal")[0]


def test_a_shard_is_split_and_drawn_with_its_children(browser: Browser) -> None:
    browser.table()
    parent = newest()

    browser.post("/tables/Orders/streams", split=parent.name)
    page = browser.read("/tables/Orders/streams")

    assert Shard.objects.filter(parent=parent).count() == 2
    assert "is closed and goes on in" in page
    assert page.count("50 %") == 2


def test_a_shard_rolls_over(browser: Browser) -> None:
    browser.table()
    parent = newest()

    browser.post("/tables/Orders/streams", roll=parent.name)

    assert newest().parent == parent
    assert Shard.objects.count() == 2


def test_a_closed_shard_cannot_be_split_again(browser: Browser) -> None:
    browser.table()
    name = newest().name
    browser.post("/tables/Orders/streams", split=name)

    browser.post("/tables/Orders/streams", split=name)

    assert "is closed already (ValidationException)" in browser.read("/tables/Orders/streams")
    assert Shard.objects.count() == 3


def test_the_shards_of_an_ended_stream_have_no_buttons(browser: Browser) -> None:
    browser.table()
    browser.post("/tables/Orders/streams", do="off")

    page = markup(browser.get("/tables/Orders/streams"))

    assert 'name="split"' not in page
    assert "An ended stream can be read for 24 hours" in page


def test_the_triggers_of_the_stream_are_listed_with_their_state(browser: Browser) -> None:
    browser.table()
    browser.function()
    uuid = browser.trigger()

    page = markup(browser.get("/tables/Orders/streams"))

    assert f'href="/functions/reader/triggers/{uuid}/"' in page
    assert "Enabled" in page


def test_create_trigger_leads_to_the_functions_form_with_the_table_chosen(browser: Browser) -> None:
    browser.table()
    browser.function()

    chosen = browser.get("/tables/Orders/trigger?function=reader")
    nobody = browser.get("/tables/Orders/trigger")

    assert chosen["Location"] == "/functions/reader/triggers/add?table=Orders"
    assert nobody["Location"] == "/functions/create"


def test_a_record_shows_what_changed(browser: Browser) -> None:
    browser.table()
    browser.item(id="A-1", note="before")
    browser.item(id="A-1", note="after")

    page = markup(browser.get("/tables/Orders/records"))

    assert '<tr class="changed"><td>note</td>' in page
    assert "{&quot;S&quot;: &quot;before&quot;}" in page


def test_records_are_read_shard_by_shard_and_page_by_page(browser: Browser) -> None:
    browser.table()
    for number in range(53):
        browser.item(id=f"A-{number}")
    first = browser.read("/tables/Orders/records")
    rest = browser.read(f"/tables/Orders/records?shard={newest().name}&before=4")

    assert "50 records" in first
    assert "Older" in first
    assert "3 records" in rest
    assert "Older" not in rest


def test_a_record_is_found_by_key_sequence_number_and_event(browser: Browser) -> None:
    browser.table()
    browser.item(id="A-1")
    browser.item(id="B-1")

    assert "1 record " in browser.read("/tables/Orders/records?q=B-1") + " "
    number = browser.get("/tables/Orders/records?q=B-1").content.decode()
    number = number.split('mono quiet">')[1].split("<")[0]
    assert "id = B-1" in browser.read(f"/tables/Orders/records?q={number}")
    assert "No such record" in browser.read("/tables/Orders/records?q=C-1")


def test_a_record_leads_to_its_journey(browser: Browser) -> None:
    browser.table()
    browser.function()
    browser.trigger()
    browser.item(id="A-1")

    answer = browser.get("/tables/Orders/records")

    assert "Journey: reader" in text(answer)


def test_the_newest_records_of_all_shards_are_shown_in_order(browser: Browser) -> None:
    browser.table()
    browser.item(id="first")
    browser.post("/tables/Orders/streams", split=newest().name)
    for number in range(30):
        browser.item(id=f"A-{number}")

    page = browser.read("/tables/Orders/streams").split("Newest records")[1]

    assert page.count("id = A-") == 20
    assert "first" not in page
    assert page.index("A-29") < page.index("A-15")


def test_a_trigger_that_reads_an_ended_stream_is_said_to(browser: Browser) -> None:
    browser.table()
    browser.function()
    browser.trigger()

    browser.post("/tables/Orders/streams", do="off")
    off = browser.read("/tables/Orders/streams")
    browser.post("/tables/Orders/streams", do="on", view_type="NEW_IMAGE")
    on = browser.read("/tables/Orders/streams")

    assert "reads an ended stream" in off
    assert "reads an ended stream" in on
