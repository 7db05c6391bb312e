"""One AwsError, four wire forms; and boto3's parsers read the same code and message from each."""

from __future__ import annotations

import json

import pytest
from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser

from console.aws.errors import AwsError
from console.aws.wire.faults import fault, internal_failure
from console.aws.wire.messages import Request
from console.aws.wire.routes import Route

REQUEST = Request("POST", "/")


def told(service, protocol, operation, error):
    return fault(REQUEST, Route(service, operation, protocol), error, "id-1")


def dynamodb(code, message, **fields):
    return told("dynamodb", "json", "PutItem", AwsError(code, message, fields=fields))


@pytest.mark.parametrize(
    ("code", "namespace"),
    [
        ("ValidationException", "com.amazon.coral.validate"),
        ("SerializationException", "com.amazon.coral.service"),
        ("AccessDeniedException", "com.amazon.coral.service"),
        ("ThrottlingException", "com.amazon.coral.availability"),
        ("ResourceNotFoundException", "com.amazonaws.dynamodb.v20120810"),
    ],
)
def test_dynamodb_names_an_error_with_its_namespace(code, namespace):
    assert json.loads(dynamodb(code, "m").body)["__type"] == f"{namespace}#{code}"


def test_a_cancelled_transaction_says_message_with_a_capital():
    reasons = [{"Code": "ConditionalCheckFailed", "Item": {"a": {"S": "b"}}}, {"Code": "None"}]

    answer = dynamodb("TransactionCanceledException", "m", CancellationReasons=reasons)

    assert json.loads(answer.body) == {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "m",
        "CancellationReasons": reasons,
    }


def test_a_failed_condition_says_message_in_lower_case_beside_its_item_too():
    bare = dynamodb("ConditionalCheckFailedException", "m")
    with_item = dynamodb("ConditionalCheckFailedException", "m", Item={"a": {"S": "b"}})

    assert json.loads(bare.body)["message"] == "m"
    assert json.loads(with_item.body)["message"] == "m"
    assert json.loads(with_item.body)["Item"] == {"a": {"S": "b"}}


LAMBDA = [
    ("InvalidParameterValueException", 400, {"Type": "User", "message": "m"}),
    ("ResourceConflictException", 409, {"Type": "User", "message": "m"}),
    ("ResourceNotFoundException", 404, {"Type": "User", "Message": "m"}),
    ("ResourceInUseException", 400, {"Type": "User", "Message": "m"}),
    ("ServiceException", 500, {"Type": "User", "Message": "m"}),
    ("ValidationException", 400, {"message": "m"}),
]


@pytest.mark.parametrize(("code", "status", "body"), LAMBDA)
def test_lambda_spells_the_body_by_exception(code, status, body):
    answer = told("lambda", "rest-json", "GetFunction", AwsError(code, "m"))

    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (status, code)
    assert json.loads(answer.body) == body


def test_a_member_that_is_none_is_left_out():
    error = AwsError("InvalidParameterValueException", "m", fields={"Type": None})

    assert json.loads(told("lambda", "rest-json", "GetFunction", error).body) == {"message": "m"}


def test_a_throttled_invocation_says_why_and_when_to_return():
    error = AwsError(
        "TooManyRequestsException",
        "Rate Exceeded.",
        fields={
            "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded",
            "retryAfterSeconds": "1",
        },
    )

    answer = told("lambda", "rest-json", "Invoke", error)

    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    assert json.loads(answer.body) == {
        "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded",
        "Type": "User",
        "message": "Rate Exceeded.",
    }


@pytest.mark.parametrize("code", ["NoSuchEntity", "NoSuchEntityException"])
def test_iam_tells_the_models_code(code):
    answer = told("iam", "query", "GetRole", AwsError(code, "The role <r> is gone"))

    assert answer.status == 404
    assert b"<Code>NoSuchEntity</Code>" in answer.body
    assert b"<Message>The role &lt;r&gt; is gone</Message>" in answer.body
    assert b"<Type>Sender</Type>" in answer.body


def test_sqs_tells_old_clients_the_code_of_the_query_protocol():
    answer = told("sqs", "json", "GetQueueUrl", AwsError("QueueDoesNotExist", "m"))

    assert json.loads(answer.body)["__type"] == "com.amazonaws.sqs#QueueDoesNotExist"
    assert answer.headers["x-amzn-query-error"].endswith(";Sender")


def test_a_defect_tells_the_caller_nothing():
    for service, protocol in (("dynamodb", "json"), ("lambda", "rest-json"), ("iam", "query")):
        answer = told(service, protocol, "X", internal_failure(service))

        assert answer.status == 500
        assert b"Internal server error" in answer.body


READ = [
    ("dynamodb", "json", "ResourceNotFoundException"),
    ("dynamodbstreams", "json", "ExpiredIteratorException"),
    ("lambda", "rest-json", "ResourceNotFoundException"),
    ("lambda", "rest-json", "ValidationException"),
    ("iam", "query", "NoSuchEntity"),
    ("sts", "query", "ValidationError"),
    ("logs", "json", "ResourceNotFoundException"),
]


@pytest.mark.parametrize(("service", "protocol", "code"), READ)
def test_botocore_reads_code_and_message(service, protocol, code):
    answer = told(service, protocol, "X", AwsError(code, "what happened"))

    parsed = create_parser(protocol).parse(
        {
            "status_code": answer.status,
            "headers": HeadersDict(answer.headers),
            "body": answer.body,
        },
        None,
    )

    assert (parsed["Error"]["Code"], parsed["Error"]["Message"]) == (code, "what happened")


def test_what_was_not_modified_has_no_body():
    answer = told("s3", "rest-xml", "GetObject", AwsError("NotModified", "m", status=304))

    assert (answer.status, answer.body) == (304, b"")
    assert "content-type" not in answer.headers
