"""Hints between processes through Redis. Losing one costs time, never a fact: all failures are quiet.

Nothing here may be relied on for truth; whoever waits for a hint also looks at the database.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import Any, cast

import redis
from django.conf import settings
from kombu.exceptions import OperationalError

from console.aws.clock import SYSTEM_CLOCK
from console.celery import app

log = logging.getLogger(__name__)
FIRST_REST_SECONDS = 1.0
LONGEST_REST_SECONDS = 10.0
"""How long nothing is tried after Redis has failed: doubled with each failure in a row."""

QUICK_SECONDS = 0.5
"""What a writer gives Redis at most."""

LONGEST_POP_SECONDS = 4.0

_FAILURES = (redis.RedisError, OperationalError, OSError)
_clients: dict[tuple[int, float], redis.Redis] = {}
_lock = threading.Lock()
_rest = FIRST_REST_SECONDS
_resting_until = 0.0


def client(patience: float = QUICK_SECONDS) -> redis.Redis | None:
    """Give this process's Redis client that waits `patience` seconds for an answer.

    None when no Redis is configured.
    """
    if not settings.REDIS_URL:
        return None
    key = os.getpid(), patience
    with _lock:
        found = _clients.get(key)
        if found is None:
            found = redis.Redis.from_url(
                settings.REDIS_URL, socket_timeout=patience, socket_connect_timeout=QUICK_SECONDS
            )
            _clients[key] = found
        return found


def publish(channel: str, text: str) -> int:
    """Tell whoever listens on `channel` now; the number of listening processes, 0 when unknown."""
    link = _usable()
    if link is None or _lost():
        return 0
    try:
        return link.publish(channel, text)
    except _FAILURES as error:
        _failed(error)
        return 0


def first_within(key: str, seconds: float) -> bool:
    """Say whether nobody else asked for `key` in the last `seconds`; True when unsure."""
    link = _usable()
    if link is None:
        return True
    try:
        return bool(link.set(key, b"", nx=True, px=int(seconds * 1000)))
    except _FAILURES as error:
        _failed(error)
        return True


def mark(key: str, text: str, expires: int) -> None:
    """Show `text` under `key` for `expires` seconds."""
    link = _usable()
    if link is None:
        return
    try:
        link.set(key, text, ex=expires)
    except _FAILURES as error:
        _failed(error)


def marks(prefix: str) -> dict[str, str]:
    """Read what is shown under keys that begin with `prefix`, without it."""
    link = _usable()
    if link is None:
        return {}
    try:
        keys = cast("list[bytes]", list(link.scan_iter(f"{prefix}*", count=1000)))
        values = cast("list[bytes | None]", link.mget(keys) if keys else [])
    except _FAILURES as error:
        _failed(error)
        return {}
    pairs = zip(keys, values, strict=True)
    return {key.decode()[len(prefix) :]: value.decode() for key, value in pairs if value}


def push(key: str, text: str, expires: int = 60) -> None:
    """Leave `text` for the one who will `pop` it, oldest first; gone after `expires` seconds."""
    link = _usable()
    if link is None or _lost():
        return
    try:
        with link.pipeline(transaction=False) as pipe:
            pipe.rpush(key, text)
            pipe.expire(key, expires)
            pipe.execute()
    except _FAILURES as error:
        _failed(error)


def pop(key: str, seconds: float) -> str | None:
    """Wait up to `seconds` (at most 4) for what is pushed under `key`; None when nothing came."""
    seconds = min(seconds, LONGEST_POP_SECONDS)
    link = _usable(LONGEST_POP_SECONDS + QUICK_SECONDS)
    if link is None:
        SYSTEM_CLOCK.sleep(min(seconds, 0.05))
        return None
    try:
        found = cast("tuple[bytes, bytes] | None", link.blpop([key], timeout=seconds))
    except _FAILURES as error:
        _failed(error)
        return None
    return found[1].decode() if found else None


def send(task: str, *args: Any, queue: str, expires: float | None = None) -> None:
    """Ask some worker to run the Celery task `task`; whoever asks must survive that nobody does."""
    if _usable() is None or _lost():
        return
    try:
        app.send_task(
            task, args=args, queue=queue, expires=expires, retry=False, ignore_result=True
        )
    except _FAILURES as error:
        _failed(error)


def _usable(patience: float = QUICK_SECONDS) -> redis.Redis | None:
    return None if SYSTEM_CLOCK.monotonic() < _resting_until else client(patience)


def _failed(error: Exception) -> None:
    """Leave Redis alone for a while; the longer, the more often it has failed in a row."""
    global _rest, _resting_until
    now = SYSTEM_CLOCK.monotonic()
    if now < _resting_until:
        return
    recent = now - _resting_until < LONGEST_REST_SECONDS
    _rest = min(_rest * 2, LONGEST_REST_SECONDS) if recent else FIRST_REST_SECONDS
    _resting_until = now + _rest
    log.debug("Redis is away, going on without hints: %s", error)


def _lost() -> bool:
    """Lose a share of the hints on purpose (setting HINT_LOSS, 0 outside fault tests)."""
    return settings.HINT_LOSS > 0 and os.urandom(1)[0] < settings.HINT_LOSS * 256
