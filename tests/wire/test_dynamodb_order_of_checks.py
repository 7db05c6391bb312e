"""Which refusal comes first when several things are wrong with a request, and in whose words."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
SEVERAL = (
    "Supplied AttributeValue has more than one datatypes set, "
    "must contain exactly one of the supported datatypes"
)


@pytest.fixture
def refusal(gateway, account):
    """Send a request of any form; give the error's code and message."""

    def send(operation, **members):
        credential = f"{account}/20260101/us-east-1/dynamodb/aws4_request"
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            "X-Amz-Date": "20260101T000000Z",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, "
            "SignedHeaders=host, Signature=0",
        }
        url = f"{gateway.url}/"
        request = urllib.request.Request(url, json.dumps(members).encode(), headers)  # noqa: S310
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)  # noqa: S310 - our own gateway
        body = json.load(refused.value)
        return body["__type"].split("#")[1], body.get("Message", body.get("message"))

    return send


TYPES = [
    ("PutItem", {"Item": {"a": {"S": 1}}}, "NUMBER_VALUE cannot be converted to String"),
    ("GetItem", {"Key": {"a": {"N": True}}}, "TRUE_VALUE cannot be converted to String"),
    ("GetItem", {"Key": {"a": "b"}}, "Unexpected value type in payload"),
    (
        "Query",
        {"TableName": "a", "ExclusiveStartKey": {"a": []}},
        "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue",
    ),
    (
        "Scan",
        {"TableName": "nobody", "ExclusiveStartKey": {"a": {"M": []}}},
        "Unrecognized collection type java.util.Map<java.lang.String, "
        "com.amazonaws.dynamodb.v20120810.AttributeValue>",
    ),
    (
        "UpdateItem",
        {"Expected": {"a": {"Value": "b"}}, "ReturnValues": "X"},
        "Unexpected field type",
    ),
    (
        "PutItem",
        {"Item": {"a": {"B": "=+/="}}},
        "Invalid last non-pad Base64 character dectected",
    ),
    (
        "PutItem",
        {"TableName": "nobody", "Item": {"a": {"L": [{"BOOL": "on"}]}}},
        "Unexpected token received from parser",
    ),
]


@pytest.mark.parametrize(("operation", "members", "message"), TYPES)
def test_a_wrong_json_type_goes_before_everything_else(refusal, operation, members, message):
    assert refusal(operation, **members) == ("SerializationException", message)


STARTS = [
    ({}, f"The provided starting key is invalid: {EMPTY}"),
    ({"S": "a", "N": "1"}, f"The provided starting key is invalid: {SEVERAL}"),
    (
        {"SS": []},
        "The provided starting key is invalid: One or more parameter values were invalid: "
        "An string set  may not be empty",
    ),
    ({"NS": []}, "One or more parameter values were invalid: An number set  may not be empty"),
    ({"N": "b"}, "The parameter cannot be converted to a numeric value: b"),
]


@pytest.mark.parametrize(("value", "message"), STARTS)
def test_a_starting_key_is_looked_at_before_any_expression(refusal, value, message):
    start = {"TableName": "nobody", "ExclusiveStartKey": {"a": value}}

    assert refusal("Query", KeyConditionExpression="", **start)[1] == message
    assert refusal("Scan", FilterExpression="", TotalSegments=2, **start)[1] == message


def test_a_starting_key_is_looked_at_after_the_older_filters(refusal):
    wrong = {"a": {"ComparisonOperator": "EQ"}}
    start = {"TableName": "nobody", "ExclusiveStartKey": {"a": {}}}

    assert refusal("Query", QueryFilter=wrong, KeyConditions=wrong, **start)[1] == (
        "One or more parameter values were invalid: "
        "Invalid number of argument(s) for the EQ ComparisonOperator"
    )
    assert refusal("Query", KeyConditions=wrong, AttributesToGet=["b", "b"], **start)[1] == (
        "One or more parameter values were invalid: Duplicate value in attribute name: b"
    )
    assert refusal("Query", KeyConditions=wrong, **start)[1] == STARTS[0][1]


