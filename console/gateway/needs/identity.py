"""What calls of IAM and STS must be allowed."""

from __future__ import annotations

from collections.abc import Iterator

from console.aws.registry import Params
from console.aws.scope import Scope
from console.gateway.needs.need import ANY, Need
from functions.iam import caller
from functions.iam.models import Role, User

_FREE = frozenset({"GetCallerIdentity", "GetSessionToken"})
"""Operations that need no permission. Source: STS API reference."""


def needs(scope: Scope, operation: str, params: Params) -> Iterator[Need]:
    """List what a call of IAM must be allowed."""
    facts = {"iam:PolicyARN": (str(params["PolicyArn"]),)} if "PolicyArn" in params else {}
    yield Need(f"iam:{operation}", _resources(scope, operation, params), facts)


def tokens(scope: Scope, operation: str, params: Params) -> Iterator[Need]:  # noqa: ARG001 - names are ARNs
    """List what a call of STS must be allowed."""
    if operation in _FREE:
        return
    facts = {
        key: (str(params[member]),)
        for key, member in (
            ("sts:ExternalId", "ExternalId"),
            ("sts:RoleSessionName", "RoleSessionName"),
        )
        if member in params
    }
    yield Need(f"sts:{operation}", (params["RoleArn"],) if "RoleArn" in params else ANY, facts)


def _resources(scope: Scope, operation: str, params: Params) -> tuple[str, ...]:
    if "RoleName" in params:
        return (_role(scope, operation, params),)
    if "UserName" in params or operation in ("GetUser", "ListAccessKeys"):
        return (_user(scope, operation, params),)
    if operation == "CreatePolicy":
        name = f"{params.get('Path', '/')}{params['PolicyName']}"
        return (scope.global_arn("iam", f"policy{name}"),)
    for member in ("PolicyArn", "PolicySourceArn"):
        if member in params:
            return (str(params[member]),)
    kinds = {"ListRoles": "role/", "ListUsers": "user/", "ListPolicies": "policy/"}
    kind = kinds.get(operation)
    return (scope.global_arn("iam", f"{kind}{params.get('PathPrefix', '/')[1:]}"),) if kind else ANY


def _role(scope: Scope, operation: str, params: Params) -> str:
    path = params.get("Path", "/")
    if operation != "CreateRole":
        rows = Role.objects.filter(tenancy_id=scope.tenancy, name=params["RoleName"])
        path = rows.values_list("path", flat=True).first() or "/"
    return scope.global_arn("iam", f"role{path}{params['RoleName']}")


def _user(scope: Scope, operation: str, params: Params) -> str:
    name = params.get("UserName") or caller.user_name(scope)
    path = params.get("Path", "/")
    if operation != "CreateUser":
        rows = User.objects.filter(tenancy_id=scope.tenancy, name=name)
        path = rows.values_list("path", flat=True).first() or "/"
    return scope.global_arn("iam", f"user{path}{name}")
