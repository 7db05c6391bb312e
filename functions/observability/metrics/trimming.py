"""Minutes older than METRIC_RETENTION_DAYS go, and series that have none left.

Differs from AWS, which folds minutes into five minutes after 15 days and into hours after 63.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection, transaction

from console.aws.clock import SYSTEM_CLOCK, Clock
from functions.observability.metrics import limits
from functions.observability.metrics.models import Metric

_SERIES_A_TURN = 100
_SLACK_MINUTES = 60
"""A series is looked at once in so long, however often this runs."""

_CUT = "DELETE FROM functions_metricminute WHERE series = %s AND minute < %s"


def trim(clock: Clock = SYSTEM_CLOCK) -> int:
    """Delete what is older than its retention, some series at a time; return how many minutes.

    Each turn is a short transaction of its own; running it twice at once is harmless.
    """
    now = int(clock.now()) // 60
    edge = now - int(settings.METRIC_RETENTION_DAYS * limits.DAY_MINUTES)
    gone = 0
    while old := _oldest(edge - _SLACK_MINUTES):
        with transaction.atomic(), connection.cursor() as cursor:
            for series in old:
                cursor.execute(_CUT, [series, edge])
                gone += cursor.rowcount
            Metric.objects.filter(pk__in=old, seen__lt=edge - _SLACK_MINUTES).delete()
            Metric.objects.filter(pk__in=old, kept_from__lt=edge).update(kept_from=edge)
    return gone


def _oldest(edge: int) -> list[int]:
    old = Metric.objects.filter(kept_from__lt=edge).order_by("kept_from", "pk")
    return list(old.values_list("pk", flat=True)[:_SERIES_A_TURN])
