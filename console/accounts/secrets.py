"""Keys that all processes of an installation share, made on first use."""

from __future__ import annotations

import os
from functools import cache

from console.accounts.models import Secret


@cache
def signing_secret() -> bytes:
    """The key under which iterators and page tokens are sealed (32 bytes)."""
    secret, _ = Secret.objects.get_or_create(name="signing", defaults={"value": os.urandom(32)})
    return bytes(secret.value)
