"""Whether the gateway's memory stays as it is while very many items are written."""

from __future__ import annotations

import time

from tests.bench.figures.rushes import rush
from tests.bench.figures.writing import item
from tests.bench.report import Bar, Figure, Floor
from tests.bench.stage import Stage

_CHUNK = 5000
"""Requests that are made ready at a time."""

_SECONDS = 180.0
"""How long it may take: a slow machine writes fewer, and the floor's text says how many."""


def measure(stage: Stage) -> list[Figure]:
    """Put many items, and look when the caches have filled and at the end.

    What a connection keeps of the database is limited (8 MiB, `cache_size`) and full by then.
    """
    stage.table("many")
    until = time.monotonic() + _SECONDS
    warm = stage.sizes.puts_warm
    written = _put(stage, 0, warm, until)
    before = _mib(stage)
    written += _put(stage, written, stage.sizes.puts_memory - written, until)
    floor = Floor(before, f"the same after {warm:,} of {written:,}")
    bar = Bar("≤", 1.1 * before)
    return [Figure("memory of the gateway after many PutItem", _mib(stage), "MiB", bar, floor)]


def _put(stage: Stage, first: int, count: int, until: float) -> int:
    """Put up to `count` new items as long as there is time; how many."""
    put = 0
    while put < count and (put == 0 or time.monotonic() < until):
        some = range(first + put, first + min(count, put + _CHUNK))
        rush(stage, stage.puts("many", [item(f"k-{number}") for number in some]))
        put += len(some)
    return put


def _mib(stage: Stage) -> float:
    return sum(process.memory_full_info().pss for process in stage.product.gateway()) / 2**20
