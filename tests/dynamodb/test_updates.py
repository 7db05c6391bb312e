"""Updates read the item as it was, touch what they name and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest

from console.aws.errors import AwsError
from triggers.dynamodb.expressions.request import Expressions

ITEM: dict[str, Any] = {
    "id": {"S": "a"},
    "n": {"N": "5"},
    "m": {"N": "1"},
    "tags": {"SS": ["x", "y"]},
    "seq": {"L": [{"S": "zero"}, {"S": "one"}, {"S": "two"}]},
    "doc": {"M": {"k": {"S": "v"}}},
}
VALUES: dict[str, Any] = {
    ":one": {"N": "1"},
    ":s": {"S": "s"},
    ":set": {"SS": ["y", "z"]},
    ":all": {"SS": ["y", "x"]},
    ":list": {"L": [{"S": "three"}]},
}


def update(text: str) -> dict[str, Any]:
    used = {name: VALUES[name] for name in re.findall(r":[a-z]+", text)}
    bound = Expressions(update=text, values=used or None).bind("UpdateExpression").update
    assert bound is not None
    before = repr(ITEM)
    updated = bound.apply(ITEM)
    assert repr(ITEM) == before
    return {
        name: updated.get(name) for name in {*updated, *ITEM} if updated.get(name) != ITEM.get(name)
    }


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("SET x = :s", {"x": {"S": "s"}}),
        ("set n = n + :one", {"n": {"N": "6"}}),
        ("SET n = n - :one, x = n", {"n": {"N": "4"}, "x": {"N": "5"}}),
        ("SET n = m, m = n", {"n": {"N": "1"}, "m": {"N": "5"}}),
        ("SET n = (n + :one)", {"n": {"N": "6"}}),
        ("SET x = if_not_exists(x, :one) + :one", {"x": {"N": "2"}}),
        ("SET n = if_not_exists(n, :one)", {}),
        ("SET doc.z = :s", {"doc": {"M": {"k": {"S": "v"}, "z": {"S": "s"}}}}),
        ("SET seq[0] = :s", {"seq": {"L": [{"S": "s"}, {"S": "one"}, {"S": "two"}]}}),
        (
            "SET seq[99] = :s",
            {"seq": {"L": [{"S": "zero"}, {"S": "one"}, {"S": "two"}, {"S": "s"}]}},
        ),
        (
            "SET seq[84] = :s, seq[37] = m",
            {"seq": {"L": [{"S": "zero"}, {"S": "one"}, {"S": "two"}, {"N": "1"}, {"S": "s"}]}},
        ),
        (
            "SET seq = list_append(:list, seq)",
            {"seq": {"L": [{"S": "three"}, {"S": "zero"}, {"S": "one"}, {"S": "two"}]}},
        ),
        (
            "SET seq = list_append(seq, seq)",
            {"seq": {"L": [{"S": text} for text in ("zero", "one", "two") * 2]}},
        ),
        ("REMOVE n, gone", {"n": None}),
        ("REMOVE seq[0], seq[2]", {"seq": {"L": [{"S": "one"}]}}),
        ("REMOVE doc.k", {"doc": {"M": {}}}),
        ("ADD n :one", {"n": {"N": "6"}}),
        ("ADD hits :one", {"hits": {"N": "1"}}),
        ("ADD tags :set", {"tags": {"SS": ["x", "y", "z"]}}),
        ("DELETE tags :set", {"tags": {"SS": ["x"]}}),
        ("DELETE tags :all", {"tags": None}),
        ("DELETE gone :set", {}),
        (
            "SET x = :s REMOVE m ADD n :one DELETE tags :set",
            {"x": {"S": "s"}, "m": None, "n": {"N": "6"}, "tags": {"SS": ["x"]}},
        ),
    ],
)
def test_updates_change_what_they_name(text: str, changed: dict[str, Any]) -> None:
    assert update(text) == changed


PREFIX = "Invalid UpdateExpression: "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Invalid UpdateExpression: The expression can not be empty;"),
        ("FOO a = :s", 'Invalid UpdateExpression: Syntax error; token: "FOO", near: "FOO a"'),
        ("SET a", 'Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "a"'),
        ("ADD n n", 'Invalid UpdateExpression: Syntax error; token: "n", near: "n n"'),
        (
            "SET x = :s SET y = :s",
            'Invalid UpdateExpression: The "SET" section can only be used once in an update '
            "expression;",
        ),
        (
            "SET x = list_append(list_append(:list, :list), :list)",
            "Invalid UpdateExpression: The function is not allowed to be used this way in an "
            "expression; function: list_append",
        ),
        (
            "SET size = :s",
            "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: size",
        ),
        (
            "SET x = contains(y, z)",
            "Invalid UpdateExpression: The function is not allowed to be used this way in an "
            "expression; function: contains",
        ),
        ("SET x = foo(y)", "Invalid UpdateExpression: Invalid function name; function: foo"),
        (
            "SET x = :s REMOVE x",
            "Invalid UpdateExpression: Two document paths overlap with each other; must remove or "
            "rewrite one of these paths; path one: [x], path two: [x]",
        ),
        (
            "SET x.y = :s, x = :s",
            "Invalid UpdateExpression: Two document paths overlap with each other; must remove or "
            "rewrite one of these paths; path one: [x, y], path two: [x]",
        ),
        (
            "SET x.y = :s, x[0] = :s",
            "Invalid UpdateExpression: Two document paths conflict with each other; must remove or "
            "rewrite one of these paths; path one: [x, y], path two: [x, [0]]",
        ),
        (
            "ADD x :s",
            "Invalid UpdateExpression: Incorrect operand type for operator or function; "
            "operator: ADD, operand type: STRING",
        ),
        (
            "SET x = :s + :one",
            "Invalid UpdateExpression: Incorrect operand type for operator or function; "
            "operator or function: +, operand type: S",
        ),
        (
            "SET x = gone",
            "The provided expression refers to an attribute that does not exist in the item",
        ),
        (
            "SET nowhere.x = :s",
            "The document path provided in the update expression is invalid for update",
        ),
        (
            "SET n.x = :s",
            "The document path provided in the update expression is invalid for update",
        ),
        (
            "SET x = id + :one",
            "An operand in the update expression has an incorrect data type",
        ),
        ("ADD id :one", "An operand in the update expression has an incorrect data type"),
    ],
)
def test_faults_are_refused_in_awss_words(text: str, message: str) -> None:
    with pytest.raises(AwsError) as refused:
        update(text)

    assert (refused.value.code, refused.value.message) == ("ValidationException", message)
