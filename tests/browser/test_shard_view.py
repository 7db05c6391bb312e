"""The shard view in a browser: it moves by itself, and the keyboard walks its cells."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened
from tests.browser.console import create_function, create_table, follow, node, press, put_item

pytestmark = pytest.mark.browser


def _trigger(page: Page) -> None:
    """Make a table, a function and a trigger, and open the trigger's page."""
    create_table(page, "Orders")
    create_function(page, "reader")
    page.goto("/functions/reader/triggers/add?table=Orders")
    press(page, "trigger.add")
    press(page, "designer.save")
    expect(node(page)).to_have_attribute("data-state", "Enabled")
    follow(node(page))
    press(page, "trigger.details")


def test_a_record_becomes_a_cell_and_leads_to_its_journey(visit: Opened) -> None:
    page, other = visit(account="710000000001"), visit(account="710000000001")
    _trigger(page)

    put_item(other, "Orders", "A-1")
    cell = page.get_by_role("link", name="Record 1, processed")
    expect(cell).to_be_visible()
    follow(cell)

    expect(page.get_by_text("The function had it and succeeded.")).to_be_visible()
    expect(page.get_by_role("cell", name='{"S": "A-1"}')).to_be_visible()


def test_the_arrow_keys_walk_the_cells_of_a_lane(visit: Opened) -> None:
    page = visit(account="710000000002")
    _trigger(page)
    address = page.url
    for key in ("A-1", "A-2", "A-3"):
        put_item(page, "Orders", key)
    page.goto(address)
    newest = page.get_by_role("link", name="Record 3, processed")
    expect(newest).to_be_visible()

    newest.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("link", name="Record 2, processed")).to_be_focused()
    page.keyboard.press("End")
    expect(newest).to_be_focused()


def test_typed_settings_change_what_will_happen(visit: Opened) -> None:
    page = visit(account="710000000003")
    create_table(page, "Orders")
    create_function(page, "reader")
    page.goto("/functions/reader/triggers/add?table=Orders")
    expect(page.locator("#stall")).to_contain_text("24 h")

    page.locator('[data-label="trigger.additional"]').click()
    page.get_by_label("Retry attempts").fill("2")
    page.get_by_label("Retry attempts").blur()

    expect(page.locator("#stall")).to_contain_text("its retries are used up")
    expect(page.locator("#preview")).to_contain_text("--maximum-retry-attempts 2")


def test_every_setting_can_be_made_without_javascript(visit: Opened) -> None:
    page = visit(account="710000000004", scripts=False)
    create_table(page, "Orders")
    create_function(page, "reader")
    page.goto("/functions/reader/triggers/add?table=Orders")
    page.locator('[data-label="trigger.additional"]').click()
    page.get_by_label("Retry attempts").fill("2")
    page.get_by_label("Split batch on error").check()
    page.get_by_label("Pattern 1").fill('{"eventName": ["INSERT"]}')
    page.get_by_label("Pattern 2").fill('{"eventName": ["REMOVE"]}')
    press(page, "trigger.check")

    expect(page.locator("#stall")).to_contain_text("its retries are used up")
    expect(page.get_by_label("Pattern 3")).to_be_visible()
    expect(page.get_by_label("Pattern 4")).to_be_hidden()
    press(page, "trigger.add")
    expect(node(page)).to_have_attribute("data-state", "Not saved yet")
