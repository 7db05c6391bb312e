"""What filter patterns match: recorded examples of AWS first, then its documentation's."""

from __future__ import annotations

import json

import orjson
import pytest

from triggers.mappings.filters import compile_filters

STREAM = "arn:aws:dynamodb:us-east-1:111111111111:table/T/stream/2025-02-22T03:03:25.490"


def record(image=None, *, name="INSERT", **members):
    """Make an event's record as Lambda sends it."""
    keys = {"id": {"S": "id_value_1"}}
    return {
        "eventID": "ab0ed3713569f4655f353e5ef61a88c4",
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1732550865.0,
            "Keys": keys,
            "NewImage": keys | (image or {}),
            "SequenceNumber": "800000000003126276362",
            "SizeBytes": 54,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": STREAM,
        **members,
    }


def new_image(**fields):
    return {"dynamodb": {"NewImage": fields}}


def matches(pattern, data) -> bool:
    return compile_filters([json.dumps(pattern)]).matches(data)


TTL = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}

RECORDED = {
    "event name": ({"eventName": ["INSERT"]}, record(), True),
    "other event name": ({"eventName": ["INSERT"]}, record(name="MODIFY"), False),
    "event source": ({"eventSource": ["aws:dynamodb"]}, record(), True),
    "key": ({"dynamodb": {"Keys": {"id": {"S": ["id_value_1"]}}}}, record(), True),
    "exists at the leaf": (
        new_image(presentKey={"S": [{"exists": True}]}),
        record({"presentKey": {"S": "value"}}),
        True,
    ),
    "exists at the leaf, absent": (
        new_image(presentKey={"S": [{"exists": True}]}),
        record(),
        False,
    ),
    "exists false is true of an object": (
        new_image(presentKey=[{"exists": False}]),
        record({"presentKey": {"S": "value"}}),
        True,
    ),
    "exists false is true of nothing": (new_image(presentKey=[{"exists": False}]), record(), True),
    "numeric never matches N": (
        new_image(numericFilter={"N": [{"numeric": [">", 100]}]}),
        record({"numericFilter": {"N": "101"}}),
        False,
    ),
    "numeric matches the creation time": (
        {"dynamodb": {"ApproximateCreationDateTime": [{"numeric": [">", 0]}]}},
        record(),
        True,
    ),
    "prefix": (
        new_image(prefix={"S": [{"prefix": "us-1"}]}),
        record({"prefix": {"S": "us-1-other-suffix"}}),
        True,
    ),
    "anything-but on N is of texts": (
        new_image(numericFilter={"N": [{"anything-but": "101"}]}),
        record({"numericFilter": {"N": "42"}}),
        True,
    ),
    "anything-but of the value": (
        new_image(numericFilter={"N": [{"anything-but": "101"}]}),
        record({"numericFilter": {"N": "101"}}),
        False,
    ),
    "without the type letter": (new_image(id=["id_value_1"]), record(), False),
    "expired by TTL": (
        {
            "userIdentity": {
                "type": ["Service"],
                "principalId": ["dynamodb.amazonaws.com"],
            }
        },
        record(name="REMOVE", userIdentity=TTL),
        True,
    ),
    "not expired by TTL": (
        {"userIdentity": {"type": ["Service"]}},
        record(name="REMOVE"),
        False,
    ),
}

SCALARS = {
    "one of several": (["a", "b"], "b", True),
    "case counts": (["a"], "A", False),
    "null": ([None], None, True),
    "null is not empty": ([None], "", False),
    "empty": ([""], "", True),
    "true": ([True], True, True),
    "true is not 1": ([True], 1, False),
    "1 is not true": ([1], True, False),
    "a number is no text": ([300], "300", False),
    "numbers by their text": ([300], 300, True),
    "300 is not 300.0": ([300], 300.0, False),
    "300.0 is 300.0": ([300.0], 300.0, True),
    "equals-ignore-case": ([{"equals-ignore-case": "alice"}], "ALICE", True),
    "equals-ignore-case is of the whole": ([{"equals-ignore-case": "alice"}], "ALICEB", False),
    "equals-ignore-case of sigma": ([{"equals-ignore-case": "ΣΑΣ"}], "σας", True),
    "suffix": ([{"suffix": ".png"}], "a.png", True),
    "no suffix": ([{"suffix": ".png"}], "a.PNG", False),
    "prefix ignoring case": ([{"prefix": {"equals-ignore-case": "EventB"}}], "eventbridge", True),
    "suffix ignoring case": ([{"suffix": {"equals-ignore-case": ".PNG"}}], "a.png", True),
    "prefix of no text": ([{"prefix": "1"}], 12, False),
    "empty prefix": ([{"prefix": ""}], "x", True),
    "anything-but several": ([{"anything-but": ["a", "b"]}], "c", True),
    "anything-but several, one of them": ([{"anything-but": ["a", "b"]}], "b", False),
    "anything-but numbers": ([{"anything-but": [1, 2]}], 3, True),
    "anything-but null": ([{"anything-but": "a"}], None, True),
    "in the range": ([{"numeric": [">", 10, "<=", 20]}], 20, True),
    "beyond the range": ([{"numeric": [">", 10, "<=", 20]}], 20.5, False),
    "at the open end": ([{"numeric": [">", 10, "<=", 20]}], 10, False),
    "at the closed end": ([{"numeric": [">=", 10, "<", 20]}], 10, True),
    "equal amounts": ([{"numeric": ["=", 100]}], 100.0, True),
    "below": ([{"numeric": ["<", -1.5]}], -2, True),
    "a boolean is no amount": ([{"numeric": [">=", 0]}], True, False),
    "exists and null": ([{"exists": True}], None, True),
    "operators beside values": (["a", {"prefix": "b"}], "bc", True),
    "any element": (["x"], ["w", "x"], True),
    "no element": (["x"], ["w"], False),
    "an element of an inner array": (["x"], [["w"], ["x"]], True),
    "anything-but of elements": ([{"anything-but": "w"}], ["w", "x"], True),
    "an empty array is nothing": ([{"exists": False}], [], True),
}

