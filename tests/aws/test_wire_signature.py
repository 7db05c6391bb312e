"""Who calls, by the signature's scope alone."""

from __future__ import annotations

import pytest

from console.aws.errors import AwsError
from console.aws.wire.messages import Request
from console.aws.wire.signature import identify


def signed(credential: str) -> Request:
    header = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0"
    return Request("POST", "/", "", {"authorization": header})


def test_a_key_of_twelve_digits_is_its_own_account():
    caller = identify(signed("123456789012/20260101/eu-west-1/lambda/aws4_request"))

    assert (caller.account, caller.region, caller.service) == (
        "123456789012",
        "eu-west-1",
        "lambda",
    )


@pytest.mark.parametrize("key", ["AKIAIOSFODNN7EXAMPLE", "test", "12345678901", "1234567890123"])
def test_any_other_key_belongs_to_account_zero(key):
    assert identify(signed(f"{key}/20260101/eu-west-1/lambda/aws4_request")).account == "0" * 12


def test_an_empty_region_is_the_default_one():
    assert identify(signed("k/20260101///aws4_request")).region == "us-east-1"


def test_a_presigned_query_names_its_caller():
    query = "X-Amz-Credential=123456789012%2F20260101%2Fap-south-1%2Flambda%2Faws4_request"

    assert identify(Request("GET", "/", query)).region == "ap-south-1"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "MissingAuthenticationTokenException"),
        ({"authorization": "Bearer x"}, "IncompleteSignatureException"),
        (
            {"authorization": "AWS4-HMAC-SHA256 Credential=k, Signature=0"},
            "IncompleteSignatureException",
        ),
        (
            {"authorization": "AWS4-HMAC-SHA256 Credential=k/d/../dynamodb/aws4_request"},
            "InvalidSignatureException",
        ),
    ],
)
def test_what_is_no_signature_is_refused(headers, code):
    with pytest.raises(AwsError) as refused:
        identify(Request("POST", "/", "", headers))

    assert refused.value.code == code


def test_a_broken_header_is_told_what_it_lacks():
    with pytest.raises(AwsError) as refused:
        identify(Request("POST", "/", "", {"authorization": "AWS4-HMAC-SHA256 Signature=0"}))

    assert refused.value.message == (
        "Authorization header requires 'Credential' parameter. Authorization header requires "
        "'SignedHeaders' parameter. Authorization header requires existence of either a "
        "'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 Signature=0"
    )
