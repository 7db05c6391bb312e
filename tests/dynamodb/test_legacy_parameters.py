"""Parameters from before expressions mean what expressions mean, and refuse what AWS refuses."""

from __future__ import annotations

from typing import Any

import pytest

from console.aws.errors import AwsError
from triggers.dynamodb.expressions.conditions import holds
from triggers.dynamodb.expressions.keyconditions import Stretch, stretch
from triggers.dynamodb.expressions.request import Expressions
from triggers.dynamodb.keys import KeySchema
from triggers.dynamodb.values import check_item

ITEM = check_item(
    {
        "s": {"S": "text"},
        "n": {"N": "5"},
        "set": {"SS": ["a", "b"]},
        "list": {"L": [{"N": "1"}]},
    }
)


def read(**params: Any) -> Expressions:
    return Expressions.read(params)


def one(operator: str, *values: dict[str, Any]) -> dict[str, Any]:
    return {"ComparisonOperator": operator} | (
        {"AttributeValueList": list(values)} if values else {}
    )


@pytest.mark.parametrize(
    ("name", "condition", "expected"),
    [
        ("n", one("EQ", {"N": "5.0"}), True),
        ("n", one("NE", {"N": "5.0"}), False),
        ("missing", one("NE", {"N": "5"}), True),
        ("n", one("LT", {"N": "10"}), True),
        ("n", one("LE", {"N": "5"}), True),
        ("n", one("GT", {"N": "5"}), False),
        ("n", one("GE", {"S": "5"}), False),
        ("missing", one("NULL"), True),
        ("n", one("NOT_NULL"), True),
        ("s", one("CONTAINS", {"S": "ex"}), True),
        ("set", one("CONTAINS", {"S": "a"}), True),
        ("set", one("NOT_CONTAINS", {"S": "c"}), True),
        ("missing", one("NOT_CONTAINS", {"S": "c"}), False),
        ("s", one("BEGINS_WITH", {"S": "te"}), True),
        ("n", one("IN", {"N": "4"}, {"N": "5"}), True),
        ("n", one("BETWEEN", {"N": "4"}, {"N": "5"}), True),
        ("n", {"Value": {"N": "5"}}, True),
        ("n", {"Value": {"N": "5"}, "Exists": True}, True),
        ("n", {"Exists": False}, False),
        ("n", {"Value": {"N": "4"}, "ComparisonOperator": "GT"}, True),
    ],
)
def test_a_condition_is_judged(name: str, condition: dict[str, Any], expected: bool) -> None:
    bound = read(Expected={name: condition}).bind()

    assert bound.condition is not None
    assert holds(bound.condition, ITEM) is expected


@pytest.mark.parametrize(("operator", "expected"), [("OR", True), ("AND", False), (None, False)])
def test_conditions_are_joined(operator: str | None, expected: bool) -> None:
    filters = {"n": one("EQ", {"N": "5"}), "s": one("EQ", {"S": "other"})}
    bound = read(ScanFilter=filters, ConditionalOperator=operator).bind()

    assert bound.filter is not None
    assert holds(bound.filter, ITEM) is expected


