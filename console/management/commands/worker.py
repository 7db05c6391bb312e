"""`manage.py worker`: a Celery worker that advances lanes and runs functions."""

from __future__ import annotations

import gc
import logging
import sys
import warnings
from argparse import ArgumentParser
from typing import Any

from celery import bootsteps, signals
from celery.beat import EmbeddedService
from celery.exceptions import SecurityWarning
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from console.beat import Beat
from console.celery import QUEUES, app
from console.descriptors import allow_many
from console.launch.tables import require_tables
from console.outages import tell_in_one_line
from console.sqlite.durability import relax
from functions.invocations import environments
from functions.runtime.isolation import Level
from triggers.polling import worker as workers
from triggers.polling.names import worker_name

_SPARE_THREADS = 8
"""For ticks and control: never taken by functions that sleep."""
_SWITCH_SECONDS = 0.001
"""How long a thread may compute (reading a flood of output, say) while others want to: a neighbour waits
for its turn several times in an invocation, and Python's own 5 ms would be felt."""


class Command(BaseCommand):
    help = "Poll shards and run functions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whether to beat."""
        parser.add_argument(
            "--beat", action="store_true", help="also send the tick, four times a second"
        )

    def handle(self, *args: Any, beat: bool, **options: Any) -> None:
        """Work until a signal comes; lanes let go after what they are doing."""
        tell_in_one_line()
        allow_many()
        relax()
        _keep_celery_quiet()
        pool = environments.pool()
        if settings.LEAST_ISOLATION not in list(Level):
            raise CommandError(f"SHARDLIGHT_LEAST_ISOLATION must be one of: {', '.join(Level)}.")
        missing = pool.isolation.falls_short_of(settings.LEAST_ISOLATION)
        if missing:
            raise CommandError(f"No function runs here: {missing}")
        require_tables()
        worker = workers.Worker(worker_name(), pool)
        workers.install(worker)
        app.steps["worker"].add(_Ours)
        celery = app.Worker(
            hostname=worker.name.replace(":", "-"),
            pool="threads",
            concurrency=settings.LANE_SLOTS + settings.INVOCATION_SLOTS + _SPARE_THREADS,
            queues=QUEUES,
            loglevel="WARNING",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
        )
        signals.worker_shutting_down.connect(lambda **_: worker.stop(), weak=False)
        if beat:  # it ends with the process: without Redis it would hear of no end
            service: Any = EmbeddedService(app, thread=True, scheduler_cls=Beat)
            service.start()
        try:
            celery.start()
        finally:
            worker.stop()
            worker.wait()
            pool.close()


class _Ours(bootsteps.StartStopStep):
    """Start working once signals are heard, and before Celery waits for a Redis that may be away."""

    requires = ("celery.worker.components:Pool",)

    def start(self, parent: Any) -> None:
        """Begin; what was loaded until now stays, so no collection of garbage looks at it."""
        gc.freeze()
        sys.setswitchinterval(_SWITCH_SECONDS)
        workers.current().start()


def _keep_celery_quiet() -> None:
    """Leave two lines out of the log that say nothing: we may be root, for functions never are; and
    a tick that comes while the worker ends goes back to its queue."""
    warnings.simplefilter("ignore", SecurityWarning)
    logging.getLogger("kombu.transport.virtual.base").setLevel(logging.ERROR)
