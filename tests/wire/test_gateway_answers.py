"""How the gateway meets every caller, whatever the service: health, refusals, headers, limits."""

from __future__ import annotations

import json
import re
from zlib import crc32

import pytest
from botocore.exceptions import ClientError

SIGNED = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"
DYNAMODB = {
    "content-type": "application/x-amz-json-1.0",
    "authorization": SIGNED.format("dynamodb"),
}


def call(gateway, target, body, **headers):
    return gateway.raw("POST", "/", DYNAMODB | {"x-amz-target": target} | headers, body)


def test_a_health_check_is_answered_as_dynamodb_does(gateway):
    status, _, body = gateway.raw("GET", "/")

    assert (status, body) == (200, b"healthy: dynamodb.us-east-1.amazonaws.com ")


def test_boto3_lists_tables(gateway, account):
    assert gateway.client("dynamodb", account).list_tables()["TableNames"] == []


def test_the_aws_cli_lists_tables(gateway, account):
    assert gateway.cli("dynamodb", "list-tables", account=account) == {"TableNames": []}


def test_dynamodb_answers_carry_a_checksum_and_a_request_id_of_52_characters(gateway):
    status, headers, body = call(gateway, "DynamoDB_20120810.ListTables", b"{}")

    assert status == 200
    assert headers["x-amz-crc32"] == str(crc32(body))
    assert re.fullmatch(r"[0-9A-Z]{52}", headers["x-amzn-requestid"])
    assert headers["content-type"] == "application/x-amz-json-1.0"
    assert headers["server"] == "Server"


def test_an_operation_that_aws_has_and_we_do_not_is_refused_by_name(gateway):
    with pytest.raises(ClientError) as refused:
        gateway.client("dynamodb").create_backup(TableName="ttt", BackupName="bbb")

    assert refused.value.response["Error"] == {
        "Code": "UnknownOperationException",
        "Message": "Shardlight does not offer dynamodb:CreateBackup.",
    }
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(
    ("service", "code"), [("lambda", "UnknownOperationException"), ("iam", "InvalidAction")]
)
def test_other_services_refuse_what_is_not_offered_in_their_own_form(gateway, service, code):
    client = gateway.client(service)
    call = {"lambda": "list_capacity_providers", "iam": "list_server_certificates"}[service]

    with pytest.raises(ClientError) as refused:
        getattr(client, call)()

    assert refused.value.response["Error"]["Code"] == code
    assert "Shardlight does not offer" in refused.value.response["Error"]["Message"]


def test_an_operation_that_aws_does_not_have_is_unknown(gateway):
    status, _, body = call(gateway, "DynamoDB_20120810.Nothing", b"{}")

    assert status == 400
    assert json.loads(body) == {"__type": "com.amazon.coral.service#UnknownOperationException"}


def test_a_service_that_is_not_here_is_refused_by_name(gateway):
    with pytest.raises(ClientError) as kinesis:
        gateway.client("kinesis").list_streams()
    with pytest.raises(ClientError) as stacks:
        gateway.client("cloudformation").list_stacks()

    assert kinesis.value.response["Error"] == {
        "Code": "UnknownOperationException",
        "Message": "Shardlight does not offer Kinesis_20131202.ListStreams.",
    }
    assert stacks.value.response["Error"]["Code"] == "InvalidAction"


def test_a_signed_call_to_the_root_is_no_health_check(gateway):
    answer = gateway.client("s3").list_buckets()

    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "application/xml"


def test_an_unknown_path_is_not_found(gateway):
    headers = {"authorization": SIGNED.format("lambda")}

    status, answered, _ = gateway.raw("GET", "/2015-03-31/nothing", headers)

    assert (status, answered["x-amzn-errortype"]) == (404, "UnknownOperationException")


def test_a_media_type_that_dynamodb_does_not_speak_is_not_found(gateway):
    status, _, body = call(
        gateway, "DynamoDB_20120810.ListTables", b"{}", **{"content-type": "text/plain"}
    )

    assert (status, body) == (404, b"<UnknownOperationException/>\n")


def test_a_call_without_signature_is_refused(gateway):
    headers = {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "DynamoDB_20120810.ListTables",
    }

    status, _, body = gateway.raw("POST", "/", headers, b"{}")

    assert status == 400
    assert json.loads(body) == {
        "__type": "com.amazon.coral.service#MissingAuthenticationTokenException",
        "message": "Request is missing Authentication Token",
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b'{"Limit": NaN}',
        b'{"Limit": Infinity}',
        b'{"ExclusiveStartTableName": "\xff"}',
        b'{"ExclusiveStartTableName": "\\ud800"}',
        b"[" * 1_000_000,
        b'{"a":' * 300 + b"1" + b"}" * 300,
        b'{"Limit": ' + b"9" * 10_000 + b"}",
    ],
)
def test_a_body_that_is_no_good_json_is_a_serialization_error_and_never_a_defect(gateway, body):
    status, _, answer = call(gateway, "DynamoDB_20120810.ListTables", body)

    assert status == 400
    assert json.loads(answer)["__type"] == "com.amazon.coral.service#SerializationException"


def test_a_body_of_more_than_16_megabytes_is_too_large(gateway):
    status, _, _ = call(gateway, "DynamoDB_20120810.PutItem", b" " * (16 * 1024 * 1024 + 1))

    assert status == 413


def test_a_wrong_json_type_is_told_in_dynamodbs_words(gateway):
    _, _, body = call(gateway, "DynamoDB_20120810.ListTables", b'{"Limit": "1"}')

    assert json.loads(body) == {
        "__type": "com.amazon.coral.service#SerializationException",
        "Message": "STRING_VALUE cannot be converted to Integer",
    }


def test_a_value_out_of_range_is_told_in_awss_words(gateway):
    _, _, body = call(gateway, "DynamoDB_20120810.ListTables", b'{"Limit": 101}')

    assert json.loads(body) == {
        "__type": "com.amazon.coral.validate#ValidationException",
        "message": "1 validation error detected: Value '101' at 'limit' failed to satisfy "
        "constraint: Member must have value less than or equal to 100",
    }


def test_an_empty_service_in_the_signature_is_accepted(gateway):
    status, _, _ = call(
        gateway, "DynamoDB_20120810.ListTables", b"{}", authorization=SIGNED.format("")
    )

    assert status == 200
