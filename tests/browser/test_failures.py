"""From safe values to a failure's records: found, fetched and replayed by hand."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened
from tests.browser.console import create_table, follow, press, reload_until
from tests.browser.test_accessibility import RULES

pytestmark = pytest.mark.browser


def _poisoned(page: Page) -> None:
    """Make a trigger with safe values that gives up a poisoned item at once."""
    create_table(page, "Orders")
    page.goto("/functions/create")
    page.get_by_label("Function name").fill("reader")
    page.locator('input[value="poison-record"]').check()
    press(page, "function.create")
    page.goto("/functions/reader/triggers/add?table=Orders")
    page.locator('input[value="TRIM_HORIZON"]').check()
    press(page, "trigger.suggest")
    press(page, "trigger.make_queue")
    press(page, "trigger.allow_destination")
    page.get_by_label("Retry attempts").fill("0")
    press(page, "trigger.add")
    press(page, "designer.save")
    page.goto("/tables/Orders/items/edit?view=json")
    page.get_by_role("textbox", name="Item", exact=True).fill('{"id": "A-1", "poison": "yes"}')
    press(page, "item.put")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_failure_is_found_fetched_and_replayed(visit: Opened, scripts: bool) -> None:
    account = "720000000001" if scripts else "720000000002"
    page = visit(account=account, scripts=scripts)
    _poisoned(page)

    page.goto("/queues/reader-failures/")
    fetch = page.locator('[data-label="queue.fetch"]')
    reload_until(fetch)
    follow(fetch)
    expect(page.get_by_role("cell", name="id = A-1")).to_be_visible()
    press(page, "failure.replay")

    expect(page.get_by_text("Execution result: failed")).to_be_visible()
    expect(page.get_by_text("cannot digest").first).to_be_visible()
    if scripts:
        assert not Axe().run(page, options=RULES).response["violations"]
