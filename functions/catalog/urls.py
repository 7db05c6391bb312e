"""Addresses of functions: made, found, changed and deleted. Who serves them is the gateway."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.catalog import finding
from functions.catalog.models import Function, FunctionUrl
from functions.catalog.names import FunctionName

#: Path at the gateway below which functions answer; the next part names the function.
PATH = "/_shardlight/url/"
NO_AUTH, BY_IAM = "NONE", "AWS_IAM"


def create(
    scope: Scope,
    name: FunctionName,
    auth: str,
    cors: dict[str, Any] | None = None,
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> FunctionUrl:
    """Give a function or an alias an address. Raises AwsError for one that has one already."""
    with transaction.atomic():
        function = _owner(scope, name)
        now = as_datetime(clock.now())
        taken = AwsError(
            "ResourceConflictException",
            f"Failed to create function url config for [functionArn = {name.arn}]. Error message:  "
            "FunctionUrlConfig exists for this Lambda function",
        )
        if function.urls.filter(qualifier=name.qualifier).exists():
            raise taken
        try:
            with transaction.atomic():
                return FunctionUrl.objects.create(
                    function=function,
                    qualifier=name.qualifier,
                    key=ids.hex(32),
                    auth=auth,
                    cors=cors or None,
                    created_at=now,
                    modified_at=now,
                )
        except IntegrityError:  # another caller was first
            raise taken from None


def get(scope: Scope, name: FunctionName) -> FunctionUrl:
    """Find the address of a function or an alias. Raises AwsError("ResourceNotFoundException")."""
    try:
        function = finding.get_function(scope, name.qualified(""))
    except AwsError:
        raise _missing() from None
    row = function.urls.filter(qualifier=name.qualifier).select_related("function").first()
    if row is None:
        raise _missing()
    return row


def update(
    scope: Scope, name: FunctionName, changes: dict[str, Any], *, clock: Clock = SYSTEM_CLOCK
) -> FunctionUrl:
    """Change what is given of `auth` and `cors`."""
    with transaction.atomic():
        _owner(scope, name)
        row = get(scope, name)
        for field, value in changes.items():
            setattr(row, field, value)
        row.modified_at = as_datetime(clock.now())
        row.save()
        return row


def delete(scope: Scope, name: FunctionName) -> None:
    """Take an address away. Raises AwsError when there is none."""
    with transaction.atomic():
        get(scope, name).delete()


def listed(scope: Scope, name: FunctionName, *, after: str | None, limit: int) -> list[FunctionUrl]:
    """List the addresses of a function and its aliases, by alias, beginning after one.

    The function's own has the alias "" and comes first.
    """
    rows = _owner(scope, name).urls.select_related("function").order_by("qualifier")
    return list((rows if after is None else rows.filter(qualifier__gt=after))[:limit])


def behind(key: str) -> FunctionUrl | None:
    """Find what an address leads to, in accounts as they are today."""
    rows = FunctionUrl.objects.filter(key=key, function__tenancy__account__isnull=False)
    return rows.select_related("function__tenancy").first()


def address(row: FunctionUrl) -> str:
    """Write the address out."""
    return f"{settings.GATEWAY_URL.rstrip('/')}{PATH}{row.key}/"


def _owner(scope: Scope, name: FunctionName) -> Function:
    """Find the function; the alias must exist too. Source of the text: recorded answers."""
    try:
        finding.get_published(scope, name)
        return finding.get_function(scope, name.qualified(""))
    except AwsError:
        raise AwsError("ResourceNotFoundException", "Function does not exist") from None


def _missing() -> AwsError:
    return AwsError("ResourceNotFoundException", "The resource you requested does not exist.")
