"""Places where a process can be made to die, fail or stall once, to prove that nothing is lost there.

Armed by SHARDLIGHT_FAILPOINT=name:exit, name:raise or name:sleep (tests only); each arming acts once
per data folder, so that a part that is started again goes on.
"""

from __future__ import annotations

import os
from pathlib import Path

from console.aws.clock import SYSTEM_CLOCK

STALL_SECONDS = 3.0
EXIT_CODE = 70

BOUNDARIES = {
    "write.stored": "the item is written, its record has no number yet",
    "write.unrecorded": "the shard has counted on, the record is not written",
    "write.recorded": "item and record are written, nothing is committed",
    "write.committed": "all is committed, nobody has been told",
    "write.told": "readers have been told, the caller has no answer",
    "shard.closing": "a shard is closed and its children are open, uncommitted",
    "tick.noticing": "lanes are due and their shards noticed, uncommitted",
    "tick.noticed": "the same committed, no lane has been handed out",
    "lane.claimed": "a worker has the lane and has done nothing",
    "lane.looked": "it has read records and decided nothing",
    "attempt.pinning": "the batch is fixed and its invocation written, uncommitted",
    "attempt.pinned": "the same committed, no user code has run",
    "attempt.ran": "the function has answered, nothing of it is stored",
    "attempt.storing": "checkpoint, invocation, log, metrics and ledger are written, uncommitted",
    "attempt.stored": "the same committed, the lane is still in hand",
    "unreached.storing": "a function that could not be run is noted, uncommitted",
    "skip.storing": "records are passed over, uncommitted",
    "discard.storing": "records are given up and their destination told, uncommitted",
    "lane.finishing": "a shard is read to its end and its children's lanes are open, uncommitted",
    "lane.finished": "the same committed",
    "lane.released": "the lane is let go",
    "remote.read": "an outside endpoint has answered, nothing is taken in",
    "remote.taking_in": "its records are copied, uncommitted",
    "remote.taken_in": "the same committed, the next ones are not asked for",
    "remote.closing": "an outside shard's end and its children are copied, uncommitted",
}
"""Between what and what a process may die: every boundary from a write to its settled batch."""

_armed, _, _deed = os.environ.get("SHARDLIGHT_FAILPOINT", "").partition(":")


class FailpointError(Exception):
    """Raised where a failpoint says so."""


def failpoint(name: str) -> None:
    """Do what is armed for `name`, the first time that it is passed."""
    if name != _armed or not _first(name):
        return
    match _deed:
        case "exit":
            os._exit(EXIT_CODE)
        case "sleep":
            SYSTEM_CLOCK.sleep(STALL_SECONDS)
        case _:
            raise FailpointError(name)


def _first(name: str) -> bool:
    marker = Path(os.environ["SHARDLIGHT_DATA"]) / f"failpoint-{name}"
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
