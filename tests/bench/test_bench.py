"""The benchmark's command runs and yields every figure. What the figures are is judged nowhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import postgres

ROOT = Path(__file__).resolve().parents[2]
DATABASES = ["SQLite", *(["PostgreSQL"] if postgres.available() else [])]
FIGURES = [
    "ready after the start",
    "idle, just started: processor",
    "idle, just started: memory",
    "PutItem, 1 connection",
    "PutItem, 1 connection, p50",
    "PutItem, 1 connection, unluckiest p99",
    "PutItem, 1 connection, processor of the gateway",
    "PutItem, 8 connections",
    "PutItem, 8 connections, p50",
    "PutItem, 8 connections, unluckiest p99",
    "PutItem, 8 connections, processor of the gateway",
    "BatchWriteItem, 8 connections",
    "BatchWriteItem, 8 connections, p50",
    "BatchWriteItem, 8 connections, unluckiest p99",
    "BatchWriteItem, 8 connections, processor of the gateway",
    "GetItem, 8 connections",
    "GetItem, 8 connections, p50",
    "GetItem, 8 connections, unluckiest p99",
    "GetItem, 8 connections, processor of the gateway",
    "Query of 100 items, 8 connections",
    "Query of 100 items, 8 connections, p50",
    "Query of 100 items, 8 connections, unluckiest p99",
    "Query of 100 items, 8 connections, processor of the gateway",
    "write → start, lane in use, p50",
    "write → start, lane in use, p95",
    "write → start by boto3, p50",
    "write → start by boto3, p95",
    "write → start, lane let go, p50",
    "write → start, lane let go, p95",
    "drain of a backlog, batch 100",
    "drain of a backlog, batch 1,000",
    "warm Invoke, p50",
    "warm Invoke, p95",
    "warm Invoke, of it the environment, p50",
    "warm Invoke, processor of everything",
    "warm Invoke, 8 connections, 4 functions",
    "cold start, whole first Invoke, p50",
    "cold start, whole first Invoke, p95",
    "cold start, Init Duration, p50",
    "trivial: start by fork, sandbox included, p50",
    "trivial: start of a plain Python, p50",
    "trivial: fork in a plain Python's time",
    "idle environment, private memory",
    "killing an environment, p50",
    "boto3: start by fork, sandbox included, p50",
    "boto3: start of a plain Python, p50",
    "boto3: fork in a plain Python's time",
    *(f"a tick beside 5,000 idle lanes, {kind}" for kind in DATABASES),
    "PutItem p95 beside sleeping Invokes",
    "PutItem p95 beside sleeping Invokes starting cold",
    "write → start p95 beside one sleeping mapping",
    "write → start p95 beside sleeping mappings",
    "warm Invoke p95 beside fork_a_bomb",
    "memory of the gateway after many PutItem",
    "beside 20 idle mappings: processor",
    "idle, with all its mappings: processor",
    "idle, with all its mappings: memory",
]

COUNTED = ("CPU-s a minute", "µs a call")
"""Units of processor time, which the kernel counts in hundredths of a second: it may be none."""


@pytest.mark.proof
@pytest.mark.sandbox
@pytest.mark.journey
def test_a_quick_run_yields_every_figure(tmp_path: Path) -> None:
    found = tmp_path / "figures.json"

    subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick", "--json", str(found)],
        cwd=ROOT,
        check=True,
        timeout=1500,
    )

    figures = json.loads(found.read_text())["figures"]
    assert [figure["name"] for figure in figures] == FIGURES
    assert all(figure["value"] > 0 or figure["unit"] in COUNTED for figure in figures)
