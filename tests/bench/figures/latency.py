"""Write → handler start, on a lane in use and on an idle one, by raw client and by boto3.

The client notes when it sent item n, the handler prints n and its clock at its first line; both
read the same machine's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.bench import handlers
from tests.bench.client import Exchange, paced, paced_sdk
from tests.bench.product import LINGER_SECONDS
from tests.bench.report import Bar, Figure, Floor, percentile
from tests.bench.stage import Stage

_GAP_SECONDS = 0.02
_IDLE_GAP_SECONDS = LINGER_SECONDS + 1.5
"""Longer than a lane stays in hand, with the quarter second between its looks."""

_WARM_UP = 20


def measure(stage: Stage) -> list[Figure]:
    """Measure all kinds of write in turn on one mapping."""
    course = Course(stage, "latency")
    course.raw(_WARM_UP, _GAP_SECONDS)
    floor = _floor(stage)
    in_use = course.raw(stage.sizes.writes_in_use, _GAP_SECONDS)
    with_sdk = course.boto3(stage.sizes.writes_boto3, _GAP_SECONDS)
    idle = course.raw(stage.sizes.writes_idle + 1, _IDLE_GAP_SECONDS)[1:]
    return [
        Figure(
            "write → start, lane in use, p50", percentile(in_use, 0.5), "ms", Bar("≤", 3), floor
        ),
        Figure(
            "write → start, lane in use, p95", percentile(in_use, 0.95), "ms", Bar("≤", 7), floor
        ),
        Figure("write → start by boto3, p50", percentile(with_sdk, 0.5), "ms", None, floor),
        Figure("write → start by boto3, p95", percentile(with_sdk, 0.95), "ms", None, floor),
        Figure("write → start, lane let go, p50", percentile(idle, 0.5), "ms", Bar("≤", 8), floor),
        Figure("write → start, lane let go, p95", percentile(idle, 0.95), "ms", None, floor),
    ]


def _floor(stage: Stage) -> Floor:
    floors, gap = stage.floors, _GAP_SECONDS
    cost = floors.http_ms(gap) + floors.commit_ms(gap) + floors.wake_ms() + floors.echo_ms(gap)
    return Floor(cost, "empty HTTP + commit + BLPOP wake + socket round trip")


class Course:
    """A table, a stream, a mapping and a function that tells when it began with each item."""

    def __init__(self, stage: Stage, name: str) -> None:
        self._stage = stage
        self._name = name
        self._written = 0
        stream = stage.table(name)
        stage.function(name, handlers.LATENCY)
        stage.mapping(name, stream)

    def raw(self, count: int, gap: float) -> list[float]:
        """Write `count` items, one every `gap` seconds; milliseconds from write to start of each."""
        numbers = self._next(count)
        requests = self._stage.puts(self._name, [_item(number) for number in numbers])
        return self._took(
            numbers, self._stage.clients.run(paced, self._stage.address, requests, gap)
        )

    def boto3(self, count: int, gap: float) -> list[float]:
        """Do the same with boto3."""
        numbers = self._next(count)
        items = [_item(number) for number in numbers]
        work = (paced_sdk, self._stage.address, self._name, items, gap)
        return self._took(numbers, self._stage.clients.run(*work))

    def _next(self, count: int) -> range:
        first, self._written = self._written, self._written + count
        return range(first, self._written)

    def _took(self, numbers: range, exchanges: Sequence[Exchange]) -> list[float]:
        self._stage.until(lambda: len(self._started()) >= self._written, gap=0.5)
        started = self._started()
        pairs = zip(numbers, exchanges, strict=True)
        return [(started[number] - exchange.sent_ns) / 1e6 for number, exchange in pairs]

    def _started(self) -> dict[int, int]:
        return {int(number): int(began) for number, began in self._stage.said(self._name)}


def _item(number: int) -> dict[str, Any]:
    return {
        "id": {"S": f"order-{number}"},
        "n": {"N": str(number)},
        "customer": {"S": "Ada Lovelace"},
        "amount": {"N": "120.50"},
    }
