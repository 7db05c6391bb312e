"""Requests over several connections as fast as they are taken: what they say together.

Knows neither operations nor bars.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.client import Exchange, flood
from tests.bench.report import Bar, Figure, Floor, percentile
from tests.bench.stage import Stage

MANY = 8
"""Connections of a rush, where a figure does not say otherwise."""


@dataclass(frozen=True, slots=True)
class Rush:
    """Exchanges over `connections`, and the processor time that the gateway spent on them."""

    connections: int
    exchanges: Sequence[Exchange]
    cpu_seconds: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        began = min(exchange.sent_ns for exchange in self.exchanges)
        ended = max(exchange.answered_ns for exchange in self.exchanges)
        return len(self.exchanges) / (ended - began) * 1e9

    def figures(
        self, what: str, unit: str, bar: Bar | None, floor: Floor, *, each: int = 1
    ) -> list[Figure]:
        """Give rate, p50, p99 of the connection that had to wait longest, and processor time.

        A request counts for `each` of `unit`; `floor` is the rate of what costs least.
        """
        took = [exchange.ms for exchange in self.exchanges]
        least = Floor(self.connections * 1000 * each / floor.value, floor.of)
        cpu_us = self.cpu_seconds / len(took) * 1e6
        return [
            Figure(what, self.rate * each, unit, bar, floor),
            Figure(f"{what}, p50", percentile(took, 0.5), "ms", None, least),
            Figure(f"{what}, unluckiest p99", self._unluckiest_p99(), "ms", Bar("≤", 50), least),
            Figure(f"{what}, processor of the gateway", cpu_us, "µs a call"),
        ]

    def _unluckiest_p99(self) -> float:
        lines = {exchange.line for exchange in self.exchanges}
        return max(
            percentile([one.ms for one in self.exchanges if one.line == line], 0.99)
            for line in lines
        )


def rush(stage: Stage, requests: Sequence[bytes], connections: int = MANY) -> Rush:
    """Send `requests`, dealt out to `connections`."""
    lines = [requests[first::connections] for first in range(connections)]
    before = _cpu_seconds(stage)
    exchanges = stage.clients.run(flood, stage.address, lines)
    return Rush(connections, exchanges, _cpu_seconds(stage) - before)


def _cpu_seconds(stage: Stage) -> float:
    return sum(sum(process.cpu_times()[:4]) for process in stage.product.gateway())
