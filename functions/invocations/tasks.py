"""Celery's way in: an id comes, the row says the rest. May come twice, late or never."""

from __future__ import annotations

from celery import shared_task

from functions.invocations import environments, working


@shared_task(name="functions.invocations.tasks.run")
def run(invocation_id: str) -> None:
    """Run a queued invocation in this process's environments.

    When all places are taken it stays queued, and the tick offers it again: functions that sleep
    never take the threads that ticks and lanes need.
    """
    places = environments.places()
    if not places.acquire(blocking=False):
        return
    try:
        working.work(invocation_id, working.Workplace(environments.pool()))
    finally:
        places.release()
