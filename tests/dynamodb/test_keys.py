"""Keys fit their schema and are stored in the order in which DynamoDB sorts them."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.aws.errors import AwsError
from triggers.dynamodb import keys
from triggers.dynamodb.keys import KeySchema

SCHEMA = KeySchema("p", "S", "r", "N")


@given(st.text(), st.text())
def test_strings_sort_by_their_utf8_bytes(one: str, other: str) -> None:
    left, right = keys.encode({"S": one}), keys.encode({"S": other})

    assert (left < right) == (one.encode() < other.encode())


@given(st.binary(), st.binary())
def test_binaries_sort_as_unsigned_bytes(one: bytes, other: bytes) -> None:
    left, right = (keys.encode({"B": base64.b64encode(raw).decode()}) for raw in (one, other))

    assert (left < right) == (one < other)


def test_equal_keys_have_one_place_and_types_do_not_meet() -> None:
    same = keys.place(SCHEMA, {"p": {"S": "a"}, "r": {"N": "1"}})
    by_binary = keys.place(KeySchema("p", "B"), {"p": {"B": base64.b64encode(b"a").decode()}})
    by_string = keys.place(KeySchema("p", "S"), {"p": {"S": "a"}})

    assert same == keys.place(SCHEMA, {"p": {"S": "a"}, "r": {"N": "1"}})
    assert len(same.digest) == len(same.fingerprint) == 16
    assert by_binary.digest != by_string.digest == same.digest
    assert by_string.range == b""


INVALID = "One or more parameter values were invalid: "


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"p": {"S": "a"}}, f"{INVALID}Missing the key r in the item"),
        (
            {"p": {"N": "1"}, "r": {"N": "1"}},
            f"{INVALID}Type mismatch for key p expected: S actual: N",
        ),
        (
            {"p": {"S": ""}, "r": {"N": "1"}},
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty string value. Key: p",
        ),
    ],
)
def test_items_without_their_key_are_refused(item: dict[str, Any], message: str) -> None:
    with pytest.raises(AwsError) as refused:
        keys.check_stored(SCHEMA, item)

    assert refused.value.message == message


@pytest.mark.parametrize(
    "key",
    [
        {},
        {"p": {"S": "a"}},
        {"p": {"S": "a"}, "r": {"S": "1"}},
        {"p": {"S": "a"}, "q": {"N": "1"}},
        {"p": {"S": "a"}, "r": {"N": "1"}, "x": {"S": "y"}},
    ],
)
def test_a_key_consists_of_exactly_the_key_attributes(key: dict[str, Any]) -> None:
    with pytest.raises(AwsError, match="The provided key element does not match the schema"):
        keys.check_given(SCHEMA, key)


def test_keys_have_a_largest_size() -> None:
    keys.place(KeySchema("p", "S", "r", "S"), {"p": {"S": "x" * 2048}, "r": {"S": "y" * 1024}})

    with pytest.raises(AwsError, match="exceeded the maximum size limit of2048 bytes"):
        keys.place(KeySchema("p", "S"), {"p": {"S": "x" * 2049}})
    with pytest.raises(AwsError, match="exceeded the size limit of 1024 bytes"):
        keys.place(KeySchema("p", "S", "r", "S"), {"p": {"S": "x"}, "r": {"S": "y" * 1025}})
