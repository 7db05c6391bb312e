"""Who calls: the account itself, a user, or a session of a role. Verifies no signature."""

from __future__ import annotations

from typing import Any

from console.accounts.models import Account
from console.aws.arn import Arn
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.iam.models import Role, User


def arn(scope: Scope) -> str:
    """Name the caller: its principal, otherwise the account's root user."""
    return scope.principal or scope.global_arn("iam", "root")


def user_id(scope: Scope) -> str:
    """Give the caller's unique id: "role id:session" of an assumed role, a user's id, else the account.

    Source: IAM user guide, "IAM identifiers" (table of aws:userid values).
    """
    kind, name, session = parts(scope)
    if kind == "assumed-role":
        role = Role.objects.filter(tenancy_id=scope.tenancy, name=name).first()
        return f"{role.role_id}:{session}" if role else scope.account
    if kind == "user":
        user = User.objects.filter(tenancy_id=scope.tenancy, name=name).first()
        return user.user_id if user else scope.account
    return scope.account


def parts(scope: Scope) -> tuple[str, str, str]:
    """Take the caller apart: kind ("root", "user", "assumed-role"), name, session."""
    principal = Arn.parse(arn(scope))
    kind, _, rest = principal.resource.partition("/") if principal else ("root", "", "")
    if kind == "assumed-role":
        name, _, session = rest.partition("/")
        return kind, name, session
    return kind, rest.rpartition("/")[2], ""


def user_name(scope: Scope) -> str:
    """Name the user who calls; "" when the caller is none."""
    kind, name, _ = parts(scope)
    return name if kind == "user" else ""


def own_name(scope: Scope) -> str:
    """Name the user who calls. Raises AwsError ValidationError for callers that are no users."""
    name = user_name(scope)
    if not name:
        raise AwsError(
            "ValidationError", "Must specify userName when calling with non-User credentials"
        )
    return name


def denied(scope: Scope, action: str, resource: str) -> AwsError:
    """Make the error of who asks for another account's resource that no policy opens."""
    return AwsError(
        "AccessDeniedException",
        f"User: {arn(scope)} is not authorized to perform: {action} on resource: "
        f"{resource} because no resource-based policy allows the {action} action",
        status=403,
    )


def root(scope: Scope) -> dict[str, Any]:
    """Show the account's root user as GetUser does. Raises AwsError ValidationError for a role."""
    if parts(scope)[0] != "root":
        own_name(scope)
    account = Account.objects.get(pk=scope.account)
    return {
        "Path": "/",
        "UserName": "root",
        "UserId": scope.account,
        "Arn": scope.global_arn("iam", "root"),
        "CreateDate": account.created_at,
    }
