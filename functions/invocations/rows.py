"""Rows of invocations on the hot path, by hand: added, ended, and looked at by who waits.

Each is one statement in the caller's transaction. What a row means is its callers' business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import connection, models

from functions.invocations.models import Invocation

Spell = Callable[[Any], Any]


def _moment(value: Any) -> Any:
    return None if value is None else connection.ops.adapt_datetimefield_value(value)


def key(value: Any) -> Any:
    """Spell an invocation's id as the database does in statements written by hand."""
    return value if connection.features.has_native_uuid_field else value.hex


def _same(value: Any) -> Any:
    return value


_SPELLINGS: dict[type[models.Field[Any, Any]], Spell] = {
    models.DateTimeField: _moment,
    models.UUIDField: key,
    models.CharField: str,
}
_FIELDS: dict[str, Spell] = {
    field.attname: _SPELLINGS.get(type(field), _same) for field in Invocation._meta.concrete_fields
}
_ADD = f"""
INSERT INTO functions_invocation ({", ".join(_FIELDS)}) VALUES ({", ".join(["%s"] * len(_FIELDS))})
"""
_RESULT = (
    "state",
    "version",
    "expires_at",
    "ended_at",
    "function_error",
    "error_type",
    "error_message",
    "result",
    "log_tail",
    "log_stream",
    "duration_ms",
    "billed_ms",
    "init_ms",
    "memory_used_mb",
    "reported_seq",
)
# A lane's fence is its own: it has stored what this invocation has led to.
_END = f"""
UPDATE functions_invocation SET {", ".join(f"{name} = %s" for name in _RESULT)}
 WHERE id = %s AND (source = 'lane' OR (state = 'running' AND owner = %s))
"""
_LOOK = """
SELECT state, version, result, function_error, error_type, error_message, log_tail
  FROM functions_invocation WHERE id = %s AND state IN ('done', 'lost')
"""


class Ended(NamedTuple):
    """What a caller has to know of an invocation that has ended."""

    state: str
    version: str
    result: bytes | None
    function_error: str
    error_type: str
    error_message: str
    log_tail: str


def add(row: Invocation) -> None:
    """Insert a new row."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [spell(getattr(row, name)) for name, spell in _FIELDS.items()])


def end(row: Invocation) -> bool:
    """Write down how a claimed row has ended; False when it is its owner's no more."""
    values = [_FIELDS[name](getattr(row, name)) for name in _RESULT]
    with connection.cursor() as cursor:
        cursor.execute(_END, [*values, key(row.pk), row.owner])
        return bool(cursor.rowcount == 1)


def ended(row: Invocation) -> Ended | None:
    """Look whether an invocation has ended, and how."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [key(row.pk)])
        found = cursor.fetchone()
    return None if found is None else Ended(*found)
