"""The guide's five steps in a real browser, from nothing to the handler's log line.

Under Designer choose a trigger type; under Configure triggers configure the options and choose Add;
choose Save; choose the trigger to manage it. Then an item is written, and the function's own line
appears in its log.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened
from tests.browser.console import (
    create_function,
    create_table,
    follow,
    node,
    press,
    put_item,
    reload_until,
)

pytestmark = pytest.mark.browser


def _add_trigger(page: Page, table: str) -> None:
    page.locator('[data-label="designer.add"]').click()
    press(page, "designer.dynamodb")
    page.get_by_label(table, exact=False).first.check()
    page.get_by_label("Batch size").fill("10")
    press(page, "trigger.add")


def test_five_steps_lead_from_nothing_to_the_log_line(visit: Opened) -> None:
    page = visit()
    create_table(page, "Orders")
    create_function(page, "orders-reader")

    _add_trigger(page, "Orders")
    expect(node(page)).to_have_attribute("data-state", "Not saved yet")
    press(page, "designer.save")
    expect(node(page)).to_have_attribute("data-state", "Enabled")  # by itself, without a reload
    follow(node(page))
    expect(page.locator('[data-label="trigger.disable"]')).to_be_visible()

    tail = visit()
    tail.goto("/functions/orders-reader/logs")
    put_item(page, "Orders", "A-17")
    expect(tail.locator(".log")).to_contain_text("INSERT {'id': {'S': 'A-17'}}")


def test_the_five_steps_work_without_javascript(visit: Opened) -> None:
    page = visit(scripts=False, account="222222222222")
    create_table(page, "Orders")
    create_function(page, "orders-reader")

    _add_trigger(page, "Orders")
    expect(node(page)).to_have_attribute("data-state", "Not saved yet")
    press(page, "designer.save")
    reload_until(page.locator("#designer-triggers").filter(has_text="Enabled"))
    put_item(page, "Orders", "A-18")
    page.goto("/functions/orders-reader/logs")
    reload_until(page.locator("main").filter(has_text="INSERT {'id': {'S': 'A-18'}}"))


def test_a_stream_is_turned_on_in_the_form_and_the_trigger_is_managed(visit: Opened) -> None:
    page = visit(account="333333333333")
    create_table(page, "Payments", stream=False)
    create_function(page, "payments-reader")
    page.goto("/functions/payments-reader/triggers/add")

    press(page, "trigger.turn_on_stream")
    expect(page.get_by_text("The stream of Payments is on.")).to_be_visible()
    press(page, "trigger.add")
    press(page, "designer.save")
    expect(node(page)).to_have_attribute("data-state", "Enabled")

    follow(node(page))
    press(page, "trigger.disable")
    follow(page.locator('dialog [data-label="trigger.disable"]'))
    expect(node(page)).to_have_attribute("data-state", "Disabled")
    press(page, "trigger.enable")
    expect(node(page)).to_have_attribute("data-state", "Enabled")
    press(page, "trigger.delete")
    follow(page.locator('dialog [data-label="trigger.delete"]'))
    expect(page.locator("#designer-triggers")).to_contain_text("No triggers yet")


def test_the_way_to_a_trigger_works_by_keyboard_alone(visit: Opened) -> None:
    page = visit(account="444444444444")
    create_table(page, "Orders")
    create_function(page, "orders-reader")

    page.locator('[data-label="designer.add"]').focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Configure triggers")).to_be_visible()
    page.locator("#table-1").focus()
    page.keyboard.press("Space")
    page.get_by_label("Batch size").focus()
    page.keyboard.press("Enter")
    expect(node(page)).to_have_attribute("data-state", "Not saved yet")
    page.locator('[data-label="designer.save"]').focus()
    page.keyboard.press("Enter")
    expect(node(page)).to_have_attribute("data-state", "Enabled")


def test_a_slash_leads_to_the_search_and_letters_in_fields_stay_letters(visit: Opened) -> None:
    page = visit()
    page.goto("/tables/")

    page.keyboard.press("/")
    page.keyboard.type("gf/")
    expect(page.get_by_role("searchbox")).to_have_value("gf/")
    page.locator("main h1").click()
    page.locator("#main").focus()
    page.keyboard.press("g")
    page.keyboard.press("f")
    expect(page).to_have_url(re.compile("/functions/$"))


def test_code_is_edited_deployed_and_tested(visit: Opened) -> None:
    page = visit(account="555555555555")
    create_function(page, "greeter")

    page.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("def lambda_handler(event, context):\n\nreturn 'hello there'")
    expect(page.get_by_text("Changes not deployed")).to_be_visible()
    press(page, "code.deploy")
    expect(page.locator("[data-deployed]")).to_be_visible()
    press(page, "test.run")
    expect(page.locator("#result")).to_contain_text("hello there")
    expect(page.locator("#result")).to_contain_text("REPORT RequestId")
