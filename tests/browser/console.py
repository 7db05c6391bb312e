"""What a visitor does, step by step, by the stable ids of buttons and fields."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def press(page: Page, label: str) -> None:
    """Choose the button or link of a catalogue id."""
    page.locator(f'main [data-label="{label}"]').first.click()


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
