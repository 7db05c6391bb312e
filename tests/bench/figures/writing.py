"""Writes to a table with a stream: PutItem over 1 and 8 connections, BatchWriteItem over 8."""

from __future__ import annotations

from typing import Any

from tests.bench.figures.rushes import MANY, Rush, rush
from tests.bench.report import Bar, Figure, Floor
from tests.bench.stage import Stage

_BATCH = 25
"""Items in a BatchWriteItem, the most there may be."""


def measure(stage: Stage) -> list[Figure]:
    """Write new items as fast as they are taken."""
    stage.table("writing")
    _put(stage, "warm", 1, 50)
    return [*_puts(stage), *_batches(stage)]


def _puts(stage: Stage) -> list[Figure]:
    commit_ms, http_ms = stage.floors.commit_ms(), stage.floors.http_ms()
    single = _put(stage, "single", 1, stage.sizes.puts_single)
    http_rate = stage.floors.http_rate(MANY)
    many = _put(stage, "many", MANY, stage.sizes.puts_many)
    one = Floor(1000 / (commit_ms + http_ms), "empty HTTP, then a commit")
    best = Floor(min(1000 / commit_ms, http_rate), "the slower of commits and empty HTTP")
    return [
        *single.figures("PutItem, 1 connection", "/s", None, one),
        *many.figures("PutItem, 8 connections", "/s", Bar("≥", 1500), best),
    ]


def _put(stage: Stage, prefix: str, connections: int, count: int) -> Rush:
    items = [item(f"{prefix}-{number}") for number in range(count)]
    return rush(stage, stage.puts("writing", items), connections)


def _batches(stage: Stage) -> list[Figure]:
    rush(stage, _wishes(stage, "first", 10), 1)
    commit_ms, http_rate = stage.floors.commit_ms(rows=_BATCH), stage.floors.http_rate(MANY)
    found = rush(stage, _wishes(stage, "batch", stage.sizes.batches))
    rate = min(1000 / commit_ms, http_rate) * _BATCH
    best = Floor(rate, f"the slower of commits of {_BATCH} and empty HTTP")
    return found.figures(
        "BatchWriteItem, 8 connections", "items/s", Bar("≥", 8000), best, each=_BATCH
    )


def _wishes(stage: Stage, prefix: str, count: int) -> list[bytes]:
    return [
        stage.request(
            "BatchWriteItem",
            {
                "RequestItems": {
                    "writing": [
                        {"PutRequest": {"Item": item(f"{prefix}-{number}-{place}")}}
                        for place in range(_BATCH)
                    ]
                }
            },
        )
        for number in range(count)
    ]


def item(key: str) -> dict[str, Any]:
    """Make an item of about 150 bytes."""
    return {
        "id": {"S": key},
        "customer": {"S": "Ada Lovelace"},
        "amount": {"N": "120.50"},
        "lines": {"L": [{"M": {"sku": {"S": "A-1"}, "count": {"N": "3"}}}]},
    }
