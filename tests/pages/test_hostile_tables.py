"""Whatever is typed into the pages of tables and items: an answer, never a fault of ours."""

from __future__ import annotations

import json

import pytest

from tests.pages.conftest import Browser, text

DEEP = "[" * 60_000
DEEP_ITEM = '{"id": {"S": "A"}, "d": ' + '{"L": [' * 400 + '{"S": "x"}' + "]}" * 400 + "}"
HALF = '{"id": {"S": "\\ud800"}}'
LONG = "9" * 5_000
NUL = "\x00"
HOSTILE = [DEEP, DEEP_ITEM, HALF, LONG, NUL, "é" * 300, "'\";--", "{{n}}", "null", '{"a": 1}']
FIELDS = (
    "start",
    "index",
    "mode",
    "h",
    "size",
    "drop",
    "show",
    "order",
    "f_name",
    "shard",
    "before",
    "q",
    "key",
    "like",
    "view",
    "range",
    "table",
    "statement",
    "function",
)
PATHS = (
    "items/",
    "items/export",
    "items/edit",
    "records",
    "monitor",
    "trigger",
    "indexes",
)


@pytest.fixture
def orders(browser: Browser) -> Browser:
    browser.table()
    browser.item(id="A-1")
    browser.client.raise_request_exception = True
    return browser


@pytest.mark.proof
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_no_address_makes_a_fault(orders: Browser, number: int) -> None:
    asked = dict.fromkeys(FIELDS, HOSTILE[number])
    query = {"mode": "query", "f_op": "between", "f_type": "N", "f_value": HOSTILE[number]}

    for path in (*(f"/tables/Orders/{one}" for one in PATHS), "/items/", "/partiql/"):
        for data in (asked, asked | query | {"f_high": HOSTILE[number], "start": ""}):
            assert orders.client.get(path, data).status_code < 500, path


@pytest.mark.proof
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_no_form_makes_a_fault(orders: Browser, number: int) -> None:
    typed = HOSTILE[number]
    row = {"path": "0", "name": typed, "kind": "L", "value": typed}
    forms: list[tuple[str, dict[str, str]]] = [
        ("items/edit", {"view": view, "document": typed, "key": "", "do": "put"})
        for view in ("form", "json", "dynamodb")
    ]
    forms += [("items/edit", {"view": "dynamodb", "document": typed, "to": "form"})]
    forms += [("items/edit", row | {"do": "put"}), ("items/edit", row | {"add": typed})]
    forms += [("items/edit", row | {"kind": kind, "do": "put"}) for kind in ("N", "B", "X")]
    forms += [("items/edit", row | {"remove": typed, "key": typed})]
    forms += [("items/preview", {"view": "dynamodb", "document": typed})]
    whole = {"document": '{"id": {"S": "x"}}', "view": "dynamodb", "do": "put"}
    forms += [("items/edit", whole | {"condition": "id = :a", "values": typed, "names": typed})]
    forms += [("items/delete", {"key": typed})]
    forms += [
        ("items/import", {"format": form, "pasted": typed, "do": "load"})
        for form in ("csv", "json", "dynamodb")
    ]
    forms += [("load", {"rate": "1", "seconds": "1", "keys": "0", "shape": typed})]
    forms += [("streams", {"split": typed}), ("streams", {"do": "on", "view_type": typed})]
    forms += [("settings", {"do": do, "key": typed, "value": typed}) for do in ("tag", "untag")]
    forms += [("settings", {"do": "expire", "attribute": typed})]
    forms += [("indexes/create", {"name": typed, "partition_key": typed, "more_keys": typed})]

    for path, data in forms:
        assert orders.client.post(f"/tables/Orders/{path}", data).status_code < 500, path
    for data in (
        {"statement": typed},
        {"statement": "SELECT * FROM Orders WHERE id = ?", "parameters": typed},
        {"statement": "SELECT * FROM Orders", "size": typed, "token": typed},
    ):
        assert orders.client.post("/partiql/", data).status_code < 500
    created = {"name": "Other", "partition_key": typed, "index": typed, "tags": typed}
    assert orders.client.post("/tables/create", created).status_code < 500


def test_half_a_surrogate_pair_is_refused_with_words(orders: Browser) -> None:
    answer = orders.post("/tables/Orders/items/edit", view="dynamodb", document=HALF, do="put")

    assert answer.status_code == 422
    assert "half of a surrogate pair" in text(answer)


def test_what_lies_too_deep_is_refused_with_words(orders: Browser) -> None:
    deep = json.dumps({"id": {"S": "x"}})[:-1] + ', "d": ' + DEEP

    answer = orders.post("/tables/Orders/items/edit", view="json", document=deep, do="put")

    assert answer.status_code == 422
