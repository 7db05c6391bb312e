"""What botocore sends is what operations get; what operations return is what botocore reads."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit
from zlib import crc32

import pytest
from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from console.aws.wire.messages import Request, Response
from console.aws.wire.models import operation_model, service_model
from console.aws.wire.parse import parse
from console.aws.wire.routes import find_route
from console.aws.wire.serialize import serialize

NOON = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
WHOLE = datetime(2026, 3, 1, 12, tzinfo=UTC)


def request_by_botocore(service: str, operation: str, params: dict[str, Any]) -> Request:
    model = service_model(service)
    protocol = "query" if service == "cloudwatch" else model.metadata["protocol"]
    made = create_serializer(protocol, include_validation=False).serialize_to_request(
        params, model.operation_model(operation)
    )
    url = urlsplit(made["url_path"])
    query = "&".join(filter(None, [url.query, urlencode(made["query_string"] or {}, doseq=True)]))
    body = made["body"]
    if isinstance(body, dict):
        body = urlencode(body)
    headers = {name.lower(): value for name, value in made["headers"].items()}
    return Request(
        made["method"], url.path, query, headers, body.encode() if isinstance(body, str) else body
    )


def read_by_botocore(service: str, operation: str, response: Response) -> dict[str, Any]:
    model = service_model(service)
    protocol = "query" if service == "cloudwatch" else model.metadata["protocol"]
    shape = model.operation_model(operation).output_shape
    parsed = create_parser(protocol).parse(
        {
            "status_code": response.status,
            "headers": HeadersDict(response.headers),
            "body": BytesIO(response.body)
            if model.operation_model(operation).has_streaming_output
            else response.body,
        },
        shape,
    )
    parsed.pop("ResponseMetadata", None)
    if shape is not None and (payload := shape.serialization.get("payload")):
        blob = parsed.get(payload)
        parsed[payload] = blob.read() if hasattr(blob, "read") else blob
    return parsed


REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("dynamodb", "PutItem", {"TableName": "t", "Item": {"pk": {"S": "é"}, "n": {"N": "1"}}}),
    (
        "dynamodb",
        "CreateTable",
        {
            "TableName": "t",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        },
    ),
    (
        "dynamodb",
        "Query",
        {"TableName": "t", "Limit": 3, "ExpressionAttributeValues": {":a": {"L": [{"N": "1"}]}}},
    ),
    (
        "dynamodb",
        "BatchWriteItem",
        {"RequestItems": {"t": [{"PutRequest": {"Item": {"pk": {"S": "a"}}}}]}},
    ),
    (
        "dynamodbstreams",
        "GetShardIterator",
        {
            "StreamArn": "arn:x",
            "ShardId": "s",
            "ShardIteratorType": "AT_TIMESTAMP",
            "Timestamp": WHOLE,
        },
    ),
    (
        "lambda",
        "CreateFunction",
        {
            "FunctionName": "f",
            "Role": "arn:aws:iam::000000000000:role/r",
            "Code": {"ZipFile": b"\x00PK\xff"},
            "Environment": {"Variables": {"A": "1"}},
            "Timeout": 3,
        },
    ),
    ("lambda", "GetFunction", {"FunctionName": "arn:aws:lambda:us-east-1:1:function:f:live"}),
    ("lambda", "GetFunction", {"FunctionName": "f:live", "Qualifier": "$LATEST"}),
    (
        "lambda",
        "Invoke",
        {
            "FunctionName": "f",
            "InvocationType": "Event",
            "LogType": "Tail",
            "Payload": b'{"a": [1]}',
        },
    ),
    ("lambda", "ListEventSourceMappings", {"EventSourceArn": "arn:a/b c&d", "MaxItems": 10}),
    ("lambda", "UpdateEventSourceMapping", {"UUID": "u-1", "BatchSize": 5, "Enabled": False}),
    (
        "lambda",
        "UntagResource",
        {"Resource": "arn:aws:lambda:us-east-1:1:function:f", "TagKeys": ["a", "b"]},
    ),
    (
        "lambda",
        "ListProvisionedConcurrencyConfigs",
        {"FunctionName": "f"},
    ),
    (
        "iam",
        "CreateRole",
        {
            "RoleName": "r",
            "AssumeRolePolicyDocument": '{"a": "b&c=d"}',
            "Tags": [{"Key": "k", "Value": "v"}, {"Key": "l", "Value": ""}],
            "MaxSessionDuration": 3600,
        },
    ),
    (
        "iam",
        "CreateVirtualMFADevice",
        {"VirtualMFADeviceName": "x"},
    ),
    ("sts", "AssumeRole", {"RoleArn": "arn", "RoleSessionName": "s", "DurationSeconds": 900}),
    (
        "sns",
        "Publish",
        {
            "TopicArn": "t",
            "Message": "m",
            "MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": b"\x01"}},
        },
    ),
    (
        "cloudwatch",
        "GetMetricStatistics",
        {
            "Namespace": "AWS/Lambda",
            "MetricName": "Errors",
            "Dimensions": [{"Name": "FunctionName", "Value": "f"}],
            "StartTime": WHOLE,
            "EndTime": WHOLE,
            "Period": 60,
            "Statistics": ["Sum"],
        },
    ),
    (
        "logs",
        "PutLogEvents",
        {
            "logGroupName": "g",
            "logStreamName": "s",
            "logEvents": [{"timestamp": 1, "message": "m"}],
        },
    ),
    (
        "sqs",
        "SendMessage",
        {
            "QueueUrl": "http://q",
            "MessageBody": "b",
            "MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": b"\x01\x02"}},
        },
    ),
]


@pytest.mark.parametrize(
    ("service", "operation", "params"), REQUESTS, ids=[f"{s}.{o}" for s, o, _ in REQUESTS]
)
def test_a_request_of_botocore_is_read_as_it_was_meant(service, operation, params):
    request = request_by_botocore(service, operation, params)

    route = find_route(request)

    assert (route.service, route.operation) == (service, operation)
    assert parse(request, route) == params


RESULTS: list[tuple[str, str, dict[str, Any]]] = [
    (
        "dynamodb",
        "DescribeTable",
        {"Table": {"TableName": "t", "CreationDateTime": NOON, "TableSizeBytes": 12}},
    ),
    (
        "dynamodb",
        "Query",
        {"Items": [{"pk": {"S": "a"}, "m": {"M": {"x": {"BOOL": True}}}}], "Count": 1},
    ),
    ("lambda", "GetFunction", {"Configuration": {"FunctionName": "f", "Timeout": 3}}),
    (
        "lambda",
        "GetEventSourceMapping",
        {"UUID": "u", "LastModified": NOON, "DestinationConfig": {"OnFailure": {}}},
    ),
    (
        "lambda",
        "Invoke",
        {
            "StatusCode": 200,
            "FunctionError": "Unhandled",
            "LogResult": "bG9n",
            "ExecutedVersion": "$LATEST",
            "Payload": b'{"errorMessage":"x"}',
        },
    ),
    ("lambda", "CreateEventSourceMapping", {"UUID": "u"}),
    (
        "iam",
        "GetRole",
        {
            "Role": {
                "RoleName": "r<&>",
                "Path": "/",
                "RoleId": "i",
                "Arn": "a",
                "CreateDate": WHOLE,
                "Tags": [{"Key": "k", "Value": "v"}],
            }
        },
    ),
    ("iam", "ListRoles", {"Roles": [], "IsTruncated": False}),
    ("iam", "ListRolePolicies", {"PolicyNames": ["a", "b"], "IsTruncated": True, "Marker": "m"}),
    ("sts", "GetCallerIdentity", {"UserId": "u", "Account": "1", "Arn": "a"}),
    ("sns", "GetTopicAttributes", {"Attributes": {"TopicArn": "a", "Owner": "o"}}),
    ("logs", "GetLogEvents", {"events": [{"timestamp": 1, "message": "m"}]}),
    (
        "sqs",
        "ReceiveMessage",
        {
            "Messages": [
                {"Body": "b", "MessageAttributes": {"a": {"DataType": "B", "BinaryValue": b"\1"}}}
            ]
        },
    ),
    (
        "cloudwatch",
        "GetMetricStatistics",
        {"Label": "Errors", "Datapoints": [{"Timestamp": WHOLE, "Sum": 2.0, "Unit": "Count"}]},
    ),
]


@pytest.mark.parametrize(
    ("service", "operation", "result"), RESULTS, ids=[f"{s}.{o}" for s, o, _ in RESULTS]
)
def test_an_answer_is_read_by_botocore_as_it_was_meant(service, operation, result):
    request = request_by_botocore(service, operation, minimal(service, operation))

    response = serialize(request, find_route(request), result, "id-1")

    assert read_by_botocore(service, operation, response) == result


def minimal(service: str, operation: str) -> dict[str, Any]:
    """Fill the members that belong into the path, so that botocore can build the request."""
    model = operation_model(service, operation)
    assert model is not None
    members = model.input_shape.members if model.input_shape else {}
    return {name: "x" for name, m in members.items() if m.serialization.get("location") == "uri"}


def test_a_member_that_is_none_is_left_out():
    request = request_by_botocore("dynamodb", "GetItem", {"TableName": "t", "Key": {}})

    response = serialize(request, find_route(request), {"Item": None}, "id-1")

    assert response.body == b"{}"


def test_a_finished_body_passes_untouched():
    request = request_by_botocore("dynamodb", "GetItem", {"TableName": "t", "Key": {}})

    response = serialize(request, find_route(request), b'{"Item":{"a":{"S":"b"}}}', "id-1")

    assert response.body == b'{"Item":{"a":{"S":"b"}}}'
    assert response.headers["x-amz-crc32"] == str(crc32(response.body))


def test_a_result_with_an_unknown_member_is_a_defect():
    request = request_by_botocore("dynamodb", "GetItem", {"TableName": "t", "Key": {}})

    with pytest.raises(KeyError):
        serialize(request, find_route(request), {"Itme": {}}, "id-1")


def test_the_path_may_end_in_a_slash():
    route = find_route(Request("GET", "/2015-03-31/functions/f%3Alive/", ""))

    assert (route.operation, route.labels) == ("GetFunction", {"FunctionName": "f:live"})


def test_the_target_decides_and_never_the_signed_service():
    route = find_route(
        Request(
            "POST",
            "/",
            "",
            {
                "x-amz-target": "DynamoDBStreams_20120810.ListStreams",
                "authorization": "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/lambda/aws4_request",
            },
        )
    )

    assert (route.service, route.operation) == ("dynamodbstreams", "ListStreams")


def test_the_api_version_tells_query_services_apart():
    form = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}

    iam = find_route(Request("POST", "/", "", form, b"Action=TagRole&Version=2010-05-08"))
    sns = find_route(Request("POST", "/", "", form, b"Action=TagResource&Version=2010-03-31"))

    assert (iam.service, sns.service) == ("iam", "sns")


@pytest.mark.parametrize("path", ["", "/", "//", "x", "*", "/%zz", "/2015-03-31", "/2015-03-31/"])
def test_a_strange_path_leads_nowhere(path):
    assert find_route(Request("GET", path)).operation == ""


def test_the_signature_tells_apart_what_only_an_action_names():
    signed = "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/sns/aws4_request"
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "authorization": signed,
    }

    route = find_route(Request("POST", "/", "", headers, b"ResourceArn=a&Action=TagResource"))

    assert (route.service, route.operation) == ("sns", "TagResource")
