"""Roles and policies as boto3 and the AWS CLI see them."""

from __future__ import annotations

import json
import re

import pytest
from botocore.exceptions import ClientError

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"},
}
STREAMS = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"


@pytest.fixture
def iam(gateway, account):
    return gateway.client("iam", account)


def create(iam, name="reader", **more):
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST), **more)[
        "Role"
    ]


def refusal(call, **params):
    with pytest.raises(ClientError) as refused:
        call(**params)
    answer = refused.value.response
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    return status, answer["Error"]["Code"], answer["Error"]["Message"]


def test_a_new_role_has_the_members_that_iam_returns(iam, account):
    role = create(iam, Path="/team/", Tags=[{"Key": "cost", "Value": ""}])

    assert role["Arn"] == f"arn:aws:iam::{account}:role/team/reader"
    assert re.fullmatch(r"AROA[A-Z2-7]{17}", role["RoleId"])
    assert role["AssumeRolePolicyDocument"] == TRUST
    assert set(role) == {
        "Path",
        "RoleName",
        "RoleId",
        "Arn",
        "CreateDate",
        "AssumeRolePolicyDocument",
        "Tags",
    }


def test_a_role_found_again_also_has_its_session_and_last_use(iam):
    create(iam, Description="reads streams")

    role = iam.get_role(RoleName="reader")["Role"]

    assert role["Description"] == "reads streams"
    assert role["MaxSessionDuration"] == 3600
    assert role["RoleLastUsed"] == {}
    assert "Tags" not in role


def test_roles_are_listed_page_by_page(iam):
    for name in ("c", "a", "b"):
        create(iam, name, Path="/team/", Tags=[{"Key": "k", "Value": "v"}])
    create(iam, "elsewhere")

    pages = list(iam.get_paginator("list_roles").paginate(PathPrefix="/team/", MaxItems=2))
    first = iam.list_roles(PathPrefix="/team/", MaxItems=2)

    assert [role["RoleName"] for page in pages for role in page["Roles"]] == ["a", "b", "c"]
    assert first["IsTruncated"]
    assert "Tags" not in first["Roles"][0]


def test_a_role_is_made_once_and_looked_up_by_its_name(iam):
    create(iam)

    again = {"RoleName": "reader", "AssumeRolePolicyDocument": json.dumps(TRUST)}
    assert refusal(iam.create_role, **again) == (
        409,
        "EntityAlreadyExists",
        "Role with name reader already exists.",
    )
    assert refusal(iam.get_role, RoleName="nobody") == (
        404,
        "NoSuchEntity",
        "The role with name nobody cannot be found.",
    )


def test_a_role_with_policies_is_not_deleted(iam):
    create(iam)
    iam.attach_role_policy(RoleName="reader", PolicyArn=STREAMS)
    iam.put_role_policy(RoleName="reader", PolicyName="queues", PolicyDocument=json.dumps(POLICY))

    assert refusal(iam.delete_role, RoleName="reader") == (
        409,
        "DeleteConflict",
        "Cannot delete entity, must detach all policies first.",
    )
    iam.detach_role_policy(RoleName="reader", PolicyArn=STREAMS)
    assert refusal(iam.delete_role, RoleName="reader") == (
        409,
        "DeleteConflict",
        "Cannot delete entity, must delete policies first.",
    )
    iam.delete_role_policy(RoleName="reader", PolicyName="queues")
    iam.delete_role(RoleName="reader")
    assert iam.list_roles()["Roles"] == []


def test_inline_policies_come_back_as_they_were_sent(iam):
    create(iam)
    document = json.dumps(POLICY, indent=2)
    iam.put_role_policy(RoleName="reader", PolicyName="queues", PolicyDocument=document)

    assert iam.list_role_policies(RoleName="reader")["PolicyNames"] == ["queues"]
    policy = iam.get_role_policy(RoleName="reader", PolicyName="queues")
    assert policy["PolicyDocument"] == POLICY
    assert refusal(iam.get_role_policy, RoleName="reader", PolicyName="x") == (
        404,
        "NoSuchEntity",
        "The role policy with name x cannot be found.",
    )


def test_documents_travel_url_encoded(gateway, iam, account):
    create(iam)

    status, _, body = gateway.raw(
        "POST",
        "/",
        {
            "content-type": "application/x-www-form-urlencoded",
            "authorization": f"AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/iam/"
            "aws4_request, SignedHeaders=host, Signature=0",
        },
        b"Action=GetRole&Version=2010-05-08&RoleName=reader",
    )

    assert status == 200
    assert b"<AssumeRolePolicyDocument>%7B%22Version%22%3A%20%222012-10-17%22" in body


