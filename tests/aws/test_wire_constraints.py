"""What the models allow, and the sentences in which AWS refuses the rest."""

from __future__ import annotations

import pytest

from console.aws.errors import AwsError
from console.aws.wire.validate import validate

CREATE_MAPPING = {
    "FunctionName": "f",
    "EventSourceArn": "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/l",
}
CREATE_TABLE = {
    "TableName": "orders",
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
}
CREATE_FUNCTION = {"FunctionName": "f", "Role": "arn:aws:iam::000000000000:role/r", "Code": {}}

REFUSED = [
    (
        "lambda",
        "CreateEventSourceMapping",
        {"FunctionName": "f", "BatchSize": 10001},
        "1 validation error detected: Value '10001' at 'batchSize' failed to satisfy constraint: "
        "Member must have value less than or equal to 10000",
    ),
    (
        "lambda",
        "CreateEventSourceMapping",
        {"FunctionName": "f", "BatchSize": 0},
        "1 validation error detected: Value '0' at 'batchSize' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1",
    ),
    (
        "lambda",
        "CreateEventSourceMapping",
        {"FunctionName": "f", "StartingPosition": "invalid"},
        "1 validation error detected: Value 'invalid' at 'startingPosition' failed to satisfy "
        "constraint: Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
    ),
    (
        "lambda",
        "CreateEventSourceMapping",
        {"FunctionName": "f", "FunctionResponseTypes": ["Bad"]},
        "1 validation error detected: Value '[Bad]' at 'functionResponseTypes' failed to satisfy "
        "constraint: Member must satisfy constraint: [Member must satisfy enum value set: "
        "[ReportBatchItemFailures], Member must not be null]",
    ),
    (
        "lambda",
        "CreateEventSourceMapping",
        {"FunctionName": "f", "ParallelizationFactor": 11, "TumblingWindowInSeconds": 901},
        "2 validation errors detected: Value '11' at 'parallelizationFactor' failed to satisfy "
        "constraint: Member must have value less than or equal to 10; Value '901' at "
        "'tumblingWindowInSeconds' failed to satisfy constraint: Member must have value less than "
        "or equal to 900",
    ),
    (
        "lambda",
        "CreateFunction",
        CREATE_FUNCTION | {"Role": "r1"},
        "1 validation error detected: Value 'r1' at 'role' failed to satisfy constraint: Member "
        "must satisfy regular expression pattern: "
        r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
    ),
    (
        "lambda",
        "CreateFunction",
        CREATE_FUNCTION | {"Environment": {"Variables": {"1": "x"}}},
        "1 validation error detected: Value at 'environment.variables' failed to satisfy "
        "constraint: Map keys must satisfy constraint: [Member must satisfy regular expression "
        "pattern: [a-zA-Z]([a-zA-Z0-9_])+, Member must not be null]",
    ),
    (
        "dynamodb",
        "PutItem",
        {},
        "2 validation errors detected: Value null at 'tableName' failed to satisfy constraint: "
        "Member must not be null; Value null at 'item' failed to satisfy constraint: Member must "
        "not be null",
    ),
    (
        "dynamodb",
        "CreateTable",
        CREATE_TABLE | {"StreamSpecification": {"StreamViewType": "NEW_IMAGE"}},
        "1 validation error detected: Value null at 'streamSpecification.streamEnabled' failed to "
        "satisfy constraint: Member must not be null",
    ),
    (
        "dynamodb",
        "CreateTable",
        CREATE_TABLE | {"KeySchema": [{"AttributeName": "pk", "KeyType": "X"}]},
        "1 validation error detected: Value 'X' at 'keySchema.1.member.keyType' failed to satisfy "
        "constraint: Member must satisfy enum value set: [HASH, RANGE]",
    ),
    (
        "dynamodb",
        "CreateTable",
        {"TableName": "orders"},
        "2 validation errors detected: Value null at 'attributeDefinitions' failed to satisfy "
        "constraint: Member must not be null; Value null at 'keySchema' failed to satisfy "
        "constraint: Member must not be null",
    ),
    (
        "dynamodb",
        "CreateTable",
        {},
        "The parameter 'TableName' is required but was not present in the request",
    ),
    (
        "dynamodb",
        "UpdateTable",
        {"TableName": "a;", "BillingMode": "X"},
        "TableName must be at least 3 characters long and at most 255 characters long",
    ),
    (
        "dynamodb",
        "UpdateTable",
        {"TableName": "abc;", "BillingMode": "X"},
        "2 validation errors detected: Value 'abc;' at 'tableName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value 'X' at "
        "'billingMode' failed to satisfy constraint: Member must satisfy enum value set: "
        "[PROVISIONED, PAY_PER_REQUEST]",
    ),
    (
        "dynamodb",
        "BatchWriteItem",
        {"RequestItems": {"abc": []}},
        "1 validation error detected: Value '{abc=[]}' at 'requestItems' failed to satisfy "
        "constraint: Map value must satisfy constraint: [Member must have length less than or "
        "equal to 25, Member must have length greater than or equal to 1]",
    ),
    (
        "iam",
        "CreateRole",
        {"RoleName": "a b", "AssumeRolePolicyDocument": "{}"},
        "The specified value for roleName is invalid. It must contain only alphanumeric characters "
        "and/or the following: +=,.@_-",
    ),
]


@pytest.mark.parametrize(
    ("service", "operation", "params", "message"), REFUSED, ids=[row[3][:90] for row in REFUSED]
)
def test_a_broken_constraint_is_told_in_awss_words(service, operation, params, message):
    with pytest.raises(AwsError) as refused:
        validate(service, operation, params)

    assert refused.value.message == message


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ("lambda", "ValidationException"),
        ("iam", "ValidationError"),
        ("logs", "InvalidParameterException"),
    ],
)
def test_each_service_has_its_own_code_for_it(service, code):
    operation = {"lambda": "GetFunction", "iam": "GetRole", "logs": "CreateLogGroup"}[service]

    with pytest.raises(AwsError) as refused:
        validate(service, operation, {})

    assert refused.value.code == code


def test_at_most_ten_violations_are_listed():
    keys = [{"AttributeName": "a", "KeyType": "X"}] * 12

    with pytest.raises(AwsError) as refused:
        validate("dynamodb", "CreateTable", CREATE_TABLE | {"KeySchema": keys})

    assert refused.value.message.startswith("10 validation errors detected: ")
    assert refused.value.message.count("; ") == 9


def test_what_the_model_allows_passes():
    validate("lambda", "CreateEventSourceMapping", CREATE_MAPPING | {"BatchSize": 10000})
    validate("dynamodb", "CreateTable", CREATE_TABLE)
    validate("dynamodb", "PutItem", {"TableName": "t", "Item": {"a": {"nonsense": None}}})


def test_a_tables_name_is_left_to_the_control_plane_operation():
    validate("dynamodb", "DescribeTable", {})
