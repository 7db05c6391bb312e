"""Hostile functions get nothing: every attempt of `escapes`, in real environments of every kind."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.runtime.isolation import Isolation, Level
from functions.runtime.pool import Pool
from tests.runtime.conftest import Write, run
from tests.runtime.hostile.escapes import ATTEMPTS

pytestmark = pytest.mark.sandbox
CODE = (Path(__file__).parent / "escapes.py").read_text()


@pytest.fixture
def about(code_root: Path) -> Iterator[dict[str, Any]]:
    """What lies outside, waiting to be found: a file, ports, sockets, this process."""
    name = f"shardlight-{os.getpid()}"
    secret = Path("/tmp", f"{name}.secret")  # in a folder that everyone may enter
    secret.write_text("canary")
    secret.chmod(0o644)
    with (
        socket.create_server(("", 0)) as port,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX) as file,
    ):
        abstract.bind("\0" + name)
        abstract.listen()
        path = Path("/tmp", f"{name}.socket")
        path.unlink(missing_ok=True)  # of a run that was killed, whose number we have
        file.bind(str(path))
        file.listen()
        yield {
            "secret": str(secret),
            "code_root": str(code_root),
            "project": str(Path(__file__).resolve().parents[3]),
            "port": port.getsockname()[1],
            "address": _address(),
            "abstract": name,
            "socket": str(path),
            "worker": os.getpid(),
        }
        path.unlink()
    secret.unlink()


def _address() -> str:
    """Find an address of this machine that is not the loopback's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        try:
            link.connect(("10.255.255.255", 1))  # sends nothing
        except OSError:
            return "127.0.0.2"
        return str(link.getsockname()[0])


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_an_attempt_gets_nothing(
    walled: Pool, write: Write, about: dict[str, Any], attempt: str
) -> None:
    outcome = run(walled, write(CODE, timeout_seconds=300), about | {"attempt": attempt})

    held_back = outcome.error_type in ("Runtime.ExitError", "PermissionError")
    assert outcome.payload == b"null" or held_back, outcome.payload
    assert os.path.exists(f"/proc/{os.getpid()}")


def test_there_are_as_many_attempts_as_promised() -> None:
    assert len(ATTEMPTS) >= 60


@pytest.mark.parametrize(
    "attempt",
    ["read_a_file_beside_the_code", "reach_a_port_of_the_host", "reach_an_abstract_socket",
     "see_processes_of_others", "run_without_a_filter"],
)  # fmt: skip
def test_without_a_wall_the_attempts_would_succeed(
    code_root: Path, write: Write, about: dict[str, Any], attempt: str
) -> None:
    """Only harmless ones: they show that the attempts are real."""
    pool = Pool(code_root, "http://127.0.0.1:9", isolation=Isolation(Level.PLAIN))
    outcome = run(pool, write(CODE), about | {"attempt": attempt})
    pool.close()

    assert json.loads(outcome.payload)


#: What the second wall does not hold back: it has no namespaces of its own.
SHARED = {
    "see_processes_of_others",
    "reach_every_local_port",
    "read_the_workers_memory",
    "kill_init",
    "look_into_sys",  # names can be seen, not read
}


@pytest.mark.parametrize("attempt", [one for one in ATTEMPTS if one not in SHARED])
def test_the_second_wall_holds_too(
    code_root: Path, confined: Isolation, write: Write, about: dict[str, Any], attempt: str
) -> None:
    pool = Pool(code_root, "http://127.0.0.1:9", isolation=confined)

    outcome = run(pool, write(CODE, timeout_seconds=300), about | {"attempt": attempt})
    pool.close()

    held_back = outcome.error_type in ("Runtime.ExitError", "PermissionError")
    assert outcome.payload == b"null" or held_back, outcome.payload
