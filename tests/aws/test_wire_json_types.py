"""Wrong JSON types are SerializationException, in DynamoDB's words."""

from __future__ import annotations

import orjson
import pytest

from console.aws.errors import AwsError
from console.aws.wire.messages import Request
from console.aws.wire.parse import parse
from console.aws.wire.routes import find_route


def read(operation: str, **members):
    headers = {"x-amz-target": f"DynamoDB_20120810.{operation}"}
    request = Request("POST", "/", "", headers, orjson.dumps(members))
    return parse(request, find_route(request))


WRONG = [
    ({"TableName": 23}, "NUMBER_VALUE cannot be converted to String"),
    ({"TableName": 34.56}, "DECIMAL_VALUE cannot be converted to String"),
    ({"TableName": True}, "TRUE_VALUE cannot be converted to String"),
    ({"TableName": False}, "FALSE_VALUE cannot be converted to String"),
    ({"TableName": []}, "Unrecognized collection type class java.lang.String"),
    ({"TableName": {}}, "Start of structure or map found where not expected"),
    ({"Limit": "23"}, "STRING_VALUE cannot be converted to Integer"),
    ({"Limit": True}, "TRUE_VALUE cannot be converted to Integer"),
    ({"Limit": 1e30}, "DECIMAL_VALUE cannot be converted to Integer"),
    ({"ConsistentRead": "on"}, "Unexpected token received from parser"),
    ({"ConsistentRead": 1}, "NUMBER_VALUE cannot be converted to Boolean"),
    ({"AttributesToGet": "a"}, "Unexpected field type"),
    ({"AttributesToGet": {}}, "Start of structure or map found where not expected"),
    ({"ExpressionAttributeNames": "a"}, "Unexpected field type"),
    (
        {"ExpressionAttributeNames": []},
        "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>",
    ),
    ({"KeyConditions": {"a": "b"}}, "Unexpected value type in payload"),
    (
        {"KeyConditions": {"a": []}},
        "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.Condition",
    ),
]


@pytest.mark.parametrize(("members", "message"), WRONG)
def test_a_wrong_type_is_told_in_dynamodbs_words(members, message):
    with pytest.raises(AwsError) as refused:
        read("Query", **members)

    assert (refused.value.code, refused.value.message) == ("SerializationException", message)


UNCASTABLE = (
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
    "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
    "java.lang.Class are in module java.base of loader 'bootstrap')"
)
IN_BATCHES = [
    ({"abc": "x"}, UNCASTABLE),
    ({"abc": {}}, "Start of structure or map found where not expected"),
    (
        {"abc": [[]]},
        "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.WriteRequest",
    ),
    ({"abc": [{"PutRequest": "x"}]}, "Unexpected field type"),
    (
        [],
        "Unrecognized collection type java.util.Map<java.lang.String, "
        "java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>>",
    ),
]


@pytest.mark.parametrize(("items", "message"), IN_BATCHES)
def test_a_wrong_type_inside_a_list_or_map_has_words_of_its_own(items, message):
    with pytest.raises(AwsError) as refused:
        read("BatchWriteItem", RequestItems=items)

    assert refused.value.message == message


@pytest.mark.parametrize(
    ("given", "read_as"),
    [("true", True), ("Yes", True), ("1", True), ("FALSE", False), ("no", False), ("0", False)],
)
def test_dynamodb_takes_spoken_booleans(given, read_as):
    assert read("Query", ConsistentRead=given) == {"ConsistentRead": read_as}


def test_dynamodb_cuts_the_fraction_of_an_integer():
    assert read("Query", Limit=34.56) == {"Limit": 34}


def test_an_integer_beyond_64_bits_never_becomes_a_float_in_silence():
    headers = {"x-amz-target": "DynamoDB_20120810.Query"}
    request = Request("POST", "/", "", headers, b'{"Limit": 123456789012345678901234567890}')

    with pytest.raises(AwsError) as refused:
        parse(request, find_route(request))

    assert refused.value.code == "SerializationException"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("23456", "Base64 encoded length is expected a multiple of 4 bytes but found: 5"),
        ("=+/=", "Invalid Base64 character"),
        ("+/+=", "Invalid last non-pad Base64 character dectected"),
        (23, "only base-64-encoded strings are convertible to bytes"),
    ],
)
def test_bad_base64_is_refused(text, message):
    body = orjson.dumps(
        {
            "QueueUrl": "q",
            "MessageBody": "b",
            "MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": text}},
        }
    )
    request = Request("POST", "/", "", {"x-amz-target": "AmazonSQS.SendMessage"}, body)

    with pytest.raises(AwsError) as refused:
        parse(request, find_route(request))

    assert refused.value.message == message


def test_attribute_values_pass_as_they_are():
    item = {"pk": {"S": "a"}, "odd": {"N": 1, "B": "x"}, "none": None, "deep": {"L": [{"M": {}}]}}

    assert read("PutItem", TableName="t", Item=item)["Item"] == item


def test_null_members_are_absent_and_unknown_ones_ignored():
    assert read("Query", TableName="t", Limit=None, Nonsense=1) == {"TableName": "t"}
