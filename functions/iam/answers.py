"""Roles, users and policies as IAM's answers show them. Looks nothing up."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from console.aws.scope import Scope
from functions.iam import roles, users
from functions.iam.models import AccessKey, Role, User
from functions.iam.policies import Policy

Shown = dict[str, Any]


def encoded(document: str) -> str:
    """Spell a policy document as IAM returns it: URL-encoded (RFC 3986)."""
    return quote(document, safe="")


def created(scope: Scope, role: Role) -> Shown:
    """Show a role as CreateRole and UpdateRoleDescription do: without session duration and last use."""
    shown: Shown = {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.role_id,
        "Arn": roles.arn_of(scope, role),
        "CreateDate": role.created_at,
        "AssumeRolePolicyDocument": encoded(role.trust),
    }
    if role.description:
        shown["Description"] = role.description
    return shown | ({"Tags": pairs(role.tags)} if role.tags else {})


def listed(scope: Scope, role: Role) -> Shown:
    """Show a role as ListRoles does: without tags and last use."""
    shown = created(scope, role)
    shown.pop("Tags", None)
    return shown | {"MaxSessionDuration": role.max_session}


def got(scope: Scope, role: Role) -> Shown:
    """Show a role as GetRole does."""
    shown = created(scope, role)
    return shown | {"MaxSessionDuration": role.max_session, "RoleLastUsed": {}}


def pairs(tags: dict[str, str]) -> list[dict[str, str]]:
    """Show tags in the order of their keys."""
    return [{"Key": key, "Value": tags[key]} for key in sorted(tags)]


def policy_tags(tags: dict[str, str]) -> list[dict[str, str]]:
    """Show a policy's tags in their order: by the length of the key first. Source: recorded, February 2026."""
    return sorted(pairs(tags), key=lambda pair: len(pair["Key"]))


def user(scope: Scope, one: User) -> Shown:
    """Show a user as ListUsers does: without tags."""
    return {
        "Path": one.path,
        "UserName": one.name,
        "UserId": one.user_id,
        "Arn": users.arn_of(scope, one),
        "CreateDate": one.created_at,
    }


def user_with_tags(scope: Scope, one: User) -> Shown:
    """Show a user as CreateUser and GetUser do."""
    return user(scope, one) | ({"Tags": pairs(one.tags)} if one.tags else {})


def key(one: AccessKey) -> Shown:
    """Show an access key without its secret."""
    return {
        "UserName": one.user.name,
        "AccessKeyId": one.id,
        "Status": "Active" if one.active else "Inactive",
        "CreateDate": one.created_at,
    }


def policy(one: Policy, attachments: int) -> Shown:
    """Show a managed policy as ListPolicies does."""
    return {
        "PolicyName": one.name,
        "PolicyId": one.policy_id,
        "Arn": one.arn,
        "Path": one.path,
        "DefaultVersionId": one.version,
        "AttachmentCount": attachments,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": one.created_at,
        "UpdateDate": one.updated_at,
    }


def version(number: int, created_at: datetime, default: bool, text: str | None = None) -> Shown:
    """Show a version of a policy; lists leave the document out."""
    shown: Shown = {
        "VersionId": f"v{number}",
        "IsDefaultVersion": default,
        "CreateDate": created_at,
    }
    return shown if text is None else shown | {"Document": encoded(text)}
