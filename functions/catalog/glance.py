"""A glance at a function before each of its invocations: one statement by hand, or a part of one.

Sees only what is settled and asked for without a version; everything else is `finding`'s.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import connection

from console.aws.clock import as_datetime
from functions.catalog.routing import LATEST

_LOOK = """
SELECT revision, timeout FROM functions_function
 WHERE tenancy_id = %s AND region = %s AND name = %s AND settles_at <= %s
"""

BESIDE = """
  LEFT JOIN functions_function f ON f.tenancy_id = m.tenancy_id AND f.region = m.region
   AND f.name = m.function_name AND f.settles_at <= %s
"""
"""Lets a statement about `m`, which names a function, see `f.revision` as a glance does; the
parameter is what `moment` gives."""


class Glance(NamedTuple):
    """What was seen: everything else is what it was as long as the revision is."""

    revision: str
    timeout: int  # seconds


def glance(tenancy: int, region: str, name: str, qualifier: str, now: float) -> Glance | None:
    """Look at $LATEST of a function; None when that is not enough to invoke it."""
    if not is_enough(qualifier):
        return None
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [tenancy, region, name, moment(now)])
        row = cursor.fetchone()
    return Glance(*row) if row else None


def is_enough(qualifier: str) -> bool:
    """Say whether $LATEST is asked for, which is all that a glance can see."""
    return qualifier in ("", LATEST)


def moment(now: float) -> Any:
    """Spell a moment as the database does in statements written by hand."""
    return connection.ops.adapt_datetimefield_value(as_datetime(now))
