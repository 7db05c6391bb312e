"""Policies by hand: written with their faulty line marked, simulated, and their effect seen."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened
from tests.browser.console import press
from tests.browser.test_accessibility import RULES

pytestmark = pytest.mark.browser

DENY = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"},
    {"Effect": "Deny", "Action": "dynamodb:DeleteItem", "Resource": "*"}
  ]
}"""


def _role(page: Page) -> None:
    page.goto("/roles/create")
    page.get_by_label("Role name").fill("worker")
    press(page, "role.create")


def _write(page: Page, text: str) -> None:
    """Replace the document in the editor."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def test_a_policy_is_mended_at_its_line_saved_and_simulated(visit: Opened) -> None:
    page = visit(account="740000000001")
    _role(page)
    press(page, "role.inline")
    page.get_by_label("Policy name").fill("items")

    _write(page, DENY.replace('"Deny"', '"Denie"'))
    press(page, "managed.save")
    expect(page.locator(".refusal")).to_contain_text("MalformedPolicyDocument")
    expect(page.locator(".cm-lint-marker-error")).to_be_visible()
    assert not Axe().run(page, options=RULES).response["violations"]
    _write(page, DENY)
    press(page, "managed.save")

    page.get_by_label("Actions", exact=True).fill(
        "dynamodb:GetItem, dynamodb:DeleteItem, s3:GetObject"
    )
    press(page, "simulate.run")
    said = page.locator("#simulation tbody tr")
    expect(said.nth(0)).to_contain_text("Allowed")
    expect(said.nth(0)).to_contain_text("items, line 4")
    expect(said.nth(1)).to_contain_text("Denied by a statement")
    expect(said.nth(1)).to_contain_text("items, line 5")
    expect(said.nth(2)).to_contain_text("Not allowed by any statement")


def test_a_policy_is_written_and_simulated_without_javascript(visit: Opened) -> None:
    page = visit(account="740000000002", scripts=False)
    _role(page)
    press(page, "role.inline")
    page.get_by_label("Policy name").fill("items")
    page.get_by_label("Policy document").fill("{")
    press(page, "managed.save")
    expect(page.locator(".refusal")).to_contain_text("MalformedPolicyDocument")

    page.get_by_label("Policy document").fill(DENY)
    press(page, "managed.save")
    page.get_by_label("Actions", exact=True).fill("dynamodb:DeleteItem")
    press(page, "simulate.run")

    expect(page.locator("#simulation tbody")).to_contain_text("Denied by a statement")
