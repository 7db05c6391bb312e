"""What one account has of roles and policies: its part of the isolation matrix."""

from __future__ import annotations

import json
from typing import Any

STREAM_POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
NAMELESS = """
    AssignmentStatus NewPath NewUserName ServiceName
    ActionNames AssumeRolePolicyDocument ContextEntries EntityFilter MaxSessionDuration
    OnlyAttached Path PathPrefix PolicyDocument PolicyInputList PolicyName PolicyUsageFilter
    ResourceArns RoleSessionName Scope SetAsDefault Status VersionId DurationSeconds ExternalId
    Policy PolicyArns
"""
"""Members that name nothing of an account."""

SAMPLES: dict[str, Any] = {
    "ActionNames": lambda: ["sqs:SendMessage"],
    "AssumeRolePolicyDocument": lambda: TRUST,
    "PolicyDocument": lambda: '{"Version": "2012-10-17", "Statement": []}',
    "PolicyInputList": lambda: [document("sqs:*")],
    "PolicyName": lambda: "inline",
    "RoleSessionName": lambda: "probe",
    "Status": lambda: "Inactive",
    "VersionId": lambda: "v1",
}
FRESH = {"CreateRole.RoleName", "CreatePolicy.PolicyName", "CreateUser.UserName"}
ALSO: dict[str, dict[str, Any]] = {}


def document(action: str, resource: str = "*") -> str:
    statement = {"Sid": "S", "Effect": "Allow", "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def build(world: Any, secret: str) -> dict[str, list[Any]]:
    """Make what the account has; return the names by which it can be asked for."""
    iam = world.client("iam")
    ids: dict[str, list[Any]] = {"RoleName": [], "Role": [], "PolicyArn": [], "UserName": []}
    for number in (1, 2):
        name = f"{world.name}-role-{number}"
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, Description=secret)[
            "Role"
        ]
        world.secrets.add(role["RoleId"])
        ids["RoleName"].append(name)
        ids["Role"].append(role["Arn"])
        iam.attach_role_policy(RoleName=name, PolicyArn=STREAM_POLICY)
        for inline in ("inline", "inline2"):
            text = document("s3:*", f"arn:aws:s3:::{world.name}")
            iam.put_role_policy(RoleName=name, PolicyName=inline, PolicyDocument=text)
        policy = iam.create_policy(
            PolicyName=f"{world.name}-policy-{number}",
            PolicyDocument=document("sqs:*", f"arn:aws:sqs:*:*:{secret}"),
            Description=secret,
            Tags=[{"Key": "owner", "Value": secret}],
        )["Policy"]
        world.secrets.add(policy["PolicyId"])
        ids["PolicyArn"].append(policy["Arn"])
        iam.create_policy_version(PolicyArn=policy["Arn"], PolicyDocument=document("sqs:*"))
        iam.attach_role_policy(RoleName=name, PolicyArn=policy["Arn"])
        ids["UserName"].append(_user(world, iam, number, secret, policy["Arn"]))
    key = iam.create_access_key(UserName=ids["UserName"][0])["AccessKey"]
    world.secrets.update({key["AccessKeyId"], key["SecretAccessKey"]})
    iam.create_access_key(UserName=ids["UserName"][0])
    ids["AccessKeyId"] = [key["AccessKeyId"]]
    ids["GetAccessKeyInfo.AccessKeyId"] = ["AKIAIOSFODNN7EXAMPLE"]  # not a secret of anybody
    ids["RoleArn"] = list(ids["Role"])
    ids["PolicySourceArn"] = list(ids["Role"])
    ids["CallerArn"] = list(ids["Role"])
    return ids


def _user(world: Any, iam: Any, number: int, secret: str, policy: str) -> str:
    name = f"{world.name}-user-{number}"
    tags = [{"Key": "owner", "Value": secret}]
    world.secrets.add(iam.create_user(UserName=name, Tags=tags)["User"]["UserId"])
    iam.attach_user_policy(UserName=name, PolicyArn=policy)
    for inline in ("inline", "inline2"):
        text = document("s3:*", f"arn:aws:s3:::{world.name}")
        iam.put_user_policy(UserName=name, PolicyName=inline, PolicyDocument=text)
    return name


def snapshot(world: Any) -> list[Any]:
    iam, role, policy = (
        world.client("iam"),
        world.ids["RoleName"][0],
        world.ids["PolicyArn"][0],
    )
    return [
        iam.get_role(RoleName=role),
        iam.list_role_policies(RoleName=role),
        iam.get_role_policy(RoleName=role, PolicyName="inline"),
        iam.list_attached_role_policies(RoleName=role),
        iam.get_policy(PolicyArn=policy),
        iam.list_policy_versions(PolicyArn=policy),
        iam.list_policy_tags(PolicyArn=policy),
        iam.get_user(UserName=world.ids["UserName"][0]),
        iam.list_access_keys(UserName=world.ids["UserName"][0]),
        iam.list_user_policies(UserName=world.ids["UserName"][0]),
        iam.list_attached_user_policies(UserName=world.ids["UserName"][0]),
    ]
