"""A glance at a function before each of its invocations: one statement by hand.

Sees only what is settled and asked for without a version; everything else is `finding`'s.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

from console.aws.clock import as_datetime
from functions.catalog.routing import LATEST

_LOOK = """
SELECT revision, timeout FROM functions_function
 WHERE tenancy_id = %s AND region = %s AND name = %s AND settles_at <= %s
"""


class Glance(NamedTuple):
    """What was seen: everything else is what it was as long as the revision is."""

    revision: str
    timeout: int  # seconds


def glance(tenancy: int, region: str, name: str, qualifier: str, now: float) -> Glance | None:
    """Look at $LATEST of a function; None when that is not enough to invoke it."""
    if qualifier not in ("", LATEST):
        return None
    moment = connection.ops.adapt_datetimefield_value(as_datetime(now))
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [tenancy, region, name, moment])
        row = cursor.fetchone()
    return Glance(*row) if row else None
