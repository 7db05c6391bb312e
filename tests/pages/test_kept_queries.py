"""Bookmarks of an account and the history of a visitor, in Explore items and the PartiQL editor."""

from __future__ import annotations

import pytest
from django.test import Client

from console.accounts import queries
from console.accounts.tenancy import scope_for
from console.pages.items import kept
from tests.messaging.conftest import FrozenClock
from tests.pages.conftest import Browser, text

ITEMS = "/tables/Orders/items/"
QUERY = "mode=query&h=A-1&r_op=between&r_value=1&r_high=3&order=desc"


@pytest.fixture(autouse=True)
def _a_table(browser: Browser) -> None:
    browser.table(sort="at")


def test_what_was_run_stands_in_the_history_in_words(browser: Browser) -> None:
    at_once = browser.read(f"{ITEMS}?{QUERY}&run=1")
    later = browser.read(ITEMS)

    for page in (at_once, later):
        assert "Query · A-1 · between 1 and 3 · descending" in page


def test_only_what_was_run_is_remembered(browser: Browser) -> None:
    browser.read(ITEMS)
    browser.get(f"{ITEMS}?{QUERY}")
    browser.get(f"{ITEMS}?mode=scan&f_name=n&f_type=N&f_op=%3D&f_value=abc&f_high=&run=1")

    assert "What you run stands here" in browser.read(ITEMS)


def test_a_query_that_is_run_again_is_named_once_and_first(browser: Browser) -> None:
    for query in (QUERY, "mode=scan&size=10", QUERY):
        browser.get(f"{ITEMS}?{query}&run=1")

    page = browser.read(ITEMS)

    assert page.count("Query · A-1") == 1
    assert page.index("Query · A-1") < page.index("Scan Clear history")


def test_the_history_is_the_visitors_own_and_is_cleared(browser: Browser) -> None:
    browser.get(f"{ITEMS}?{QUERY}&run=1")

    assert "Query · A-1" not in text(Client().get(ITEMS))
    browser.post(f"{ITEMS}bookmarks", query=QUERY, clear="1")
    assert "Query · A-1" not in browser.read(ITEMS)


def test_a_bookmark_is_everybodys_until_it_is_removed(browser: Browser) -> None:
    answer = browser.post(f"{ITEMS}bookmarks", query=QUERY, called="January")
    assert "h=A-1" in answer["Location"]

    assert "Bookmarks 1 January" in text(Client().get(ITEMS))
    browser.post(f"{ITEMS}bookmarks", query=QUERY, forget="January")
    assert "Bookmarks 1" not in browser.read(ITEMS)


def test_a_bookmark_needs_a_name(browser: Browser) -> None:
    answer = browser.client.post(f"{ITEMS}bookmarks", {"query": QUERY, "called": " "}, follow=True)

    assert "A bookmark needs a name" in text(answer)


def test_statements_are_remembered_with_their_parameters(browser: Browser) -> None:
    said = 'SELECT * FROM "Orders" WHERE id = ?'
    browser.post("/partiql/", statement=said, parameters='[{"S": "A-1"}]', size="50")
    browser.post("/partiql/", statement="SELEKT", parameters="", size="50")

    page = browser.get("/partiql/").content.decode()

    assert "statement=SELECT" in page
    assert "SELEKT" not in page
    address = page.partition('href="?statement=SELECT+%2A+FROM+%22Orders%22+WHERE')[2]
    opened = browser.get(f"/partiql/?statement=SELECT+%2A+FROM+%22Orders%22+WHERE{address[:80]}")
    assert "A-1" in text(opened)
    browser.post("/partiql/clear")
    assert "WHERE" not in browser.read("/partiql/")


def test_histories_are_short_and_are_forgotten_in_the_end(
    browser: Browser, settings: object
) -> None:
    clock, page = FrozenClock(), kept.page_of("Orders")
    for number in range(queries.HISTORY + 3):
        clock.sleep(1)
        queries.remember(browser.scope, "a" * 32, page, f"size={number}", clock=clock)
    queries.bookmark(browser.scope, page, "kept", QUERY, clock=clock)

    before = queries.history(browser.scope, "a" * 32, page)
    clock.sleep(settings.HISTORY_RETENTION_DAYS * 86_400 + 1)
    queries.trim(clock=clock)

    assert before[0] == f"size={queries.HISTORY + 2}"
    assert len(before) == queries.HISTORY
    assert not queries.history(browser.scope, "a" * 32, page)
    assert queries.bookmarks(browser.scope, page).count() == 1


def test_another_accounts_bookmarks_are_not_seen(browser: Browser) -> None:
    browser.post(f"{ITEMS}bookmarks", query=QUERY, called="January")

    for place in (("111111111111", "us-east-1"), ("000000000000", "eu-west-1")):
        assert not queries.bookmarks(scope_for(*place), kept.page_of("Orders"))
