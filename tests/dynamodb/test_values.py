"""The ten types are checked exactly; equal values are equal however they were written."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.aws.errors import AwsError
from triggers.dynamodb import values

scalars = st.one_of(
    st.text().map(lambda text: {"S": text}),
    st.integers(-(10**30), 10**30).map(lambda number: {"N": str(number)}),
    st.binary().map(lambda raw: {"B": base64.b64encode(raw).decode()}),
    st.booleans().map(lambda flag: {"BOOL": flag}),
    st.just({"NULL": True}),
    st.sets(st.text(), min_size=1).map(lambda some: {"SS": list(some)}),
    st.sets(st.integers(-(10**30), 10**30), min_size=1, max_size=5).map(
        lambda some: {"NS": [str(n) for n in some]}
    ),
    st.sets(st.binary(), min_size=1).map(
        lambda some: {"BS": [base64.b64encode(raw).decode() for raw in some]}
    ),
)
attribute_values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda some: {"L": some}),
        st.dictionaries(st.text(), inner, max_size=4).map(lambda some: {"M": some}),
    ),
    max_leaves=8,
)


@given(attribute_values)
def test_checking_twice_changes_nothing(value: dict[str, Any]) -> None:
    checked = values.check(value)

    assert values.check(checked) == checked
    assert orjson.loads(values.dump({"a": checked})) == {"a": checked}
    assert values.size(checked) >= 0


@given(st.dictionaries(st.text(min_size=1), attribute_values, max_size=5), st.randoms())
def test_equal_items_have_equal_bytes(item: dict[str, Any], random: Any) -> None:
    def shuffled(value: Any) -> Any:
        kind, content = next(iter(value.items()))
        if kind in ("SS", "NS", "BS"):
            return {kind: random.sample(content, len(content))}
        if kind == "M":
            return {
                kind: {k: shuffled(content[k]) for k in random.sample(list(content), len(content))}
            }
        if kind == "N":
            return {kind: content + ".0"}
        return value

    other = {name: shuffled(item[name]) for name in random.sample(list(item), len(item))}

    assert values.dump(values.check_item(item)) == values.dump(values.check_item(other))


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"S": "leaf"}
    for _ in range(levels):
        value = {"M": {"n": value}}
    return value


INVALID = "One or more parameter values were invalid: "


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            {},
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ),
        (
            {"X": "y"},
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ),
        (
            {"S": "a", "N": "1"},
            "Supplied AttributeValue has more than one datatypes set, "
            "must contain exactly one of the supported datatypes",
        ),
        ({"S": "a", "N": "b"}, "The parameter cannot be converted to a numeric value: b"),
        ({"SS": []}, f"{INVALID}An string set  may not be empty"),
        ({"NS": []}, f"{INVALID}An number set  may not be empty"),
        ({"BS": []}, f"{INVALID}Binary sets should not be empty"),
        ({"SS": ["a", "a"]}, f"{INVALID}Input collection [a, a] contains duplicates."),
        ({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
        (
            {"BS": ["Yg==", "Yg=="]},
            f"{INVALID}Input collection [Yg==, Yg==]of type BS contains duplicates.",
        ),
        ({"NULL": False}, f"{INVALID}Null attribute value types must have the value of true"),
        (
            nested(33),
            "Nesting Levels have exceeded supported limits: "
            "Attributes in the item have nested levels beyond supported limit",
        ),
    ],
)
def test_invalid_values_are_refused_in_awss_words(value: dict[str, Any], message: str) -> None:
    with pytest.raises(AwsError) as refused:
        values.check(value)

    assert (refused.value.code, refused.value.message) == ("ValidationException", message)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"N": 1}, "NUMBER_VALUE cannot be converted to String"),
        ({"N": 1.5}, "DECIMAL_VALUE cannot be converted to String"),
        ({"S": True}, "TRUE_VALUE cannot be converted to String"),
        ({"S": ["a"]}, "Unrecognized collection type class java.lang.String"),
        ({"S": {}}, "Start of structure or map found where not expected"),
        ({"L": "a"}, "Unexpected field type"),
        ({"BOOL": "true"}, "Unexpected token received from parser"),
        ({"B": 1}, "only base-64-encoded strings are convertible to bytes"),
        (
            {"B": "YQ==="},
            "Base64 encoded length is expected a multiple of 4 bytes but found: 5",
        ),
        ({"B": "YR=a"}, "Invalid last non-pad Base64 character dectected"),
    ],
)
def test_json_of_the_wrong_type_is_a_serialization_error(value: Any, message: str) -> None:
    with pytest.raises(AwsError) as refused:
        values.check(value)

    assert (refused.value.code, refused.value.message) == ("SerializationException", message)


def test_32_levels_are_allowed() -> None:
    assert values.check(nested(32)) == nested(32)


def test_empty_strings_are_allowed_everywhere_but_in_keys() -> None:
    value = {"L": [{"S": ""}, {"B": ""}, {"SS": [""]}, {"M": {}}, {"L": []}]}

    assert values.check(value) == value


def test_bytes_become_base64() -> None:
    assert values.check({"BS": [b"b", b"a"]}) == {"BS": ["YQ==", "Yg=="]}


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({"Id": {"N": "101"}, "Message": {"S": "New item!"}}, 21),
        ({"a": {"S": "äö"}}, 5),
        ({"a": {"B": "YWJj"}}, 4),
        ({"a": {"BOOL": True}, "b": {"NULL": True}}, 4),
        ({"a": {"L": [{"S": "x"}, {"N": "1"}]}}, 9),
        ({"a": {"M": {"k": {"S": "x"}}}}, 7),
        ({"a": {"SS": ["x", "yz"]}}, 4),
    ],
)
def test_sizes_are_counted_as_aws_does(item: dict[str, Any], size: int) -> None:
    assert values.item_size(item) == size
