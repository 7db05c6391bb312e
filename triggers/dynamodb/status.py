"""What state a table is in: a function of its last transition, when that settles, and the time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

CREATING: Final = "CREATING"
UPDATING: Final = "UPDATING"
DELETING: Final = "DELETING"
ACTIVE: Final = "ACTIVE"
GONE: Final = "GONE"
"""Not a status of AWS: the table has finished being deleted."""


def settled(settles_at: datetime, now: datetime, delay_seconds: float) -> bool:
    """Say whether a transition has had its time; it has, too, when the clock was set back."""
    return not now < settles_at <= now + timedelta(seconds=delay_seconds)


def status(transition: str, has_settled: bool) -> str:
    """Name the TableStatus; `has_settled` as `settled` says."""
    if not has_settled:
        return transition
    return GONE if transition == DELETING else ACTIVE


def takes_items(status_now: str) -> bool:
    """Say whether items can be read and written. Source: Alternator's tests of CREATING tables."""
    return status_now in (ACTIVE, UPDATING)


def index_status(transition: str, building: bool, has_settled: bool) -> str:
    """Name the IndexStatus; `building` while entries are still being made or removed."""
    if building and transition != UPDATING:
        return transition
    return status(transition, has_settled)
