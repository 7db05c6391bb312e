"""Condition keys that tell who calls and when. What the call itself tells is its caller's business.

Source: IAM user guide, "AWS global condition context keys".
"""

from __future__ import annotations

from datetime import UTC, datetime

from console.aws.scope import Scope
from functions.iam.context import Source
from functions.iam.models import Role, User


def of_account(scope: Scope) -> dict[str, Source]:
    """Tell of a call that the account itself makes."""
    return {
        "aws:PrincipalAccount": (scope.account,),
        "aws:PrincipalArn": (scope.global_arn("iam", "root"),),
        "aws:PrincipalType": ("Account",),
        "aws:userid": (scope.account,),
        "aws:RequestedRegion": (scope.region,),
        "aws:ViaAWSService": ("false",),
        "aws:PrincipalIsAWSService": ("false",),
    }


def of_service(scope: Scope) -> dict[str, Source]:
    """Tell of a service that assumes a role of an account."""
    return {
        "aws:PrincipalIsAWSService": ("true",),
        "aws:RequestedRegion": (scope.region,),
        "aws:ResourceAccount": (scope.account,),
        "aws:SecureTransport": ("true",),
        "aws:ViaAWSService": ("false",),
    }


def of_role(scope: Scope, role: Role, session: str) -> dict[str, Source]:
    """Tell of a call of a role's session."""
    return (
        of_account(scope)
        | _tags(role)
        | {
            "aws:PrincipalArn": (scope.global_arn("iam", f"role{role.path}{role.name}"),),
            "aws:PrincipalType": ("AssumedRole",),
            "aws:userid": (f"{role.role_id}:{session}",),
        }
    )


def of_user(scope: Scope, user: User) -> dict[str, Source]:
    """Tell of a user's call."""
    return (
        of_account(scope)
        | _tags(user)
        | {
            "aws:PrincipalArn": (scope.global_arn("iam", f"user{user.path}{user.name}"),),
            "aws:PrincipalType": ("User",),
            "aws:userid": (user.user_id,),
            "aws:username": (user.name,),
        }
    )


def of_moment(now: float) -> dict[str, Source]:
    """Tell when the call is made."""
    return {
        "aws:CurrentTime": (datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),),
        "aws:EpochTime": (str(int(now)),),
    }


def _tags(holder: Role | User) -> dict[str, Source]:
    return {f"aws:PrincipalTag/{key}": (one,) for key, one in holder.tags.items()}
