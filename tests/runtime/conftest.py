"""Functions written on the spot, run in real execution environments."""

from __future__ import annotations

import dataclasses
import json
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.runtime import cgroups, limits, runtimes, walls
from functions.runtime.isolation import Isolation, Level, probe
from functions.runtime.outcomes import Outcome
from functions.runtime.pool import Pool
from functions.runtime.spec import EnvironmentSpec, Event

ARN = "arn:aws:lambda:us-east-1:111111111111:function:probe"
NOWHERE = "http://127.0.0.1:9"

Write = Callable[..., EnvironmentSpec]
needs_python_of_the_system = pytest.mark.skipif(
    not Path("/usr/bin/python3").exists(), reason="no /usr/bin/python3 for a package's own program"
)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let init phases take longer than AWS does, as on a loaded machine they may."""
    monkeypatch.setattr(limits, "INIT_SECONDS", 60.0)


@pytest.fixture
def code_root(tmp_path: Path) -> Path:
    root = tmp_path / "code"
    root.mkdir()
    root.chmod(0o755)
    return root


@pytest.fixture
def write(code_root: Path) -> Write:
    """Write a function's code and say how to run it."""

    def make(text: str, **settings: Any) -> EnvironmentSpec:
        number = len(list(code_root.iterdir()))
        folder = code_root / f"package{number}"
        folder.mkdir()
        folder.chmod(0o755)
        (folder / "app.py").write_text(textwrap.dedent(text))
        (folder / "app.py").chmod(0o644)
        spec = EnvironmentSpec(
            function_arn=ARN,
            name="probe",
            version="$LATEST",
            runtime=runtimes.offered()[0],
            handler="app.handler",
            region="us-east-1",
            code=folder,
            code_sha256=folder.name,
            revision="1",
            timeout_seconds=60,  # a loaded machine may take its time
        )
        return dataclasses.replace(spec, **settings)

    return make


@pytest.fixture
def pack(write: Write) -> Write:
    """Write a package of several files, some of which are programs, for a runtime by name."""

    def make(
        files: dict[str, str], runtime: str, handler: str = "index.handler", **settings: Any
    ) -> EnvironmentSpec:
        spec = write("", runtime=runtime, handler=handler, **settings)
        (spec.code / "app.py").unlink()
        for name, text in files.items():
            path = spec.code / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip())
            path.chmod(0o755 if text.lstrip().startswith("#!") else 0o644)
        return spec

    return make


@pytest.fixture
def sandboxed(code_root: Path) -> Isolation:
    """The wall itself; tests of it say so when this machine has none."""
    found = probe(code_root)
    if not found.is_sandboxed:
        pytest.skip(f"no namespaces here: {found.reason}")
    return found


@pytest.fixture
def confined() -> Isolation:
    """The second-best wall, as on machines that refuse namespaces."""
    reason = walls.try_out()
    if reason:
        pytest.skip(f"no Landlock here: {reason}")
    return Isolation(Level.CONFINED, "for this test", cgroups.find())


@pytest.fixture(params=["sandboxed", "confined", "not isolated"])
def isolation(request: pytest.FixtureRequest) -> Isolation:
    """Each way to run functions that this machine has."""
    if request.param == "confined":
        second: Isolation = request.getfixturevalue("confined")
        return second
    if request.param == "sandboxed":
        found: Isolation = request.getfixturevalue("sandboxed")
        return found
    return Isolation(Level.PLAIN)


@pytest.fixture
def pool(code_root: Path, isolation: Isolation) -> Iterator[Pool]:
    made = Pool(code_root, NOWHERE, isolation=isolation)
    yield made
    made.close()


@pytest.fixture(params=["forked", "fresh"])
def walled(request: pytest.FixtureRequest, code_root: Path, sandboxed: Isolation) -> Iterator[Pool]:
    """A pool that always runs behind the wall, with each way to start an environment there."""
    made = Pool(code_root, NOWHERE, isolation=sandboxed, zygotes=request.param == "forked")
    yield made
    made.close()


@pytest.fixture
def groups(walled: Pool) -> cgroups.Groups:
    if walled.isolation.groups is None:
        pytest.skip("no cgroup can be made here")
    return walled.isolation.groups


def run(pool: Pool, spec: EnvironmentSpec, event: Any = None, request_id: str = "r-1") -> Outcome:
    """Invoke once, as a worker does."""
    environment = pool.lend(spec)
    try:
        return environment.invoke(Event(request_id, json.dumps(event).encode(), ARN))
    finally:
        pool.give_back(environment)


def texts(outcome: Outcome) -> list[str]:
    return [text for _, text in outcome.log_lines]


def until(true: Callable[[], bool]) -> bool:
    """Wait for what comes true sooner or later; how long that takes decides nothing."""
    end = time.monotonic() + 120
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


def is_gone(pid: int) -> bool:
    """Say whether a process has ended; one that nobody has buried yet has."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rsplit(")", 1)[1].split()[0] in "ZX"
