"""The Celery application: queues, and the beat that ticks four times a second.

No fact lives in a message: tasks carry ids, are acknowledged early, and may run twice or never.
"""

from __future__ import annotations

import os

from celery import Celery, signals
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

TICK_SECONDS = 0.25
QUEUES = ("tick", "lanes", "invocations", "control")

app = Celery("shardlight")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=False,
    task_default_queue="control",
    worker_prefetch_multiplier=1,
    worker_send_task_events=False,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    CELERY_DB_REUSE_MAX=10**9,  # keep each thread's database connection over its tasks
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # else Celery ends a worker after 45 minutes without Redis
    worker_cancel_long_running_tasks_on_connection_loss=True,  # those acknowledged late: none
    broker_transport_options={
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "health_check_interval": 5,
        "max_retries": 0,
    },
    beat_max_loop_interval=TICK_SECONDS,
    beat_schedule={
        "tick": {
            "task": "triggers.polling.tasks.tick",
            "schedule": TICK_SECONDS,
            "options": {"queue": "tick", "expires": 1, "ignore_result": True},
        }
    },
)
app.autodiscover_tasks(["triggers.polling", "triggers.dynamodb", "functions.invocations"])


@signals.task_prerun.connect
def _renew_connection(**_: object) -> None:
    """Have a connection that failed in an earlier task of this thread made anew."""
    close_old_connections()
