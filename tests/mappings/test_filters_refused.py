"""Which filter patterns are refused, in AWS's words."""

from __future__ import annotations

import json

import pytest

from console.aws.errors import AwsError
from triggers.mappings.filters import compile_filters

RECORDED = ["single-string", '[{"eventName": ["INSERT"=123}]']
TEXTS = [
    *RECORDED,
    "",
    "{",
    "null",
    "[]",
    "{}",
    '"text"',
    '{"a": [1]} {"b": [2]}',
    '{"a": [NaN]}',
    '{"a": [1e400]}',
    '{"a": ["\ud800"]}',
]
SHAPES = {
    "a text for a leaf": {"a": "INSERT"},
    "a number for a leaf": {"a": 1},
    "null for a leaf": {"a": None},
    "no alternative": {"a": []},
    "no field inside": {"a": {}},
    "an array in a leaf": {"a": [["b"]]},
    "two operators in one": {"a": [{"prefix": "b", "suffix": "c"}]},
    "no operator": {"a": [{}]},
    "unknown operator": {"a": [{"like": "b"}]},
    "wildcard": {"a": [{"wildcard": "dir/*.png"}]},
    "cidr": {"a": [{"cidr": "10.0.0.0/24"}]},
    "prefix of a number": {"a": [{"prefix": 1}]},
    "prefix of another operator": {"a": [{"prefix": {"suffix": "b"}}]},
    "suffix of several": {"a": [{"suffix": ["b"]}]},
    "equals-ignore-case of several": {"a": [{"equals-ignore-case": ["b"]}]},
    "anything-but of nothing": {"a": [{"anything-but": []}]},
    "anything-but of null": {"a": [{"anything-but": None}]},
    "anything-but of texts and numbers": {"a": [{"anything-but": ["b", 1]}]},
    "anything-but prefix": {"a": [{"anything-but": {"prefix": "b"}}]},
    "anything-but suffix": {"a": [{"anything-but": {"suffix": "b"}}]},
    "anything-but equals-ignore-case": {"a": [{"anything-but": {"equals-ignore-case": "b"}}]},
    "anything-but wildcard": {"a": [{"anything-but": {"wildcard": "b*"}}]},
    "exists of a text": {"a": [{"exists": "true"}]},
    "exists of a number": {"a": [{"exists": 1}]},
    "numeric of nothing": {"a": [{"numeric": []}]},
    "numeric without an amount": {"a": [{"numeric": [">"]}]},
    "numeric of a text": {"a": [{"numeric": [">", "1"]}]},
    "numeric of a boolean": {"a": [{"numeric": [">", True]}]},
    "numeric unknown": {"a": [{"numeric": ["!=", 1]}]},
    "numeric no array": {"a": [{"numeric": 1}]},
    "numeric empty range": {"a": [{"numeric": [">", 5, "<", 5]}]},
    "numeric upside down": {"a": [{"numeric": ["<", 9, ">", 5]}]},
    "numeric three": {"a": [{"numeric": [">", 1, "<"]}]},
    "numeric too wide": {"a": [{"numeric": [">", 5000000001]}]},
    "or of one": {"$or": [{"a": ["b"]}]},
    "or of no patterns": {"$or": ["a", "b"]},
    "or of an object": {"$or": {"a": ["b"]}},
    "or with an empty pattern": {"$or": [{"a": ["b"]}, {}]},
}


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_no_pattern_is_refused(text):
    assert_refused(text)


@pytest.mark.parametrize("pattern", SHAPES.values(), ids=SHAPES)
def test_patterns_outside_the_grammar_are_refused(pattern):
    assert_refused(json.dumps(pattern))


def test_a_pattern_has_4096_characters_at_most():
    longest = '{"a": ["%s"]}' % ("x" * 4085)

    assert len(longest) == 4096
    compile_filters([longest])
    assert_refused(longest.replace("x]", "xx]").replace('x"', 'xx"', 1))


@pytest.mark.parametrize("opening", ['{"a":', "[", '{"a":[{"b":'])
def test_a_pattern_of_nothing_but_brackets_is_refused(opening):
    assert_refused(opening * (4096 // len(opening)))


def test_a_pattern_reaches_as_deep_as_an_item_can():
    path = ["dynamodb", "NewImage", "a", *["M", "a"] * 32, "S"]
    pattern = ["x"]
    data = "x"
    for name in reversed(path):
        pattern, data = {name: pattern}, {name: data}

    assert compile_filters([json.dumps(pattern)]).matches(data)


def test_a_pattern_deeper_than_anything_is_refused():
    assert_refused('{"a":' * 300 + '["x"]' + "}" * 300)


def test_there_are_five_filters_at_most():
    compile_filters(['{"a": ["b"]}'] * 5)

    with pytest.raises(AwsError) as refused:
        compile_filters(['{"a": ["b"]}'] * 6)

    assert refused.value.code == "InvalidParameterValueException"


def assert_refused(text: str) -> None:
    with pytest.raises(AwsError) as refused:
        compile_filters([text])
    assert (refused.value.code, refused.value.message) == (
        "InvalidParameterValueException",
        "Invalid filter pattern definition.",
    )
