"""Customer managed policies, their versions, and what simulations say, with unmodified boto3."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    },
}


def document(action="sqs:*", resource="*", **more):
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def iam(gateway, account):
    return gateway.client("iam", account)


@pytest.fixture
def arn(iam):
    """A policy with one version."""
    return iam.create_policy(PolicyName="queues", PolicyDocument=document())["Policy"]["Arn"]


def role(iam, name="reader"):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    return iam.get_role(RoleName=name)["Role"]["Arn"]


def refusal(call, **params):
    with pytest.raises(ClientError) as refused:
        call(**params)
    answer = refused.value.response
    return (
        answer["ResponseMetadata"]["HTTPStatusCode"],
        answer["Error"]["Code"],
        answer["Error"]["Message"],
    )


def test_a_policy_is_made_shown_and_deleted(iam, account):
    made = iam.create_policy(
        PolicyName="queues",
        Path="/team/",
        PolicyDocument=document(),
        Description="what queues need",
        Tags=[{"Key": "team", "Value": "a"}],
    )["Policy"]

    assert made["Arn"] == f"arn:aws:iam::{account}:policy/team/queues"
    assert made["PolicyId"].startswith("ANPA")
    assert (made["DefaultVersionId"], made["AttachmentCount"], made["IsAttachable"]) == (
        "v1",
        0,
        True,
    )
    shown = iam.get_policy(PolicyArn=made["Arn"])["Policy"]
    assert (shown["Description"], shown["Tags"]) == (
        "what queues need",
        [{"Key": "team", "Value": "a"}],
    )
    assert [one["Arn"] for one in iam.list_policies(Scope="Local")["Policies"]] == [made["Arn"]]
    iam.delete_policy(PolicyArn=made["Arn"])
    assert refusal(iam.get_policy, PolicyArn=made["Arn"]) == (
        404,
        "NoSuchEntity",
        f"Policy {made['Arn']} was not found.",
    )


def test_a_name_is_taken_once(iam, arn):
    assert refusal(iam.create_policy, PolicyName="queues", PolicyDocument=document()) == (
        409,
        "EntityAlreadyExists",
        "A policy called queues already exists. Duplicate names are not allowed.",
    )


def test_versions_are_added_chosen_and_deleted(iam, arn):
    second = iam.create_policy_version(PolicyArn=arn, PolicyDocument=document("sns:*"))
    third = iam.create_policy_version(
        PolicyArn=arn, PolicyDocument=document("s3:*"), SetAsDefault=True
    )

    assert (second["PolicyVersion"]["VersionId"], second["PolicyVersion"]["IsDefaultVersion"]) == (
        "v2",
        False,
    )
    assert third["PolicyVersion"]["IsDefaultVersion"]
    listed = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [(one["VersionId"], one["IsDefaultVersion"]) for one in listed] == [
        ("v3", True),
        ("v2", False),
        ("v1", False),
    ]
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"
    shown = iam.get_policy_version(PolicyArn=arn, VersionId="v3")["PolicyVersion"]
    assert shown["Document"]["Statement"][0]["Action"] == "s3:*"
    assert refusal(iam.delete_policy_version, PolicyArn=arn, VersionId="v2") == (
        409,
        "DeleteConflict",
        "Cannot delete the default version of a policy.",
    )
    iam.delete_policy_version(PolicyArn=arn, VersionId="v3")
    fourth = iam.create_policy_version(PolicyArn=arn, PolicyDocument=document())
    assert fourth["PolicyVersion"]["VersionId"] == "v4"
    assert refusal(iam.delete_policy, PolicyArn=arn)[:2] == (409, "DeleteConflict")


def test_the_case_of_a_policys_tag_keys_matters(iam):
    lower, upper = {"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}

    made = iam.create_policy(PolicyName="p", PolicyDocument=document(), Tags=[lower, upper])

    assert made["Policy"]["Tags"] == [lower, upper]
    arn = made["Policy"]["Arn"]
    assert iam.list_policy_tags(PolicyArn=arn)["Tags"] == [upper, lower]
    iam.tag_policy(PolicyArn=arn, Tags=[lower | {"Value": "3"}])
    assert iam.list_policy_tags(PolicyArn=arn)["Tags"] == [upper, lower | {"Value": "3"}]
    iam.untag_policy(PolicyArn=arn, TagKeys=["a"])
    assert iam.list_policy_tags(PolicyArn=arn)["Tags"] == [upper]
    twice = (400, "InvalidInput", "Duplicate tag keys found.")
    assert refusal(iam.tag_policy, PolicyArn=arn, Tags=[lower, lower]) == twice


def test_tags_of_a_policy_are_listed_with_short_keys_first(iam):
    tags = [{"Key": key, "Value": ""} for key in ("abc", "b", "z", "a")]
    made = iam.create_policy(PolicyName="p", PolicyDocument=document(), Tags=tags)["Policy"]

    first = iam.list_policy_tags(PolicyArn=made["Arn"], MaxItems=3)
    rest = iam.list_policy_tags(PolicyArn=made["Arn"], Marker=first["Marker"])

    listed = [one["Key"] for one in first["Tags"] + rest["Tags"]]
    assert [one["Key"] for one in made["Tags"]] == ["abc", "b", "z", "a"]
    assert listed == ["a", "b", "z", "abc"]


def test_a_version_of_a_policy_that_is_not_there_is_missed_like_any_other(iam, arn):
    for policy in (arn, f"{arn}x"):
        for call in (iam.get_policy_version, iam.set_default_policy_version):
            assert refusal(call, PolicyArn=policy, VersionId="v9") == (
                404,
                "NoSuchEntity",
                f"Policy {policy} version v9 does not exist or is not attachable.",
            )


def test_a_policy_has_five_versions_at_most(iam, arn):
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=document())

    assert refusal(iam.create_policy_version, PolicyArn=arn, PolicyDocument=document()) == (
        409,
        "LimitExceeded",
        "A managed policy can have up to 5 versions. Before you create a new version, you must "
        "delete an existing version.",
    )
    first = iam.list_policy_versions(PolicyArn=arn, MaxItems=2)
    rest = iam.list_policy_versions(PolicyArn=arn, Marker=first["Marker"])
    assert [one["VersionId"] for one in first["Versions"] + rest["Versions"]] == [
        "v5",
        "v4",
        "v3",
        "v2",
        "v1",
    ]


def test_an_attached_policy_decides_with_its_default_version(iam, arn):
    principal = role(iam)
    iam.attach_role_policy(RoleName="reader", PolicyArn=arn)

    def decision():
        answer = iam.simulate_principal_policy(
            PolicySourceArn=principal, ActionNames=["sqs:SendMessage"]
        )
        return answer["EvaluationResults"][0]["EvalDecision"]

    assert decision() == "allowed"
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=document("sns:*"), SetAsDefault=True)
    assert decision() == "implicitDeny"


def test_a_policy_knows_who_has_it(iam, arn):
    role(iam)
    iam.attach_role_policy(RoleName="reader", PolicyArn=arn)

    entities = iam.list_entities_for_policy(PolicyArn=arn)

    assert [one["RoleName"] for one in entities["PolicyRoles"]] == ["reader"]
    assert (entities["PolicyUsers"], entities["PolicyGroups"]) == ([], [])
    for kind in ("User", "LocalManagedPolicy", "AWSManagedPolicy"):
        assert iam.list_entities_for_policy(PolicyArn=arn, EntityFilter=kind)["PolicyRoles"] == []
    assert refusal(iam.list_entities_for_policy, PolicyArn=f"{arn}x") == (
        404,
        "NoSuchEntity",
        f"Policy {arn}x does not exist or is not attachable.",
    )
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    assert refusal(iam.delete_policy, PolicyArn=arn) == (
        409,
        "DeleteConflict",
        "Cannot delete a policy attached to entities.",
    )
    iam.detach_role_policy(RoleName="reader", PolicyArn=arn)
    iam.delete_policy(PolicyArn=arn)


def test_tags_of_a_policy(iam, arn):
    iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    iam.untag_policy(PolicyArn=arn, TagKeys=["a"])

    assert iam.list_policy_tags(PolicyArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]


def test_a_document_has_a_longest_length_and_a_form(iam):
    long = document([f"sqs:Action{number:04}" for number in range(400)])

    assert refusal(iam.create_policy, PolicyName="long", PolicyDocument=long) == (
        409,
        "LimitExceeded",
        "Cannot exceed quota for PolicySize: 6144",
    )
    assert refusal(iam.create_policy, PolicyName="x", PolicyDocument="{") == (
        400,
        "MalformedPolicyDocument",
        "Syntax errors in policy.",
    )


def test_policies_of_aws_are_nobodys_to_change(iam):
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"

    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v1"
    assert refusal(iam.delete_policy, PolicyArn=arn)[1] == "NoSuchEntity"
    assert refusal(iam.create_policy_version, PolicyArn=arn, PolicyDocument=document())[1] == (
        "NoSuchEntity"
    )


def test_a_simulation_names_the_statement_and_its_place(iam):
    text = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"},
                {"Effect": "Deny", "Action": "sqs:DeleteQueue", "Resource": "*"},
            ],
        },
        indent=1,
    )

    results = iam.simulate_custom_policy(
        PolicyInputList=[text],
        ActionNames=["sqs:SendMessage", "sqs:DeleteQueue", "sns:Publish"],
        ResourceArns=["arn:aws:sqs:us-east-1:123456789012:q"],
    )["EvaluationResults"]

    assert [(one["EvalActionName"], one["EvalDecision"]) for one in results] == [
        ("sqs:SendMessage", "allowed"),
        ("sqs:DeleteQueue", "explicitDeny"),
        ("sns:Publish", "implicitDeny"),
    ]
    lines = text.splitlines()
    matched = results[1]["MatchedStatements"][0]
    assert matched["SourcePolicyId"] == "PolicyInputList.1"
    begin, end = matched["StartPosition"], matched["EndPosition"]
    assert lines[begin["Line"] - 1][begin["Column"] - 1] == "{"
    assert '"Deny"' in lines[begin["Line"]]
    assert lines[end["Line"] - 1][end["Column"] - 2] == "}"
    assert results[2]["MatchedStatements"] == []


def test_a_simulation_says_which_values_it_misses(iam):
    text = document(Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})

    def ask(**more):
        return iam.simulate_custom_policy(
            PolicyInputList=[text], ActionNames=["sqs:SendMessage"], **more
        )["EvaluationResults"][0]

    assert (ask()["EvalDecision"], ask()["MissingContextValues"]) == (
        "implicitDeny",
        ["aws:RequestedRegion"],
    )
    entry = {
        "ContextKeyName": "aws:RequestedRegion",
        "ContextKeyValues": ["eu-west-1"],
        "ContextKeyType": "string",
    }
    assert ask(ContextEntries=[entry])["EvalDecision"] == "allowed"
    assert iam.get_context_keys_for_custom_policy(PolicyInputList=[text])["ContextKeyNames"] == [
        "aws:RequestedRegion"
    ]


def test_a_simulation_has_pages_and_refuses_what_it_does_not_know(iam, account):
    principal = role(iam)
    iam.put_role_policy(
        RoleName="reader",
        PolicyName="p",
        PolicyDocument=document(
            "sqs:*", f"arn:aws:sqs:us-east-1:{account}:${{aws:PrincipalAccount}}"
        ),
    )
    asked = {"PolicySourceArn": principal, "ActionNames": ["sqs:A", "sqs:B"]}

    first = iam.simulate_principal_policy(**asked, MaxItems=1)
    second = iam.simulate_principal_policy(**asked, Marker=first["Marker"])

    assert [one["EvalActionName"] for one in second["EvaluationResults"]] == ["sqs:B"]
    assert iam.get_context_keys_for_principal_policy(PolicySourceArn=principal)[
        "ContextKeyNames"
    ] == ["aws:PrincipalAccount"]
    other = f"arn:aws:sts::{account}:assumed-role/reader/session"
    assert refusal(iam.simulate_principal_policy, PolicySourceArn=other, ActionNames=["sqs:A"]) == (
        400,
        "InvalidInput",
        f"Invalid Entity Arn: {other} does not clearly define entity type and name.",
    )
    assert refusal(iam.simulate_custom_policy, PolicyInputList=["{"], ActionNames=["sqs:A"]) == (
        400,
        "InvalidInput",
        "Syntax errors in policy.",
    )
    assert (
        refusal(
            iam.simulate_principal_policy, **asked, ResourceOwner=f"arn:aws:iam::{account}:root"
        )[1]
        == "ValidationError"
    )
