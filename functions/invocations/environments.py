"""This process's execution environments and places, made from the settings. Only workers ask."""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore

from django.conf import settings

from functions.runtime.pool import Pool


@cache
def pool() -> Pool:
    """Give the process's one pool; it is made when first asked for."""
    return Pool(
        settings.DATA_DIR / "code",
        settings.GATEWAY_URL,
        idle_seconds=settings.ENVIRONMENT_IDLE_SECONDS,
    )


@cache
def places() -> BoundedSemaphore:
    """Give the process's places for invocations; lanes have others."""
    return BoundedSemaphore(settings.INVOCATION_SLOTS)
