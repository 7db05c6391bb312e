"""Celery beat's clock, which sleeps until the tick is due."""

from __future__ import annotations

from celery.beat import Scheduler


class Beat(Scheduler):
    """Celery's scheduler without its drift.

    Celery's own wakes 10 ms early and then asks again and again whether the tick is due: four times a
    second whoever shares the process waits for that, and an idle machine works for nothing.
    """

    def adjust(self, n: float, drift: float = 0.0) -> float:
        """Give the seconds until the next tick as they are."""
        return n + drift
