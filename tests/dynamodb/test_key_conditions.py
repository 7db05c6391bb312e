"""A key condition is a stretch of one partition; anything else is refused."""

from __future__ import annotations

from typing import Any

import pytest

from console.aws.errors import AwsError
from triggers.dynamodb.expressions.keyconditions import Stretch, stretch
from triggers.dynamodb.expressions.request import Expressions
from triggers.dynamodb.keys import KeySchema

SCHEMA = KeySchema("p", "S", "r", "S")
VALUES: dict[str, Any] = {
    ":p": {"S": "p"},
    ":a": {"S": "a"},
    ":b": {"S": "b"},
    ":n": {"N": "1"},
}
P = {"S": "p"}


def read(text: str, schema: KeySchema = SCHEMA) -> Stretch:
    used = {name: value for name, value in VALUES.items() if name in text}
    condition = Expressions(key_condition=text, values=used or None).bind().key_condition
    assert condition is not None
    return stretch(schema, condition)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p = :p", Stretch(P)),
        (":p = p", Stretch(P)),
        ("p = :p AND r = :a", Stretch(P, low=b"a", high=b"a")),
        ("r < :a AND p = :p", Stretch(P, high=b"a", high_open=True)),
        ("p = :p AND r <= :a", Stretch(P, high=b"a")),
        ("p = :p AND r > :a", Stretch(P, low=b"a", low_open=True)),
        ("p = :p AND :a < r", Stretch(P, low=b"a", low_open=True)),
        ("(p = :p) AND (r >= :a)", Stretch(P, low=b"a")),
        ("p = :p AND r BETWEEN :a AND :b", Stretch(P, low=b"a", high=b"b")),
        ("p = :p AND begins_with(r, :a)", Stretch(P, low=b"a", high=b"b", high_open=True)),
    ],
)
def test_a_key_condition_is_a_stretch(text: str, expected: Stretch) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("r = :a", "Query condition missed key schema element: p"),
        ("p = :p AND x = :a", "Query condition missed key schema element: r"),
        ("p > :p", "Query key condition not supported"),
        ("p = :p AND r <> :a", "Invalid operator used in KeyConditionExpression: <>"),
        ("p = :p OR r = :a", "Invalid operator used in KeyConditionExpression: OR"),
        ("p = :p AND NOT r = :a", "Invalid operator used in KeyConditionExpression: NOT"),
        ("p = :p AND r IN (:a)", "Invalid operator used in KeyConditionExpression: IN"),
        (
            "p = :p AND attribute_exists(r)",
            "Invalid operator used in KeyConditionExpression: attribute_exists",
        ),
        (
            "p = :p AND r > :a AND r < :b",
            "KeyConditionExpressions must only contain one condition per key",
        ),
        (
            "p = :p AND r = x",
            "Invalid condition in KeyConditionExpression: "
            "Multiple attribute names used in one condition",
        ),
        (
            "p = :p AND :a = :b",
            "Invalid condition in KeyConditionExpression: No key attribute specified",
        ),
        (
            "p = :p AND r = :n",
            "One or more parameter values were invalid: "
            "Condition parameter type does not match schema type",
        ),
    ],
)
def test_other_conditions_are_refused(text: str, message: str) -> None:
    with pytest.raises(AwsError) as refused:
        read(text)

    assert (refused.value.code, refused.value.message) == ("ValidationException", message)


def test_a_table_without_sort_key_takes_no_second_condition() -> None:
    with pytest.raises(AwsError, match="Query key condition not supported"):
        read("p = :p AND x = :a", KeySchema("p", "S"))
