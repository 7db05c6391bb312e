"""The PartiQL editor: statements with parameters, pages, and AWS's words for what is wrong."""

from __future__ import annotations

import pytest

from tests.pages.conftest import Browser, markup, text
from triggers.models import Item


def run(browser: Browser, statement: str, **more: str) -> str:
    return text(browser.post("/partiql/", statement=statement, **more))


@pytest.fixture
def orders(browser: Browser) -> Browser:
    browser.table()
    for number in range(12):
        browser.item(id=f"A-{number}", note="hello")
    return browser


def test_a_statement_is_run_and_its_items_lead_to_their_editor(orders: Browser) -> None:
    answer = orders.post("/partiql/", statement="SELECT * FROM \"Orders\" WHERE id = 'A-3'")

    assert "1 item ·" in text(answer)
    assert 'href="/tables/Orders/items/edit?key=' in markup(answer)
    assert "{&quot;S&quot;: &quot;hello&quot;}" in markup(answer).replace("\n", " ").replace(
        "{ &quot;", "{&quot;"
    ).replace("&quot; }", "&quot;}")


def test_parameters_are_filled_in(orders: Browser) -> None:
    page = run(orders, 'SELECT * FROM "Orders" WHERE id = ?', parameters='[{"S": "A-7"}]')

    assert "1 item ·" in page


def test_long_answers_come_page_by_page(orders: Browser) -> None:
    first = orders.post("/partiql/", statement='SELECT * FROM "Orders"', size="10")
    token = first.context["result"].token

    second = run(orders, 'SELECT * FROM "Orders"', size="10", token=token)

    assert "10 items ·" in text(first)
    assert "2 items ·" in second


def test_a_statement_that_writes_says_that_it_was_run(orders: Browser) -> None:
    page = run(orders, "INSERT INTO \"Orders\" VALUE {'id': 'B-1'}")

    assert "it returned no items" in page
    assert Item.objects.count() == 13


@pytest.mark.parametrize(
    ("fields", "said", "field"),
    [
        ({"statement": "SELEKT"}, "Statement wasn't well formed", "statement"),
        ({"statement": "SELECT * FROM nobody"}, "Requested resource not found", "statement"),
        ({"statement": "SELECT * FROM Orders", "parameters": "["}, "Not JSON", "parameters"),
        ({"statement": "SELECT * FROM Orders", "parameters": "{}"}, "Write a list", "parameters"),
        ({"statement": ""}, "cannot be left empty.", "statement"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    orders: Browser, fields: dict[str, str], said: str, field: str
) -> None:
    answer = orders.post("/partiql/", **fields)

    assert answer.status_code == 422
    assert said in text(answer)
    assert f'id="id_{field}_error"' in markup(answer)


def test_tables_and_indexes_offer_a_statement(orders: Browser) -> None:
    page = markup(orders.get("/partiql/"))
    opened = orders.client.get("/partiql/", {"statement": 'SELECT * FROM "Orders"'})

    assert "?statement=SELECT+%2A+FROM+%22Orders%22" in page
    assert "SELECT * FROM &quot;Orders&quot;</textarea>" in markup(opened)
