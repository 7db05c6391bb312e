"""The form of an item: rows put together again, added, removed, and read with their complaints."""

from __future__ import annotations

from typing import Any

import pytest

from console.pages.items.tree import ROOT, Node, add, fits, flat, of_item, of_post, remove, to_item

ITEM: dict[str, Any] = {
    "id": {"S": "A-1"},
    "lines": {"L": [{"M": {"sku": {"S": "x\ny"}, "tags": {"SS": ["a", "b"]}}}, {"NULL": True}]},
    "map": {"M": {"deep": {"M": {"n": {"N": "1.50"}, "bin": {"B": "AA=="}}}}},
    "numbers": {"NS": ["1", "2"]},
    "yes": {"BOOL": True},
}


def rows(nodes: list[Node]) -> list[tuple[str, str, str, str]]:
    return [(one.path, one.name, one.kind, one.text) for one in flat(nodes)]


def test_an_item_comes_back_from_its_rows() -> None:
    nodes = of_item(ITEM, ["id"])

    assert to_item(of_post(rows(nodes), ["id"])) == ITEM
    assert nodes[0].is_key


def test_line_ends_of_browsers_become_line_feeds() -> None:
    (node,) = of_post([("0", "note", "S", "a\r\nb")], [])

    assert node.text == "a\nb"


def test_a_value_is_added_to_what_was_chosen() -> None:
    nodes = of_item(ITEM, ["id"])
    lines = next(one for one in nodes if one.name == "lines")
    numbers = next(one for one in nodes if one.name == "numbers")

    add(nodes, ROOT)
    add(nodes, lines.path)
    add(nodes, numbers.path)

    assert nodes[-1].name == ""
    assert (lines.children[-1].kind, lines.children[-1].within) == ("S", "L")
    assert numbers.children[-1].kind == "N"
    assert not numbers.children[-1].has_type


def test_a_value_is_removed_with_all_that_is_in_it_and_a_key_is_not() -> None:
    nodes = of_item(ITEM, ["id"])
    lines = next(one for one in nodes if one.name == "lines")

    left = remove(remove(nodes, lines.path), nodes[0].path)

    assert [one.name for one in left] == ["id", "map", "numbers", "yes"]


def test_a_list_that_becomes_a_text_loses_its_elements() -> None:
    nodes = of_item({"a": {"L": [{"S": "x"}]}}, [])
    changed = [
        (path, name, "S" if path == "0" else kind, text) for path, name, kind, text in rows(nodes)
    ]

    assert to_item(of_post(changed, [])) == {"a": {"S": ""}}


def test_elements_of_a_set_have_its_type() -> None:
    nodes = of_post([("0", "a", "NS", ""), ("0.0", "", "S", "1")], [])

    assert to_item(nodes) == {"a": {"NS": ["1"]}}


def test_empty_rows_do_not_count() -> None:
    nodes = of_post(
        [("0", "id", "S", "x"), ("1", "", "S", ""), ("2", "m", "M", ""), ("2.0", "", "S", "")], []
    )

    assert to_item(nodes) == {"id": {"S": "x"}, "m": {"M": {}}}


@pytest.mark.parametrize(
    ("posted", "path", "said"),
    [
        ([("0", "", "S", "x")], "0", "Name the attribute."),
        ([("0", "a", "S", "x"), ("1", "a", "S", "y")], "1", "There is one of that name already."),
        ([("0", "m", "M", ""), ("0.0", "", "S", "x")], "0.0", "Name the attribute."),
        ([("0", "l", "L", ""), ("0.0", "", "BOOL", "perhaps")], "0.0", "Type true or false."),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_row(
    posted: list[tuple[str, str, str, str]], path: str, said: str
) -> None:
    nodes = of_post(posted, [])

    assert to_item(nodes) is None
    assert {one.path: one.complaint for one in flat(nodes) if one.complaint} == {path: said}


def test_deep_rows_are_no_further_right_than_six_steps() -> None:
    item: dict[str, Any] = {"S": "x"}
    for _ in range(12):
        item = {"L": [item]}

    nodes = list(flat(of_item({"a": item}, [])))

    assert nodes[-1].depth == 12
    assert max(one.indent for one in nodes) == 6


def test_what_a_form_would_change_is_not_shown_in_one() -> None:
    assert fits(ITEM)
    assert not fits({"a": {"S": "x\ry"}})
    assert not fits({"a": {"L": [{"S": "x"}] * 200}})


def test_rows_of_nowhere_are_dropped() -> None:
    assert of_post([("5.0", "a", "S", "x")], []) == []
