"""Numbers of CloudWatch Logs. Source: CloudWatch Logs API reference (PutLogEvents, GetLogEvents)."""

from __future__ import annotations

DAY_MS = 86_400_000

BATCH_BYTES = 1_048_576
"""Most that one PutLogEvents may carry: UTF-8 of the messages and EVENT_OVERHEAD for each."""

EVENT_OVERHEAD = 26
"""Bytes that each event counts besides its message."""

BATCH_SPAN_MS = DAY_MS
"""Longest time between the first and the last event of a batch."""

OLDEST_MS = 14 * DAY_MS
"""Events older than this are rejected."""

NEWEST_MS = 2 * 3_600_000
"""Events further in the future than this are rejected."""

PAGE_EVENTS = 10_000
"""Most events of a page, and the default."""

PAGE_BYTES = 1_048_576
"""Most bytes of messages in a page of events."""

PAGE_ENTRIES = 50
"""Most groups or streams of a page, and the default."""

SCANNED_EVENTS = 10_000
"""Events that one FilterLogEvents looks at before it answers with a token (ours, AWS names none)."""

SCANNED_BYTES = 2 * 1_048_576
"""Bytes of messages that one FilterLogEvents looks at, likewise ours."""

METRIC_FILTERS = 100
"""Most metric filters of a log group."""

DIMENSIONS = 3
"""Most dimensions of a metric filter."""

TAGS = 50
"""Most tags of a log group."""

RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545,
    731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""The retentions that a group can have."""
