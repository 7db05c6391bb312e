"""Tables in a real browser: tabs, shards split live, load, the builder, the editor, statements."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened
from tests.browser.console import create_function, create_table, follow, press, put_item

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


def _account(number: int, scripts: bool = True) -> str:
    """An account of its own for each test."""
    return f"8{number:010d}{int(scripts)}"


def _items(page: Page, table: str, count: int) -> None:
    """Import items of one partition."""
    lines = [
        json.dumps(
            {"id": f"A-{number}", "amount": number, "status": "NEW" if number % 2 else "PAID"}
        )
        for number in range(count)
    ]
    page.goto(f"/tables/{table}/items/import")
    page.locator('input[value="json"]').check()
    page.get_by_label("Or its text").fill("\n".join(lines))
    press(page, "import.load")
    expect(page.locator("#messages")).to_contain_text(f"{count} items imported")


@BOTH
def test_a_table_is_made_with_an_index_and_changed_by_its_tabs(
    visit: Opened, scripts: bool
) -> None:
    page = visit(scripts=scripts, account=_account(1, scripts))
    page.goto("/tables/create")
    page.get_by_label("Table name").fill("Orders")
    page.get_by_label("Partition key", exact=True).first.fill("id")
    press(page, "table.customize")
    press(page, "index.add")
    page.get_by_label("Index name").fill("by-status")
    page.locator('[name="index-0-partition_key"]').fill("status")
    press(page, "table.create")

    press(page, "table.indexes")
    expect(page.locator("main")).to_contain_text("status (partition)")
    press(page, "table.settings")
    page.get_by_label("TTL attribute").fill("until")
    press(page, "ttl.turn_on")
    expect(page.locator("main")).to_contain_text("Items expire by until")
    press(page, "table.monitor")
    expect(page.locator("main")).to_contain_text("Changes recorded")


def test_a_split_is_drawn_for_everybody_who_looks(visit: Opened) -> None:
    page, other = visit(account=_account(2)), visit(account=_account(2))
    create_table(page, "Orders")
    put_item(page, "Orders", "A-1")
    for one in (page, other):
        one.goto("/tables/Orders/streams")
        expect(one.locator(".lineage g")).to_have_count(1)

    press(page, "stream.split")

    expect(page.locator("#messages")).to_contain_text("is closed and goes on in")
    expect(other.locator(".lineage g")).to_have_count(3)  # by itself, without a reload
    expect(other.locator(".lineage .wire")).to_have_count(2)


def test_a_record_is_opened_with_what_changed(visit: Opened) -> None:
    page = visit(account=_account(3))
    create_table(page, "Orders")
    put_item(page, "Orders", "A-1")

    page.goto("/tables/Orders/streams")
    page.locator("details.opens > summary").first.click()

    expect(page.locator("tr.changed").first).to_contain_text('{"S": "A-1"}')


def test_a_trigger_is_begun_from_the_table(visit: Opened) -> None:
    page = visit(account=_account(4))
    create_table(page, "Orders")
    create_function(page, "reader")

    page.goto("/tables/Orders/streams")
    press(page, "stream.create_trigger")

    expect(page.locator('input[name="table"]:checked')).to_have_value("Orders")


@BOTH
def test_the_builder_queries_filters_and_pages(visit: Opened, scripts: bool) -> None:
    page = visit(scripts=scripts, account=_account(5, scripts))
    create_table(page, "Orders")
    _items(page, "Orders", 30)

    press(page, "item.filters")
    press(page, "item.add_filter")
    page.get_by_label("Attribute", exact=True).fill("amount")
    page.get_by_label("Type", exact=True).select_option("N")
    page.get_by_label("Comparison").select_option("<")
    page.get_by_label("Value", exact=True).last.fill("5")
    press(page, "item.run")
    expect(page.locator("tbody tr")).to_have_count(5)

    page.locator('label:has(input[value="query"])').click()
    page.locator("#h-1").fill("A-3")
    press(page, "item.run")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_many_items_are_chosen_and_deleted(visit: Opened) -> None:
    page = visit(account=_account(6))
    create_table(page, "Orders")
    _items(page, "Orders", 30)

    page.get_by_label("Choose all items of this page").check()
    press(page, "item.delete_chosen")
    expect(page.locator("main")).to_contain_text("Delete 30 items of Orders?")
    press(page, "item.delete")

    expect(page.locator("main")).to_contain_text("The table is empty")


def test_a_download_is_imported_into_another_table(visit: Opened, tmp_path: Path) -> None:
    page = visit(account=_account(7))
    create_table(page, "Orders")
    create_table(page, "Copies")
    _items(page, "Orders", 12)

    press(page, "item.export")
    with page.expect_download() as download:
        page.locator('main [data-label="import.csv"]').first.click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    page.goto("/tables/Copies/items/import")
    page.locator('input[value="csv"]').check()
    page.get_by_label("File").set_input_files(saved)
    press(page, "import.load")

    expect(page.locator("#messages")).to_contain_text("12 items imported")


def test_load_is_written_until_it_is_stopped(visit: Opened) -> None:
    page = visit(account=_account(8))
    create_table(page, "Orders")
    page.goto("/tables/Orders/load")
    page.get_by_label("Items a second").fill("20")
    page.locator('[name="seconds"]').fill("600")  # it ends by hand, however late that comes
    press(page, "load.start")

    written = page.locator("tbody .number").first
    expect(written).not_to_have_text("0")
    press(page, "load.stop")
    expect(page.locator("tbody")).to_contain_text("Stopped by hand.")

    page.goto("/tables/Orders/streams")
    expect(page.locator("main")).to_contain_text("id = item-")


def test_a_nested_item_is_typed_while_its_record_is_foreseen(visit: Opened) -> None:
    page = visit(account=_account(9))
    create_table(page, "Orders")
    page.goto("/tables/Orders/items/edit")

    page.get_by_label("Value 1", exact=True).fill("A-1")
    page.get_by_label("Attribute 2", exact=True).fill("lines")
    page.get_by_label("Type 2", exact=True).select_option("L")  # a script asks for the rows at once
    press(page, "item.add_inside")
    kind = page.get_by_label("Type 2.1", exact=True)
    expect(kind).to_be_visible()
    kind.select_option("N")
    value = page.get_by_label("Value 2.1", exact=True)
    expect(value).to_have_js_property("tagName", "INPUT")  # the row of a number has come
    value.fill("7")
    value.press("Tab")
    expect(page.locator("#ahead")).to_contain_text('{"L": [{"N": "7"}]}')
    expect(page.locator("#ahead")).to_contain_text("INSERT")

    press(page, "item.dynamodb")
    expect(page.locator(".cm-content")).to_contain_text('"N": "7"')
    press(page, "item.put")
    expect(page.locator("tbody")).to_contain_text('["7"]')


def test_a_nested_item_is_typed_without_scripts(visit: Opened) -> None:
    page = visit(scripts=False, account=_account(9, scripts=False))
    create_table(page, "Orders")
    page.goto("/tables/Orders/items/edit")

    page.get_by_label("Value 1", exact=True).fill("A-1")
    page.get_by_label("Attribute 2", exact=True).fill("sizes")
    page.get_by_label("Type 2", exact=True).select_option("NS")
    press(page, "item.retype")
    press(page, "item.add_inside")
    page.get_by_label("Value 2.1", exact=True).fill("7")
    press(page, "item.preview")
    expect(page.locator("#ahead")).to_contain_text('{"NS": ["7"]}')
    press(page, "item.put")

    expect(page.locator("tbody")).to_contain_text('["7"]')


def test_a_refused_condition_is_told_beside_it(visit: Opened) -> None:
    page = visit(account=_account(10))
    create_table(page, "Orders")
    put_item(page, "Orders", "A-1")
    page.goto("/tables/Orders/items/edit")
    page.get_by_label("Value 1", exact=True).fill("A-1")
    press(page, "item.condition")
    page.get_by_label("Condition expression").fill("attribute_not_exists(id)")
    press(page, "item.put")

    expect(page.locator("details.more .refusal")).to_contain_text("The conditional request failed")


@BOTH
def test_a_statement_is_run_and_shown_in_three_ways(visit: Opened, scripts: bool) -> None:
    page = visit(scripts=scripts, account=_account(11, scripts))
    create_table(page, "Orders")
    _items(page, "Orders", 3)
    page.goto("/partiql/")
    follow(page.locator(".files a").first)
    press(page, "partiql.run")

    expect(page.locator("tbody tr")).to_have_count(3)
    page.locator('label:has(input[value="typed"])').click()
    expect(page.locator(".as-typed")).to_be_visible()
    expect(page.locator(".as-typed")).to_contain_text('"S": "A-1"')
    expect(page.locator("tbody")).not_to_be_visible()


def test_the_tabs_and_the_builder_are_reached_with_the_keyboard(visit: Opened) -> None:
    page = visit(account=_account(12))
    create_table(page, "Orders")
    page.locator('[data-label="table.overview"]').focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/indexes$"))

    page.goto("/tables/Orders/items/")
    page.locator('input[name="mode"]:checked').focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#h-1")).to_be_visible()
