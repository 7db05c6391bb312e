"""`python -m tests.bench.idle_lanes COUNT`: what one tick asks, on a database with COUNT idle lanes.

A child of the benchmark, so that Django has a database of its own (DATABASE_URL, SHARDLIGHT_DATA).
Prints how many milliseconds of the processor a tick uses that finds nothing to do, the database
server's included: other things that the machine does hardly change that.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any
from uuid import uuid4

import psutil

_ROUNDS = 2000
_LANES_A_SHARD = 1000
_MAKE_LANES = """
INSERT INTO triggers_lane
  (mapping_id, shard_id, number, factor, enabled, done, checkpoint, cuts, attempt, unreached,
   request_id, reported, gathered_from, "window", starts, note, head, owner, token)
WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < %s)
SELECT %s, %s + n / %s, n %% %s, 1, TRUE, FALSE, 7, '[]', 0, 0, '', FALSE, 0, '', 0, '', 7, '', 1
  FROM numbers
"""


def main(count: int) -> None:
    """Make the lanes, ask, print."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "console.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    mapping, first_shard = _place(max(1, count // _LANES_A_SHARD))
    each = min(count, _LANES_A_SHARD)
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_LANES, [count, mapping, first_shard, each, each])
        cursor.execute("ANALYZE")
    print(_ask())


class _Nothing:
    """Is handed no work."""

    def advance(self, lane_id: int) -> None:
        raise RuntimeError(f"lane {lane_id}, which idles, is due")

    def invoke(self, invocation_id: str) -> None:
        raise RuntimeError(f"invocation {invocation_id} comes from nowhere")

    def load(self, load_id: int) -> None:
        raise RuntimeError(f"load {load_id} comes from nowhere")


def _ask() -> float:
    from triggers.polling.tick import tick

    nothing = _Nothing()
    tick(nothing)
    server = _server()
    before = _used(server)
    for _ in range(_ROUNDS):
        tick(nothing)
    return (_used(server) - before) / _ROUNDS * 1000


def _server() -> psutil.Process | None:
    """Find the process that serves our connection; None on SQLite, which is in ours."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return psutil.Process(cursor.fetchone()[0])


def _used(server: psutil.Process | None) -> float:
    """Sum the processor time of this process and the server's, in seconds."""
    return time.process_time() + (sum(server.cpu_times()[:2]) if server else 0.0)


def _place(shards: int) -> tuple[Any, int]:
    """Make a mapping and the shards it reads; gives its key as the database spells it."""
    from datetime import UTC, datetime

    from console.accounts.tenancy import scope_for
    from triggers.models import EventSourceMapping, Shard, Stream

    scope, now = scope_for("000000000000", "us-east-1"), datetime.now(UTC)
    of = {"tenancy_id": scope.tenancy, "region": scope.region}
    stream = Stream.objects.create(
        **of,
        arn="arn",
        label="l",
        table_name="t",
        key_schema=[],
        view_type="KEYS_ONLY",
        created_at=now,
    )
    made = [
        Shard(stream=stream, ordinal=n, name=f"s-{n}", hash_lo=b"", hash_hi=b"", head=7, noticed=7)
        for n in range(shards)
    ]
    Shard.objects.bulk_create(made)
    mapping = EventSourceMapping.objects.create(
        uuid=uuid4(),
        **of,
        function_name="f",
        stream_arn="arn",
        stream=stream,
        enabled=True,
        starting_position="LATEST",
        transition="Creating",
        settles_at=now,
        modified_at=now,
    )
    field: Any = EventSourceMapping._meta.pk
    from django.db import connection

    first = Shard.objects.order_by("pk").values_list("pk", flat=True)[0]
    return field.get_db_prep_value(mapping.pk, connection), first


if __name__ == "__main__":
    main(int(sys.argv[1]))
