"""Policies of tables and streams, through unmodified boto3: kept, shown, and listened to."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.wire.test_iam_policies import document, refusal
from tests.wire.test_iam_users import client as connect
from tests.wire.test_sts import trust

INVALID = "One or more parameter values were invalid: "
MISSING = "Resource-based policy not found for the provided ResourceArn: "
SCHEMA = {
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.fixture
def dynamodb(gateway, account):
    return gateway.client("dynamodb", account)


@pytest.fixture
def table(dynamodb):
    return dynamodb.create_table(
        TableName="orders",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        **SCHEMA,
    )["TableDescription"]


@pytest.fixture
def arn(table):
    return table["TableArn"]


@pytest.fixture
def role(gateway, account):
    """A role that may read items of all tables."""
    iam = gateway.client("iam", account)
    made = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust({"AWS": account}))
    iam.put_role_policy(
        RoleName="worker", PolicyName="reads", PolicyDocument=document("dynamodb:GetItem", "*")
    )
    return made["Role"]["Arn"]


@pytest.fixture
def session(gateway, account, role):
    """A way to connect as the role."""

    def start(service="dynamodb", **narrowed):
        made = gateway.client("sts", account).assume_role(
            RoleArn=role, RoleSessionName="me", **narrowed
        )["Credentials"]
        keys = made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]
        return connect(gateway, service, *keys)

    return start


def policy(principal, action="dynamodb:GetItem", effect="Allow", **more):
    said = {"Effect": effect, "Principal": principal, "Action": action, "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [said]})


def test_a_policy_is_kept_and_shown_in_one_form(dynamodb, arn, account):
    written = {
        "Statement": {
            "Action": ["dynamodb:GetItem"],
            "Resource": [arn],
            "Principal": {"AWS": [account, f"arn:aws:iam::{account}:root"]},
            "Effect": "allow",
            "Sid": "read",
        },
        "Version": "2012-10-17",
    }

    made = dynamodb.put_resource_policy(ResourceArn=arn, Policy=json.dumps(written, indent=2))
    found = dynamodb.get_resource_policy(ResourceArn=arn)

    assert found["RevisionId"] == made["RevisionId"]
    assert abs(int(made["RevisionId"]) / 1000 - time.time()) < 60
    assert found["Policy"] == (
        '{"Version":"2012-10-17","Statement":[{"Sid":"read","Effect":"Allow",'
        f'"Principal":{{"AWS":"arn:aws:iam::{account}:root"}},"Action":"dynamodb:GetItem",'
        f'"Resource":"{arn}"}}]}}'
    )


def test_only_another_policy_has_another_revision(dynamodb, arn, account):
    def put(action, **expected):
        return dynamodb.put_resource_policy(
            ResourceArn=arn, Policy=policy({"AWS": account}, action), **expected
        )["RevisionId"]

    first = put("dynamodb:GetItem", ExpectedRevisionId="NO_POLICY")

    assert put(["dynamodb:GetItem"]) == first
    second = put("dynamodb:PutItem", ExpectedRevisionId=first)
    assert int(second) > int(first)
    assert refusal(lambda: put("dynamodb:Query", ExpectedRevisionId=first))[1:] == (
        "PolicyNotFoundException",
        f"{MISSING}Requested update for policy with revision id {first}, but the policy associated "
        f"to target table orders has revision id {second}.",
    )
    assert refusal(lambda: put("dynamodb:Query", ExpectedRevisionId="NO_POLICY"))[1:] == (
        "PolicyNotFoundException",
        f"{MISSING}Requested policy update expecting none to be present for table orders, but a "
        f"policy exists with revision id {second}.",
    )


def test_a_policy_goes_alone_or_with_its_table(dynamodb, table, account):
    for arn in (table["TableArn"], table["LatestStreamArn"]):
        assert refusal(dynamodb.get_resource_policy, ResourceArn=arn)[1:] == (
            "PolicyNotFoundException",
            MISSING + arn,
        )
        assert "RevisionId" not in dynamodb.delete_resource_policy(ResourceArn=arn)
        revision = dynamodb.put_resource_policy(ResourceArn=arn, Policy=policy({"AWS": account}))[
            "RevisionId"
        ]
        stale = refusal(
            dynamodb.delete_resource_policy, ResourceArn=arn, ExpectedRevisionId="stale"
        )
        assert stale[1] == "PolicyNotFoundException"
        dynamodb.delete_resource_policy(ResourceArn=arn, ExpectedRevisionId=revision)
        with pytest.raises(dynamodb.exceptions.PolicyNotFoundException):
            dynamodb.get_resource_policy(ResourceArn=arn)

    arn = table["TableArn"]
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=policy({"AWS": account}))
    dynamodb.delete_table(TableName="orders")
    assert refusal(dynamodb.get_resource_policy, ResourceArn=arn)[1:] == (
        "ResourceNotFoundException",
        "Requested resource not found: Table: orders not found",
    )
    dynamodb.create_table(TableName="orders", **SCHEMA)
    with pytest.raises(dynamodb.exceptions.PolicyNotFoundException):
        dynamodb.get_resource_policy(ResourceArn=arn)


def test_a_table_is_made_with_its_policy_or_not_at_all(dynamodb, account):
    said = policy({"AWS": account})
    made = dynamodb.create_table(TableName="sealed", ResourcePolicy=said, **SCHEMA)
    arn = made["TableDescription"]["TableArn"]

    assert json.loads(dynamodb.get_resource_policy(ResourceArn=arn)["Policy"])["Statement"]
    broken = refusal(dynamodb.create_table, TableName="broken", ResourcePolicy="{", **SCHEMA)
    assert broken[1] == "ValidationException"
    assert dynamodb.list_tables()["TableNames"] == ["sealed"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no JSON", f"{INVALID}Invalid policy document: This policy contains invalid Json"),
        ("null", f"{INVALID}Invalid policy document: This text appears not to be a policy"),
        (
            '{"Version":"2012-10-17","Statement":[]}',
            f"{INVALID}Invalid policy document: Could not parse the policy: Statement is empty!",
        ),
        (
            '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
            f"{INVALID}Invalid policy document: Missing required field Principal",
        ),
        (
            policy("*"),
            "Resource-based policy grants unbounded access in one or more elements. Please revise "
            "the policy to ensure least-privilege form of access",
        ),
        (
            policy({"AWS": "999999999999"}),
            f"{INVALID}Invalid principal in policy document.",
        ),
        (
            policy({"AWS": "999999999999"}, Sid="x" * 20_480),
            f"{INVALID}Maximum policy size of 20480 bytes exceeded",
        ),
    ],
)
def test_what_is_no_policy_is_refused(dynamodb, arn, text, told):
    refused = refusal(dynamodb.put_resource_policy, ResourceArn=arn, Policy=text)

    assert refused[1:] == ("ValidationException", told)
    with pytest.raises(dynamodb.exceptions.PolicyNotFoundException):
        dynamodb.get_resource_policy(ResourceArn=arn)


def test_only_tables_and_streams_of_the_account_have_policies(dynamodb, arn, account):
    other = arn.replace(account, "999999999999")
    for wrong in ("orders", f"{arn}/index/by_day", other, arn.replace("us-east-1", "eu-west-1")):
        refused = refusal(
            dynamodb.put_resource_policy, ResourceArn=wrong, Policy=policy({"AWS": account})
        )
        assert refused[1] == "ValidationException"


def test_a_policy_forbids_what_roles_may(dynamodb, arn, role, session, account):
    asked = {"TableName": "orders", "Key": {"pk": {"S": "a"}}}
    worker = session()
    assert worker.get_item(**asked)

    for principal in ({"AWS": role}, {"AWS": account}, "*"):
        dynamodb.put_resource_policy(
            ResourceArn=arn, Policy=policy(principal, "dynamodb:Get*", "Deny")
        )
        assert refusal(worker.get_item, **asked)[1:] == (
            "AccessDeniedException",
            f"User: arn:aws:sts::{account}:assumed-role/worker/me is not authorized to perform: "
            f"dynamodb:GetItem on resource: {arn} with an explicit deny in a resource-based policy: "
            f"statement 1 of the policy of table/orders",
        )
    assert dynamodb.get_item(**asked)  # the account itself is not bound
    dynamodb.delete_resource_policy(ResourceArn=arn)
    assert worker.get_item(**asked)


def test_a_policy_allows_what_roles_may_not(dynamodb, arn, role, session, account):
    put = {"TableName": "orders", "Item": {"pk": {"S": "a"}}}
    worker = session()
    assert refusal(worker.put_item, **put)[1] == "AccessDeniedException"

    dynamodb.put_resource_policy(
        ResourceArn=arn, Policy=policy({"AWS": account}, "dynamodb:PutItem")
    )
    assert refusal(worker.put_item, **put)[1] == "AccessDeniedException"  # leaves it to IAM

    dynamodb.put_resource_policy(ResourceArn=arn, Policy=policy({"AWS": role}, "dynamodb:PutItem"))
    assert worker.put_item(**put)
    assert refusal(worker.delete_table, TableName="orders")[1] == "AccessDeniedException"
    narrow = session(Policy=document("dynamodb:GetItem", "*"))
    assert refusal(narrow.put_item, **put)[1] == "AccessDeniedException"


def test_a_policy_may_ask_for_conditions(dynamodb, arn, role, session):
    own = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["mine"]}}
    dynamodb.put_resource_policy(
        ResourceArn=arn, Policy=policy({"AWS": role}, "dynamodb:PutItem", Condition=own)
    )
    worker = session()

    assert worker.put_item(TableName="orders", Item={"pk": {"S": "mine"}})
    refused = refusal(worker.put_item, TableName="orders", Item={"pk": {"S": "yours"}})
    assert refused[1] == "AccessDeniedException"


@pytest.mark.parametrize(
    "asked",
    [
        {"KeyConditionExpression": "pk = :key"},
        {"KeyConditionExpression": ":key=pk"},
        {"KeyConditionExpression": "(#k = :key)", "ExpressionAttributeNames": {"#k": "pk"}},
        {"KeyConditions": {"pk": {"ComparisonOperator": "EQ"}}, "ProjectionExpression": "pk"},
    ],
)
def test_a_condition_finds_the_key_of_a_query_however_it_is_written(
    dynamodb, arn, role, session, asked
):
    dynamodb.put_resource_policy(
        ResourceArn=arn,
        Policy=policy(
            {"AWS": role},
            "dynamodb:Query",
            Condition={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["mine"]}},
        ),
    )
    worker = session()

    assert worker.query(TableName="orders", **_keyed(asked, "mine"))["Count"] == 0
    refused = refusal(worker.query, TableName="orders", **_keyed(asked, "yours"))
    assert refused[1] == "AccessDeniedException"


def _keyed(asked: dict[str, Any], key: str) -> dict[str, Any]:
    """Fill the partition key into a query."""
    if "KeyConditions" in asked:
        condition = {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": key}]}
        return asked | {"KeyConditions": {"pk": condition}}
    return asked | {"ExpressionAttributeValues": {":key": {"S": key}}}


def test_a_policy_of_a_stream_speaks_for_it(dynamodb, table, role, session):
    stream = table["LatestStreamArn"]
    worker = session("dynamodbstreams")
    assert refusal(worker.describe_stream, StreamArn=stream)[1] == "AccessDeniedException"

    dynamodb.put_resource_policy(
        ResourceArn=stream, Policy=policy({"AWS": role}, "dynamodb:DescribeStream")
    )
    assert worker.describe_stream(StreamArn=stream)["StreamDescription"]["StreamArn"] == stream


def test_nobody_locks_himself_out_by_mistake(dynamodb, arn, role, session):
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=policy({"AWS": role}, "dynamodb:*"))
    worker = session()
    closing = {
        "ResourceArn": arn,
        "Policy": policy({"AWS": role}, "dynamodb:PutResourcePolicy", "Deny"),
    }

    assert refusal(worker.put_resource_policy, **closing)[1] == "ValidationException"
    worker.put_resource_policy(ConfirmRemoveSelfResourceAccess=True, **closing)
    assert refusal(worker.put_resource_policy, **closing)[1] == "AccessDeniedException"
