"""Cold starts of environments, without the gateway: forked in a sandbox, beside a plain Python."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from functions.runtime import runtimes
from functions.runtime.isolation import Isolation, Level
from functions.runtime.pool import Pool
from functions.runtime.spec import EnvironmentSpec, Event
from tests.bench import handlers
from tests.bench.report import Bar, Figure
from tests.bench.stage import Stage

_NOWHERE = "http://127.0.0.1:9"
_KINDS = {"trivial": handlers.ECHO, "boto3": handlers.SDK}
_ARN = "arn:aws:lambda:us-east-1:000000000000:function:starting"


def measure(stage: Stage) -> list[Figure]:
    """Start both kinds of environment in turn; the bar is their ratio. And memory, and the kill."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        forked = Pool(root, _NOWHERE)
        plain = Pool(root, _NOWHERE, isolation=Isolation(Level.PLAIN))
        try:
            return [
                figure
                for name in _KINDS
                for figure in _kind(name, _written(root, name), forked, plain, stage)
            ]
        finally:
            forked.close()
            plain.close()


def _kind(
    name: str, spec: EnvironmentSpec, forked: Pool, plain: Pool, stage: Stage
) -> list[Figure]:
    _start(forked, spec)  # the first start makes the zygote
    pairs = [(_start(forked, spec), _start(plain, spec)) for _ in range(stage.sizes.cold_starts)]
    ours, theirs = (statistics.median(one[at][0] for one in pairs) for at in (0, 1))
    figures = [
        Figure(f"{name}: start by fork, sandbox included, p50", ours, "ms"),
        Figure(f"{name}: start of a plain Python, p50", theirs, "ms"),
        Figure(f"{name}: fork in a plain Python's time", ours / theirs, "×", Bar("≤", 0.35)),
    ]
    if name == "trivial":
        held = statistics.median(one[0][1] for one in pairs)
        ended = statistics.median(one[0][2] for one in pairs)
        figures.append(Figure("idle environment, private memory", held, "MiB", Bar("≤", 8)))
        figures.append(Figure("killing an environment, p50", ended, "ms", Bar("≤", 50)))
    return figures


def _start(pool: Pool, spec: EnvironmentSpec) -> tuple[float, float, float]:
    """Start, answer one event and end: milliseconds to the answer, MiB held, milliseconds to the end."""
    began = time.perf_counter()
    environment = pool.lend(spec)
    outcome = environment.invoke(Event("bench", b"{}", _ARN))
    took = (time.perf_counter() - began) * 1000
    if outcome.function_error:
        raise RuntimeError(outcome.payload)
    held = _private_mib({environment.tree.init_pid, environment.tree.main_pid})
    began = time.perf_counter()
    environment.kill()
    ended = (time.perf_counter() - began) * 1000
    pool.give_back(environment)
    return took, held, ended


def _private_mib(pids: set[int]) -> float:
    texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
    lines = [line.split() for text in texts for line in text.splitlines()]
    return sum(int(line[1]) for line in lines if line[0].startswith("Private_")) / 1024


def _written(root: Path, name: str) -> EnvironmentSpec:
    folder = root / name
    folder.mkdir(mode=0o755)
    (folder / "app.py").write_text(_KINDS[name])
    return EnvironmentSpec(
        function_arn=f"{_ARN}-{name}",
        name=name,
        version="$LATEST",
        runtime=runtimes.offered()[0],
        handler="app.handler",
        region="us-east-1",
        code=folder,
        code_sha256=name,
        revision="1",
        memory_mb=512,
    )
