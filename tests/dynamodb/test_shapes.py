"""Shapes of generated items: placeholders are filled, and unknown ones refused."""

from __future__ import annotations

import re

import pytest

from console.aws.ids import SYSTEM_IDS
from triggers.dynamodb.shapes import Moment, fill, read

AT = Moment(number=7, keys=3, now=1_700_000_000.5)


def filled(text: str, moment: Moment = AT) -> str:
    made = fill({"a": {"S": text}}, moment, SYSTEM_IDS)
    value: str = made["a"]["S"]
    return value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A-{{n}}", "A-7"),
        ("{{ key }}{{key}}", "11"),
        ("{{now}}", "1700000000"),
        ("{{iso}}", "2023-11-14T22:13:20.500+00:00"),
        ("{{pick ONE}}", "ONE"),
        ("{{int 5 5}}", "5"),
        ("{{int -2 -2}}", "-2"),
        ("plain", "plain"),
    ],
)
def test_a_placeholder_is_filled(text: str, value: str) -> None:
    assert filled(text) == value


def test_keys_without_end_are_the_numbers_of_writes() -> None:
    assert filled("{{key}}", Moment(7, 0, 0)) == "7"


def test_drawn_values_lie_within_what_was_asked() -> None:
    assert {int(filled("{{int 1 3}}")) for _ in range(200)} == {1, 2, 3}
    assert {filled("{{pick A B}}") for _ in range(100)} == {"A", "B"}
    assert filled("{{uuid}}") != filled("{{uuid}}")


def test_texts_are_filled_at_every_depth_and_names_are_not() -> None:
    shape = {"{{n}}": {"L": [{"M": {"b": {"S": "{{n}}"}}}, {"BOOL": True}]}}

    assert fill(shape, AT, SYSTEM_IDS) == {
        "{{n}}": {"L": [{"M": {"b": {"S": "7"}}}, {"BOOL": True}]}
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": ', "Not JSON"),
        ("[1]", "A shape is an item"),
        ('{"a": {"S": "{{m}}"}}', "{{m}} is no placeholder"),
        ('{"a": {"S": "{{int 5 1}}"}}', "is no placeholder"),
        ('{"a": {"S": "{{int a b}}"}}', "is no placeholder"),
        ('{"a": {"S": "{{pick}}"}}', "is no placeholder"),
        ('{"a": {"S": "{{}}"}}', "is no placeholder"),
    ],
)
def test_a_shape_that_cannot_be_filled_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        read(text)
