"""Where Celery comes in: an id in, a verb called. Every task may run twice, late or never."""

from __future__ import annotations

from celery import shared_task

from triggers.polling import worker
from triggers.polling.tick import ByMessage
from triggers.polling.tick import tick as tick_once


@shared_task(name="triggers.polling.tasks.tick")
def tick() -> None:
    """Do what is due; sent by the beat four times a second."""
    worker.current().ticked()
    tick_once(ByMessage())


@shared_task(name="triggers.polling.tasks.advance")
def advance(lane_id: int) -> None:
    """Advance one lane."""
    worker.current().advance(lane_id)
