"""Where Celery comes in: an id in, a verb called. Every task may run twice, late or never."""

from __future__ import annotations

from celery import shared_task

from triggers.dynamodb import indexbuilding, loads


@shared_task(name="triggers.dynamodb.tasks.build_index")
def build_index(index_id: int) -> None:
    """Fill a new index, or empty a deleted one."""
    indexbuilding.carry_on(index_id)


@shared_task(name="triggers.dynamodb.tasks.load")
def load(load_id: int) -> None:
    """Write what a generated load owes."""
    loads.advance(load_id)
