"""How fast a backlog is worked off, from the first START to the last END in the log."""

from __future__ import annotations

from typing import Any

from tests.bench import handlers
from tests.bench.report import Bar, Figure, Floor
from tests.bench.stage import Stage

_WRITE = 25
"""Items in one BatchWriteItem."""


def measure(stage: Stage) -> list[Figure]:
    """Write a backlog once, and let two functions read it, one after the other."""
    stream = stage.table("drain")
    _fill(stage, "drain", stage.sizes.backlog)
    bars = {100: Bar("≥", 20_000), 1000: Bar("≥", 75_000)}
    return [_drain(stage, stream, batch, bar) for batch, bar in bars.items()]


def _fill(stage: Stage, table: str, count: int) -> None:
    client = stage.sdk("dynamodb")
    for first in range(0, count, _WRITE):
        wishes = [{"PutRequest": {"Item": _item(first + n)}} for n in range(_WRITE)]
        client.batch_write_item(RequestItems={table: wishes})


def _drain(stage: Stage, stream: str, batch: int, bar: Bar) -> Figure:
    name, backlog = f"drain-{batch}", stage.sizes.backlog
    floor_ms = stage.floors.commit_ms() + stage.floors.echo_ms()
    stage.function(name, handlers.COUNTING)
    stage.mapping(name, stream, BatchSize=batch)
    stage.until(lambda: sum(int(words[0]) for words in stage.said(name)) >= backlog, gap=1.0)
    lines = stage.lines(name)
    began = min(moment for moment, text in lines if text.startswith("START "))
    ended = max(moment for moment, text in lines if text.startswith("END "))
    rate = backlog / max(1, ended - began) * 1000
    floor = Floor(batch / floor_ms * 1000, "a commit and a socket round trip a batch")
    return Figure(f"drain of a backlog, batch {batch:,}", rate, "records/s", bar, floor)


def _item(number: int) -> dict[str, Any]:
    return {
        "id": {"S": f"order-{number}"},
        "n": {"N": str(number)},
        "customer": {"S": "Ada Lovelace"},
        "amount": {"N": "120.50"},
    }
