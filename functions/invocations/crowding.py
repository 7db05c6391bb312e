"""How many invocations run at once, as their rows say. Decides nothing about it."""

from __future__ import annotations

from django.db import connection

from functions.observability.metrics.emission import Crowd, Place

# The state stands in the statement, so that the partial index of running invocations is used.
_COUNT = """
SELECT COUNT(*), SUM(CASE WHEN function_name = %s THEN 1 ELSE 0 END)
FROM functions_invocation WHERE state = 'running' AND tenancy_id = %s AND region = %s
"""


def crowd(place: Place) -> Crowd:
    """Count the running invocations of a function and of its account.

    Asked while an invocation ends, and concurrency falls only then, so no peak is missed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [place.function_name, place.tenancy, place.region])
        account, function = cursor.fetchone()
    return Crowd(function or 0, account)
