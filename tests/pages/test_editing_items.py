"""The item editor: three views, a condition, errors at their fields, and what saving will do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from console.pages.aws import call
from tests.pages.conftest import Browser, markup, text
from triggers.models import Record

EDIT = "/tables/Orders/items/edit"
ROWS = [
    ("0", "id", "S", "A-1"),
    ("1", "amount", "N", "12.50"),
    ("2", "paid", "BOOL", "true"),
    ("3", "tags", "SS", ""),
    ("3.0", "", "S", "a"),
    ("3.1", "", "S", "b"),
    ("4", "lines", "L", ""),
    ("4.0", "", "M", ""),
    ("4.0.0", "q", "N", "2"),
    ("5", "gone", "NULL", ""),
    ("6", "", "S", ""),
]
WHOLE = {
    "id": {"S": "A-1"},
    "amount": {"N": "12.5"},
    "paid": {"BOOL": True},
    "tags": {"SS": ["a", "b"]},
    "lines": {"L": [{"M": {"q": {"N": "2"}}}]},
    "gone": {"NULL": True},
}
KEY = json.dumps({"id": {"S": "A-1"}})


def form(rows: list[tuple[str, str, str, str]], **more: str) -> dict[str, Any]:
    """What the form posts."""
    columns = zip(*rows, strict=True)
    return dict(zip(("path", "name", "kind", "value"), map(list, columns), strict=True)) | more


def stored(browser: Browser) -> dict[str, Any] | None:
    answer = call(
        browser.scope, "dynamodb", "GetItem", TableName="Orders", Key={"id": {"S": "A-1"}}
    )
    found: dict[str, Any] | None = answer.get("Item")
    return found


def put(browser: Browser) -> None:
    call(browser.scope, "dynamodb", "PutItem", TableName="Orders", Item=WHOLE)


def test_an_item_with_nested_values_is_made_with_the_form(browser: Browser) -> None:
    browser.table()

    answer = browser.client.post(EDIT, form(ROWS, do="put"))

    assert answer["Location"] == "/tables/Orders/items/"
    assert stored(browser) == WHOLE


def test_rows_are_added_and_removed_without_losing_what_was_typed(browser: Browser) -> None:
    browser.table()

    more = markup(browser.client.post(EDIT, form(ROWS, add="4.0")))
    root = markup(browser.client.post(EDIT, form(ROWS, add="root")))
    fewer = markup(browser.client.post(EDIT, form(ROWS, remove="4")))

    assert 'value="4.0.1"' in more
    assert root.count('name="path"') == len(ROWS) + 1
    assert fewer.count('name="path"') == len(ROWS) - 3
    assert 'value="12.50"' in more
    assert stored(browser) is None


@pytest.mark.parametrize("view", ["form", "json", "dynamodb"])
def test_the_views_lead_into_each_other_without_losing_anything(
    browser: Browser, view: str
) -> None:
    browser.table()
    put(browser)
    opened = browser.client.get(EDIT, {"key": KEY, "view": view})
    typed: dict[str, Any] = {"key": KEY, "view": view}
    if view == "form":
        typed |= form(ROWS)
    else:
        typed["document"] = opened.context["draft"].document

    for other in ("form", "json", "dynamodb"):
        turned = browser.client.post(EDIT, typed | {"to": other}).context["draft"]
        again = {"key": KEY, "view": other, "document": turned.document}
        if other == "form":
            again |= form([(one.path, one.name, one.kind, one.text) for one in turned.rows])
        browser.client.post(EDIT, again | {"do": "put"})
        assert stored(browser) == WHOLE, other


def test_a_view_that_cannot_be_read_stays(browser: Browser) -> None:
    browser.table()

    answer = browser.post(EDIT, view="json", document='{"id": ', to="form")

    assert answer.status_code == 422
    assert "at line 1, column" in text(answer)
    assert answer.context["draft"].view == "json"


def test_dynamodb_json_without_types_does_not_become_a_form(browser: Browser) -> None:
    browser.table()

    answer = browser.post(EDIT, view="dynamodb", document='{"id": {"X": []}}', to="form")

    assert "Each value needs its type" in text(answer)


def test_an_item_is_made_as_plain_json(browser: Browser) -> None:
    browser.table()

    browser.post(EDIT, do="put", view="json", document='{"id": "A-1", "n": 12345678901234567890.5}')

    assert stored(browser) == {"id": {"S": "A-1"}, "n": {"N": "12345678901234567890.5"}}


def test_an_item_is_made_as_dynamodb_json(browser: Browser) -> None:
    browser.table()

    browser.post(EDIT, do="put", view="dynamodb", document='{"id": {"S": "A-1"}, "n": {"N": "38"}}')

    assert stored(browser) == {"id": {"S": "A-1"}, "n": {"N": "38"}}


def test_a_value_that_cannot_be_read_is_refused_beside_it(browser: Browser) -> None:
    browser.table()
    rows = [("0", "id", "S", "A-1"), ("1", "l", "L", ""), ("1.0", "", "BOOL", "perhaps")]

    answer = browser.client.post(EDIT, form(rows, do="put"))

    assert answer.status_code == 422
    assert "Type true or false." in text(answer)
    assert 'id="row-1.0-error"' in markup(answer)
    assert stored(browser) is None


def test_what_dynamodb_refuses_is_shown_in_its_words(browser: Browser) -> None:
    browser.table()

    answer = browser.client.post(
        EDIT, form([("0", "id", "S", "A-1"), ("1", "n", "N", "abc")], do="put")
    )

    assert answer.status_code == 422
    assert "The parameter cannot be converted to a numeric value" in text(answer)
    assert "ValidationException" in text(answer)


def test_a_condition_is_judged(browser: Browser) -> None:
    browser.table()
    put(browser)
    taken = form(ROWS[:2], do="put", condition="attribute_not_exists(id)")
    priced = form(ROWS[:2], do="put", condition="#a > :n", names='{"#a": "amount"}')

    refused = browser.client.post(EDIT, taken)
    passed = browser.client.post(EDIT, priced | {"values": '{":n": {"N": "12"}}'})

    assert refused.status_code == 422
    assert "The conditional request failed" in text(refused)
    assert "nothing was written" in text(refused)
    assert passed.status_code == 303
    assert stored(browser) == {"id": {"S": "A-1"}, "amount": {"N": "12.5"}}


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"condition": "nonsense("}, "Invalid ConditionExpression"),
        ({"condition": "a = :b", "values": "{"}, "ExpressionAttributeValues: Not JSON"),
        ({"condition": "#a = :b", "names": "[]"}, "ExpressionAttributeNames: write it like"),
        ({"condition": "a = :b"}, "An expression attribute value used in expression"),
    ],
)
def test_a_condition_that_cannot_be_judged_writes_nothing(
    browser: Browser, condition: dict[str, str], said: str
) -> None:
    browser.table()

    answer = browser.client.post(EDIT, form(ROWS[:1], do="put", **condition))

    assert answer.status_code == 422
    assert said in text(answer)
    assert 'id="condition"' in markup(answer)
    assert stored(browser) is None


def test_the_record_that_saving_would_make_is_shown_and_not_made(browser: Browser) -> None:
    browser.table()
    put(browser)
    made = Record.objects.count()
    rows = [("0", "id", "S", "A-1"), ("1", "amount", "N", "13")]

    answer = browser.client.post("/tables/Orders/items/preview", form(rows, key=KEY))

    assert "MODIFY One record in the stream of Orders" in text(answer)
    assert '<tr class="changed"><td>amount</td>' in markup(answer)
    assert "of 400.0 KB" in text(answer)
    assert Record.objects.count() == made


def test_a_change_of_nothing_makes_no_record(browser: Browser) -> None:
    browser.table()
    put(browser)

    page = text(browser.client.get(EDIT, {"key": KEY}))

    assert "No record Nothing changes." in page


def test_a_table_without_a_stream_makes_no_record(browser: Browser) -> None:
    browser.table(stream=False)

    answer = browser.client.post("/tables/Orders/items/preview", form(ROWS))

    assert "The stream of Orders is off" in text(answer)


def test_the_functions_that_would_get_the_record_are_named(browser: Browser) -> None:
    browser.table()
    browser.function()
    browser.function("picky")
    browser.trigger()
    browser.trigger("picky", FilterCriteria={"Filters": [{"Pattern": '{"eventName": ["REMOVE"]}'}]})

    answer = text(browser.client.post("/tables/Orders/items/preview", form(ROWS)))

    assert "reader gets it" in answer
    assert "picky its filters pass it over" in answer


def test_an_item_is_opened_duplicated_and_deleted(browser: Browser) -> None:
    browser.table()
    browser.item(id="A-1", note="hello")

    opened = browser.client.get(EDIT, {"key": KEY})
    copied = browser.client.get(EDIT, {"like": KEY})
    browser.post("/tables/Orders/items/delete", key=KEY)

    assert "Edit item" in text(opened)
    assert "Create item" in text(copied)
    assert "hello</textarea>" in copied.content.decode()
    assert stored(browser) is None


def test_an_item_that_a_form_would_change_is_opened_as_json(browser: Browser) -> None:
    browser.table()
    browser.item(id="A-1", note="a\r\nb")

    opened = browser.client.get(EDIT, {"key": KEY})

    assert opened.context["draft"].view == "dynamodb"
    assert "too many values for the form" in text(opened)


def test_an_item_that_is_gone_is_said_to_be(browser: Browser) -> None:
    browser.table()

    assert browser.client.get(EDIT, {"key": KEY}).status_code == 404
    assert browser.client.get(EDIT, {"key": "["}).status_code == 404


def test_the_newest_records_of_the_item_are_shown(browser: Browser) -> None:
    browser.table()
    browser.item(id="A-1", note="first")
    browser.item(id="B-1", note="another")
    browser.item(id="A-1", note="second")

    page = markup(browser.client.get(EDIT, {"key": KEY}))

    told = page.split("Newest stream records of this item")[1]
    assert told.count('class="tag ') >= 2
    assert "INSERT" in told
    assert "MODIFY" in told
    assert "B-1" not in told


def test_a_full_form_takes_no_more_rows(browser: Browser) -> None:
    browser.table()
    rows = [(str(number), f"a{number}", "S", "x") for number in range(200)]

    answer = browser.client.post(EDIT, form(rows, add="root"))

    assert answer.content.decode().count('name="path"') == 200
    assert "The form is full" in text(answer)


def test_a_record_of_the_item_leads_to_its_journey(browser: Browser) -> None:
    browser.table()
    browser.function()
    browser.trigger()
    browser.item(id="A-1")

    assert "Journey: reader" in text(browser.client.get(EDIT, {"key": KEY}))