ABSENT = {
    "a value": ["a"],
    "anything-but": [{"anything-but": "a"}],
    "numeric": [{"numeric": ["<", 5]}],
    "prefix": [{"prefix": ""}],
    "null": [None],
}


@pytest.mark.parametrize(("pattern", "data", "expected"), RECORDED.values(), ids=RECORDED)
def test_recorded_filters(pattern, data, expected):
    assert matches(pattern, data) is expected


@pytest.mark.parametrize(("alternatives", "value", "expected"), SCALARS.values(), ids=SCALARS)
def test_alternatives_of_a_leaf(alternatives, value, expected):
    assert matches({"a": alternatives}, {"a": value}) is expected


@pytest.mark.parametrize("alternatives", ABSENT.values(), ids=ABSENT)
@pytest.mark.parametrize("data", [{}, {"a": {}}, {"a": {"b": "a"}}, {"a": []}])
def test_what_is_not_there_matches_nothing_but_exists_false(alternatives, data):
    assert not matches({"a": alternatives}, data)
    assert matches({"a": [{"exists": False}]}, data)


def test_all_fields_must_match():
    pattern = {"eventName": ["INSERT"], "dynamodb": {"Keys": {"id": {"S": ["other"]}}}}

    assert not matches(pattern, record())


def test_or_holds_at_the_top_and_inside():
    top = {"$or": [{"eventName": ["REMOVE"]}, {"awsRegion": ["us-east-1"]}]}
    inside = new_image(**{"$or": [{"a": {"S": ["1"]}}, {"b": {"S": ["1"]}}]})

    assert matches(top, record())
    assert matches(inside, record({"b": {"S": "1"}}))
    assert not matches(inside, record({"b": {"S": "2"}}))


def test_or_stands_beside_fields_that_must_match_too():
    pattern = {"eventName": ["INSERT"], "$or": [{"awsRegion": ["x"]}, {"awsRegion": ["us-east-1"]}]}

    assert matches(pattern, record())
    assert not matches(pattern, record(name="REMOVE"))


def test_the_last_of_doubled_keys_counts():
    chosen = compile_filters(['{"eventName": ["REMOVE"], "eventName": ["INSERT"]}'])

    assert chosen.matches(record())


def test_fields_of_list_items_match_in_one_item():
    pattern = new_image(l={"L": {"M": {"x": {"S": ["1"]}, "y": {"S": ["2"]}}}})
    item = {"M": {"x": {"S": "1"}, "y": {"S": "2"}}}
    split = [{"M": {"x": {"S": "1"}}}, {"M": {"y": {"S": "2"}}}]

    assert matches(pattern, record({"l": {"L": [{"S": "other"}, item]}}))
    assert not matches(pattern, record({"l": {"L": split}}))


def test_members_of_a_set_match_alone():
    assert matches(new_image(s={"SS": ["red"]}), record({"s": {"SS": ["blue", "red"]}}))


def test_several_filters_are_alternatives():
    chosen = compile_filters(['{"eventName": ["REMOVE"]}', '{"eventName": ["INSERT"]}'])

    assert chosen.matches(record())
    assert not chosen.matches(record(name="MODIFY"))


def test_without_filters_everything_passes():
    chosen = compile_filters([])

    assert chosen.is_open
    assert chosen.matches(record())
    assert chosen.matches_bytes(b"not even JSON")


def test_a_kept_record_is_parsed_and_gets_its_stream():
    chosen = compile_filters([json.dumps({"eventSourceARN": [STREAM], "eventName": ["INSERT"]})])
    kept = record()
    del kept["eventSourceARN"]

    assert chosen.matches_bytes(orjson.dumps(kept), STREAM)
    assert not chosen.matches_bytes(orjson.dumps(kept))


def test_a_time_is_compared_as_the_record_writes_it():
    body = orjson.dumps(record())
    field = '{"dynamodb": {"ApproximateCreationDateTime": [%s]}}'

    assert compile_filters([field % "1732550865.0"]).matches_bytes(body)
    assert not compile_filters([field % "1732550865"]).matches_bytes(body)
