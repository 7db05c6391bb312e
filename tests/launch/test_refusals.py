"""Settings that cannot work are refused when a command starts, in one line that says what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.product import ROOT, clean_environment

pytestmark = pytest.mark.journey


def manage(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command that must refuse."""
    return subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=ROOT,
        env={**clean_environment(), "SHARDLIGHT_DATA": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("command", ["up", "gateway"])
def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path, command: str) -> None:
    file = tmp_path / "file"
    file.touch()

    refused = manage(command, file)

    assert refused.returncode == 1
    assert refused.stderr == (
        f"Shardlight cannot start: The data folder {file} cannot be used (File exists): name "
        "another one with --data or SHARDLIGHT_DATA.\n"
    )


@pytest.mark.parametrize("url", ["db", "mysql://user@host/name"])
def test_a_database_that_is_not_postgresql_is_refused(tmp_path: Path, url: str) -> None:
    refused = manage("migrate", tmp_path, DATABASE_URL=url)

    assert refused.returncode == 1
    assert refused.stderr == (
        "Shardlight cannot start: DATABASE_URL names no PostgreSQL: write "
        "postgres://user:password@host/name.\n"
    )


def test_without_the_driver_of_postgresql_the_extra_is_named(tmp_path: Path) -> None:
    hidden = (
        "import importlib.util as u, runpy, sys; find = u.find_spec; "
        "u.find_spec = lambda name, *rest: None if name == 'psycopg' else find(name, *rest); "
        "sys.argv = ['manage.py', 'migrate']; runpy.run_path('manage.py', run_name='__main__')"
    )
    url = {"DATABASE_URL": "postgres://user@host/name", "SHARDLIGHT_DATA": str(tmp_path)}

    refused = subprocess.run(
        [sys.executable, "-c", hidden],
        cwd=ROOT,
        env={**clean_environment(), **url},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert refused.returncode == 1
    assert refused.stderr == (
        "Shardlight cannot start: DATABASE_URL names PostgreSQL, whose driver is not installed: "
        "run .venv/bin/pip install -e '.[team]'\n"
    )


def test_a_redis_without_a_scheme_is_refused(tmp_path: Path) -> None:
    refused = manage("worker", tmp_path, REDIS_URL="redis-host:6379")

    assert refused.returncode == 1
    assert refused.stderr == (
        "Shardlight cannot start: REDIS_URL names no Redis: write redis://host:6379/0.\n"
    )


@pytest.mark.parametrize("command", ["web", "gateway", "worker"])
def test_a_part_wants_the_tables_of_its_version(tmp_path: Path, command: str) -> None:
    refused = manage(command, tmp_path)

    assert refused.returncode == 1
    assert refused.stderr == (
        "CommandError: The database lacks tables of this version: run .venv/bin/python manage.py "
        "migrate\n"
    )


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("GATEWAY_URL", "host:4566", "must be http://host:port, not 'host:4566'."),
        ("GATEWAY_URL", "https://host", "must be http://host:port, not 'https://host'."),
        ("GATEWAY_URL", "http://host:x", "must be http://host:port, not 'http://host:x'."),
        ("SHARDLIGHT_ACCOUNT_CONCURRENCY", "many", "must be a whole number from 0 on, not 'many'."),
        ("SHARDLIGHT_SHARDS_PER_STREAM", "0", "must be a whole number from 1 on, not '0'."),
        ("SHARDLIGHT_ENVIRONMENT_IDLE", "-1", "must be a number from 0 on, not '-1'."),
        ("SHARDLIGHT_LEASE", "nan", "must be a number from 0 on, not 'nan'."),
        ("SHARDLIGHT_REMOTE_STREAMS", '{"name": "x"}', "must be a JSON list of objects."),
        (
            "SHARDLIGHT_REMOTE_STREAMS",
            "[",
            "is no JSON: Expecting value: line 1 column 2 (char 1).",
        ),
        (
            "SHARDLIGHT_REMOTE_STREAMS",
            '[{"name": "x", "secret_access_key": "hidden"}]',
            "the connection x lacks account, region.",
        ),
        (
            "SHARDLIGHT_REMOTE_STREAMS",
            '[{"name": "x", "account": "111122223333", "region": "eu-west-1", "url": ""}]',
            "the connection x has no use for url.",
        ),
    ],
)
def test_a_knob_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    refused = manage("up", tmp_path, **{name: text})

    assert refused.returncode == 1
    assert refused.stderr.removeprefix(f"Shardlight cannot start: {name}").lstrip(": ") == (
        f"{told}\n"
    )


def test_a_wall_of_another_name_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    refused = manage("worker", tmp_path, SHARDLIGHT_LEAST_ISOLATION="walled")

    assert refused.returncode == 1
    assert refused.stderr == (
        "CommandError: SHARDLIGHT_LEAST_ISOLATION must be one of: sandboxed, confined, not "
        "isolated.\n"
    )
