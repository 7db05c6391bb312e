"""What changes shows itself: by events, by asking when events fail, and never twice as loud."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened
from tests.browser.console import create_function, create_table, follow, node, press, put_item

pytestmark = pytest.mark.browser


def _furnish(page: Page) -> None:
    create_table(page, "Orders")
    create_function(page, "reader")
    page.goto("/functions/reader/triggers/add?table=Orders")
    press(page, "trigger.add")


def test_states_are_asked_for_when_events_do_not_come_through(visit: Opened) -> None:
    page = visit(account="700000000001")
    page.route("**/events?*", lambda route: route.abort())
    _furnish(page)

    press(page, "designer.save")

    expect(node(page)).to_have_attribute("data-state", "Enabled")


def test_records_of_a_table_appear_without_a_reload(visit: Opened) -> None:
    page, other = visit(account="700000000002"), visit(account="700000000002")
    create_table(page, "Orders")
    page.goto("/tables/Orders/streams")

    put_item(other, "Orders", "A-99")

    expect(page.get_by_text("id = A-99")).to_be_visible()


def test_a_changed_state_is_told_to_screen_readers(visit: Opened) -> None:
    page, other = visit(account="700000000003"), visit(account="700000000003")
    _furnish(page)
    press(page, "designer.save")
    expect(node(page)).to_have_attribute("data-state", "Enabled")

    other.goto("/functions/reader/")
    follow(node(other))
    press(other, "trigger.disable")
    follow(other.locator('dialog [data-label="trigger.disable"]'))

    expect(page.locator("#announcer")).to_contain_text("DynamoDB: Orders: Disabled")


def test_an_open_menu_stays_open_while_the_part_around_it_changes(visit: Opened) -> None:
    page = visit(account="700000000004")
    _furnish(page)

    press(page, "designer.save")
    page.locator('[data-label="designer.add"]').click()
    expect(node(page)).to_have_attribute("data-state", "Enabled")

    expect(page.locator('[data-label="designer.dynamodb"]')).to_be_visible()


def test_one_page_holds_one_connection(visit: Opened) -> None:
    page = visit(account="700000000005")
    opened: list[str] = []
    page.on("request", lambda asked: opened.append(asked.url) if "/events" in asked.url else None)
    create_function(page, "reader")
    expect(page.locator("#designer-triggers")).to_be_visible()
    page.wait_for_timeout(1_500)

    assert len(opened) == 1
