"""Queued invocations: who may run one, which are due, what becomes of those whose worker died.

The row is the truth; messages only say that there is something to look at. Runs nothing.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.ids import SYSTEM_IDS, Ids
from functions.invocations import limits
from functions.invocations.admission import Reason
from functions.invocations.admitting import admit
from functions.invocations.models import Invocation
from functions.observability.metrics.emission import Place
from functions.runtime.limits import INIT_SECONDS

#: Seconds after the function's own time until its worker counts as dead. Ours.
_GRACE_SECONDS = 30.0
_LOST = "The worker that ran this invocation ended."


_PK: Any = Invocation._meta.pk
_COLUMNS = (
    "request_id",
    "tenancy_id",
    "region",
    "function_name",
    "qualifier",
    "source",
    "attempt",
    "refusals",
    "client_context",
    "trace",
    "payload",
)
_READ = f"""
SELECT {", ".join(f"i.{column}" for column in _COLUMNS)}, a.account_number,
       i.received_at,
       CASE WHEN i.qualifier IN ('', '$LATEST') THEN f.timeout
            ELSE (SELECT MAX(v.timeout) FROM functions_version v WHERE v.function_id = f.id) END
  FROM functions_invocation i
  JOIN accounts_tenancy a ON a.id = i.tenancy_id
  LEFT JOIN functions_function f
    ON f.tenancy_id = i.tenancy_id AND f.region = i.region AND f.name = i.function_name
 WHERE i.id = %s AND i.state = 'queued' AND i.due_at <= %s
"""
_CLAIM = """
UPDATE functions_invocation SET state = 'running', owner = %s, started_at = %s, expires_at = %s
 WHERE id = %s AND state = 'queued' AND due_at <= %s
"""


# Asked four times a second, by hand; the states stand in them for the sake of partial indexes.
_OVERDUE = """
SELECT 1 FROM functions_invocation WHERE state = 'running' AND expires_at <= %s LIMIT 1
"""
_DUE = """
SELECT id FROM functions_invocation
 WHERE state = 'queued' AND due_at <= %s ORDER BY due_at LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An invocation in this process's hands, and the number of its account.

    With a `refusal` it is not: it is still queued, and there is no concurrency to run it.
    """

    row: Invocation
    account: str
    refusal: Reason | None = None


def claim(
    invocation_id: str, *, clock: Clock = SYSTEM_CLOCK, ids: Ids = SYSTEM_IDS
) -> Claimed | None:
    """Take a queued invocation for this process; None when it is not (or no longer) to be run.

    Every claim has an owner of its own: only who wrote it may write the result.
    """
    now = clock.now()
    key = _PK.get_db_prep_value(UUID(invocation_id), connection)
    owner = f"{socket.gethostname()[:32]}:{os.getpid()}:{ids.hex(8)}"
    with transaction.atomic(), connection.cursor() as cursor:
        announced = _at(now + 2 * limits.ANNOUNCE_SECONDS)
        cursor.execute(_READ, [key, announced])
        found = cursor.fetchone()
        if found is None:
            return None
        *columns, account, received_at, timeout = found
        row = Invocation(id=UUID(invocation_id), **dict(zip(_COLUMNS, columns, strict=True)))
        row.received_at = _aware(received_at) if received_at else as_datetime(now)
        where = Place(row.tenancy_id, row.region, row.function_name, row.qualifier)
        refusal = admit(where, now)
        if refusal is not None:
            return Claimed(row, account, refusal)
        expires = _at(presumed_dead(now, timeout or 0))
        cursor.execute(_CLAIM, [owner, _at(now), expires, key, announced])
        if cursor.rowcount != 1:  # another worker was faster, or the message came twice
            return None
    row.owner, row.state, row.started_at = owner, Invocation.State.RUNNING, as_datetime(now)
    return Claimed(row, account)


def presumed_dead(now: float, timeout: float) -> float:
    """Say when an invocation that begins `now` can only have been lost, in epoch seconds."""
    return now + INIT_SECONDS + timeout + _GRACE_SECONDS


def put_back(row: Invocation, due: float) -> None:
    """Queue a claimed event again, unless the claim holds no more; `due` in epoch seconds."""
    claimed = Invocation.objects.filter(pk=row.pk, owner=row.owner, state=Invocation.State.RUNNING)
    claimed.update(
        state=Invocation.State.QUEUED,
        owner="",
        expires_at=None,
        due_at=as_datetime(due),
        refusals=row.refusals + 1,
    )


#: The hint under which a worker's attendants hear of invocations.
WAITED_FOR = "waited-for"
WAITED_FOR_SECONDS = 30


def done_key(invocation_id: str) -> str:
    """Name the hint that an invocation's caller waits for."""
    return f"done:{invocation_id}"


def due_invocations(now: float, limit: int) -> list[str]:
    """List queued invocations whose time has come, oldest first, after clearing up dead workers'."""
    moment = _at(now)
    with connection.cursor() as cursor:
        cursor.execute(_OVERDUE, [moment])
        if cursor.fetchone():  # writing nothing would cost a transaction too
            running = Invocation.objects.filter(state=Invocation.State.RUNNING)
            _give_up(running.filter(expires_at__lte=as_datetime(now)), now)
        cursor.execute(_DUE, [moment, limit])
        return [str(UUID(str(row[0]))) for row in cursor.fetchall()]


def _give_up(running: QuerySet[Invocation], now: float) -> None:
    """Queue lost asynchronous invocations again; a waiting caller is told of a lost one.

    A lane starts another by itself.
    """
    moment = as_datetime(now)
    with transaction.atomic():
        running.filter(source=Invocation.Source.EVENT).update(
            state=Invocation.State.QUEUED, owner="", expires_at=None, due_at=moment
        )
        running.exclude(source=Invocation.Source.EVENT).update(
            state=Invocation.State.LOST,
            expires_at=None,
            ended_at=moment,
            error_type="ServiceException",
            error_message=_LOST,
        )


def _aware(moment: datetime) -> datetime:
    """Read a moment of a statement written by hand; SQLite gives it without its zone."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _at(seconds: float) -> Any:
    """Spell a moment as the database does in statements written by hand."""
    return connection.ops.adapt_datetimefield_value(as_datetime(seconds))
