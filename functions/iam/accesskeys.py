"""Access keys of users: made, listed, switched off, deleted; when they were used last."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.iam import keyring, limits
from functions.iam.models import AccessKey, User

_USE_EVERY = timedelta(minutes=15)
"""How exactly the last use of a key is known."""


def create(
    user: User, account: str, *, clock: Clock = SYSTEM_CLOCK, ids: Ids = SYSTEM_IDS
) -> AccessKey:
    """Make a key, two at most. Raises AwsError LimitExceeded."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if user.keys.count() >= limits.KEYS:
            raise AwsError(
                "LimitExceeded", f"Cannot exceed quota for AccessKeysPerUser: {limits.KEYS}"
            )
        return AccessKey.objects.create(
            id=keyring.new_id(keyring.LONG_TERM, account, ids),
            user=user,
            created_at=as_datetime(clock.now()),
        )


def of(user: User) -> list[AccessKey]:
    """List a user's keys in the order in which they were made."""
    return list(user.keys.select_related("user").order_by("created_at", "id"))


def find(user: User, key_id: str) -> AccessKey:
    """Find a key of a user. Raises AwsError NoSuchEntity."""
    key = user.keys.filter(pk=key_id).first()
    if key is None:
        raise AwsError("NoSuchEntity", f"The Access Key with id {key_id} cannot be found.")
    return key


def find_in(scope: Scope, key_id: str) -> AccessKey:
    """Find a key of this account by id alone. Raises AwsError AccessDenied.

    AWS does not tell a stranger whether a key exists.
    """
    rows = AccessKey.objects.select_related("user").filter(user__tenancy_id=scope.tenancy)
    key = rows.filter(pk=key_id).first()
    if key is None:
        raise AwsError(
            "AccessDenied",
            f"User: {scope.principal} is not authorized to perform iam:GetAccessKeyLastUsed on "
            f"resource: access key {key_id}",
        )
    return key


def switch(user: User, key_id: str, *, active: bool) -> None:
    """Let a key work, or no longer. Raises AwsError NoSuchEntity."""
    with transaction.atomic():
        key = find(user, key_id)
        key.active = active
        key.save(update_fields=["active"])


def delete(user: User, key_id: str) -> None:
    """Delete a key. Raises AwsError NoSuchEntity."""
    find(user, key_id).delete()


def note_use(key: AccessKey, service: str, region: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Write down that a key was used, at most once in a quarter of an hour."""
    now = as_datetime(clock.now())
    old = Q(used_at=None) | Q(used_at__lt=now - _USE_EVERY)
    if key.used_at is None or key.used_at < now - _USE_EVERY:
        AccessKey.objects.filter(old, pk=key.pk).update(
            used_at=now, used_service=service, used_region=region
        )
