"""Managed policies attached to roles and users: attached, detached, listed, counted."""

from __future__ import annotations

from collections import Counter

from django.db import transaction

from console.aws.arn import Arn
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.iam import library, limits
from functions.iam.models import AttachedPolicy, Role, User, UserAttachment
from functions.iam.policies import Policy

Holder = Role | User


def attach(scope: Scope, holder: Holder, policy_arn: str) -> None:
    """Attach a managed policy; attaching it twice is attaching it once.

    Raises AwsError NoSuchEntity or LimitExceeded.
    """
    with transaction.atomic():
        library.attachable(scope, policy_arn)
        others = holder.attached.exclude(policy_arn=policy_arn).count()
        if others >= limits.ATTACHED:
            kind = "Role" if isinstance(holder, Role) else "User"
            raise AwsError(
                "LimitExceeded", f"Cannot exceed quota for PoliciesPer{kind}: {limits.ATTACHED}"
            )
        if isinstance(holder, Role):
            AttachedPolicy.objects.get_or_create(role=holder, policy_arn=policy_arn)
        else:
            UserAttachment.objects.get_or_create(user=holder, policy_arn=policy_arn)


def detach(holder: Holder, policy_arn: str) -> None:
    """Detach a managed policy. Raises AwsError NoSuchEntity when it was not attached."""
    _check(policy_arn)
    gone, _ = holder.attached.filter(policy_arn=policy_arn).delete()
    if not gone:
        raise library.missing(policy_arn)


def attached(scope: Scope, holder: Holder, *, prefix: str = "/") -> list[Policy]:
    """List the managed policies of a role or user that lie under a path, by name."""
    arns = holder.attached.values_list("policy_arn", flat=True)
    found = [one for one in library.known(scope, arns) if one.path.startswith(prefix)]
    return sorted(found, key=lambda one: (one.name, one.arn))


def counts(scope: Scope) -> Counter[str]:
    """Count the account's roles and users by the ARN of the policies attached to them."""
    roles = AttachedPolicy.objects.filter(role__tenancy_id=scope.tenancy)
    users = UserAttachment.objects.filter(user__tenancy_id=scope.tenancy)
    arns = [
        *roles.values_list("policy_arn", flat=True),
        *users.values_list("policy_arn", flat=True),
    ]
    return Counter(arns)


def count(scope: Scope, policy_arn: str) -> int:
    """Count the roles and users that have a policy."""
    return len(roles_with(scope, policy_arn)) + len(users_with(scope, policy_arn))


def roles_with(scope: Scope, policy_arn: str) -> list[Role]:
    """List the account's roles that have a policy, by name."""
    rows = Role.objects.filter(tenancy_id=scope.tenancy, attached__policy_arn=policy_arn)
    return list(rows.order_by("name"))


def users_with(scope: Scope, policy_arn: str) -> list[User]:
    """List the account's users that have a policy, by name."""
    rows = User.objects.filter(tenancy_id=scope.tenancy, attached__policy_arn=policy_arn)
    return list(rows.order_by("name"))


def _check(policy_arn: str) -> None:
    if Arn.parse(policy_arn) is None:
        raise AwsError("ValidationError", f"ARN {policy_arn} is not valid.")
