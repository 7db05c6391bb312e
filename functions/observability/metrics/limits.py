"""Numbers of CloudWatch metrics. Source: CloudWatch API reference, unless it says otherwise."""

from __future__ import annotations

MINUTE_MS = 60_000
DAY_MINUTES = 1440

STATISTICS_POINTS = 1440
"""Datapoints of one GetMetricStatistics."""

DATA_POINTS = 100_800
"""Datapoints of one page of GetMetricData, and the default."""

DATA_QUERIES = 500
"""Queries of one GetMetricData."""

LISTED_METRICS = 500
"""Metrics of a page of ListMetrics."""

LISTED_DAYS = 14
"""ListMetrics leaves out metrics without a value for so long."""

RECENT_MINUTES = 180
"""RecentlyActive PT3H."""

PUT_METRICS = 1000
"""Metrics of one PutMetricData."""

PUT_VALUES = 150
"""Different values of one metric in a PutMetricData."""

WIDEST = 2.0**360
"""Largest value either side of zero."""

OLDEST_MINUTES = 14 * DAY_MINUTES
"""How old a value may be that is put."""

NEWEST_MINUTES = 120
"""How far in the future a value may be that is put."""

SECONDS_A_MINUTE = 60
"""Shortest period that is kept (ours: AWS keeps seconds of metrics that ask for it)."""
