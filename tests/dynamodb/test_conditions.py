"""Conditions and filters say of an item what DynamoDB says, and fail in its words."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from console.aws.errors import AwsError
from triggers.dynamodb.expressions.conditions import holds
from triggers.dynamodb.expressions.request import Expressions

ITEM: dict[str, Any] = {
    "id": {"S": "a"},
    "n": {"N": "5"},
    "b": {"B": "YWJj"},
    "flag": {"BOOL": True},
    "nil": {"NULL": True},
    "tags": {"SS": ["x", "y"]},
    "nums": {"NS": ["1", "2"]},
    "seq": {"L": [{"S": "one"}, {"M": {"deep": {"N": "7"}}}]},
    "doc": {"M": {"k": {"S": "v"}}},
}
VALUES: dict[str, Any] = {
    ":a": {"S": "a"},
    ":b": {"S": "b"},
    ":empty": {"S": ""},
    ":one": {"N": "1"},
    ":five": {"N": "5.0"},
    ":nine": {"N": "9"},
    ":ab": {"B": "YWI="},
    ":true": {"BOOL": True},
    ":x": {"S": "x"},
    ":tags": {"SS": ["y", "x"]},
    ":S": {"S": "S"},
    ":map": {"M": {"k": {"S": "v"}}},
}


def bind(text: str, names: dict[str, str] | None = None) -> Any:
    used = {name: VALUES[name] for name in re.findall(r":[a-zA-Z]+", text) if name in VALUES}
    return Expressions(condition=text, names=names, values=used or None).bind().condition


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id = :a", True),
        ("id <> :a", False),
        ("n = :five", True),
        ("n < :nine AND n > :one", True),
        ("n BETWEEN :one AND :nine", True),
        ("n between :one and :nine AND id = :a", True),
        ("n IN (:one, :five)", True),
        ("id IN (:one, :five)", False),
        ("gone = :a", False),
        ("gone <> :a", True),
        ("gone < :one", False),
        ("id < :one", False),
        ("attribute_exists(doc.k)", True),
        ("attribute_exists(doc.z)", False),
        ("attribute_not_exists(gone)", True),
        ("NOT attribute_not_exists(id)", True),
        ("NOT NOT id = :a", True),
        ("attribute_type(id, :S)", True),
        ("attribute_type(n, :S)", False),
        ("begins_with(id, :empty)", True),
        ("begins_with(b, :ab)", True),
        ("begins_with(n, :a)", False),
        ("begins_with(:ab, b)", False),
        ("attribute_type(:a, :S)", True),
        ("contains(tags, :x)", True),
        ("contains(tags, :one)", False),
        ("contains(nums, :one)", True),
        ("contains(id, :a)", True),
        ("contains(seq, :a)", False),
        ("size(tags) > :one", True),
        ("size(id) = :one", True),
        ("size(gone) = :one", False),
        ("size(n) = :one", False),
        ("seq[0] = :a OR seq[1].deep > :five", True),
        ("seq[9] = :a", False),
        ("tags = :tags", True),
        ("doc = :map", True),
        ("flag = :true", True),
        ("id = :b OR (n = :five AND (id = :a))", True),
        ("(id) = (:a)", True),
        ("id = :a OR id = :b AND n = :one", True),
        ("NOT id = :b AND n = :five", True),
    ],
)
def test_conditions_judge_items(text: str, expected: bool) -> None:
    assert holds(bind(text), ITEM) is expected


def test_aliases_stand_for_names_of_any_form() -> None:
    condition = bind("#a = :a AND #m.#k <> :a", {"#a": "id", "#m": "doc", "#k": "k"})

    assert holds(condition, ITEM)


PREFIX = "Invalid ConditionExpression: "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The expression can not be empty;"),
        ("  ", "The expression can not be empty;"),
        ("id", 'Syntax error; token: "<EOF>", near: "id"'),
        ("id = ", 'Syntax error; token: "<EOF>", near: "= "'),
        ("id = = :a", 'Syntax error; token: "=", near: "= = :a"'),
        ("id = :a AND", 'Syntax error; token: "<EOF>", near: "AND"'),
        ("id = :a)", 'Syntax error; token: ")", near: ":a)"'),
        ("id ! :a", 'Syntax error; token: "!", near: "id ! :a"'),
        ("(id) AND n = :one", 'Syntax error; token: "AND", near: ") AND n"'),
        ("status = :a", "Attribute name is a reserved keyword; reserved keyword: status"),
        ("doc.Name = :a", "Attribute name is a reserved keyword; reserved keyword: Name"),
        (
            "#u = :a",
            "An expression attribute name used in the document path is not defined; "
            "attribute name: #u",
        ),
        (
            "id = :zz",
            "An expression attribute value used in expression is not defined; attribute value: :zz",
        ),
        ("foo(id)", "Invalid function name; function: foo"),
        ("Size(id) = :one", "Invalid function name; function: Size"),
        (
            "attribute_exists(id, n)",
            "Incorrect number of operands for operator or function; "
            "operator or function: attribute_exists, number of operands: 2",
        ),
        (
            "attribute_exists(:a)",
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
        (
            "begins_with(id, :one)",
            "Incorrect operand type for operator or function; "
            "operator or function: begins_with, operand type: N",
        ),
        (
            "id < :true",
            "Incorrect operand type for operator or function; "
            "operator or function: <, operand type: BOOL",
        ),
        (
            "attribute_exists(id) = :true",
            "The function is not allowed to be used this way in an expression; "
            "function: attribute_exists",
        ),
        (
            "size(id)",
            "The function is not allowed to be used this way in an expression; function: size",
        ),
        (
            "if_not_exists(id, id) = :a",
            "The function is not allowed to be used this way in an expression; "
            "function: if_not_exists",
        ),
        (
            "contains(id, id)",
            "The first operand must be distinct from the remaining operands for this operator or "
            "function; operator: contains, first operand: [id]",
        ),
        (
            "id = id",
            "The first operand must be distinct from the remaining operands for this operator or "
            "function; operator: =, first operand: [id]",
        ),
        (
            "id BETWEEN :b AND :a",
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
            "lower bound operand: AttributeValue: {S:b}, "
            "upper bound operand: AttributeValue: {S:a}",
        ),
        (
            "attribute_type(id, :a)",
            "Invalid attribute type name found; type: a, "
            "valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
        ),
        ("((id = :a))", "The expression has redundant parentheses;"),
        ("((id)) = :a", "The expression has redundant parentheses;"),
        ("((status = foo(:a)))", "The expression has redundant parentheses;"),
        (
            "a[1234567890] = :a",
            "List index is not within the allowable range; index: [1234567890]",
        ),
        (
            "x" * 4097,
            "Expression size has exceeded the maximum allowed size; expression size: 4097",
        ),
    ],
)
def test_faults_are_refused_in_awss_words(text: str, message: str) -> None:
    with pytest.raises(AwsError) as refused:
        bind(text)

    assert (refused.value.code, refused.value.message) == ("ValidationException", PREFIX + message)


def test_there_are_at_most_300_operators() -> None:
    names = {"#a": "id"}
    bind(" OR ".join(["#a=:a"] * 150), names)

    with pytest.raises(AwsError, match="operator count: 301"):
        bind(" OR ".join(["#a=:a"] * 151), names)


def test_300_operators_may_nest() -> None:
    text = "id=n " + "or (id=n " * 149 + ")" * 149

    assert holds(bind(text), ITEM) is False


def test_in_has_at_most_100_operands() -> None:
    def among(count: int) -> bool:
        values = {f":v{n}": {"N": str(n)} for n in range(count)}
        text = f"n IN ({', '.join(values)})"
        condition = Expressions(condition=text, values=values).bind().condition
        assert condition is not None
        return holds(condition, ITEM)

    assert among(99)
    with pytest.raises(AwsError, match="operator or function: IN, number of operands: 101"):
        among(100)


@pytest.mark.parametrize("text", ["(" * 4000, "NOT " * 1000, "(" * 1500 + "a" + ")" * 1500])
def test_deep_nesting_is_refused_in_linear_time(text: str) -> None:
    began = time.thread_time()
    with pytest.raises(AwsError):
        bind(text)

    assert time.thread_time() - began < 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            Expressions(names={"#a": "b"}),
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
        (
            Expressions(values={":a": {"S": "b"}}),
            "ExpressionAttributeValues can only be specified when using expressions: "
            "ConditionExpression is null",
        ),
        (Expressions(condition="a = b", names={}), "ExpressionAttributeNames must not be empty"),
        (Expressions(condition="a = b", values={}), "ExpressionAttributeValues must not be empty"),
        (
            Expressions(condition="a = b", names={"a": "b"}),
            'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"',
        ),
        (
            Expressions(condition="a = b", names={"#a": "b", "#b": "c"}),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}",
        ),
        (
            Expressions(condition="a = b", values={":a": {"S": "b"}}),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}",
        ),
    ],
)
def test_names_and_values_must_have_a_use(given: Expressions, message: str) -> None:
    with pytest.raises(AwsError) as refused:
        given.bind("ConditionExpression")

    assert refused.value.message == message
