"""Parts of a team server start while PostgreSQL is away, and say so in lines, not in tracebacks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from kombu import Connection

from console.celery import app
from tests import valkey
from tests.product import END_SECONDS, ROOT, Product, clean_environment, eventually, free_port

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not valkey.available(), reason="no Redis-compatible server"),
]

AWAY = "the database of DATABASE_URL is away: connection failed: "


@contextmanager
def part(folder: Path, redis: str, *words: str) -> Iterator[Path]:
    """Run a part without a database; gives its log."""
    log = folder / "log"
    with log.open("wb") as stream:
        environment = {
            "DATABASE_URL": f"postgres://user@127.0.0.1:{free_port()}/name",
            "REDIS_URL": redis,
            "SHARDLIGHT_DATA": str(folder),
        }
        process = subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env={**clean_environment(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        try:
            yield log
        finally:
            process.terminate()
            process.wait(END_SECONDS)


def test_the_gateway_answers_that_it_failed_and_logs_a_line(tmp_path: Path) -> None:
    product = Product(tmp_path, free_port(), free_port())

    def code() -> str:
        try:
            product.client("dynamodb").list_tables()
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        except EndpointConnectionError:  # not yet
            return ""
        return "none"

    port = str(product.gateway_port)
    with valkey.server() as redis, part(tmp_path, redis, "gateway", "--port", port) as log:
        assert eventually(code) == "InternalServerError"
        eventually(lambda: AWAY in log.read_text())

        assert "Traceback" not in log.read_text()


def test_a_worker_goes_on_trying_and_logs_a_line_each_time(tmp_path: Path) -> None:
    with ExitStack() as rest:
        with valkey.server() as redis:
            log = rest.enter_context(part(tmp_path, redis, "worker", "--beat"))
            eventually(lambda: log.read_text().count(AWAY) > 1)
            assert "Traceback" not in log.read_text()

        eventually(lambda: "Cannot connect to redis" in log.read_text())
        assert "Deprecation" not in log.read_text()


def test_a_worker_waits_for_redis_however_long_it_is_away() -> None:
    tries = 0

    class EnoughError(Exception):
        pass

    def away(self: Connection) -> None:
        nonlocal tries
        tries += 1
        if tries > 500:
            raise EnoughError
        raise self.recoverable_connection_errors[0]

    with app.connection_for_write() as link, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Connection, "_connection_factory", away)
        with pytest.raises(EnoughError):
            link.ensure_connection(
                max_retries=app.conf.broker_connection_max_retries,
                interval_start=0,
                interval_step=0,
                interval_max=0,
            )
