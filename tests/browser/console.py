"""What a visitor does, step by step, by the stable ids of buttons and fields.

A page is left only once the next one is whole: until then its scripts do not listen, and what is
looked at may still be the page before.
"""

from __future__ import annotations

import time

from playwright.sync_api import Locator, Page

PATIENCE_SECONDS = 240
_LEADS_ELSEWHERE = """(one) => {
  const scripted = "htmx" in window;
  if (one.matches("a")) return !(scripted && one.matches("[data-dialog]"));
  if (!one.matches("button[type=submit]")) return false;
  return !(scripted && (one.matches("[hx-post]") || one.form?.matches("[hx-post]")));
}"""


def press(page: Page, label: str) -> None:
    """Choose the button or link of a catalogue id; where it leads is a whole page afterwards."""
    target = page.locator(f'main [data-label="{label}"]').first
    if target.evaluate(_LEADS_ELSEWHERE):
        follow(target)
    else:
        target.click()


def follow(target: Locator) -> None:
    """Choose what leads to another page, and wait until that one is whole."""
    with target.page.expect_navigation():
        target.click()


def reload_until(there: Locator) -> None:
    """Read a page again until it shows something, as a visitor without scripts does."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not there.count():
        assert time.monotonic() < until, f"{there} never came"
        there.page.wait_for_timeout(200)
        there.page.reload()


def create_table(page: Page, name: str, *, stream: bool = True) -> None:
    """Make a table with the partition key id."""
    page.goto("/tables/create")
    page.get_by_label("Table name").fill(name)
    page.get_by_label("Partition key", exact=True).fill("id")
    if not stream:
        page.locator('input[name="stream"][value="OFF"]').check()
    press(page, "table.create")


def create_function(page: Page, name: str) -> None:
    """Make a function that logs every change."""
    page.goto("/functions/create")
    page.get_by_label("Function name").fill(name)
    press(page, "function.create")


def put_item(page: Page, table: str, key: str) -> None:
    """Create an item with the item form."""
    page.goto(f"/tables/{table}/items/edit")
    page.get_by_label("Value 1").fill(key)
    press(page, "item.put")


def node(page: Page) -> Locator:
    """The first trigger in the designer."""
    return page.locator("#designer-triggers .node").first
