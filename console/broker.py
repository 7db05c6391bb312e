"""Which Redis carries hints and queues, in the spelling each client wants. Starts nothing itself."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured


def celery_url(url: str) -> str:
    """Translate a redis-py address (`redis://…`, `unix:///path`) to kombu's spelling.

    An empty address becomes a port nobody listens on: sending fails at once and is swallowed,
    because no fact lives in a message.
    """
    if not url:
        return "redis://127.0.0.1:1/0"
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured("REDIS_URL names no Redis: write redis://host:6379/0.")
    return url.replace("unix://", "redis+socket://", 1) if url.startswith("unix://") else url
