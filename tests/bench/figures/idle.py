"""What everything together costs while nothing happens: processor time and memory."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress

import psutil

from tests.bench import handlers
from tests.bench.product import LINGER_SECONDS
from tests.bench.report import Bar, Figure, Floor
from tests.bench.stage import Stage

_SETTLE_SECONDS = LINGER_SECONDS + 1.0
_ENABLED_SECONDS = 15.0
"""Within this time the lanes of the last mappings have looked and were let go."""
_STREAMS = 10
_UNIT = "CPU-s a minute"


def measure(stage: Stage, what: str = "idle, just started") -> list[Figure]:
    """Watch the whole tree of processes for a while."""
    time.sleep(_SETTLE_SECONDS)
    return [
        Figure(f"{what}: processor", _a_minute(stage), _UNIT, Bar("≤", 5)),
        Figure(f"{what}: memory", _memory_mib(stage), "MiB"),
    ]


def measure_mappings(stage: Stage) -> list[Figure]:
    """Watch it before and after many mappings have come that have nothing to do."""
    time.sleep(_SETTLE_SECONDS)
    before = _a_minute(stage)
    streams = [stage.table(f"quiet-{number}") for number in range(_STREAMS)]
    functions = stage.sizes.idle_mappings // _STREAMS
    client = stage.sdk("lambda")
    for number in range(functions):
        name = f"quiet-{number}"
        stage.function(name, handlers.ECHO)
        for stream in streams:
            client.create_event_source_mapping(
                FunctionName=name, EventSourceArn=stream, StartingPosition="LATEST"
            )
    time.sleep(_SETTLE_SECONDS + _ENABLED_SECONDS)
    count = functions * _STREAMS
    floor, bar = Floor(before, "the same before they came"), Bar("≤", before + 1)
    return [
        Figure(f"beside {count:,} idle mappings: processor", _a_minute(stage), _UNIT, bar, floor)
    ]


def _a_minute(stage: Stage) -> float:
    """Measure the processor time that the tree uses in a minute, from some seconds of it."""
    before, began = cpu_seconds(stage.product.tree()), time.monotonic()
    time.sleep(stage.sizes.idle_seconds)
    used = cpu_seconds(stage.product.tree()) - before
    return used / (time.monotonic() - began) * 60


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """Sum the processor time of processes, of their children that have ended too."""
    total = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            total += sum(process.cpu_times()[:4])
    return total


def _memory_mib(stage: Stage) -> float:
    """Sum the proportional memory of the tree: what is shared is counted once."""
    total = 0
    for process in stage.product.tree():
        with suppress(psutil.NoSuchProcess):
            total += process.memory_full_info().pss
    return total / 2**20
