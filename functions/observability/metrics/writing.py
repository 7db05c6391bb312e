"""Values into their minutes, on the path of every invocation: one statement for all of them.

Inside the caller's transaction, so that what is counted is what has happened. A second statement
tells the series' rows every now and then that they are in use.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import lru_cache, partial
from itertools import count
from typing import NamedTuple

from django.db import connection, transaction

from functions.observability.metrics import limits
from functions.observability.metrics.buckets import bucket_of
from functions.observability.metrics.series import Series, spell

REFRESH_MINUTES = 10
"""How far `Metric.seen` may lag behind (ours; RecentlyActive is as exact)."""

_ROWS_A_STATEMENT = 500
_MOST_KNOWN = 50_000
_STRIPES = 8

_TAKE = """
INSERT INTO functions_metricminute
  (series, minute, bucket, stripe, samples, total, least, most) VALUES {rows}
ON CONFLICT (series, minute, bucket, stripe) DO UPDATE SET
  samples = functions_metricminute.samples + EXCLUDED.samples,
  total = functions_metricminute.total + EXCLUDED.total,
  least = CASE WHEN EXCLUDED.least < functions_metricminute.least
          THEN EXCLUDED.least ELSE functions_metricminute.least END,
  most = CASE WHEN EXCLUDED.most > functions_metricminute.most
         THEN EXCLUDED.most ELSE functions_metricminute.most END
"""
_SEE = """
INSERT INTO functions_metric
  (id, tenancy_id, region, namespace, name, dimensions, unit, kept_from, seen) VALUES {rows}
ON CONFLICT (id) DO UPDATE SET
  kept_from = CASE WHEN EXCLUDED.kept_from < functions_metric.kept_from
              THEN EXCLUDED.kept_from ELSE functions_metric.kept_from END,
  seen = CASE WHEN EXCLUDED.seen > functions_metric.seen
         THEN EXCLUDED.seen ELSE functions_metric.seen END
"""


class Sample(NamedTuple):
    """Values of one series in one minute, all in one bucket. A tuple, because it is made so often."""

    series: Series
    minute: int
    bucket: int
    samples: float
    total: float
    least: float
    most: float


def sample(series: Series, minute: int, value: float, times: float = 1.0) -> Sample:
    """Make the sample of one value that came `times` times."""
    return Sample(series, minute, bucket_of(value), times, value * times, value, value)


def take(samples: Sequence[Sample]) -> None:
    """Add values to their minutes; the caller's transaction is open.

    Rows are written in the order of their keys, so that two callers never wait for each other in a
    circle; a transaction that calls this twice keeps one order of kinds everywhere.
    """
    _see(samples)
    rows = sorted(_merged(samples).items())
    for start in range(0, len(rows), _ROWS_A_STATEMENT):
        part = rows[start : start + _ROWS_A_STATEMENT]
        with connection.cursor() as cursor:
            cursor.execute(
                _statement(_TAKE, len(part), 8),
                [value for key, amounts in part for value in (*key, *amounts)],
            )


_Key = tuple[int, int, int, int]
_Amounts = tuple[float, float, float, float]


def _merged(samples: Sequence[Sample]) -> dict[_Key, _Amounts]:
    """Put samples of one row together: a statement may meet a row only once."""
    stripe = _stripe()
    rows: dict[_Key, _Amounts] = {}
    for one in samples:
        key = one.series.number, one.minute, one.bucket, stripe
        held = rows.get(key)
        if held is None:
            rows[key] = one.samples, one.total, one.least, one.most
        else:
            many, total, least, most = held
            rows[key] = (
                many + one.samples,
                total + one.total,
                min(least, one.least),
                max(most, one.most),
            )
    return rows


_known: dict[tuple[str, int], tuple[int, int]] = {}
"""Of a database and a series: what its row says at least (`kept_from`, `seen`)."""


def _see(samples: Sequence[Sample]) -> None:
    """Make or refresh the rows of series that are new or were not heard of for a while."""
    database = str(connection.settings_dict["NAME"])
    stale: dict[int, tuple[Series, int]] = {}
    for one in samples:
        row = one.series.number
        kept_from, seen = _known.get((database, row), (0, -1))
        if not kept_from <= one.minute < seen + REFRESH_MINUTES:
            stale[row] = one.series, one.minute
    if not stale:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(_SEE, len(stale), 9),
            [value for row in sorted(stale) for value in _described(row, *stale[row])],
        )
    transaction.on_commit(
        partial(_know, {(database, row): minute for row, (_, minute) in stale.items()})
    )


def _described(row: int, series: Series, minute: int) -> tuple[int | str, ...]:
    return (
        row,
        series.tenancy,
        series.region,
        series.namespace,
        series.name,
        spell(series.dimensions),
        series.unit,
        minute,
        minute,
    )


def _know(told: dict[tuple[str, int], int]) -> None:
    if len(_known) > _MOST_KNOWN:
        _known.clear()
    for key, minute in told.items():
        kept_from, seen = _known.get(key, (minute, minute))
        _known[key] = min(kept_from, minute), max(seen, minute)


@lru_cache(maxsize=128)
def _statement(frame: str, rows: int, columns: int) -> str:
    row = f"({', '.join(['%s'] * columns)})"
    return frame.format(rows=", ".join([row] * rows))


_own = threading.local()
_next = count(os.getpid())


def _stripe() -> int:
    """Give this thread's stripe; SQLite has one writer, who needs none."""
    if connection.vendor == "sqlite":
        return 0
    stripe: int | None = getattr(_own, "stripe", None)
    if stripe is None:
        stripe = _own.stripe = next(_next) % _STRIPES
    return stripe


def minute_of(at_ms: int) -> int:
    """Name the minute of a moment in epoch milliseconds."""
    return at_ms // limits.MINUTE_MS
