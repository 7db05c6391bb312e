"""Which database DATABASE_URL names: SQLite or PostgreSQL. Refuses others; connects to none."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

_SQLITE = {
    "ENGINE": "console.sqlite",
    "OPTIONS": {
        "timeout": 60,  # seconds; as long as SDKs wait for an answer
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-8192; "
            "PRAGMA wal_autocheckpoint=4000;"  # pages: a writer waits for it, so not too often
        ),
    },
}


def database(url: str) -> dict[str, Any]:
    """Return Django's settings for the database at `url`."""
    scheme = url.partition("://")[0]
    if scheme not in ("sqlite", "postgres", "postgresql"):
        raise ImproperlyConfigured(
            "DATABASE_URL names no PostgreSQL: write postgres://user:password@host/name."
        )
    found: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=None))
    if scheme == "sqlite":
        return found | _SQLITE
    if find_spec("psycopg") is None:
        raise ImproperlyConfigured(
            "DATABASE_URL names PostgreSQL, whose driver is not installed: run "
            ".venv/bin/pip install -e '.[team]'"
        )
    return found | {"CONN_HEALTH_CHECKS": True}
