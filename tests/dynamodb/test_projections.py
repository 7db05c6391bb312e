"""A projection gives the named parts of an item in their own shape."""

from __future__ import annotations

from typing import Any

import pytest

from console.aws.errors import AwsError
from triggers.dynamodb.expressions.paths import project
from triggers.dynamodb.expressions.request import Expressions

ITEM: dict[str, Any] = {
    "a": {"S": "1"},
    "m": {"M": {"x": {"N": "1"}, "y": {"N": "2"}}},
    "l": {"L": [{"S": "0"}, {"M": {"k": {"S": "v"}, "j": {"S": "w"}}}, {"S": "2"}]},
}


def projected(text: str, names: dict[str, str] | None = None) -> dict[str, Any]:
    paths = Expressions(projection=text, names=names).bind().projection
    assert paths is not None
    return project(ITEM, paths)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", {"a": {"S": "1"}}),
        ("gone", {}),
        ("m.x", {"m": {"M": {"x": {"N": "1"}}}}),
        ("m.x, m.y, a", {"a": {"S": "1"}, "m": {"M": {"x": {"N": "1"}, "y": {"N": "2"}}}}),
        ("l[2], l[0]", {"l": {"L": [{"S": "0"}, {"S": "2"}]}}),
        ("l[1].k", {"l": {"L": [{"M": {"k": {"S": "v"}}}]}}),
        ("a.b, l[7]", {}),
    ],
)
def test_projections_keep_shape(text: str, expected: dict[str, Any]) -> None:
    assert projected(text) == expected


def test_an_alias_may_hold_a_dot() -> None:
    assert projected("#a", {"#a": "m.x"}) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The expression can not be empty;"),
        ("a,", 'Syntax error; token: "<EOF>", near: ","'),
        ("a.ABORT", "Attribute name is a reserved keyword; reserved keyword: ABORT"),
        (
            "m, m.x",
            "Two document paths overlap with each other; must remove or rewrite one of these "
            "paths; path one: [m], path two: [m, x]",
        ),
    ],
)
def test_faults_are_refused_in_awss_words(text: str, message: str) -> None:
    with pytest.raises(AwsError) as refused:
        projected(text)

    assert refused.value.message == f"Invalid ProjectionExpression: {message}"
