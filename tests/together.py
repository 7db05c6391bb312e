"""Runs tasks at the same time, each in a thread with a database connection of its own.

A task that goes on while others work takes the question whether they still do, and is asked to look
once more when they have ended: so a loss fails a test and never hangs it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial

from django.db import connection


def together(
    tasks: Sequence[Callable[[], None]],
    *,
    meanwhile: Sequence[Callable[[Callable[[], bool]], None]] = (),
) -> None:
    """Run every task in a thread; failures fail the test.

    Those of `meanwhile` are given a predicate: whether a task is still at work.
    """
    failures: list[BaseException] = []

    def run(task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException as error:  # noqa: BLE001 - told to the test's thread
            failures.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=run, args=[task]) for task in tasks]

    def at_work() -> bool:
        return any(worker.is_alive() for worker in workers)

    watchers = [threading.Thread(target=run, args=[partial(task, at_work)]) for task in meanwhile]
    for thread in [*workers, *watchers]:
        thread.start()
    for thread in [*workers, *watchers]:
        thread.join()
    assert failures == []
