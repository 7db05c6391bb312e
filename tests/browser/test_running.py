"""Seeing functions run: the log followed live, a batch that really happened run again, versions."""

from __future__ import annotations

import io
import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened
from tests.browser.console import create_function, create_table, follow, node, press, put_item

pytestmark = pytest.mark.browser


def _reading(page: Page) -> None:
    """Make a function that reads a table from its first record."""
    create_table(page, "Orders")
    create_function(page, "reader")
    page.goto("/functions/reader/triggers/add?table=Orders")
    page.locator('input[value="TRIM_HORIZON"]').check()
    press(page, "trigger.add")
    press(page, "designer.save")
    expect(node(page)).to_have_attribute("data-state", "Enabled")


def _package(text: str) -> dict[str, object]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("lambda_function.py", text)
        file.writestr("words.py", "GREETING = 'hello'\n")
    return {"name": "code.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}


def test_the_log_is_followed_while_the_function_runs(visit: Opened) -> None:
    page, other = visit(account="750000000001"), visit(account="750000000001")
    _reading(other)
    put_item(other, "Orders", "A-1")
    page.goto("/functions/reader/logs")
    expect(page.get_by_text("A-1").first).to_be_visible()

    put_item(other, "Orders", "B-2")

    expect(page.get_by_text("B-2").first).to_be_visible()


def test_a_batch_that_happened_is_run_again_as_a_test(visit: Opened) -> None:
    page = visit(account="750000000002")
    _reading(page)
    put_item(page, "Orders", "A-1")
    page.goto("/functions/reader/")
    follow(node(page))
    press(page, "trigger.details")
    expect(page.locator('[data-label="trigger.as_event"]').first).to_be_visible()

    press(page, "trigger.as_event")
    expect(page.locator(".cm-content")).to_contain_text("aws:dynamodb")
    press(page, "test.run")

    expect(page.locator("#result")).to_contain_text("Execution result: succeeded")
    expect(page.locator("#result")).to_contain_text("A-1")


def test_a_package_is_uploaded_published_and_compared(visit: Opened) -> None:
    page = visit(account="750000000003")
    create_function(page, "reader")
    page.goto("/functions/reader/versions")
    press(page, "version.publish")
    page.goto("/functions/reader/")
    press(page, "code.more")
    text = "import words\n\ndef lambda_handler(event, context):\n    return words.GREETING\n"
    page.locator("#package").set_input_files(_package(text))
    press(page, "code.upload")
    press(page, "test.run")
    expect(page.locator("#result")).to_contain_text("hello")

    page.goto("/functions/reader/versions")
    press(page, "version.compare.with_latest")

    expect(page.get_by_role("heading", name="words.py")).to_be_visible()
    expect(page.locator("tr.new").filter(has_text="return words.GREETING")).to_be_visible()


def test_a_trigger_is_added_to_an_alias_in_the_designer(visit: Opened) -> None:
    page = visit(account="750000000004")
    create_table(page, "Orders")
    create_function(page, "reader")
    page.goto("/functions/reader/versions")
    press(page, "version.publish")
    page.goto("/functions/reader/aliases")
    page.get_by_label("Name", exact=True).fill("live")
    page.get_by_label("Version", exact=True).select_option("1")
    press(page, "alias.create")

    page.goto("/functions/reader/")
    follow(page.get_by_role("link", name="live 0"))
    press(page, "designer.add")
    press(page, "designer.dynamodb")
    page.locator('input[name="table"]').check()
    press(page, "trigger.add")
    press(page, "designer.save")

    follow(page.get_by_role("link", name="live 1"))
    expect(node(page)).to_have_attribute("data-state", "Enabled")
