"""Drops invocations that are older than their retention. What they logged has a retention of its own."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from functions.invocations.models import Invocation

_AT_ONCE = 1000
"""Rows of one statement, so that writers never wait long."""


def trim(*, clock: Clock = SYSTEM_CLOCK) -> int:
    """Delete ended invocations beyond INVOCATION_RETENTION_HOURS; how many."""
    until = as_datetime(clock.now()) - timedelta(hours=settings.INVOCATION_RETENTION_HOURS)
    ended = (Invocation.State.DONE, Invocation.State.LOST)
    old = Invocation.objects.filter(created_at__lt=until, state__in=ended).order_by("created_at")
    deleted = 0
    while keys := list(old.values_list("pk", flat=True)[:_AT_ONCE]):
        deleted += Invocation.objects.filter(pk__in=keys).delete()[0]
    return deleted
