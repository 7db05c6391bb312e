"""LastProcessingResult: what became of a mapping's last batch, in AWS's words."""

from __future__ import annotations

from typing import Any

from django.db import connection

from triggers.models import EventSourceMapping

_SAY = """
UPDATE triggers_eventsourcemapping SET last_result = %s WHERE uuid = %s AND last_result <> %s
"""

NOTHING = "No records processed"
OK = "OK"
CALL_FAILED = "PROBLEM: Function call failed"
REFUSED = "PROBLEM: User: "
"""How the result begins when the role may not read the source."""


def say(mapping: Any, result: str) -> None:
    """Note the result of the last batch; a result that is there already is not written again.

    `mapping` is the key as the database spells it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SAY, [result, mapping, result])


def say_of_stream(stream_id: int, result: str) -> None:
    """Note what is wrong with a stream at every mapping that reads it."""
    readers = EventSourceMapping.objects.filter(stream_id=stream_id)
    readers.exclude(last_result=result).update(last_result=result)
