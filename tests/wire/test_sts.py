"""Who am I, and as whom may I act? Temporary credentials with unmodified boto3."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.product import RUNTIME
from tests.wire.test_iam_policies import document, refusal
from tests.wire.test_iam_users import client

INVALID = "The security token included in the request is invalid."


def trust(principal, **more):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


@pytest.fixture
def iam(gateway, account):
    return gateway.client("iam", account)


@pytest.fixture
def sts(gateway, account):
    return gateway.client("sts", account)


@pytest.fixture
def role(iam, account):
    """A role that the account itself trusts and that may use queues."""
    made = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust({"AWS": account}))
    iam.put_role_policy(
        RoleName="worker",
        PolicyName="queues",
        PolicyDocument=document(
            ["sqs:CreateQueue", "sqs:SendMessage"], f"arn:aws:sqs:*:{account}:jobs"
        ),
    )
    return made["Role"]


@pytest.fixture
def session(gateway, sts, role):
    """A way to connect as the role."""
    made = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="me")["Credentials"]

    def connect(service, credentials=made):
        return client(
            gateway,
            service,
            credentials["AccessKeyId"],
            credentials["SecretAccessKey"],
            credentials["SessionToken"],
        )

    return connect


def test_the_caller_is_the_root_of_the_account_of_its_key(gateway, account):
    answer = gateway.client("sts", account).get_caller_identity()

    assert (answer["Account"], answer["UserId"], answer["Arn"]) == (
        account,
        account,
        f"arn:aws:iam::{account}:root",
    )


def test_the_aws_cli_knows_who_calls(gateway, account):
    assert gateway.cli("sts", "get-caller-identity", account=account)["Account"] == account


def test_a_role_is_assumed_by_who_is_trusted(sts, role, session, account):
    made = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="me", DurationSeconds=900)

    assert made["AssumedRoleUser"] == {
        "AssumedRoleId": f"{role['RoleId']}:me",
        "Arn": f"arn:aws:sts::{account}:assumed-role/worker/me",
    }
    credentials = made["Credentials"]
    assert credentials["AccessKeyId"].startswith("ASIA")
    left = credentials["Expiration"] - datetime.now(UTC)
    assert timedelta(seconds=800) < left <= timedelta(seconds=900)
    answer = session("sts").get_caller_identity()
    assert (answer["Arn"], answer["UserId"], answer["Account"]) == (
        made["AssumedRoleUser"]["Arn"],
        made["AssumedRoleUser"]["AssumedRoleId"],
        account,
    )
    key = credentials["AccessKeyId"]
    assert sts.get_access_key_info(AccessKeyId=key)["Account"] == account


def test_a_session_may_what_its_role_may(session, account):
    sqs = session("sqs")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="hello")

    who = f"arn:aws:sts::{account}:assumed-role/worker/me"
    assert refusal(sqs.receive_message, QueueUrl=url) == (
        403,
        "AccessDenied",
        f"User: {who} is not authorized to perform: sqs:receivemessage on resource: "
        f"arn:aws:sqs:us-east-1:{account}:jobs because no identity-based policy allows the "
        "sqs:receivemessage action",
    )
    assert refusal(session("dynamodb").put_item, TableName="t", Item={"pk": {"S": "a"}}) == (
        400,
        "AccessDeniedException",
        f"User: {who} is not authorized to perform: dynamodb:PutItem on resource: "
        f"arn:aws:dynamodb:us-east-1:{account}:table/t because no identity-based policy allows the "
        "dynamodb:PutItem action",
    )
    assert refusal(session("lambda").invoke, FunctionName="f", Qualifier="live") == (
        403,
        "AccessDeniedException",
        f"User: {who} is not authorized to perform: lambda:InvokeFunction on resource: "
        f"arn:aws:lambda:us-east-1:{account}:function:f:live because no identity-based policy "
        "allows the lambda:InvokeFunction action",
    )
    assert refusal(session("sns").list_topics)[:2] == (403, "AuthorizationError")
    assert refusal(session("s3").get_object, Bucket="b", Key="k") == (
        403,
        "AccessDenied",
        f'User: {who} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/k" '
        "because no identity-based policy allows the s3:GetObject action",
    )
    assert refusal(session("logs").describe_log_groups)[:2] == (400, "AccessDeniedException")
    assert refusal(session("iam").get_role, RoleName="worker") == (
        403,
        "AccessDenied",
        f"User: {who} is not authorized to perform: iam:GetRole on resource: "
        f"arn:aws:iam::{account}:role/worker because no identity-based policy allows the "
        "iam:GetRole action",
    )
    assert refusal(session("cloudwatch").list_metrics)[:2] == (403, "AccessDenied")


def test_an_explicit_deny_names_its_statement(iam, session, account):
    text = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"},
                {
                    "Sid": "Frozen",
                    "Effect": "Deny",
                    "Action": "dynamodb:DeleteTable",
                    "Resource": "*",
                },
            ],
        }
    )
    iam.put_role_policy(RoleName="worker", PolicyName="tables", PolicyDocument=text)

    session("dynamodb").list_tables()
    assert refusal(session("dynamodb").delete_table, TableName="ttt") == (
        400,
        "AccessDeniedException",
        f"User: arn:aws:sts::{account}:assumed-role/worker/me is not authorized to perform: "
        f"dynamodb:DeleteTable on resource: arn:aws:dynamodb:us-east-1:{account}:table/ttt with an "
        "explicit deny in an identity-based policy: Frozen of tables",
    )


def test_who_is_not_trusted_is_denied(gateway, iam, sts, account):
    closed = iam.create_role(
        RoleName="closed", AssumeRolePolicyDocument=trust({"Service": "lambda.amazonaws.com"})
    )["Role"]["Arn"]

    assert refusal(sts.assume_role, RoleArn=closed, RoleSessionName="me") == (
        403,
        "AccessDenied",
        f"User: arn:aws:iam::{account}:root is not authorized to perform: sts:AssumeRole on "
        f"resource: {closed}",
    )
    missing = f"arn:aws:iam::{account}:role/nobody"
    assert refusal(sts.assume_role, RoleArn=missing, RoleSessionName="me")[:2] == (
        403,
        "AccessDenied",
    )
    text = "x" * 20
    assert refusal(sts.assume_role, RoleArn=text, RoleSessionName="me") == (
        400,
        "ValidationError",
        f"{text} is invalid",
    )


def test_an_external_id_must_be_the_agreed_one(iam, sts, account):
    agreed = {"StringEquals": {"sts:ExternalId": "secret"}}
    role = iam.create_role(
        RoleName="partner",
        AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{account}:root"}, Condition=agreed),
    )["Role"]["Arn"]

    assert refusal(sts.assume_role, RoleArn=role, RoleSessionName="me")[1] == "AccessDenied"
    assert sts.assume_role(RoleArn=role, RoleSessionName="me", ExternalId="secret")["Credentials"]


def test_a_role_of_another_account_is_assumed_when_it_trusts(gateway, account):
    partner = str(int(account) + 600_000)
    theirs = gateway.client("iam", partner)
    open_to_us = theirs.create_role(
        RoleName="shared", AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{account}:root"})
    )["Role"]["Arn"]
    closed = theirs.create_role(
        RoleName="private", AssumeRolePolicyDocument=trust({"AWS": partner})
    )["Role"]["Arn"]
    sts = gateway.client("sts", account)

    made = sts.assume_role(RoleArn=open_to_us, RoleSessionName="me")["Credentials"]

    there = client(
        gateway, "sts", made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]
    )
    assert there.get_caller_identity()["Account"] == partner
    assert refusal(sts.assume_role, RoleArn=closed, RoleSessionName="me")[1] == "AccessDenied"


def test_a_session_lasts_as_long_as_its_role_allows(iam, sts, role):
    def ask(seconds):
        return refusal(
            sts.assume_role, RoleArn=role["Arn"], RoleSessionName="me", DurationSeconds=seconds
        )

    assert ask(3601) == (
        400,
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )
    iam.update_role(RoleName="worker", MaxSessionDuration=7200)
    sts.assume_role(RoleArn=role["Arn"], RoleSessionName="me", DurationSeconds=7200)


def test_a_session_policy_narrows_the_session(sts, session, role, account):
    narrow = document("sqs:SendMessage")
    made = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="me", Policy=narrow)["Credentials"]

    status, code, message = refusal(session("sqs", made).create_queue, QueueName="jobs")

    assert (status, code) == (403, "AccessDenied")
    assert message.endswith("because no session policy allows the sqs:createqueue action")
    by_arn = sts.assume_role(
        RoleArn=role["Arn"],
        RoleSessionName="me",
        PolicyArns=[{"arn": "arn:aws:iam::aws:policy/AdministratorAccess"}],
    )["Credentials"]
    session("sqs", by_arn).create_queue(QueueName="jobs")


def test_a_token_that_is_forged_or_missing_is_invalid(gateway, sts, role):
    made = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="me")["Credentials"]
    key, secret, token = made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]

    for wrong in (None, "x", token[:-3] + "abc"):
        table = client(gateway, "dynamodb", key, secret, wrong)
        assert refusal(table.list_tables) == (400, "UnrecognizedClientException", INVALID)
    forged = client(gateway, "dynamodb", key, secret[::-1], token)
    assert refusal(forged.list_tables)[1] == "InvalidSignatureException"


def test_a_session_ends_with_its_role(iam, session):
    iam.delete_role_policy(RoleName="worker", PolicyName="queues")
    iam.delete_role(RoleName="worker")
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust({"AWS": "111111111111"}))

    assert refusal(session("sqs").list_queues)[1] == "InvalidClientTokenId"


def test_a_session_token_is_the_caller_itself(gateway, sts, session, account):
    made = sts.get_session_token()["Credentials"]

    answer = session("sts", made).get_caller_identity()

    assert answer["Arn"] == f"arn:aws:iam::{account}:root"
    session("sqs", made).create_queue(QueueName="any")
    assert refusal(session("sts").get_session_token) == (
        403,
        "AccessDenied",
        "Cannot call GetSessionToken with session credentials",
    )


@pytest.mark.parametrize(
    ("condition", "trusted"),
    [
        ({"StringEquals": {"aws:PrincipalTag/team": "blue"}}, True),
        ({"StringNotEquals": {"aws:PrincipalTag/team": "blue"}}, False),
        ({"StringEquals": {"aws:username": "anna", "aws:PrincipalType": "User"}}, True),
        ({"StringLike": {"sts:RoleSessionName": "${aws:username}-*"}}, True),
        ({"StringLike": {"aws:userid": "AROA*"}}, False),
        ({"DateLessThan": {"aws:CurrentTime": "2020-01-01"}}, False),
        ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01"}}, True),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, True),
        ({"StringEquals": {"aws:ResourceAccount": "111111111111"}}, False),
        ({"Bool": {"aws:SecureTransport": "false"}}, True),
    ],
)
def test_a_trust_policy_sees_who_asks_and_when(gateway, iam, account, condition, trusted):
    iam.create_user(UserName="anna", Tags=[{"Key": "team", "Value": "blue"}])
    key = iam.create_access_key(UserName="anna")["AccessKey"]
    document = trust({"AWS": account}, Condition=condition)
    arn = iam.create_role(RoleName="r", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    sts = client(gateway, "sts", key["AccessKeyId"], key["SecretAccessKey"])

    if trusted:
        sts.assume_role(RoleArn=arn, RoleSessionName="anna-1")
    else:
        assert refusal(sts.assume_role, RoleArn=arn, RoleSessionName="anna-1")[1] == "AccessDenied"


def test_a_session_token_calls_neither_iam_nor_itself(gateway, iam):
    iam.create_user(UserName="anna")
    key = iam.create_access_key(UserName="anna")["AccessKey"]
    own = client(gateway, "sts", key["AccessKeyId"], key["SecretAccessKey"])
    made = own.get_session_token()["Credentials"]
    credentials = made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]
    sts = client(gateway, "sts", *credentials)

    assert sts.get_caller_identity()["Arn"].endswith(":user/anna")
    assert refusal(sts.get_session_token) == (
        403,
        "AccessDenied",
        "Cannot call GetSessionToken with session credentials",
    )
    assert refusal(client(gateway, "iam", *credentials).list_users) == (
        403,
        "InvalidClientTokenId",
        INVALID,
    )


def test_session_policies_say_how_much_room_they_take(sts, role):
    def ask(**more):
        return sts.assume_role(RoleArn=role["Arn"], RoleSessionName="me", **more)

    half = document([f"sqs:{'a' * 90}{number}" for number in range(10)])

    assert "PackedPolicySize" not in ask()
    assert ask(Policy=half)["PackedPolicySize"] == 52
    _, code, _ = refusal(ask, Policy=half.replace("a" * 90, "a" * 190))
    assert code == "PackedPolicyTooLarge"


def test_conditions_see_the_request(iam, session, account):
    statements = [
        {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": "dynamodb:*Item",
            "Resource": "*",
            "Condition": {
                "ForAllValues:StringNotLike": {"dynamodb:LeadingKeys": ["${aws:userid}", "me-*"]}
            },
        },
    ]
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_role_policy(RoleName="worker", PolicyName="rows", PolicyDocument=text)
    dynamodb = session("dynamodb")
    dynamodb.create_table(
        TableName="rows",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )

    dynamodb.put_item(TableName="rows", Item={"pk": {"S": "me-1"}})
    assert refusal(dynamodb.put_item, TableName="rows", Item={"pk": {"S": "you-1"}})[1] == (
        "AccessDeniedException"
    )
    assert dynamodb.get_item(TableName="rows", Key={"pk": {"S": "me-1"}})["Item"]
    both = {"rows": {"Keys": [{"pk": {"S": "you-1"}}, {"pk": {"S": "you-2"}}]}}
    assert refusal(dynamodb.batch_get_item, RequestItems=both)[1] == "AccessDeniedException"


def test_partiql_needs_actions_of_its_own(iam, session, account):
    table = f"arn:aws:dynamodb:us-east-1:{account}:table/rows"
    iam.put_role_policy(
        RoleName="worker",
        PolicyName="sql",
        PolicyDocument=document(["dynamodb:CreateTable", "dynamodb:PartiQLSelect"], table),
    )
    dynamodb = session("dynamodb")
    dynamodb.create_table(
        TableName="rows",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )

    dynamodb.execute_statement(Statement="SELECT * FROM rows WHERE pk = 'a'")
    _, _, message = refusal(
        dynamodb.execute_statement, Statement="INSERT INTO rows VALUE {'pk': 'a'}"
    )
    assert f"dynamodb:PartiQLInsert on resource: {table} because" in message


def test_a_role_is_passed_only_with_permission(iam, session, account):
    iam.put_role_policy(
        RoleName="worker", PolicyName="functions", PolicyDocument=document("lambda:*")
    )
    role = f"arn:aws:iam::{account}:role/worker"

    _, code, message = refusal(
        session("lambda").create_function,
        FunctionName="f",
        Role=role,
        Runtime=RUNTIME,
        Handler="app.handler",
        Code={"ZipFile": b"x"},
    )

    assert code == "AccessDeniedException"
    assert f"iam:PassRole on resource: {role} because" in message
