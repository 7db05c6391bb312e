"""Queries that people keep: bookmarks of an account, and what a visitor ran last.

A query is text that only its page can read; this room neither runs nor understands it.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings as knobs
from django.db import transaction
from django.db.models import QuerySet

from console.accounts.models import KeptQuery
from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.scope import Scope

HISTORY = 20
"""Queries that are remembered of a visitor on one page. Ours."""
BOOKMARKS = 50
"""Bookmarks of one page. Ours."""
LONGEST_NAME = 64


def remember(
    scope: Scope, visitor: str, page: str, text: str, *, clock: Clock = SYSTEM_CLOCK
) -> None:
    """Put a query first in a visitor's history of a page; the oldest go."""
    with transaction.atomic():
        KeptQuery.objects.update_or_create(
            tenancy_id=scope.tenancy,
            region=scope.region,
            page=page,
            visitor=visitor,
            name="",
            text=text,
            defaults={"used_at": as_datetime(clock.now())},
        )
        rows = _of(scope, page, visitor)
        rows.exclude(pk__in=list(rows.values_list("pk", flat=True)[:HISTORY])).delete()


def history(scope: Scope, visitor: str, page: str) -> list[str]:
    """List what a visitor ran on a page, newest first."""
    return list(_of(scope, page, visitor).values_list("text", flat=True)) if visitor else []


def forget_history(scope: Scope, visitor: str, page: str) -> None:
    """Drop a visitor's history of a page."""
    if visitor:
        _of(scope, page, visitor).delete()


def bookmark(scope: Scope, page: str, name: str, text: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Keep a query for everybody of the account, in place of the one that has the name.

    Raises AwsError InvalidParameterValueException without a name or with the most bookmarks.
    """
    if not 0 < len(name) <= LONGEST_NAME:
        raise _refused(f"A bookmark needs a name of 1 to {LONGEST_NAME} characters.")
    with transaction.atomic():
        if bookmarks(scope, page).exclude(name=name).count() >= BOOKMARKS:
            raise _refused(f"A page keeps at most {BOOKMARKS} bookmarks.")
        KeptQuery.objects.update_or_create(
            tenancy_id=scope.tenancy,
            region=scope.region,
            page=page,
            visitor="",
            name=name,
            defaults={"text": text, "used_at": as_datetime(clock.now())},
        )


def bookmarks(scope: Scope, page: str) -> QuerySet[KeptQuery]:
    """List the account's bookmarks of a page by name."""
    return _of(scope, page, "").order_by("name")


def forget(scope: Scope, page: str, name: str) -> None:
    """Drop a bookmark; one that is gone already is no error."""
    bookmarks(scope, page).filter(name=name).delete()


def trim(*, clock: Clock = SYSTEM_CLOCK) -> int:
    """Drop what is older than HISTORY_RETENTION_DAYS from the histories; how many."""
    until = as_datetime(clock.now()) - timedelta(days=knobs.HISTORY_RETENTION_DAYS)
    return KeptQuery.objects.filter(name="", used_at__lt=until).delete()[0]


def _of(scope: Scope, page: str, visitor: str) -> QuerySet[KeptQuery]:
    rows = KeptQuery.objects.filter(tenancy_id=scope.tenancy, region=scope.region, page=page)
    return rows.filter(visitor=visitor).order_by("-used_at", "-pk")


def _refused(message: str) -> AwsError:
    return AwsError("InvalidParameterValueException", message)