def test_a_malformed_document_is_refused(iam):
    create(iam)
    conditional = {**POLICY["Statement"], "Condition": {"Bool": {"aws:ResourceTag/a": "true"}}}

    def put(document):
        return refusal(
            iam.put_role_policy, RoleName="reader", PolicyName="p", PolicyDocument=document
        )

    assert put("{") == (400, "MalformedPolicyDocument", "Syntax errors in policy.")
    assert put(json.dumps({**POLICY, "Statement": conditional})) == (
        400,
        "MalformedPolicyDocument",
        "Shardlight does not evaluate the condition key aws:ResourceTag/a.",
    )
    assert refusal(iam.update_assume_role_policy, RoleName="reader", PolicyDocument="{") == (
        400,
        "MalformedPolicyDocument",
        "This policy contains invalid Json",
    )


def test_a_trust_policy_is_replaced(iam):
    create(iam)
    other = json.loads(json.dumps(TRUST).replace("lambda", "ec2"))

    iam.update_assume_role_policy(RoleName="reader", PolicyDocument=json.dumps(other))

    assert iam.get_role(RoleName="reader")["Role"]["AssumeRolePolicyDocument"] == other


def test_attached_policies_are_listed(iam):
    create(iam)
    iam.attach_role_policy(RoleName="reader", PolicyArn=STREAMS)

    assert iam.list_attached_role_policies(RoleName="reader")["AttachedPolicies"] == [
        {"PolicyName": "AWSLambdaDynamoDBExecutionRole", "PolicyArn": STREAMS}
    ]
    assert refusal(
        iam.attach_role_policy, RoleName="reader", PolicyArn="arn:aws:iam::aws:policy/Nothing"
    ) == (
        404,
        "NoSuchEntity",
        "Policy arn:aws:iam::aws:policy/Nothing does not exist or is not attachable.",
    )


def test_tags_are_added_listed_and_removed(iam):
    create(iam)
    iam.tag_role(RoleName="reader", Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    iam.untag_role(RoleName="reader", TagKeys=["a"])

    assert iam.list_role_tags(RoleName="reader")["Tags"] == [{"Key": "b", "Value": ""}]


@pytest.mark.parametrize(
    ("operation", "params", "said"),
    [
        (
            "create_role",
            {"Tags": [{"Key": f"k{number}", "Value": ""} for number in range(51)]},
            "Value at 'tags' failed to satisfy constraint: Member must have length less than or "
            "equal to 50",
        ),
        (
            "tag_role",
            {"Tags": [{"Key": "a" * 129, "Value": ""}]},
            "Value at 'tags.1.member.key' failed to satisfy constraint: Member must have length "
            "less than or equal to 128",
        ),
        (
            "tag_role",
            {"Tags": [{"Key": "a?", "Value": ""}]},
            "Value at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular "
            r"expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+",
        ),
        (
            "tag_role",
            {"Tags": [{"Key": "a"}]},
            "Value at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
        ),
        (
            "untag_role",
            {"TagKeys": ["a?"]},
            "Value at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: "
            "[Member must have length less than or equal to 128, Member must have length greater "
            "than or equal to 1, Member must satisfy regular expression pattern: "
            r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+, Member must not be null]",
        ),
        (
            "update_role",
            {"MaxSessionDuration": 1},
            "Value at 'maxSessionDuration' failed to satisfy constraint: Member must have value "
            "greater than or equal to 3600",
        ),
    ],
)
def test_a_refused_value_is_not_shown(iam, operation, params, said):
    needed = {"AssumeRolePolicyDocument": json.dumps(TRUST)} if operation == "create_role" else {}

    answer = refusal(getattr(iam, operation), RoleName="nobody", **needed, **params)

    assert answer == (400, "ValidationError", f"1 validation error detected: {said}")


def test_names_and_paths_are_refused_in_words_of_their_own(iam):
    name = "It must contain only alphanumeric characters and/or the following: +=,.@_-"
    path = (
        "It must begin and end with / and contain only alphanumeric characters and/or / characters."
    )
    prefix = "It must begin with the / character and contain only alphanumeric characters and/or / characters."
    calls = [
        (iam.get_role, {"RoleName": "team/reader"}, f"roleName is invalid. {name}"),
        (iam.create_user, {"UserName": "a b"}, f"userName is invalid. {name}"),
        (iam.create_user, {"UserName": "ann", "Path": "team"}, f"path is invalid. {path}"),
        (iam.list_roles, {"PathPrefix": "team"}, f"pathPrefix is invalid. {prefix}"),
        (iam.list_policies, {"PathPrefix": "/" + 512 * "a"}, f"pathPrefix is invalid. {prefix}"),
    ]

    for call, params, said in calls:
        told = f"The specified value for {said}"
        assert refusal(call, **params) == (400, "ValidationError", told)


