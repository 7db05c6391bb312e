"""Where Django's secret key comes from: the environment, else a private file made on first use."""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def secret_key(given: str | None, path: Path) -> str:
    """Return `given`, or the key kept in `path` (created with mode 0600 when missing).

    Parts that start at once have the same one; an empty file is one that was never written.
    """
    if given:
        return given
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {path.parent} cannot be used ({error.strerror}): name another one "
            "with --data or SHARDLIGHT_DATA."
        ) from None
    with os.fdopen(descriptor, "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        key = file.read()
        if not key:
            key = secrets.token_urlsafe(48)
            file.write(key)
        return key
