"""What a tick costs when nothing is to do, with few idle lanes and with very many, on both databases.

The product that runs takes no part: each count has a database and a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests import postgres
from tests.bench.product import ROOT
from tests.bench.report import Bar, Figure, Floor
from tests.bench.stage import Stage


def measure(stage: Stage) -> list[Figure]:
    """Measure on SQLite, and on PostgreSQL where there is a server for this machine."""
    kinds = ["SQLite", *(["PostgreSQL"] if postgres.available() else [])]
    return [_figure(stage, kind) for kind in kinds]


def _figure(stage: Stage, kind: str) -> Figure:
    few, many = (_tick_ms(kind, n) for n in (stage.sizes.lanes_few, stage.sizes.lanes_many))
    floor = Floor(few, f"the same with {stage.sizes.lanes_few:,}")
    what = f"a tick beside {stage.sizes.lanes_many:,} idle lanes, {kind}"
    return Figure(what, many, "ms", Bar("≤", 3 * few), floor)


def _tick_ms(kind: str, lanes: int) -> float:
    with tempfile.TemporaryDirectory(prefix="shardlight-bench-") as folder, _database(kind) as more:
        told = subprocess.run(
            [sys.executable, "-m", "tests.bench.idle_lanes", str(lanes)],
            cwd=ROOT,
            env={**os.environ, "SHARDLIGHT_DATA": folder, **more},
            stdout=subprocess.PIPE,
            check=True,
        )
    return float(told.stdout)


@contextmanager
def _database(kind: str) -> Iterator[dict[str, str]]:
    if kind == "SQLite":
        yield {}
        return
    with postgres.server() as url:
        yield {"DATABASE_URL": url}
