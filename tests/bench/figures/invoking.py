"""Invoke through the gateway: warm round trips, many at once, and the first one of a function."""

from __future__ import annotations

import re

from tests.bench import handlers
from tests.bench.client import flood
from tests.bench.figures.idle import cpu_seconds
from tests.bench.report import Bar, Figure, Floor, percentile
from tests.bench.stage import Stage

_FUNCTIONS = 4
_CONNECTIONS_EACH = 2
_DURATION = re.compile(r"\tDuration: ([0-9.]+) ms")
_INIT = re.compile(r"Init Duration: ([0-9.]+) ms")


def measure(stage: Stage) -> list[Figure]:
    """Invoke a function that returns its event, then functions that never ran before."""
    return [*_warm(stage), *_cold(stage)]


def _warm(stage: Stage) -> list[Figure]:
    stage.function("echo", handlers.ECHO)
    request = stage.invoke("echo", {"order": "A-1"})
    run = stage.clients.run
    run(flood, stage.address, [[request] * 20])
    floors = stage.floors
    least = floors.http_ms() + 2 * floors.wake_ms() + floors.echo_ms()
    floor = Floor(least, "empty HTTP + a wake there and back + socket round trip")
    used = cpu_seconds(stage.product.tree())
    took = [one.ms for one in run(flood, stage.address, [[request] * stage.sizes.invokes])]
    each_ms = (cpu_seconds(stage.product.tree()) - used) * 1000 / len(took)
    within = Floor(floors.echo_ms(), "a socket round trip")
    return [
        Figure("warm Invoke, p50", percentile(took, 0.5), "ms", Bar("≤", 6), floor),
        Figure("warm Invoke, p95", percentile(took, 0.95), "ms", None, floor),
        Figure(
            "warm Invoke, of it the environment, p50", _inside(stage), "ms", Bar("≤", 1), within
        ),
        Figure("warm Invoke, processor of everything", each_ms, "ms"),
        _many(stage),
    ]


def _inside(stage: Stage) -> float:
    """Read from the REPORT lines how long the function itself had the event, but for its start."""
    lines = [text for _, text in stage.lines("echo") if text.startswith("REPORT ")]
    found = [_DURATION.search(text) for text in lines[1:]]
    return percentile([float(one.group(1)) for one in found if one], 0.5)


def _many(stage: Stage) -> Figure:
    """Invoke several functions over several connections each, as fast as they are answered."""
    names = [f"echo-{number}" for number in range(_FUNCTIONS)]
    for name in names:
        stage.function(name, handlers.ECHO)
    requests = [stage.invoke(name, {"order": "A-1"}) for name in names] * _CONNECTIONS_EACH
    run = stage.clients.run
    run(flood, stage.address, [[request] * 5 for request in requests])
    each = stage.sizes.invokes_many // len(requests)
    many = run(flood, stage.address, [[request] * each for request in requests])
    span = max(one.answered_ns for one in many) - min(one.sent_ns for one in many)
    what = f"warm Invoke, {len(requests)} connections, {_FUNCTIONS} functions"
    return Figure(what, len(many) / span * 1e9, "/s", Bar("≥", 300))


def _cold(stage: Stage) -> list[Figure]:
    names = [f"cold-{number}" for number in range(stage.sizes.cold_starts)]
    for name in names:
        stage.function(name, handlers.ECHO)
    floor = Floor(stage.floors.python_ms(), "a start of Python")
    took, inits = [], []
    for name in names:
        took += stage.clients.run(flood, stage.address, [[stage.invoke(name, {})]])
        inits.append(_init_ms(stage, name))
    first = [exchange.ms for exchange in took]
    return [
        Figure(
            "cold start, whole first Invoke, p50",
            percentile(first, 0.5),
            "ms",
            Bar("≤", 120),
            floor,
        ),
        Figure("cold start, whole first Invoke, p95", percentile(first, 0.95), "ms", None, floor),
        Figure("cold start, Init Duration, p50", percentile(inits, 0.5), "ms", None, floor),
    ]


def _init_ms(stage: Stage, name: str) -> float:
    """Read Init Duration from the REPORT line. Raises LookupError when nothing was started."""
    stage.until(lambda: any(text.startswith("REPORT ") for _, text in stage.lines(name)))
    for _, text in stage.lines(name):
        if found := _INIT.search(text):
            return float(found.group(1))
    raise LookupError(f"the first Invoke of {name} started no environment")
