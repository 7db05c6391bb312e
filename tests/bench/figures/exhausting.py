"""What a function's neighbour feels of functions that use up whatever there is, one kind after another."""

from __future__ import annotations

import time
from pathlib import Path

from tests.bench import handlers
from tests.bench.client import again, paced
from tests.bench.report import Bar, Figure, Floor, percentile
from tests.bench.stage import Stage
from tests.runtime.hostile.exhaustion import ATTEMPTS

_CODE = Path(__file__).parents[2] / "runtime" / "hostile" / "exhaustion.py"
_TIMEOUT = 2
_MEMORY_MB = 512
"""Enough for all the processes that it may have: who forks is to be stopped by their number."""
_PAUSE_SECONDS = 0.2
"""After one that has ended, as after a batch that has failed."""
_GAP_SECONDS = 0.01
_STARTING_SECONDS = 0.3


def measure(stage: Stage) -> list[Figure]:
    """Invoke a quick function alone, then beside each of them; the bar is twice as long."""
    stage.function("exhausting", _CODE.read_text(), _TIMEOUT, _MEMORY_MB)
    stage.function("neighbour", handlers.ECHO)
    _p95(stage, seconds=0.5)
    figures = []
    for attempt in ATTEMPTS[: stage.sizes.exhausting]:
        before = _p95(stage, seconds=_TIMEOUT)
        request = stage.invoke("exhausting", {"attempt": attempt})
        seconds = _STARTING_SECONDS + _TIMEOUT
        load = stage.clients.start(again, stage.address, request, seconds, _PAUSE_SECONDS)
        time.sleep(_STARTING_SECONDS)
        during = _p95(stage, seconds=_TIMEOUT)
        load.result()
        name = f"warm Invoke p95 beside {attempt}"
        floor = Floor(before, "the same without")
        figures.append(Figure(name, during, "ms", Bar("≤", 2 * before), floor))
    return figures


def _p95(stage: Stage, seconds: float) -> float:
    request = stage.invoke("neighbour", {"order": "A-1"})
    requests = [request] * int(seconds / _GAP_SECONDS)
    exchanges = stage.clients.run(paced, stage.address, requests, _GAP_SECONDS)
    return percentile([exchange.ms for exchange in exchanges], 0.95)
