"""Who may advance a lane: claims with a fencing token, by conditional updates written by hand.

Whoever holds a lane writes only `WHERE token = mine`. Zero rows mean that somebody took over:
stop, and drop what was done. Decides nothing about batches.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

from django.db import connection, transaction

from console.aws.clock import as_datetime
from triggers.polling.lane import Lane, Window

_CLAIM = """
UPDATE triggers_lane SET owner = %s, token = token + 1, expires_at = %s
 WHERE id = %s AND enabled AND NOT done AND due_at <= %s
   AND (owner = '' OR expires_at < %s OR expires_at > %s)
RETURNING token, shard_id, checkpoint, cuts, attempt, unreached, request_id, reported,
          gathered_from, "window", number, factor
"""
_PIN = """
UPDATE triggers_lane SET cuts = %s, request_id = %s, "window" = %s, starts = starts + 1
 WHERE id = %s AND token = %s AND enabled AND (upto IS NULL OR upto >= %s)
"""
_STORE = """
UPDATE triggers_lane
   SET checkpoint = %s, cuts = %s, attempt = %s, unreached = %s, request_id = %s, reported = %s,
       gathered_from = %s, "window" = %s, done = %s,
       due_at = CASE WHEN enabled THEN %s ELSE NULL END, starts = 0, note = %s,
       failing_since = CASE WHEN %s THEN COALESCE(failing_since, %s) ELSE NULL END
 WHERE id = %s AND token = %s AND (upto IS NULL OR upto >= %s)
"""
_RELEASE = """
UPDATE triggers_lane
   SET owner = '', expires_at = NULL, due_at = CASE WHEN NOT enabled THEN NULL ELSE {due} END
 WHERE id = %s AND token = %s
"""
_RELEASE_UNTIL = _RELEASE.format(due="%s")
_RELEASE_IDLE = _RELEASE.format(due="CASE WHEN head > checkpoint THEN %s ELSE NULL END")


Grip = tuple[int, int]
"""A lane's id, and the token that it was claimed with."""


@dataclass(frozen=True, slots=True)
class Held:
    """A lane in this worker's hands; it is number `number` of `factor` that share the shard."""

    lane_id: int
    token: int
    shard_id: int
    lane: Lane
    number: int = 0
    factor: int = 1

    @property
    def grip(self) -> Grip:
        """What renewing asks for."""
        return self.lane_id, self.token


def claim(lane_id: int, owner: str, now: float, lease: float) -> Held | None:
    """Take a lane that is due and that nobody holds; None when it is not there to be taken.

    `lease` is in seconds. A lease that ends further ahead than two terms was written by a clock
    that has been set back since: it counts as expired.
    """
    moment = _at(now)
    values = [owner, _at(now + lease), lane_id, moment, moment, _at(now + 2 * lease)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        row = cursor.fetchone()
    if row is None:
        return None
    token, shard_id, *columns, number, factor = row
    return Held(lane_id, token, shard_id, _from_columns(*columns), number, factor)


def pin(held: Held, lane: Lane) -> bool:
    """Fix the batch before user code sees it; False when the lane may not start any more.

    It may not when it was taken over, switched off, or given a barrier before the batch's end.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _PIN,
            [
                _cuts(lane),
                lane.request_id,
                _window(lane),
                held.lane_id,
                held.token,
                _furthest(lane),
            ],
        )
        return bool(cursor.rowcount == 1)


def store(held: Held, lane: Lane, note: str, now: float) -> bool:
    """Write what the lane has become; False when nothing may be written.

    Namely when it was taken over, or given a barrier before what it has begun.
    """
    failing = lane.attempt > 0 or lane.unreached > 0
    values = [
        lane.checkpoint,
        _cuts(lane),
        lane.attempt,
        lane.unreached,
        lane.request_id,
        lane.reported,
        lane.gathered_from,
        _window(lane),
        lane.done,
        _at(max(now, lane.not_before)),
        note[:255],
        failing,
        _at(now),
        held.lane_id,
        held.token,
        _furthest(lane),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, values)
        return bool(cursor.rowcount == 1)


def release(held: Held, now: float, until: float | None) -> None:
    """Let go of a lane until `until`, or (None) until there are records after its checkpoint.

    The lane's own `head` is compared, which the tick writes under the same row lock: a record
    that was noticed while the lane was being let go makes it due again at once.
    """
    statement = _RELEASE_IDLE if until is None else _RELEASE_UNTIL
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [_at(now if until is None else until), held.lane_id, held.token])


def renew(owner: str, grips: Collection[Grip], now: float, lease: float) -> set[Grip]:
    """Extend the leases in `grips`, all in one statement; returns those that `owner` still has."""
    if not grips:
        return set()
    pairs = ", ".join(["(%s, %s)"] * len(grips))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE triggers_lane SET expires_at = %s FROM (VALUES {pairs}) AS grip "
            "WHERE id = grip.column1 AND token = grip.column2 AND owner = %s RETURNING id, token",
            [_at(now + lease), *chain.from_iterable(grips), owner],
        )
        return set(cursor.fetchall())


def expire(owner: str, now: float) -> None:
    """End all leases of a worker that is known to be dead."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE triggers_lane SET owner = '', expires_at = NULL WHERE owner = %s", [owner]
        )
        cursor.execute(
            "UPDATE functions_invocation SET expires_at = %s "
            "WHERE owner = %s AND state = 'running'",
            [_at(now), owner],
        )


def owners() -> list[str]:
    """Name the workers that hold lanes or run invocations."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT owner FROM triggers_lane WHERE owner <> '' UNION "
            "SELECT owner FROM functions_invocation WHERE state = 'running' AND owner <> ''"
        )
        return [row[0] for row in cursor.fetchall()]


def _from_columns(
    checkpoint: int,
    cuts: str,
    attempt: int,
    unreached: int,
    request_id: str,
    reported: bool,
    gathered_from: float,
    window: str,
) -> Lane:
    """Read the lane out of its row; a wait that has not ended keeps the row from being claimed."""
    return Lane(
        checkpoint,
        tuple(json.loads(cuts)),
        attempt,
        unreached,
        request_id=request_id,
        reported=bool(reported),
        gathered_from=gathered_from,
        window=Window(**json.loads(window)) if window else None,
    )


def _furthest(lane: Lane) -> int:
    """The furthest sequence that the lane has begun."""
    return max((lane.checkpoint, *lane.cuts))


def _cuts(lane: Lane) -> str:
    return json.dumps(lane.cuts)


def _window(lane: Lane) -> str:
    return json.dumps(asdict(lane.window)) if lane.window else ""


def _at(seconds: float) -> Any:
    """Spell a moment as the database does in statements written by hand."""
    return connection.ops.adapt_datetimefield_value(as_datetime(seconds)) or ""
