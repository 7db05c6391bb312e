"""Where Django's secret key comes from: the environment, else a private file made on first use."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key(given: str | None, path: Path) -> str:
    """Return `given`, or the key kept in `path` (created with mode 0600 when missing)."""
    if given:
        return given
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
        return key
