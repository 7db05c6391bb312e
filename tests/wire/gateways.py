"""A gateway in a child process, and clients of every kind that talk to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.product import END_SECONDS, READY_SECONDS, clean_environment, free_port

ROOT = Path(__file__).resolve().parents[2]
REGION = "us-east-1"


@dataclass(frozen=True)
class Gateway:
    """Where the gateway listens, and ways to call it."""

    url: str
    data: Path

    def client(self, service: str, account: str = "000000000000", region: str = REGION) -> Any:
        """Make an unmodified boto3 client; a 12-digit access key is its own account."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=account,
            aws_secret_access_key="test",
            config=Config(
                retries={"total_max_attempts": 1}, parameter_validation=False, read_timeout=300
            ),
        )

    def cli(self, *words: str, account: str = "000000000000", region: str = REGION) -> Any:
        """Run the AWS CLI and read its JSON; None when it prints nothing.

        Raises subprocess.CalledProcessError, whose `stderr` holds the CLI's words.
        """
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.data),
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": region,
            "AWS_PAGER": "",
        }
        command = [str(Path(sys.executable).parent / "aws"), *words, "--endpoint-url", self.url]
        done = subprocess.run(
            [*command, "--output", "json"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
        return json.loads(done.stdout) if done.stdout.strip() else None

    def raw(
        self,
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Send one HTTP request as written: status, headers in lower case, body."""
        request = urllib.request.Request(  # noqa: S310 - our own gateway
            self.url + path, data=body, headers=headers or {}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310
                return answer.status, _lower(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _lower(error.headers), error.read()


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): text for name, text in headers.items()}


@contextmanager
def running(
    data: Path, database_url: str | None = None
) -> Iterator[tuple[Gateway, subprocess.Popen[bytes]]]:
    """Start the real server with an empty database that it migrates; end it afterwards.

    Without a `database_url` the database is SQLite's, in `data`.
    """
    port = free_port()
    log = data / "gateway.log"
    with log.open("wb") as stream:
        child = start(data, port, stream, database_url)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_healthy(child, url, log)
        yield Gateway(url, data), child
    finally:
        child.terminate()
        try:
            child.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdin.close()


def start(
    data: Path, port: int, output: Any, database_url: str | None = None
) -> subprocess.Popen[bytes]:
    """Start the server's process; it ends when its standard input is closed."""
    environment = clean_environment() | {
        "SHARDLIGHT_DATA": str(data),
        "SHARDLIGHT_MAPPING_DELAY": "0",
        "DATABASE_URL": database_url or f"sqlite:///{data / 'gateway.sqlite3'}",
        "GATEWAY_URL": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("gateway_process.py")), str(port)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=output,
    )


def wait_until_healthy(child: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if child.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"the gateway did not start:\n{log.read_text()[-4000:]}")
