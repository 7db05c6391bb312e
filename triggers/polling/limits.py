"""Numbers of AWS that bind the poller, each with its unit and source."""

from __future__ import annotations

PAYLOAD_BYTES = 6_291_456
"""Largest event of one synchronous invocation. Source: Lambda developer guide, "Lambda quotas"."""

FIRST_BACKOFF_SECONDS = 0.2
"""Wait after the first failed attempt; it doubles with every further one. Approximate: measured
from handler timestamps of real mappings (0.28 and 0.39 s between three attempts, call time
included); AWS publishes no figure."""

WINDOW_STATE_BYTES = 1_048_576
"""Largest state of a tumbling window, as JSON; beyond it the window ends early. Source: Lambda
developer guide, "Tumbling windows" (1 MB); recorded from AWS with 64 bytes more."""

WINDOW_MEMBERS_BYTES = 1_024
"""Room in an event for what surrounds the records of a tumbling window, its state apart (ours)."""

WINDOW_GRACE_SECONDS = 2.0
"""How long after its end an idle tumbling window is closed. Approximate: up to two minutes on AWS."""
