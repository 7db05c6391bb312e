"""Users: made, found, deleted. Their keys are `accesskeys`', their policies `inline`'s and `attachments`'."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Left

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.iam import tagging
from functions.iam.models import User
from functions.iam.naming import unique_id


def create(
    scope: Scope,
    name: str,
    *,
    path: str = "/",
    tags: Iterable[tagging.Pair] = (),
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> User:
    """Make a user; names that differ only in case are the same name.

    Raises AwsError EntityAlreadyExists.
    """
    labels = tagging.checked(tags)
    with transaction.atomic():
        if of(scope).filter(name__iexact=name).exists():
            raise _taken(name)
        try:
            with transaction.atomic():
                return User.objects.create(
                    tenancy_id=scope.tenancy,
                    name=name,
                    path=path,
                    user_id=unique_id("AIDA", ids),
                    tags=labels,
                    created_at=as_datetime(clock.now()),
                )
        except IntegrityError:  # another caller was first
            raise _taken(name) from None


def find(scope: Scope, name: str) -> User:
    """Find a user by name. Raises AwsError NoSuchEntity."""
    user = of(scope).filter(name=name).first()
    if user is None:
        raise AwsError("NoSuchEntity", f"The user with name {name} cannot be found.")
    return user


def page(scope: Scope, *, prefix: str = "/", after: str = "", count: int) -> list[User]:
    """List up to `count` users under a path, by name, beginning after the name `after`."""
    under = of(scope).annotate(head=Left("path", len(prefix))).filter(head=prefix)
    return list(under.filter(name__gt=after).order_by("name")[:count])


def update(
    scope: Scope, name: str, *, new_name: str | None = None, new_path: str | None = None
) -> None:
    """Give a user another name or path; keys, policies and the id stay.

    Raises AwsError NoSuchEntity or EntityAlreadyExists. Source: recorded answers, February 2026.
    """
    with transaction.atomic():
        user = find(scope, name)
        others = of(scope).exclude(pk=user.pk)
        if new_name is not None and others.filter(name__iexact=new_name).exists():
            raise _taken(new_name)
        user.name = name if new_name is None else new_name
        user.path = user.path if new_path is None else new_path
        try:
            with transaction.atomic():
                user.save(update_fields=["name", "path"])
        except IntegrityError:  # another caller was first
            raise _taken(user.name) from None


def delete(scope: Scope, name: str) -> None:
    """Delete a user who has neither policies nor keys. Raises AwsError NoSuchEntity or DeleteConflict."""
    with transaction.atomic():
        user = find(scope, name)
        if user.attached.exists():
            raise _conflict("must detach all policies first.")
        if user.policies.exists():
            raise _conflict("must delete policies first.")
        if user.keys.exists():
            raise _conflict("must delete access keys first.")
        user.delete()


def tag(scope: Scope, name: str, tags: Iterable[tagging.Pair]) -> None:
    """Add tags to a user, replacing those with the same keys."""
    with transaction.atomic():
        user = find(scope, name)
        user.tags = tagging.joined(user.tags, tagging.checked(tags))
        user.save(update_fields=["tags"])


def untag(scope: Scope, name: str, keys: Iterable[str]) -> None:
    """Take tags away from a user."""
    with transaction.atomic():
        user = find(scope, name)
        user.tags = tagging.without(user.tags, keys)
        user.save(update_fields=["tags"])


def of(scope: Scope) -> QuerySet[User]:
    """Give the users of an account."""
    return User.objects.filter(tenancy_id=scope.tenancy)


def exists(scope: Scope, user_arn: str) -> bool:
    """Say whether an ARN is that of a user of this account."""
    head = scope.global_arn("iam", "user/")
    path, _, name = user_arn.removeprefix(head[:-1]).rpartition("/")
    return user_arn.startswith(head) and of(scope).filter(name=name, path=f"{path}/").exists()


def arn_of(scope: Scope, user: User) -> str:
    """Name a user of this account."""
    return scope.global_arn("iam", f"user{user.path}{user.name}")


def _taken(name: str) -> AwsError:
    return AwsError("EntityAlreadyExists", f"User with name {name} already exists.")


def _conflict(what: str) -> AwsError:
    return AwsError("DeleteConflict", f"Cannot delete entity, {what}")
