"""What is never so here is answered as AWS answers then, and refused when somebody wants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire.test_lambda_functions import client, create, refusal, role

__all__ = ["client", "create", "role"]

CONFIG = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0"


def test_a_function_has_nothing_of_what_is_not_offered(client: Any, create: Any) -> None:
    arn = create()["FunctionArn"]

    runtime = client.get_runtime_management_config(FunctionName="greet")
    loops = client.get_function_recursion_config(FunctionName="greet")
    signing = client.get_function_code_signing_config(FunctionName="greet")
    client.delete_function_code_signing_config(FunctionName="greet")

    assert (runtime["FunctionArn"], runtime["UpdateRuntimeOn"]) == (arn, "Auto")
    assert loops["RecursiveLoop"] == "Allow"
    assert "CodeSigningConfigArn" not in signing
    assert client.list_code_signing_configs()["CodeSigningConfigs"] == []


def test_what_is_so_anyway_may_be_set(client: Any, create: Any) -> None:
    create()

    client.put_runtime_management_config(FunctionName="greet", UpdateRuntimeOn="Auto")
    client.put_function_recursion_config(FunctionName="greet", RecursiveLoop="Allow")


def test_other_settings_are_refused(client: Any, create: Any) -> None:
    create()
    calls: list[Callable[[], Any]] = [
        lambda: client.put_runtime_management_config(
            FunctionName="greet", UpdateRuntimeOn="FunctionUpdate"
        ),
        lambda: client.put_function_recursion_config(
            FunctionName="greet", RecursiveLoop="Terminate"
        ),
        lambda: client.create_function_url_config(
            FunctionName="greet", AuthType="NONE", InvokeMode="RESPONSE_STREAM"
        ),
        lambda: client.create_code_signing_config(
            AllowedPublishers={
                "SigningProfileVersionArns": [
                    "arn:aws:signer:us-east-1:123456789012:/signing-profiles/p/abc"
                ]
            }
        ),
        lambda: client.invoke(FunctionName="greet", TenantId="t"),
    ]

    for call in calls:
        with pytest.raises(ClientError) as error:
            call()
        code, text, status = refusal(error)
        assert (code, status) == ("InvalidParameterValueException", 400)
        assert "Shardlight" in text


def test_what_is_missing_has_awss_words(client: Any, create: Any) -> None:
    create()
    signing = {"CodeSigningConfigArn": CONFIG}
    asked: list[Callable[[], Any]] = [
        lambda: client.get_code_signing_config(**signing),
        lambda: client.update_code_signing_config(**signing),
        lambda: client.delete_code_signing_config(**signing),
        lambda: client.list_functions_by_code_signing_config(**signing),
    ]
    absent = f"The Lambda code signing configuration {CONFIG} can not be found."
    calls: list[tuple[Callable[[], Any], str, str]] = [
        *((call, "ResourceNotFoundException", absent) for call in asked),
        (
            lambda: client.put_function_code_signing_config(
                FunctionName="greet", CodeSigningConfigArn=CONFIG
            ),
            "CodeSigningConfigNotFoundException",
            "The code signing configuration cannot be found. Check that the provided "
            f"configuration is not deleted: {CONFIG}.",
        ),
    ]

    for call, code, text in calls:
        with pytest.raises(ClientError) as error:
            call()
        assert refusal(error) == (code, text, 404)
