"""Which errors say that PostgreSQL is away, and how a log tells of one: in a line, not in a traceback."""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError

_SHUTTING_DOWN = "57P"  # and starting up
_CONNECTION = "08"
_LOGGERS = (
    "shardlight.gateway",
    "console.grouping",
    "celery.app.trace",
    "django.request",
    "triggers.polling.worker",
)


def is_outage(error: BaseException | None) -> bool:
    """Say whether the server cannot be reached; what SQLite fails at is a defect, or the disk's."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    state = getattr(error.__cause__, "sqlstate", "")  # the driver's; None: no server said it
    return state is None or state.startswith((_SHUTTING_DOWN, _CONNECTION))


def tell_in_one_line() -> None:
    """Have the logs of what fails leave tracebacks of outages out."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_shorten)


def _shorten(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if is_outage(error):
        record.msg = "the database of DATABASE_URL is away: %s"
        record.args = (str(error).partition("\n")[0],)
        record.exc_info = None
    return True
