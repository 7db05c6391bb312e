"""Resource policies through unmodified boto3."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire.conftest import Gateway
from tests.wire.test_lambda_functions import client, create, refusal, role

__all__ = ["client", "create", "role"]


def add(client: Any, sid: str = "s1", name: str = "greet", **members: Any) -> dict[str, Any]:
    chosen = {"Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"} | members
    answer = client.add_permission(FunctionName=name, StatementId=sid, **chosen)
    statement: dict[str, Any] = json.loads(answer["Statement"])
    return statement


def policy(client: Any, name: str = "greet") -> Any:
    return json.loads(client.get_policy(FunctionName=name)["Policy"])


def test_a_statement_is_written_as_aws_does(client: Any, create: Any, account: str) -> None:
    arn = create()["FunctionArn"]

    statement = add(client, SourceArn="arn:aws:s3:::photos", SourceAccount=account)

    assert statement == {
        "Sid": "s1",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": arn,
        "Condition": {
            "StringEquals": {"AWS:SourceAccount": account},
            "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::photos"},
        },
    }
    assert policy(client) == {"Version": "2012-10-17", "Id": "default", "Statement": [statement]}


@pytest.mark.parametrize(
    ("principal", "written"),
    [
        ("123456789012", {"AWS": "arn:aws:iam::123456789012:root"}),
        ("arn:aws:iam::{account}:user/u", {"AWS": "arn:aws:iam::{account}:user/u"}),
        ("*", "*"),
        ("alexa-appkit.amazon.com", {"Service": "alexa-appkit.amazon.com"}),
    ],
)
def test_principals_are_spelled_out(
    client: Any,
    create: Any,
    gateway: Gateway,
    account: str,
    principal: str,
    written: str | dict[str, str],
) -> None:
    create()
    gateway.client("iam", account).create_user(UserName="u")

    made = add(client, Principal=principal.format(account=account))["Principal"]

    assert json.dumps(made).replace(account, "{account}") == json.dumps(written)


def test_principals_that_do_not_exist_are_refused(client: Any, create: Any, account: str) -> None:
    create()
    text = "The provided principal was invalid. Please check the principal and try again."

    for principal in (
        f"arn:aws:iam::{account}:user/nobody",
        f"arn:aws:iam::{account}:role/nobody",
        "arn:aws:iam::999999999998:user/nobody",
        f"arn:aws:iam::{account}:group/all",
    ):
        with pytest.raises(ClientError) as error:
            add(client, Principal=principal)
        assert refusal(error) == ("InvalidParameterValueException", text, 400)


def test_versions_and_aliases_have_policies_of_their_own(client: Any, create: Any) -> None:
    arn = create(Publish=True)["FunctionArn"].removesuffix(":1")
    client.create_alias(FunctionName="greet", Name="live", FunctionVersion="1")
    before = client.get_alias(FunctionName="greet", Name="live")["RevisionId"]

    for name in ("greet", "greet:1", "greet:live"):
        add(client, name=name)

    resources = [
        policy(client, name)["Statement"][0]["Resource"]
        for name in ("greet", "greet:1", "greet:live")
    ]
    assert resources == [arn, f"{arn}:1", f"{arn}:live"]
    shown = client.get_policy(FunctionName="greet", Qualifier="live")["RevisionId"]
    assert shown == client.get_alias(FunctionName="greet", Name="live")["RevisionId"]
    assert shown != before


def test_a_policy_goes_with_its_last_statement(client: Any, create: Any) -> None:
    create()
    add(client)

    client.remove_permission(FunctionName="greet", StatementId="s1")

    with pytest.raises(ClientError) as error:
        client.get_policy(FunctionName="greet")
    text = "The resource you requested does not exist."
    assert refusal(error) == ("ResourceNotFoundException", text, 404)


def test_broken_rules_have_awss_words(client: Any, create: Any, account: str) -> None:
    arn = create()["FunctionArn"]
    add(client)
    missing = "ResourceNotFoundException"
    cases = [
        (
            lambda: add(client),
            "ResourceConflictException",
            "The statement id (s1) provided already exists. Please provide a new statement id, or "
            "remove the existing statement.",
            409,
        ),
        (
            lambda: add(client, "s2", Principal="somebody"),
            "InvalidParameterValueException",
            "The provided principal was invalid. Please check the principal and try again.",
            400,
        ),
        (
            lambda: add(client, "s2", FunctionUrlAuthType="NONE"),
            "InvalidParameterValueException",
            "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action",
            400,
        ),
        (
            lambda: add(client, "s2", name="greet:$LATEST"),
            "InvalidParameterValueException",
            "We currently do not support adding policies for $LATEST.",
            400,
        ),
        (lambda: add(client, name="nobody"), missing, f"Function not found: {arn[:-5]}nobody", 404),
        (lambda: add(client, name="greet:7"), missing, f"Function not found: {arn}:7", 404),
        (lambda: add(client, name="greet:x"), missing, f"Cannot find alias arn: {arn}:x", 404),
        (
            lambda: add(client, Qualifier="has-a-$"),
            missing,
            f"Function not found: {arn}:has-a-$",
            404,
        ),
        (
            lambda: client.get_policy(FunctionName="greet", Qualifier="7"),
            missing,
            "The resource you requested does not exist.",
            404,
        ),
        (
            lambda: client.remove_permission(FunctionName="greet", StatementId="s2"),
            missing,
            "Statement s2 is not found in resource policy.",
            404,
        ),
        (
            lambda: client.remove_permission(FunctionName="nobody", StatementId="s2"),
            missing,
            f"No policy found for: {arn[:-5]}nobody",
            404,
        ),
        (
            lambda: add(client, "s2", RevisionId="other"),
            "PreconditionFailedException",
            "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy "
            "API to retrieve the latest Revision Id",
            412,
        ),
    ]

    for call, code, text, status in cases:
        with pytest.raises(ClientError) as error:
            call()
        assert refusal(error) == (code, text, status)


def test_a_policy_has_at_most_20480_bytes(client: Any, create: Any) -> None:
    create()
    long = f"arn:aws:s3:::{'b' * 1700}"
    for number in range(10):
        add(client, f"s{number}", SourceArn=long)

    with pytest.raises(ClientError) as error:
        add(client, "sX", SourceArn=long)

    kept = policy(client)
    whole = kept | {"Statement": [*kept["Statement"], kept["Statement"][-1]]}
    size = len(json.dumps(whole, separators=(",", ":")))
    text = f"The final policy size ({size}) is bigger than the limit (20480)."
    assert refusal(error) == ("PolicyLengthExceededException", text, 400)


def test_another_account_calls_what_a_policy_lets_it(
    client: Any, create: Any, gateway: Gateway
) -> None:
    arn = create()["FunctionArn"]
    other = gateway.client("lambda", "400000000001")
    dry = {"FunctionName": arn, "InvocationType": "DryRun"}

    with pytest.raises(ClientError) as before:
        other.invoke(**dry)
    add(client, "conditional", Principal="*", SourceArn="arn:aws:s3:::photos")
    with pytest.raises(ClientError) as still:
        other.invoke(**dry)
    add(client, Principal="400000000001")
    during = other.invoke(**dry)["StatusCode"]
    client.remove_permission(FunctionName="greet", StatementId="s1")
    with pytest.raises(ClientError) as after:
        other.invoke(**dry)

    assert during == 204
    refused = ("ResourceNotFoundException", f"Function not found: {arn}:$LATEST", 404)
    assert [refusal(error) for error in (before, still, after)] == [refused] * 3


def test_a_grant_is_of_one_action(client: Any, create: Any, gateway: Gateway) -> None:
    arn = create()["FunctionArn"]
    add(client, Principal="400000000001", Action="lambda:GetFunction")

    with pytest.raises(ClientError):
        gateway.client("lambda", "400000000001").invoke(FunctionName=arn, InvocationType="DryRun")