def test_a_query_without_its_key_is_refused_before_its_filter_is_read(refusal):
    assert refusal("Query", TableName="nobody", FilterExpression="")[1] == (
        "Either the KeyConditions or KeyConditionExpression parameter must be specified "
        "in the request."
    )


@pytest.mark.parametrize(
    ("operation", "member"),
    [("Query", "KeyConditionExpression"), ("UpdateItem", "UpdateExpression")],
)
def test_a_value_that_is_none_is_told_with_its_name(refusal, operation, member):
    members = {"TableName": "nobody", "Key": {"p": {"S": "a"}}, member: "x"}

    assert refusal(operation, ExpressionAttributeValues={":a": {}}, **members)[1] == (
        f"ExpressionAttributeValues contains invalid value: {EMPTY} for key :a"
    )


def test_a_write_request_is_a_put_or_a_deletion(refusal):
    both = {"PutRequest": {"Item": {}}, "DeleteRequest": {"Key": {}}}

    assert refusal("BatchWriteItem", RequestItems={"abc": [{}]})[1] == SEVERAL
    assert refusal("BatchWriteItem", RequestItems={"abc": [both]})[1] == SEVERAL


EXPECTED = [
    (
        {"Value": {"S": "a"}, "AttributeValueList": [], "Exists": True},
        "Value and AttributeValueList cannot be used together for Attribute: a",
    ),
    (
        {"Exists": True, "ComparisonOperator": "GT"},
        "Exists and ComparisonOperator cannot be used together for Attribute: a",
    ),
    (
        {"ComparisonOperator": "GT"},
        "Value or AttributeValueList must be used with ComparisonOperator: GT for Attribute: a",
    ),
    (
        {"ComparisonOperator": "GT", "AttributeValueList": []},
        "Invalid number of argument(s) for the GT ComparisonOperator",
    ),
]


@pytest.mark.parametrize(("condition", "message"), EXPECTED)
def test_what_is_expected_is_checked_in_awss_order(refusal, condition, message):
    members = {"TableName": "nobody", "Item": {"p": {"S": "a"}}}

    assert refusal("PutItem", Expected={"a": condition}, **members)[1] == (
        f"One or more parameter values were invalid: {message}"
    )


def test_a_new_tables_billing_is_looked_at_before_its_keys(refusal):
    table = {
        "TableName": "orders",
        "AttributeDefinitions": [],
        "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
    }
    units = {"ReadCapacityUnits": 10**12 + 1, "WriteCapacityUnits": 10**12 + 1}

    assert refusal("CreateTable", **table)[1] == (
        "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must "
        "both be specified when BillingMode is PROVISIONED"
    )
    assert refusal("CreateTable", ProvisionedThroughput=units, **table)[1] == (
        f"Given value {10**12 + 1} for ReadCapacityUnits is out of bounds"
    )


def test_a_local_index_names_its_attribute_once(refusal):
    attributes = [{"AttributeName": name, "AttributeType": "S"} for name in "ab"]
    twice = [{"AttributeName": "a", "KeyType": "HASH"}, {"AttributeName": "a", "KeyType": "HASH"}]
    index = {"IndexName": "abc", "KeySchema": twice, "Projection": {"ProjectionType": "ALL"}}

    told = refusal(
        "CreateTable",
        TableName="orders",
        AttributeDefinitions=attributes,
        KeySchema=[
            {"AttributeName": "a", "KeyType": "HASH"},
            {"AttributeName": "b", "KeyType": "RANGE"},
        ],
        BillingMode="PAY_PER_REQUEST",
        LocalSecondaryIndexes=[index],
    )

    assert told[1] == (
        "Both the Hash Key and the Range Key element in the KeySchema have the same name"
    )


def test_impossible_segments_are_refused(refusal):
    def scan(**members):
        return refusal("Scan", TableName="nobody", **members)[1]

    assert scan(Segment=1) == (
        "The TotalSegments parameter is required but was not present in the request when Segment "
        "parameter is present"
    )
    assert scan(TotalSegments=2) == (
        "The Segment parameter is required but was not present in the request when parameter "
        "TotalSegments is present"
    )
    assert scan(Segment=2, TotalSegments=2) == (
        "The Segment parameter is zero-based and must be less than parameter TotalSegments"
    )
