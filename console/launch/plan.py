"""Which parts a start consists of, with their commands and how to tell that they answer."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import redis

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.launch import valkey
from console.launch.part import Part
from console.settings import BASE_DIR
from triggers.polling import leases, presence
from triggers.polling.names import host_name, process_of

_EVERYWHERE = "0.0.0.0"  # noqa: S104 - not listened on here


@dataclass(frozen=True, slots=True)
class Places:
    """Where this start listens and keeps its data."""

    host: str
    port: int
    gateway_port: int
    data: Path
    runtime: Path  # short and private: socket paths end at 107 bytes
    redis_url: str  # empty: the embedded server
    given_url: str  # GATEWAY_URL; empty: where this start listens

    @property
    def broker(self) -> str:
        """REDIS_URL for all parts."""
        return self.redis_url or valkey.address(self.runtime)

    @property
    def gateway_url(self) -> str:
        """How workers, functions and clients reach the gateway."""
        host = "127.0.0.1" if self.host == _EVERYWHERE else self.host
        return self.given_url or f"http://{host}:{self.gateway_port}"


def environment(places: Places) -> dict[str, str]:
    """The environment of all parts."""
    return {
        **os.environ,
        "SHARDLIGHT_DATA": str(places.data),
        "REDIS_URL": places.broker,
        "GATEWAY_URL": places.gateway_url,
        "PYTHONUNBUFFERED": "1",
    }


def parts(places: Places, server: str | None) -> list[Part]:
    """List the parts in the order of their start; `server` is the embedded Redis, if any."""
    manage = [sys.executable, str(BASE_DIR / "manage.py")]
    gateway = ["gateway", "--host", places.host, "--port", str(places.gateway_port)]
    web = ["web", "--host", places.host, "--port", str(places.port)]
    listed = [
        Part("gateway", [*manage, *gateway], lambda: _listens(places.host, places.gateway_port)),
        Part("console", [*manage, *web], lambda: _listens(places.host, places.port)),
        Part("worker", [*manage, "worker", "--beat"], lambda: _works(places), _expire),
    ]
    if server is not None:
        command = valkey.command(server, places.runtime)
        listed.insert(0, Part("valkey", command, lambda: _answers(places)))
    return listed


def _listens(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0


def _answers(places: Places) -> bool:
    try:
        with redis.Redis.from_url(places.broker) as link:
            return bool(link.ping())
    except redis.RedisError:
        return False


def _works(places: Places) -> bool:
    try:
        with redis.Redis.from_url(places.broker) as link:
            return any(link.scan_iter(f"{presence.KEY}*", count=1000))
    except redis.RedisError:
        return False


def _expire(pid: int) -> None:
    """End the leases of a worker of this machine that has just died."""
    expire_dead(lambda process: process == pid)


def expire_dead(dead: Callable[[int], bool], *, clock: Clock = SYSTEM_CLOCK) -> None:
    """End the leases of this machine's workers whose pid is `dead`."""
    for owner in leases.owners():
        process = process_of(owner)
        if process and process[0] == host_name() and dead(process[1]):
            leases.expire(owner, clock.now())
