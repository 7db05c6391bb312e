"""Function URLs: configured through unmodified boto3, and visited over plain HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.product import Product
from tests.wire.test_lambda_functions import refusal
from tests.wire.test_lambda_invoke import ROOT, TRACED, account, client, create, product

__all__ = ["account", "client", "create", "product"]

pytestmark = [pytest.mark.sandbox, pytest.mark.redis]

ECHO = "def handler(event, context):\n    return event\n"
NOTHING = "The resource you requested does not exist."
ABSENT = "Function does not exist"
Visited = tuple[int, dict[str, str], bytes]


def visit(
    url: str, method: str = "GET", headers: dict[str, str] | None = None, body: bytes | None = None
) -> Visited:
    request = urllib.request.Request(  # noqa: S310 - our own gateway
        url, data=body, headers=headers or {}, method=method
    )
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def signed(url: str, key: str, *more: str) -> dict[str, str]:
    """Sign a GET as SDKs sign what they send to function URLs; `more` are secret and token."""
    request = AWSRequest("GET", url)
    credentials = Credentials(key, *(more or ("any",)))
    SigV4Auth(credentials, "lambda", "us-east-1").add_auth(request)
    return dict(request.headers)


def document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def open_to_all(client: Any, **more: Any) -> None:
    """Add both statements that an open address needs."""
    everybody = {"FunctionName": "probe", "Principal": "*", **more}
    client.add_permission(
        StatementId="url",
        Action="lambda:InvokeFunctionUrl",
        FunctionUrlAuthType="NONE",
        **everybody,
    )
    client.add_permission(
        StatementId="by-url",
        Action="lambda:InvokeFunction",
        InvokedViaFunctionUrl=True,
        **everybody,
    )


def test_an_address_is_made_shown_changed_listed_and_deleted(
    client: Any, create: Callable[..., str]
) -> None:
    arn = create(ECHO, Publish=True)
    client.create_alias(FunctionName="probe", Name="live", FunctionVersion="1")

    made = client.create_function_url_config(FunctionName="probe", AuthType="NONE")
    shown = client.get_function_url_config(FunctionName="probe")
    with pytest.raises(ClientError) as second:
        client.create_function_url_config(FunctionName=arn, AuthType="NONE")
    other = client.create_function_url_config(
        FunctionName="probe", Qualifier="live", AuthType="AWS_IAM", Cors={"MaxAge": 3}
    )
    changed = client.update_function_url_config(FunctionName="probe", AuthType="AWS_IAM")
    listed = client.list_function_url_configs(FunctionName="probe")["FunctionUrlConfigs"]
    client.delete_function_url_config(FunctionName="probe")
    with pytest.raises(ClientError) as gone:
        client.get_function_url_config(FunctionName="probe")

    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    keys = {"FunctionUrl", "FunctionArn", "AuthType", "CreationTime", "ResponseMetadata"}
    assert set(made) == keys
    assert (made["FunctionArn"], made["AuthType"]) == (arn, "NONE")
    assert set(shown) == {*keys, "InvokeMode", "LastModifiedTime"}
    assert shown["InvokeMode"] == "BUFFERED"
    assert refusal(second) == (
        "ResourceConflictException",
        f"Failed to create function url config for [functionArn = {arn}]. Error message:  "
        "FunctionUrlConfig exists for this Lambda function",
        409,
    )
    assert (other["FunctionArn"], other["Cors"]) == (f"{arn}:live", {"MaxAge": 3})
    assert set(changed) == {*keys, "LastModifiedTime"}
    assert changed["FunctionUrl"] == made["FunctionUrl"]
    assert [one["FunctionArn"] for one in listed] == [arn, f"{arn}:live"]
    assert refusal(gone) == ("ResourceNotFoundException", NOTHING, 404)


def test_a_list_of_addresses_goes_on_after_the_functions_own(
    client: Any, create: Callable[..., str]
) -> None:
    create(ECHO, Publish=True)
    for alias in ("live", "next"):
        client.create_alias(FunctionName="probe", Name=alias, FunctionVersion="1")
    for qualifier in ({}, {"Qualifier": "live"}, {"Qualifier": "next"}):
        client.create_function_url_config(FunctionName="probe", AuthType="NONE", **qualifier)
    pages = client.get_paginator("list_function_url_configs")

    found = [
        one["FunctionArn"].partition(":function:")[2]
        for page in pages.paginate(FunctionName="probe", PaginationConfig={"PageSize": 1})
        for one in page["FunctionUrlConfigs"]
    ]

    assert found == ["probe", "probe:live", "probe:next"]


@pytest.mark.parametrize(
    ("name", "qualifier", "create_text", "get_text"),
    [
        ("nobody", None, ABSENT, NOTHING),
        ("probe", "nowhere", ABSENT, NOTHING),
    ],
)
def test_addresses_of_what_is_missing_have_awss_words(
    client: Any,
    create: Callable[..., str],
    name: str,
    qualifier: str | None,
    create_text: str,
    get_text: str,
) -> None:
    create(ECHO)
    which: dict[str, Any] = {"FunctionName": name}
    if qualifier is not None:
        which["Qualifier"] = qualifier
    calls: list[tuple[Callable[[], Any], str]] = [
        (lambda: client.create_function_url_config(**which, AuthType="NONE"), create_text),
        (lambda: client.update_function_url_config(**which, AuthType="NONE"), create_text),
        (lambda: client.get_function_url_config(**which), get_text),
        (lambda: client.delete_function_url_config(**which), get_text),
        (lambda: client.list_function_url_configs(FunctionName="nobody"), ABSENT),
        (lambda: client.update_function_url_config(FunctionName="probe"), NOTHING),
    ]

    for call, text in calls:
        with pytest.raises(ClientError) as error:
            call()
        assert refusal(error) == ("ResourceNotFoundException", text, 404)


@pytest.mark.parametrize("qualifier", ["1", "$LATEST"])
def test_only_aliases_have_addresses_of_their_own(
    client: Any, create: Callable[..., str], qualifier: str
) -> None:
    create(ECHO, Publish=True)

    with pytest.raises(ClientError) as error:
        client.create_function_url_config(
            FunctionName="probe", Qualifier=qualifier, AuthType="NONE"
        )

    assert refusal(error) == (
        "ValidationException",
        f"1 validation error detected: Value '{qualifier}' at 'qualifier' failed to satisfy "
        r"constraint: Member must satisfy regular expression pattern: "
        r"((?!^\d+$)^[0-9a-zA-Z-_]+$)",
        400,
    )


def test_a_visit_runs_the_function(client: Any, create: Callable[..., str]) -> None:
    create(ECHO)
    url = client.create_function_url_config(FunctionName="probe", AuthType="NONE")["FunctionUrl"]
    open_to_all(client)

    status, headers, body = visit(
        f"{url}some/where?a=1&a=2", "POST", {"Content-Type": "text/plain", "X-Mine": "yes"}, b"hi"
    )

    assert status == 200
    assert headers["content-type"] == "application/json"
    event = json.loads(body)
    assert event["version"] == "2.0"
    assert event["rawPath"] == "/some/where"
    assert event["queryStringParameters"] == {"a": "1,2"}
    assert (event["body"], event["isBase64Encoded"]) == ("hi", False)
    assert event["headers"]["x-mine"] == "yes"
    assert event["requestContext"]["http"]["method"] == "POST"
    assert event["requestContext"]["apiId"] in url


def test_a_visit_its_event_and_its_invocation_have_one_id_and_one_trace(
    client: Any, create: Callable[..., str]
) -> None:
    create(
        "import os\ndef handler(event, context):\n"
        "    return [context.aws_request_id, event['requestContext']['requestId'],"
        " os.environ['_X_AMZN_TRACE_ID'], event['headers']['x-amzn-trace-id']]\n"
    )
    url = client.create_function_url_config(FunctionName="probe", AuthType="NONE")["FunctionUrl"]
    open_to_all(client)

    _, headers, body = visit(url)

    ran, told, trace, begun = json.loads(body)
    assert headers["x-amzn-requestid"] == ran == told
    assert trace.startswith(f"{begun};Parent=")


def test_a_visit_belongs_to_the_visitors_trace(client: Any, create: Callable[..., str]) -> None:
    create(TRACED)
    url = client.create_function_url_config(FunctionName="probe", AuthType="NONE")["FunctionUrl"]
    open_to_all(client)

    _, _, body = visit(url, headers={"X-Amzn-Trace-Id": ROOT})

    assert f"{ROOT};Parent=".encode() in body


def test_a_function_says_how_its_answer_looks(client: Any, create: Callable[..., str]) -> None:
    create(
        "def handler(event, context):\n"
        "    if event['rawPath'] == '/fail':\n        raise ValueError('no')\n"
        "    return {'statusCode': 404, 'headers': {'X-Here': 'no'}, 'body': 'gone',"
        " 'cookies': ['a=1']}\n"
    )
    url = client.create_function_url_config(FunctionName="probe", AuthType="NONE")["FunctionUrl"]
    open_to_all(client)

    status, headers, body = visit(url)
    failed, _, words = visit(f"{url}fail")

    assert (status, headers["x-here"], headers["set-cookie"], body) == (404, "no", "a=1", b"gone")
    assert (failed, words) == (502, b"Internal Server Error")


def test_an_open_address_needs_a_policy(client: Any, create: Callable[..., str]) -> None:
    arn = create(ECHO)
    url = client.create_function_url_config(FunctionName="probe", AuthType="NONE")["FunctionUrl"]

    before = visit(url)[0]
    open_to_all(client)
    statements = json.loads(client.get_policy(FunctionName="probe")["Policy"])["Statement"]
    during = visit(url)[0]
    client.remove_permission(FunctionName="probe", StatementId="url")

    assert (before, during, visit(url)[0]) == (403, 200, 403)
    everybody = {"Effect": "Allow", "Principal": "*", "Resource": arn}
    assert statements == [
        everybody
        | {
            "Sid": "url",
            "Action": "lambda:InvokeFunctionUrl",
            "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
        },
        everybody
        | {
            "Sid": "by-url",
            "Action": "lambda:InvokeFunction",
            "Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
        },
    ]


def test_an_open_address_needs_a_statement_for_each_of_two_actions(
    client: Any, create: Callable[..., str], product: Product
) -> None:
    arn = create(ECHO)
    url = client.create_function_url_config(FunctionName="probe", AuthType="NONE")["FunctionUrl"]
    open_to_all(client)

    with pytest.raises(ClientError) as directly:
        product.client("lambda", "400000000001").invoke(FunctionName=arn)
    both = visit(url)[0]
    client.remove_permission(FunctionName="probe", StatementId="by-url")

    assert (both, visit(url)[0]) == (200, 403)
    assert refusal(directly)[0] == "ResourceNotFoundException"


def test_a_guarded_address_wants_a_signature_of_its_account(
    client: Any, create: Callable[..., str], account: str
) -> None:
    create(ECHO)
    made = client.create_function_url_config(FunctionName="probe", AuthType="AWS_IAM")
    url = made["FunctionUrl"]

    status, _, body = visit(url, headers=signed(url, account))
    unsigned, headers, words = visit(url)
    stranger = visit(url, headers=signed(url, "999999999999"))[0]

    assert status == 200
    said = json.loads(body)["requestContext"]
    assert said["accountId"] == account
    assert said["authorizer"]["iam"]["userArn"] == f"arn:aws:iam::{account}:root"
    assert (unsigned, stranger) == (403, 403)
    assert words.startswith(b'{"Message":"Forbidden. For troubleshooting')
    assert headers["x-amzn-errortype"] == "AccessDeniedException"
    assert headers["x-amzn-requestid"]


@pytest.mark.parametrize(
    ("actions", "status"),
    [
        (["lambda:InvokeFunctionUrl"], 403),
        (["lambda:InvokeFunction"], 403),
        (["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"], 200),
    ],
)
def test_a_role_visits_a_guarded_address_with_both_permissions(
    client: Any,
    create: Callable[..., str],
    product: Product,
    account: str,
    actions: list[str],
    status: int,
) -> None:
    create(ECHO)
    made = client.create_function_url_config(FunctionName="probe", AuthType="AWS_IAM")
    iam = product.client("iam", account)
    trust = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName="visitor", AssumeRolePolicyDocument=document(trust))["Role"]
    grant = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    iam.put_role_policy(RoleName="visitor", PolicyName="p", PolicyDocument=document(grant))
    session = product.client("sts", account).assume_role(RoleArn=role["Arn"], RoleSessionName="me")[
        "Credentials"
    ]
    keys = session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]

    assert visit(made["FunctionUrl"], headers=signed(made["FunctionUrl"], *keys))[0] == status


def test_pages_of_allowed_origins_may_visit(client: Any, create: Callable[..., str]) -> None:
    create(ECHO)
    cors = {"AllowOrigins": ["https://page.example"], "AllowMethods": ["GET"]}
    made = client.create_function_url_config(FunctionName="probe", AuthType="NONE", Cors=cors)
    open_to_all(client)
    page = {"Origin": "https://page.example"}

    asked = visit(made["FunctionUrl"], "OPTIONS", page | {"Access-Control-Request-Method": "GET"})
    read = visit(made["FunctionUrl"], headers=page)
    foreign = visit(made["FunctionUrl"], headers={"Origin": "https://other.example"})

    assert asked[0] == 200
    assert asked[1]["access-control-allow-methods"] == "GET"
    assert read[1]["access-control-allow-origin"] == "https://page.example"
    assert "access-control-allow-origin" not in foreign[1]


def test_an_address_that_leads_nowhere_lets_nobody_in(product: Product) -> None:
    status, headers, body = visit(f"{product.gateway}/_shardlight/url/{'0' * 32}/")

    assert (status, body) == (403, b'{"Message":null}')
    assert headers["content-type"] == "application/json"
    assert headers["x-amzn-errortype"] == "AccessDeniedException"


def test_a_throttled_visit_is_told(client: Any, create: Callable[..., str]) -> None:
    create(ECHO)
    url = client.create_function_url_config(FunctionName="probe", AuthType="NONE")["FunctionUrl"]
    open_to_all(client)
    client.put_function_concurrency(FunctionName="probe", ReservedConcurrentExecutions=0)

    status, headers, _ = visit(url)

    assert (status, headers["x-amzn-errortype"]) == (429, "TooManyRequestsException")
