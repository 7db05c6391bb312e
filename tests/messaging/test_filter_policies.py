"""Which messages a subscription's filter policy lets through."""

from __future__ import annotations

import json

import pytest

from console.aws.errors import AwsError
from functions.messaging.filterpolicies import matches, parse

MESSAGE = {
    "kind": {"DataType": "String", "StringValue": "order-placed"},
    "price": {"DataType": "Number", "StringValue": "100.0"},
    "tags": {"DataType": "String.Array", "StringValue": '["a", 2, true, null]'},
    "bytes": {"DataType": "Binary", "BinaryValue": "AA=="},
}


@pytest.mark.parametrize(
    ("policy", "passes"),
    [
        ({}, True),
        ({"kind": ["order-placed"]}, True),
        ({"kind": ["other"]}, False),
        ({"kind": ["other", "order-placed"]}, True),
        ({"kind": ["order-placed"], "price": [1]}, False),
        ({"missing": ["x"]}, False),
        ({"kind": [{"prefix": "order-"}]}, True),
        ({"kind": [{"suffix": "-placed"}]}, True),
        ({"kind": [{"equals-ignore-case": "ORDER-Placed"}]}, True),
        ({"kind": [{"anything-but": ["other"]}]}, True),
        ({"kind": [{"anything-but": "order-placed"}]}, False),
        ({"kind": [{"anything-but": {"prefix": "order-"}}]}, False),
        ({"missing": [{"anything-but": "x"}]}, False),
        ({"price": [100]}, True),
        ({"price": ["100.0"]}, False),
        ({"price": [{"numeric": ["=", 100]}]}, True),
        ({"price": [{"numeric": [">", 50, "<=", 100]}]}, True),
        ({"price": [{"numeric": ["<", 100]}]}, False),
        ({"kind": [{"numeric": [">", 0]}]}, False),
        ({"kind": [{"exists": True}]}, True),
        ({"kind": [{"exists": False}]}, False),
        ({"missing": [{"exists": False}]}, True),
        ({"tags": ["a"]}, True),
        ({"tags": [2]}, True),
        ({"tags": [True]}, True),
        ({"tags": [None]}, True),
        ({"tags": ["b"]}, False),
        ({"bytes": ["AA=="]}, False),
    ],
)
def test_a_policy_lets_through_what_it_names(policy, passes):
    assert matches(parse(json.dumps(policy)), MESSAGE) is passes


@pytest.mark.parametrize(
    "policy",
    [
        "{",
        "[]",
        '{"a": "x"}',
        '{"a": []}',
        '{"a": {"b": ["x"]}}',
        '{"a": [["x"]]}',
        '{"a": [{"wildcard": "x*"}]}',
        '{"a": [{"cidr": "10.0.0.0/8"}]}',
        '{"$or": [{"a": ["x"]}]}',
        '{"a": [{"prefix": 1}]}',
        '{"a": [{"exists": "yes"}]}',
        '{"a": [{"numeric": ["~", 1]}]}',
        '{"a": [{"numeric": [">"]}]}',
        '{"a": [{"prefix": "x", "suffix": "y"}]}',
        '{"a": [{"nonsense": 1}]}',
        json.dumps({name: ["x"] for name in "abcdef"}),
        json.dumps({"a": list("abcdefghijklm"), "b": list("abcdefghijklm")}),
    ],
)
def test_a_policy_that_is_none_or_not_offered_is_refused(policy):
    with pytest.raises(AwsError) as refused:
        parse(policy)

    assert refused.value.code == "InvalidParameter"
    assert refused.value.message.startswith("Invalid parameter: FilterPolicy: ")
