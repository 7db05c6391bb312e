"""Hints between processes through Redis. Losing one costs time, never a fact: all failures are quiet.

Nothing here may be relied on for truth; whoever waits for a hint also looks at the database.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import defaultdict
from typing import Any, cast

import redis
from django.conf import settings
from kombu.exceptions import OperationalError

from console.aws.clock import SYSTEM_CLOCK
from console.celery import app
from console.links import Link, Words

log = logging.getLogger(__name__)
FIRST_REST_SECONDS = 1.0
LONGEST_REST_SECONDS = 10.0
"""How long nothing is tried after Redis has failed: doubled with each failure in a row."""

QUICK_SECONDS = 0.5
"""What a writer gives Redis at most."""

LONGEST_POP_SECONDS = 4.0

_FAILURES = (redis.RedisError, OperationalError, OSError)
_clients: dict[tuple[int, float], redis.Redis] = {}
_links: dict[tuple[int, str, float], list[Link]] = defaultdict(list)
"""What is connected and at rest, by process, address and patience; the one used last comes first."""
_lock = threading.Lock()
_rest = FIRST_REST_SECONDS
_resting_until = 0.0


def client() -> redis.Redis | None:
    """Give this process's Redis client; None when no Redis is configured."""
    if not settings.REDIS_URL:
        return None
    key = os.getpid(), QUICK_SECONDS
    with _lock:
        found = _clients.get(key)
        if found is None:
            found = redis.Redis.from_url(
                settings.REDIS_URL,
                socket_timeout=QUICK_SECONDS,
                socket_connect_timeout=QUICK_SECONDS,
            )
            _clients[key] = found
        return found


def publish(channel: str, text: str) -> int:
    """Tell whoever listens on `channel` now; the number of listening processes, 0 when unknown."""
    told = None if _lost() else _ask((b"PUBLISH", channel.encode(), text.encode()))
    return int(told[0]) if told else 0


def listener(patience: float) -> Link | None:
    """Make a connection to hear channels with, which nobody else uses; None without a Redis."""
    return Link(settings.REDIS_URL, patience, QUICK_SECONDS) if settings.REDIS_URL else None


def first_within(key: str, seconds: float) -> bool:
    """Say whether nobody else asked for `key` in the last `seconds`; True when unsure."""
    told = _ask((b"SET", key.encode(), b"", b"NX", b"PX", b"%d" % int(seconds * 1000)))
    return told is None or told[0] is not None


def mark(key: str, text: str, expires: int) -> None:
    """Show `text` under `key` for `expires` seconds."""
    _ask((b"SET", key.encode(), text.encode(), b"EX", b"%d" % expires))


def marks(prefix: str) -> dict[str, str]:
    """Read what is shown under keys that begin with `prefix`, without it."""
    link = client() if _is_usable() else None
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
    name = key.encode()
    if not _lost():
        _ask((b"RPUSH", name, text.encode()), (b"EXPIRE", name, b"%d" % expires))


def pop(key: str, seconds: float) -> str | None:
    """Wait up to `seconds` (at most 4) for what is pushed under `key`; None when nothing came."""
    seconds = min(seconds, LONGEST_POP_SECONDS)
    if not _is_usable():
        SYSTEM_CLOCK.sleep(min(seconds, 0.05))
        return None
    words = b"BLPOP", key.encode(), b"%f" % seconds
    told = _ask(words, patience=LONGEST_POP_SECONDS + QUICK_SECONDS)
    found: bytes | None = told[0][1] if told and told[0] else None
    return None if found is None else found.decode()


def send(task: str, *args: Any, queue: str, expires: float | None = None) -> None:
    """Ask some worker to run the Celery task `task`; whoever asks must survive that nobody does."""
    if not _is_usable() or _lost():
        return
    try:
        app.send_task(
            task, args=args, queue=queue, expires=expires, retry=False, ignore_result=True
        )
    except _FAILURES as error:
        _failed(error)


def _is_usable() -> bool:
    """Say whether there is a Redis that has not just failed."""
    return bool(settings.REDIS_URL) and SYSTEM_CLOCK.monotonic() >= _resting_until


def _ask(*commands: Words, patience: float = QUICK_SECONDS) -> list[Any] | None:
    """Give Redis's answers to commands; None without a Redis, or when it has failed."""
    if not _is_usable():
        return None
    rested = _links[os.getpid(), settings.REDIS_URL, patience]
    try:
        link = rested.pop()
    except IndexError:
        link = Link(settings.REDIS_URL, patience, QUICK_SECONDS)
    try:
        return link.ask(*commands)
    except _FAILURES as error:
        _failed(error)
        return None
    finally:
        rested.append(link)


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
