"""What the builder asks for: the members of Query and Scan, and what cannot be read."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from console.pages.items.searches import KeyPart, Search, UnreadableError, request

KEY = [KeyPart("id", "S", "HASH"), KeyPart("at", "N", "RANGE")]


def asked(address: str, key: list[KeyPart] = KEY) -> dict[str, Any]:
    made = request(Search.read(QueryDict(address)), "Orders", key, ["id", "at"])
    return {name: value for name, value in made.items() if value is not None}


def spelled(address: str, member: str) -> str:
    """Give an expression with its placeholders filled in."""
    made = asked(address)
    text: str = made[member]
    for alias, name in sorted(made.get("ExpressionAttributeNames", {}).items(), reverse=True):
        text = text.replace(alias, name)
    for alias, value in sorted(made.get("ExpressionAttributeValues", {}).items(), reverse=True):
        text = text.replace(alias, repr(next(iter(value.values()))))
    return text


@pytest.mark.parametrize(
    ("typed", "condition"),
    [
        ("r_op==&r_value=1&r_high=", "id = 'A' AND at = '1'"),
        ("r_op=<&r_value=1&r_high=", "id = 'A' AND at < '1'"),
        ("r_op=>%3D&r_value=1&r_high=", "id = 'A' AND at >= '1'"),
        ("r_op=between&r_value=1&r_high=2", "id = 'A' AND at BETWEEN '1' AND '2'"),
        ("r_op=begins_with&r_value=1&r_high=", "id = 'A' AND begins_with(at, '1')"),
        ("r_op==&r_value=&r_high=", "id = 'A'"),
    ],
)
def test_every_comparison_of_a_sort_key_makes_its_condition(typed: str, condition: str) -> None:
    assert spelled(f"mode=query&h=A&{typed}", "KeyConditionExpression") == condition


@pytest.mark.parametrize(
    ("operator", "value", "expression"),
    [
        ("=", "x", "note = 'x'"),
        ("<>", "x", "note <> 'x'"),
        ("in", "x, y", "note IN ('x', 'y')"),
        ("begins_with", "x", "begins_with(note, 'x')"),
        ("contains", "x", "contains(note, 'x')"),
        ("not_contains", "x", "NOT contains(note, 'x')"),
        ("exists", "", "attribute_exists(note)"),
        ("not_exists", "", "attribute_not_exists(note)"),
        ("type", "ss", "attribute_type(note, 'SS')"),
    ],
)
def test_every_comparison_of_a_filter_makes_its_expression(
    operator: str, value: str, expression: str
) -> None:
    address = QueryDict(mutable=True)
    address.update({"f_name": "note", "f_type": "S", "f_op": operator})
    address.update({"f_value": value, "f_high": ""})

    assert spelled(address.urlencode(), "FilterExpression") == expression


def test_several_filters_must_all_hold_and_empty_ones_do_not_count() -> None:
    one = "f_name=a&f_type=N&f_op=>&f_value=1&f_high="
    two = "f_name=b.c[0]&f_type=BOOL&f_op==&f_value=true&f_high="
    none = "f_name=&f_type=S&f_op==&f_value=&f_high="

    assert spelled(f"{one}&{two}&{none}", "FilterExpression") == "a > '1' AND b.c[0] = True"


def test_a_quoted_name_is_one_name() -> None:
    made = asked('f_name="a.b"&f_type=S&f_op=exists&f_value=&f_high=')

    assert made["ExpressionAttributeNames"] == {"#n0": "a.b"}


def test_a_projection_always_has_the_tables_keys() -> None:
    assert spelled("show=note, lines[0].sku, id", "ProjectionExpression") == (
        "id, at, note, lines[0].sku"
    )


def test_an_index_with_several_keys_is_queried_by_all_of_them() -> None:
    key = [KeyPart("a", "S", "HASH"), KeyPart("b", "N", "HASH"), KeyPart("c", "S", "RANGE")]
    made = asked("mode=query&index=by&h=x&h=2&r_op==&r_value=z&r_high=", key)

    assert made["KeyConditionExpression"] == "#n0 = :v0 AND #n1 = :v1 AND #n2 = :v2"
    assert made["ExpressionAttributeValues"][":v1"] == {"N": "2"}
    assert made["IndexName"] == "by"


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("f_name=a&f_type=BOOL&f_op==&f_value=perhaps&f_high=", "filter-0"),
        ("f_name=a&f_type=L&f_op==&f_value=[&f_high=", "filter-0"),
        ("f_name=a&f_type=S&f_op=like&f_value=x&f_high=", "filter-0"),
        ("mode=query&h=A&r_op=like&r_value=x&r_high=", "range-0"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(typed: str, place: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        asked(typed)

    assert refused.value.place == place


def test_an_address_reads_back_as_the_same_search() -> None:
    address = (
        "mode=query&index=by&h=A&r_op=between&r_value=1&r_high=2&order=desc&consistent=on&size=25"
        "&show=a&f_name=n&f_type=N&f_op=<&f_value=1&f_high=&f_name=o&f_type=S&f_op=exists"
        "&f_value=&f_high="
    )
    search = Search.read(QueryDict(address))

    assert Search.read(QueryDict(search.address())) == search
    assert Search.read(QueryDict(search.address("{}"))).start == "{}"


def test_filters_are_added_and_dropped_by_buttons() -> None:
    two = "f_name=a&f_type=S&f_op==&f_value=&f_high=&f_name=b&f_type=S&f_op==&f_value=&f_high="

    assert [one.name for one in Search.read(QueryDict(f"{two}&add=filter")).filters] == [
        "a",
        "b",
        "",
    ]
    assert [one.name for one in Search.read(QueryDict(f"{two}&drop=0")).filters] == ["b"]
