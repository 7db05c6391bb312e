"""`manage.py` under a Python that lacks packages, or is too old or too new."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.product import ROOT

AS = """
import runpy, sys
sys.version_info = (3, {minor}, 0)
sys.argv = ["manage.py", {words}]
runpy.run_path("manage.py", run_name="__main__")
"""


def start(folder: Path, minor: int, *words: str) -> subprocess.CompletedProcess[str]:
    """Start a copy as another Python would: without packages, and with `folder` as the whole PATH."""
    shutil.copy(ROOT / "manage.py", folder)
    wanted = ", ".join(map(repr, words or ("up", "--no-demo")))
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", AS.format(minor=minor, words=wanted)],
        cwd=folder,
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("minor", [10, 14])
def test_a_python_it_was_not_made_for_is_refused(tmp_path: Path, minor: int) -> None:
    refused = start(tmp_path, minor)

    this = sys.version.split()[0]
    assert refused.returncode == 1
    assert refused.stderr == f"Shardlight needs Python 3.11 to 3.13; this is {this}.\n"
    assert [one.name for one in tmp_path.iterdir()] == ["manage.py"]


def test_one_that_would_do_is_named(tmp_path: Path) -> None:
    for minor in (10, 11, 12, 14):
        (tmp_path / f"python3.{minor}").write_text("")
        (tmp_path / f"python3.{minor}").chmod(0o755)

    refused = start(tmp_path, 14)

    assert refused.stderr.endswith(" Run: python3.12 manage.py up --no-demo\n")


def test_any_command_goes_on_in_the_virtual_environment(tmp_path: Path) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)

    went_on = start(tmp_path, 12, "migrate", "--check")

    assert went_on.stdout == f"{tmp_path / 'manage.py'} migrate --check\n"


def test_a_command_that_installs_nothing_names_the_one_that_does(tmp_path: Path) -> None:
    refused = start(tmp_path, 12, "migrate")

    assert refused.returncode == 1
    assert refused.stderr == (
        "Packages are missing. Run once: python3 manage.py up (it installs them)\n"
    )
