"""Code from a bucket, through unmodified boto3."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire.conftest import Gateway
from tests.wire.test_lambda_functions import client, create, package, refusal, role

__all__ = ["client", "create", "role"]


@pytest.fixture
def stored(gateway: Gateway, account: str) -> dict[str, str]:
    """Put a package into a bucket; how a function names it."""
    s3 = gateway.client("s3", account)
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="app.zip", Body=package("x = 7\n"))
    return {"S3Bucket": "code", "S3Key": "app.zip"}


def digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(package(text)).digest()).decode()


def test_code_comes_from_a_bucket(client: Any, create: Any, stored: dict[str, str]) -> None:
    made = create(Code=stored)
    client.update_function_code(FunctionName="greet", ZipFile=package("x = 8\n"))
    copied = {**stored, "S3ObjectStorageMode": "COPY"}
    back = client.update_function_code(FunctionName="greet", **copied)

    assert made["CodeSha256"] == back["CodeSha256"] == digest("x = 7\n")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"S3Key": "other"},
            "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The "
            "specified key does not exist.",
        ),
        (
            {"S3Bucket": "nobody"},
            "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The "
            "specified bucket does not exist",
        ),
        (
            {"ZipFile": package()},
            "Please do not provide other FunctionCode parameters when providing a ZipFile.",
        ),
        ({"S3Bucket": ""}, "Please provide a source for function code."),
        ({"S3ObjectVersion": "1"}, "Shardlight does not offer code from S3ObjectVersion."),
        (
            {"S3ObjectStorageMode": "REFERENCE"},
            "Shardlight copies code from buckets: S3ObjectStorageMode must be COPY.",
        ),
    ],
    ids=["key", "bucket", "both", "nothing", "version", "reference"],
)
def test_code_that_is_not_there_is_refused(
    create: Any, stored: dict[str, str], changes: dict[str, Any], text: str
) -> None:
    code = {name: value for name, value in (stored | changes).items() if value}

    with pytest.raises(ClientError) as error:
        create(Code=code)

    assert refusal(error) == ("InvalidParameterValueException", text, 400)


def test_a_function_of_a_package_gets_no_image(client: Any, create: Any) -> None:
    create()
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:latest"

    with pytest.raises(ClientError) as error:
        client.update_function_code(FunctionName="greet", ImageUri=image)

    text = "Please don't provide ImageUri when updating a function with packageType Zip."
    assert refusal(error) == ("InvalidParameterValueException", text, 400)


def test_a_bucket_of_another_account_holds_no_code(
    client: Any, create: Any, stored: dict[str, str], gateway: Gateway
) -> None:
    create()
    gateway.client("s3", "400000000002").create_bucket(Bucket="theirs")

    with pytest.raises(ClientError) as error:
        client.update_function_code(FunctionName="greet", S3Bucket="theirs", S3Key="app.zip")

    assert "NoSuchBucket" in refusal(error)[1]
