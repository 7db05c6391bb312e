"""Old log events go: after a group's retention, or the default one for groups of functions.

Differs from AWS in one point: there a group without a retention keeps its events for ever; here
the groups of functions (/aws/lambda/…) do so for LOG_RETENTION_DAYS, and their streams go when
they are empty, so that a disk stays flat.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min, Q, QuerySet

from console.aws.clock import SYSTEM_CLOCK, Clock
from functions.observability import limits
from functions.observability.models import LogEvent, LogGroup, LogStream
from functions.observability.writing import size_of

FUNCTION_GROUPS = "/aws/lambda/"
_EVENTS_A_TURN = 2000


def trim(clock: Clock = SYSTEM_CLOCK) -> int:
    """Delete expired events of all accounts, a few at a time; return how many.

    Each turn is a short transaction of its own; running it twice at once is harmless.
    """
    now_ms = int(clock.now() * 1000)
    limited = Q(retention_days__isnull=False) | Q(name__startswith=FUNCTION_GROUPS)
    return sum(_trim_group(group, now_ms) for group in LogGroup.objects.filter(limited))


def kept_days(group: LogGroup) -> int | None:
    """Say how many days a group keeps its events; None for ever."""
    return group.retention_days or default_days(group)


def default_days(group: LogGroup) -> int | None:
    """Say how many days that would be without a retention of its own; None for ever."""
    of_function = group.name.startswith(FUNCTION_GROUPS)
    return settings.LOG_RETENTION_DAYS if of_function else None


def _trim_group(group: LogGroup, now_ms: int) -> int:
    of_function = group.name.startswith(FUNCTION_GROUPS)
    days = kept_days(group)
    if days is None:
        return 0
    edge = now_ms - days * limits.DAY_MS
    expired = LogStream.objects.filter(group=group, first_ms__lt=edge).order_by("pk")
    gone = sum(_trim_stream(stream, edge) for stream in expired)
    if of_function:
        _drop_empty(LogStream.objects.filter(group=group, last_ms__lt=edge))
    return gone


def _trim_stream(stream: LogStream, edge: int) -> int:
    gone = 0
    while True:
        with transaction.atomic():
            # Locked, so that no event is written between looking for the first one and saying so.
            LogStream.objects.select_for_update().filter(pk=stream.pk).first()
            old = LogEvent.objects.filter(stream=stream, at_ms__lt=edge).order_by("at_ms", "id")
            found = list(old.values_list("pk", "at_ms", "message")[:_EVENTS_A_TURN])
            ids = [pk for pk, _, _ in found]
            LogEvent.objects.filter(pk__in=ids).delete()
            LogStream.objects.filter(pk=stream.pk).update(
                bytes=F("bytes") - size_of([(at, message) for _, at, message in found])
            )
            gone += len(ids)
            if len(ids) < _EVENTS_A_TURN:
                first = LogEvent.objects.filter(stream=stream).aggregate(at=Min("at_ms"))["at"]
                LogStream.objects.filter(pk=stream.pk).update(first_ms=first)
                return gone


def _drop_empty(streams: QuerySet[LogStream]) -> None:
    with transaction.atomic():
        ids = list(streams.select_for_update().values_list("pk", flat=True))
        written = set(
            LogEvent.objects.filter(stream__in=ids).values_list("stream", flat=True).distinct()
        )
        LogStream.objects.filter(pk__in=set(ids) - written).delete()
