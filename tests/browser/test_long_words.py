"""Names and descriptions as long as AWS allows: they break in their own cell and crush no other."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, Page, expect

from console.pages.functions import source
from tests.browser.conftest import Opened
from tests.browser.console import create_function, press

pytestmark = pytest.mark.browser

NAME = "long-" + "n" * 59
ALIAS = "alias-" + "a" * 122
WORD = "d" * 256
LAYER = "layer-" + "l" * 134
PACKAGE = FilePayload(
    name="layer.zip", mimeType="application/zip", buffer=source.pack("python/x.py", "")
)
LISTS = (
    "/functions/",
    f"/functions/{NAME}/aliases",
    f"/functions/{NAME}/versions",
    "/layers/",
    f"/layers/{LAYER}/",
)


def _furnish(page: Page) -> None:
    create_function(page, NAME)
    page.goto("/layers/")
    page.get_by_label("Layer", exact=True).fill(LAYER)
    page.get_by_label("Package").set_input_files(PACKAGE)
    page.get_by_label("Description").fill(WORD)
    press(page, "layer.publish")
    page.goto(f"/functions/{NAME}/configuration")
    page.get_by_label("Description").fill(WORD)
    page.get_by_label("Layers").fill(f"arn:aws:lambda:us-east-1:730000000010:layer:{LAYER}:1")
    press(page, "function.save")
    page.goto(f"/functions/{NAME}/versions")
    page.get_by_label("Description").fill(WORD)
    press(page, "version.publish")
    page.goto(f"/functions/{NAME}/aliases")
    page.get_by_label("Name", exact=True).fill(ALIAS)
    page.get_by_label("Description").fill(WORD)
    press(page, "alias.create")


def test_long_words_leave_the_other_columns_where_they_are_read(visit: Opened) -> None:
    page = visit(account="730000000010", width=1440)
    _furnish(page)

    for path in LISTS:
        page.goto(path)
        table = page.locator(".scroll").first
        expect(table).to_be_visible()
        hidden = table.evaluate("one => one.scrollWidth - one.clientWidth")
        assert hidden == 0, f"{hidden} px of the list of {path} are out of sight"
        narrowest = table.evaluate(
            "one => Math.min(...[...one.querySelectorAll('td.break')].map(cell => cell.clientWidth))"
        )
        assert narrowest >= 150, f"a name of {path} has only {narrowest} px"


def test_the_role_of_a_function_is_read_whole_in_the_designer(visit: Opened) -> None:
    page = visit(account="730000000012", width=1440)
    create_function(page, "readers")

    role = page.locator("#designer .tied-on b")

    expect(role).to_contain_text("readers-role-")
    assert role.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_what_is_told_stands_beside_its_sign_on_a_narrow_screen(visit: Opened) -> None:
    page = visit(account="730000000013", width=390)
    create_function(page, NAME)

    sign, told = page.locator("#messages .icon"), page.locator("#messages p")

    left = "one => one.getBoundingClientRect().left"
    assert told.evaluate(left) > sign.evaluate(left)
