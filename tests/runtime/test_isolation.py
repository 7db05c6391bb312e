"""Machines that refuse namespaces: the product says why and goes on, it never crashes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from functions.runtime import host
from functions.runtime.isolation import Isolation, Level, probe

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).resolve().parents[2]
ASK = """
from functions.runtime.isolation import probe
found = probe()
print(found.level.value, bool(found.reason), sep="|")
"""


def ask(*words: str) -> str:
    done = subprocess.run(
        [*words, sys.executable, "-c", ASK],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "console.settings"},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    "refusal",
    [
        ["--unshare-user", "--disable-userns"],
        ["--unshare-user", "--uid", "1000", "--disable-userns"],
        ["--unshare-user", "--uid", "0", "--cap-drop", "ALL"],
    ],
    ids=["root", "user", "root without capabilities"],
)
def test_where_namespaces_are_refused_the_reason_is_told(
    refusal: list[str], sandboxed: Isolation
) -> None:
    bubblewrap = str(host.bubblewrap())

    said = ask(bubblewrap, "--dev-bind", "/", "/", "--proc", "/proc", *refusal, "--")

    assert said in ("confined|True", "not isolated|True")  # Landlock may still be there


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make such a container")
def test_in_a_container_root_confines_functions(sandboxed: Isolation, confined: Isolation) -> None:
    container = str(Path(__file__).with_name("container.py"))

    said = ask(sys.executable, container)

    assert said == "confined|True"


def test_the_reason_is_empty_where_functions_are_walled_in(sandboxed: Isolation) -> None:
    assert sandboxed == Isolation(Level.SANDBOXED, "")
    assert probe() == sandboxed


@pytest.mark.parametrize(
    ("found", "least", "reached"),
    [
        (Level.SANDBOXED, "sandboxed", True),
        (Level.CONFINED, "sandboxed", False),
        (Level.CONFINED, "confined", True),
        (Level.PLAIN, "confined", False),
        (Level.PLAIN, "not isolated", True),
    ],
)
def test_less_isolation_than_asked_for_is_told(found: Level, least: str, reached: bool) -> None:
    said = Isolation(found, "no namespaces").falls_short_of(least)

    assert (said == "") is reached
    assert reached or ("no namespaces" in said and least in said)


def test_a_worker_runs_nothing_where_it_finds_less_than_asked_for(
    tmp_path: Path, sandboxed: Isolation
) -> None:
    inside = [str(host.bubblewrap()), "--dev-bind", "/", "/", "--proc", "/proc"]
    inside += ["--unshare-user", "--disable-userns", "--"]
    done = subprocess.run(
        [*inside, sys.executable, "manage.py", "worker"],
        cwd=ROOT,
        env=os.environ
        | {"SHARDLIGHT_DATA": str(tmp_path), "SHARDLIGHT_LEAST_ISOLATION": "sandboxed"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode != 0
    assert "SHARDLIGHT_LEAST_ISOLATION asks for sandboxed" in done.stderr
