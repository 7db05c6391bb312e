"""What happens four times a second: shards that have grown make their lanes due; due lanes, queued
invocations and generated loads are handed to workers.

Costs what there is to do, never what there is: both look-ups go through partial indexes. Safe to
run twice at once, and by several processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.db import connection, transaction

from console import hints
from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.failpoints import failpoint
from functions.invocations.queue import due_invocations
from triggers.dynamodb import loads

MOST_AT_ONCE = 200
_REPEAT_SECONDS = 1.0

# What they say besides `which` is what the partial indexes say.
_GROWN = """
SELECT id, head, readers, closed_at IS NOT NULL FROM triggers_shard
 WHERE head > noticed {which} ORDER BY id LIMIT %s
"""
_DUE = """
SELECT id FROM triggers_lane
 WHERE due_at IS NOT NULL AND enabled AND NOT done AND due_at <= %s
   AND (owner = '' OR expires_at < %s OR expires_at > %s) {which}
 ORDER BY due_at LIMIT %s
"""
_PUT_OFF = """
SELECT id FROM triggers_lane WHERE due_at > %s AND enabled AND NOT done
"""
_RECALL = """
UPDATE triggers_lane SET due_at = %s WHERE id = %s AND due_at > %s AND enabled AND NOT done
"""
_THIS_SHARD = {_GROWN: "AND id = %s", _DUE: "AND shard_id = %s"}


class Dispatch(Protocol):
    """How work reaches a worker: by message, or within this process."""

    def advance(self, lane_id: int) -> None:
        """Have some worker advance a lane."""
        ...

    def invoke(self, invocation_id: str) -> None:
        """Have some worker run a queued invocation."""
        ...

    def load(self, load_id: int) -> None:
        """Have some worker write what a generated load owes."""
        ...


class ByMessage:
    """Sends Celery messages; the same work is not announced twice within a second."""

    def advance(self, lane_id: int) -> None:
        """Send the message that advances a lane."""
        if hints.first_within(f"lane:{lane_id}", _REPEAT_SECONDS):
            hints.send("triggers.polling.tasks.advance", lane_id, queue="lanes", expires=5)

    def invoke(self, invocation_id: str) -> None:
        """Send the message that runs an invocation."""
        if hints.first_within(f"invocation:{invocation_id}", _REPEAT_SECONDS):
            hints.send(
                "functions.invocations.tasks.run", invocation_id, queue="invocations", expires=5
            )

    def load(self, load_id: int) -> None:
        """Send the message that goes on with a load; every tick may."""
        hints.send("triggers.dynamodb.tasks.load", load_id, queue="control", expires=1)


def tick(dispatch: Dispatch, *, overdue: float = 0.0, clock: Clock = SYSTEM_CLOCK) -> None:
    """Notice what has been written and hand out what has been due for `overdue` seconds."""
    notice(clock=clock)
    for lane_id in due_lanes(overdue=overdue, clock=clock):
        dispatch.advance(lane_id)
    for invocation_id in due_invocations(clock.now() - overdue, MOST_AT_ONCE):
        dispatch.invoke(invocation_id)
    for load_id in loads.running():
        dispatch.load(load_id)


class Grown(NamedTuple):
    """A shard that was seen to have more than was noticed of it."""

    shard: int
    head: int
    readers: int
    closed: bool


def notice(shard_id: int | None = None, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Tell the lanes of shards that have grown or closed (or of `shard_id` only) how far."""
    tell(grown(shard_id), clock=clock)


def grown(shard_id: int | None = None) -> list[Grown]:
    """List shards (or `shard_id` only) that have grown or closed and of which no tick has told."""
    return [Grown(*row) for row in _ask(_GROWN, shard_id, [])]


def tell(shards: Sequence[Grown], *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Tell the lanes of `shards` how far these have grown.

    Lanes of a closed shard are told of a place behind its last: they have its end to see. One that
    has closed since it was seen is left for the next tick, which tells of the end as well.
    """
    if not shards:
        return
    now = _at(clock.now())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE triggers_shard SET noticed = %s "
            "WHERE id = %s AND noticed < %s AND (closed_at IS NOT NULL) = %s",
            [(one.head, one.shard, one.head, one.closed) for one in shards],
        )
        cursor.executemany(
            "UPDATE triggers_lane SET head = %s, due_at = COALESCE(due_at, %s) "
            "WHERE shard_id = %s AND enabled AND NOT done AND head < %s",
            [
                (told, now, one.shard, told)
                for one in shards
                if one.readers
                for told in (one.head + 1 if one.closed else one.head,)
            ],
        )
        failpoint("tick.noticing")
    failpoint("tick.noticed")


def recall(*, clock: Clock = SYSTEM_CLOCK) -> None:
    """Make lanes due that wait longer than any does: a clock that ran ahead has put them off."""
    now = clock.now()
    longest = max(settings.BACKOFF_CAP_SECONDS, settings.MAPPING_DELAY_SECONDS)
    ahead = _at(now + 2 * longest + settings.LEASE_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(_PUT_OFF, [ahead])
        lanes = [lane for (lane,) in cursor.fetchall()]
        if lanes:  # writing nothing would cost a transaction too
            cursor.executemany(_RECALL, [(_at(now), lane, ahead) for lane in lanes])


def due_lanes(
    shard_id: int | None = None, *, overdue: float = 0.0, clock: Clock = SYSTEM_CLOCK
) -> list[int]:
    """List lanes (of `shard_id` only) that want attention and that nobody holds, longest first.

    Nobody holds them in the sense of `leases.claim`, which decides.
    """
    now = clock.now()
    set_back = now + 2 * settings.LEASE_SECONDS
    moments = [_at(now - overdue), _at(now), _at(set_back)]
    return [lane for (lane,) in _ask(_DUE, shard_id, moments)]


def _ask(statement: str, shard_id: int | None, values: list[Any]) -> list[tuple[Any, ...]]:
    """Ask for all shards, or for `shard_id` only."""
    which, whose = ("", []) if shard_id is None else (_THIS_SHARD[statement], [shard_id])
    with connection.cursor() as cursor:
        cursor.execute(statement.format(which=which), [*values, *whose, MOST_AT_ONCE])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _at(seconds: float) -> Any:
    """Spell a moment as the database does in statements written by hand."""
    return connection.ops.adapt_datetimefield_value(as_datetime(seconds))
