"""Inline policies of roles and users: put, read, listed, deleted. Managed policies are `attachments`'."""

from __future__ import annotations

from django.db import transaction

from console.aws.errors import AwsError
from functions.iam import grammar, limits
from functions.iam.models import Role, RolePolicy, User, UserPolicy

Holder = Role | User


def put(holder: Holder, name: str, document: str) -> None:
    """Add an inline policy or replace the one of that name.

    Raises AwsError MalformedPolicyDocument or LimitExceeded.
    """
    grammar.check_permissions(document)
    with transaction.atomic():
        others = holder.policies.exclude(name=name).values_list("document", flat=True)
        most = limits.INLINE_CHARACTERS if isinstance(holder, Role) else limits.USER_CHARACTERS
        if sum(map(limits.weight, [*others, document])) > most:
            raise AwsError(
                "LimitExceeded",
                f"Maximum policy size of {most} bytes exceeded for {_kind(holder)} {holder.name}",
            )
        written = {"document": document}
        if isinstance(holder, Role):
            RolePolicy.objects.update_or_create(role=holder, name=name, defaults=written)
        else:
            UserPolicy.objects.update_or_create(user=holder, name=name, defaults=written)


def find(holder: Holder, name: str) -> RolePolicy | UserPolicy:
    """Find an inline policy. Raises AwsError NoSuchEntity."""
    policy: RolePolicy | UserPolicy | None = holder.policies.filter(name=name).first()
    if policy is None:
        raise AwsError(
            "NoSuchEntity", f"The {_kind(holder)} policy with name {name} cannot be found."
        )
    return policy


def names(holder: Holder) -> list[str]:
    """List the names of the inline policies, sorted."""
    return list(holder.policies.order_by("name").values_list("name", flat=True))


def delete(holder: Holder, name: str) -> None:
    """Delete an inline policy. Raises AwsError NoSuchEntity."""
    find(holder, name).delete()


def _kind(holder: Holder) -> str:
    return "role" if isinstance(holder, Role) else "user"