INVALID = "One or more parameter values were invalid: "


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"Expected": {"a": {"Exists": False}}, "ConditionExpression": "a = :b"},
            "Can not use both expression and non-expression parameters in the same request: "
            "Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}",
        ),
        (
            {
                "AttributesToGet": ["a"],
                "KeyConditions": {},
                "QueryFilter": {},
                "ProjectionExpression": "a",
                "FilterExpression": "a",
            },
            "Can not use both expression and non-expression parameters in the same request: "
            "Non-expression parameters: {AttributesToGet, QueryFilter} "
            "Expression parameters: {ProjectionExpression, FilterExpression}",
        ),
        (
            {"KeyConditions": {}, "ProjectionExpression": "a", "KeyConditionExpression": "a"},
            "Can not use both expression and non-expression parameters in the same request: "
            "Non-expression parameters: {KeyConditions} "
            "Expression parameters: {ProjectionExpression, KeyConditionExpression}",
        ),
        (
            {"ConditionalOperator": "OR"},
            "ConditionalOperator cannot be used without Filter or Expected",
        ),
        (
            {"ConditionalOperator": "OR", "Expected": {"a": {"Exists": False}}},
            "ConditionalOperator can only be used when Filter or Expected has two or more elements",
        ),
        (
            {"Expected": {"a": one("NULL") | {"Exists": True}}},
            f"{INVALID}Exists and ComparisonOperator cannot be used together for Attribute: a",
        ),
        (
            {"Expected": {"a": one("EQ", {"S": "b"}) | {"Value": {"S": "b"}}}},
            f"{INVALID}Value and AttributeValueList cannot be used together for Attribute: a",
        ),
        (
            {"Expected": {"a": {"AttributeValueList": [{"S": "b"}]}}},
            f"{INVALID}AttributeValueList can only be used with a ComparisonOperator for Attribute: a",
        ),
        (
            {"Expected": {"a": {}}},
            f"{INVALID}Value must be provided when Exists is null for Attribute: a",
        ),
        (
            {"Expected": {"a": {"Exists": True}}},
            f"{INVALID}Value must be provided when Exists is true for Attribute: a",
        ),
        (
            {"Expected": {"a": {"Exists": False, "Value": {"S": "b"}}}},
            f"{INVALID}Value cannot be used when Exists is false for Attribute: a",
        ),
        (
            {"ScanFilter": {"a": one("EQ")}},
            f"{INVALID}Invalid number of argument(s) for the EQ ComparisonOperator",
        ),
        (
            {"ScanFilter": {"a": one("LT", {"SS": ["b"]})}},
            f"{INVALID}ComparisonOperator LT is not valid for SS AttributeValue type",
        ),
        (
            {"ScanFilter": {"a": one("IN", {"S": "b"}, {"N": "1"})}},
            f"{INVALID}AttributeValues inside AttributeValueList must be of same type",
        ),
        (
            {"ScanFilter": {"a": one("BETWEEN", {"N": "2"}, {"N": "1"})}},
            "The BETWEEN condition was provided a range where the lower bound is greater than the "
            "upper bound",
        ),
        (
            {"KeyConditions": {}, "FilterExpression": ""},
            "Invalid FilterExpression: The expression can not be empty;",
        ),
        (
            {"KeyConditions": {}, "ProjectionExpression": "a"},
            "Conditions can be of length 1 or 2 only",
        ),
        ({"KeyConditions": {}}, "Conditions can be of length 1 or 2 only"),
        (
            {"KeyConditions": {"a": one("CONTAINS", {"S": "b"})}},
            "Attempted conditional constraint is not an indexable operation",
        ),
        (
            {"AttributesToGet": ["a", "b", "a"]},
            f"{INVALID}Duplicate value in attribute name: a",
        ),
        (
            {"AttributeUpdates": {"a": {"Action": "PUT"}}},
            f"{INVALID}Only DELETE action is allowed when no attribute value is specified",
        ),
        (
            {"AttributeUpdates": {"a": {"Action": "DELETE", "Value": {"S": "b"}}}},
            f"{INVALID}DELETE action with value is not supported for the type S",
        ),
        (
            {"AttributeUpdates": {"a": {"Action": "ADD", "Value": {"S": "b"}}}},
            f"{INVALID}ADD action is not supported for the type S",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(params: dict[str, Any], message: str) -> None:
    with pytest.raises(AwsError) as refused:
        Expressions.read(params).bind()

    assert refused.value.message == message


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ({"Value": {"N": "1.0"}}, {"N": "1"}),
        ({"Action": "ADD", "Value": {"N": "1"}}, {"N": "6"}),
        ({"Action": "DELETE"}, None),
    ],
)
def test_an_attribute_is_updated(update: dict[str, Any], expected: Any) -> None:
    bound = read(AttributeUpdates={"n": update}).bind()

    assert bound.update is not None
    assert bound.update.apply(ITEM).get("n") == expected


def test_sets_and_lists_grow_and_shrink() -> None:
    bound = read(
        AttributeUpdates={
            "set": {"Action": "DELETE", "Value": {"SS": ["a"]}},
            "list": {"Action": "ADD", "Value": {"L": [{"S": "b"}]}},
            "new": {"Action": "ADD", "Value": {"L": [{"S": "c"}]}},
        }
    ).bind()

    assert bound.update is not None
    new = bound.update.apply(ITEM)
    assert new["set"] == {"SS": ["b"]}
    assert new["list"] == {"L": [{"N": "1"}, {"S": "b"}]}
    assert new["new"] == {"L": [{"S": "c"}]}


def test_an_attribute_of_another_type_is_not_added_to() -> None:
    bound = read(AttributeUpdates={"s": {"Action": "ADD", "Value": {"N": "1"}}}).bind()

    assert bound.update is not None
    with pytest.raises(AwsError, match="Type mismatch for attribute to update"):
        bound.update.apply(ITEM)


def test_key_conditions_name_a_stretch() -> None:
    bound = read(
        KeyConditions={"p": one("EQ", {"S": "a"}), "r": one("BETWEEN", {"S": "b"}, {"S": "c"})}
    ).bind()

    assert bound.key_condition is not None
    wanted = stretch(KeySchema("p", "S", "r", "S"), bound.key_condition)
    assert wanted == Stretch({"S": "a"}, low=b"b", high=b"c")


def test_three_key_conditions_are_for_indexes_only() -> None:
    three = {name: one("EQ", {"S": "a"}) for name in "pqr"}

    assert read(KeyConditions=three, IndexName="many").bind().key_condition is not None
    with pytest.raises(AwsError, match="Conditions can be of length 1 or 2 only"):
        read(KeyConditions=three).bind()


def test_names_are_whole_attributes() -> None:
    bound = read(AttributesToGet=["a.b", "#c"]).bind()

    assert bound.projection is not None
    assert [path.parts for path in bound.projection] == [("a.b",), ("#c",)]
