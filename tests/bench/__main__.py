"""`python -m tests.bench`: starts the product, measures it, prints each figure beside bar and floor.

Times of a machine that does other things too drift; read them against the floors of the same run.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.bench import floors, product, report
from tests.bench.client import Clients
from tests.bench.figures import (
    crowding,
    drain,
    exhausting,
    idle,
    invoking,
    latency,
    memory,
    reading,
    starting,
    ticking,
    writing,
)
from tests.bench.report import Bar, Figure
from tests.bench.sizes import FULL, QUICK, Sizes
from tests.bench.stage import Stage

_FIGURES: dict[str, Callable[[Stage], list[Figure]]] = {
    "idle": idle.measure,
    "writing": writing.measure,
    "reading": reading.measure,
    "latency": latency.measure,
    "drain": drain.measure,
    "invoking": invoking.measure,
    "starting": starting.measure,
    "ticking": ticking.measure,
    "crowding": crowding.measure,
    "exhausting": exhausting.measure,
    "memory": memory.measure,
    "idle-mappings": idle.measure_mappings,
    "idle-full": partial(idle.measure, what="idle, with all its mappings"),
}


def main() -> int:
    """Measure what the arguments name; 0 whatever the figures are, for they judge nothing."""
    options = _options()
    sizes = QUICK if options.quick else FULL
    chosen = options.figures or list(_FIGURES)
    began = time.monotonic()
    figures = _run(sizes, chosen)
    print(report.table(figures))
    facts: dict[str, object] = {
        "quick": options.quick,
        "seconds": round(time.monotonic() - began, 1),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(),
    }
    if options.json:
        options.json.write_text(report.as_json(figures, facts))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("figures", nargs="*", choices=[[], *_FIGURES], help="default: all")
    parser.add_argument("--quick", action="store_true", help="small counts: does it all work?")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    return parser.parse_args()


def _run(sizes: Sizes, chosen: list[str]) -> list[Figure]:
    figures = []
    clients = Clients()
    try:
        with product.running() as running:
            figures.append(Figure("ready after the start", running.ready_seconds, "s", Bar("≤", 5)))
            with floors.measured(running, clients, sizes.floor_rounds) as least:
                stage = Stage(running, clients, least, sizes)
                stage.open()
                for name in chosen:
                    print(f"measuring {name} …", file=sys.stderr, flush=True)
                    figures += _FIGURES[name](stage)
    finally:
        clients.close()
    return figures


if __name__ == "__main__":
    sys.exit(main())
