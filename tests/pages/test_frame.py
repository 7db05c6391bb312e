"""The frame of every page: place, colour scheme, search, the catalogue of texts."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

from console.pages import labels
from tests.pages.conftest import Browser, text

PLACES = re.compile(r'{% (?:label|button|button_link) ["\']([a-z_.]+)["\']')


def test_a_new_visitor_stands_in_the_first_account(browser: Browser) -> None:
    page = browser.read("/functions/")

    assert "us-east-1" in page
    assert "0000-0000-0000" in page


def test_the_place_is_kept_in_a_cookie(browser: Browser) -> None:
    browser.table()

    browser.post("/place", account="1111-2222-3333", region="eu-west-1", next="/tables/Orders/")
    page = browser.read("/tables/")

    assert browser.client.cookies["shardlight-place"]["samesite"] == "Lax"
    assert "1111-2222-3333" in page
    assert "No tables yet" in page


def test_an_empty_place_says_where_things_are(browser: Browser) -> None:
    browser.table()
    browser.post("/place", account="000000000000", region="eu-west-1", next="/tables/")

    assert "there is something in us-east-1 of account 0000-0000-0000" in browser.read("/tables/")


def test_a_bad_account_is_refused(browser: Browser) -> None:
    answer = browser.client.post("/place", {"account": "12", "region": "eu-west-1"}, follow=True)

    assert "An account number has exactly 12 digits" in text(answer)
    assert "us-east-1" in text(answer)


def test_the_way_back_never_leaves_the_console(browser: Browser) -> None:
    answer = browser.post("/theme", theme="dark", next="https://elsewhere.example/")

    assert answer["Location"] == "/functions/"


def test_the_colour_scheme_is_rendered_by_the_server(browser: Browser) -> None:
    assert "data-theme" not in browser.get("/functions/").content.decode().split("<body")[0]

    browser.post("/theme", theme="dark", next="/functions/")

    assert 'data-theme="dark"' in browser.get("/functions/").content.decode()


def test_search_finds_names_of_every_kind(browser: Browser) -> None:
    browser.table("Orders")
    browser.function("orders-reader")

    page = browser.read("/search?q=ORDERS")

    assert "Orders Table" in page
    assert "orders-reader Function" in page
    assert "orders-reader-role Role" in page


def test_every_text_a_template_asks_for_is_in_the_catalogue() -> None:
    templates = [
        path for folder in settings.TEMPLATES[0]["DIRS"] for path in Path(folder).rglob("*.html")
    ]

    asked = {found for path in templates for found in PLACES.findall(path.read_text())}

    assert asked
    assert asked <= labels.ids()
