"""Tells readers that a shard has grown. A hint: readers also look for themselves, at the latest
within one tick."""

from __future__ import annotations

from console import hints
from console.failpoints import failpoint
from console.grouping import known

_REPEAT_SECONDS = 0.2
#: The hint under which a worker's attendants hear of shards that nobody has in hand.
WOKEN = "woken"


def channel(shard_id: int) -> str:
    """Name the channel on which holders of a lane of this shard listen."""
    return f"wake:{shard_id}"


def wrote(shard_id: int, readers: int) -> None:
    """Say that records were committed to a shard that `readers` lanes read.

    A worker that already holds a lane of it hears so at once; otherwise one is asked to take it.
    Writes that were committed together say so once.
    """
    failpoint("write.committed")
    if readers:
        known(("wake", shard_id), lambda: _wake(shard_id))


def _wake(shard_id: int) -> None:
    heard = hints.publish(channel(shard_id), "") > 0
    if not heard and hints.first_within(f"woken:{shard_id}", _REPEAT_SECONDS):
        hints.push(WOKEN, str(shard_id), expires=5)
    failpoint("write.told")
