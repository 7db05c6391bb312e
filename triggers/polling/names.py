"""Names of workers: they tell host and process, so that a later start knows who is dead."""

from __future__ import annotations

import os
import socket

from console.aws.ids import SYSTEM_IDS, Ids


def worker_name(ids: Ids = SYSTEM_IDS) -> str:
    """Name this process so that a later start can tell whether it still lives."""
    return f"{host_name()}:{os.getpid()}:{ids.hex(8)}"


def host_name() -> str:
    """Name this machine as workers' names do."""
    return socket.gethostname()[:32]


def process_of(owner: str) -> tuple[str, int] | None:
    """Read host and pid out of a worker's name."""
    host, _, rest = owner.partition(":")
    pid = rest.partition(":")[0]
    return (host, int(pid)) if pid.isdigit() else None