def test_a_description_is_changed_and_the_rest_stays(iam):
    create(iam, MaxSessionDuration=7200)

    iam.update_role(RoleName="reader", Description="new")

    role = iam.get_role(RoleName="reader")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("new", 7200)


def test_the_older_call_for_a_description_answers_as_for_a_new_role(iam):
    made = create(iam)

    answer = iam.update_role_description(RoleName="reader", Description="newer")

    assert answer["Role"] == made | {"Description": "newer"}


def test_the_managed_policies_say_what_they_allow(iam):
    create(iam)
    iam.attach_role_policy(RoleName="reader", PolicyArn=STREAMS)

    policy = iam.get_policy(PolicyArn=STREAMS)["Policy"]
    version = iam.get_policy_version(PolicyArn=STREAMS, VersionId=policy["DefaultVersionId"])

    assert (policy["AttachmentCount"], policy["Path"]) == (1, "/service-role/")
    assert "dynamodb:GetRecords" in version["PolicyVersion"]["Document"]["Statement"][0]["Action"]
    attached = iam.list_policies(OnlyAttached=True)["Policies"]
    assert [one["PolicyName"] for one in attached] == ["AWSLambdaDynamoDBExecutionRole"]
    assert iam.list_policies(Scope="Local")["Policies"] == []
    assert refusal(iam.get_policy_version, PolicyArn=STREAMS, VersionId="v9")[1] == "NoSuchEntity"


def test_a_permissions_boundary_is_refused(iam):
    status, _, message = refusal(
        iam.create_role,
        RoleName="bounded",
        AssumeRolePolicyDocument=json.dumps(TRUST),
        PermissionsBoundary=STREAMS,
    )

    assert status == 400
    assert "PermissionsBoundary" in message


def test_another_account_sees_neither_roles_nor_markers(gateway, iam, account):
    create(iam, "a")
    create(iam, "b")
    iam.put_role_policy(RoleName="a", PolicyName="p", PolicyDocument=json.dumps(POLICY))
    marker = iam.list_roles(MaxItems=1)["Marker"]
    stranger = gateway.client("iam", str(int(account) + 500_000))

    assert stranger.list_roles()["Roles"] == []
    for call, more in (
        (stranger.get_role, {}),
        (stranger.delete_role, {}),
        (stranger.list_role_policies, {}),
        (stranger.list_role_tags, {}),
        (stranger.list_attached_role_policies, {}),
        (stranger.get_role_policy, {"PolicyName": "p"}),
        (stranger.delete_role_policy, {"PolicyName": "p"}),
        (stranger.attach_role_policy, {"PolicyArn": STREAMS}),
        (stranger.detach_role_policy, {"PolicyArn": STREAMS}),
        (stranger.update_role, {}),
        (stranger.untag_role, {"TagKeys": ["k"]}),
        (stranger.tag_role, {"Tags": [{"Key": "k", "Value": "v"}]}),
        (stranger.update_assume_role_policy, {"PolicyDocument": json.dumps(TRUST)}),
        (stranger.put_role_policy, {"PolicyName": "p", "PolicyDocument": json.dumps(POLICY)}),
    ):
        assert refusal(call, RoleName="a", **more) == (
            404,
            "NoSuchEntity",
            "The role with name a cannot be found.",
        )
    assert refusal(stranger.list_roles, Marker=marker)[:2] == (400, "ValidationError")


def test_a_role_is_the_same_in_every_region(gateway, iam, account):
    create(iam)

    assert gateway.client("iam", account, "eu-west-1").get_role(RoleName="reader")


def test_the_aws_cli_makes_and_reads_a_role(gateway, account):
    gateway.cli(
        "iam",
        "create-role",
        "--role-name=reader",
        f"--assume-role-policy-document={json.dumps(TRUST)}",
        account=account,
    )

    role = gateway.cli("iam", "get-role", "--role-name=reader", account=account)["Role"]

    assert role["AssumeRolePolicyDocument"] == TRUST
