"""`manage.py up`: everything on this machine with one command."""

from __future__ import annotations

import fcntl
import os
import signal
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from console import demo
from console.launch import plan, valkey
from console.launch.disk import Disk
from console.launch.leftovers import Leftovers
from console.launch.listening import obstacle, port_number
from console.launch.runtime import runtime_folder
from console.launch.supervisor import Supervisor

#: For all parts to answer; one that cannot start ends at once, and is told of at once.
_READY_SECONDS = 180.0

_BANNER = """
  Shardlight is ready.

  Console   http://{host}:{port}
  Gateway   {gateway}    (endpoint for boto3, the AWS CLI and SDKs)
  Data      {data}

  import boto3
  db = boto3.resource("dynamodb", endpoint_url="{gateway}", region_name="us-east-1",
                      aws_access_key_id="000000000000", aws_secret_access_key="any")
  db.Table("{table}").put_item(Item={{"{key}": "A-1", "amount": 120}})
  print(db.Table("{table}").scan()["Items"])

  Ctrl-C stops everything.
"""


class Command(BaseCommand):
    help = "Start console, gateway and workers on this machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take ports and the data folder (which manage.py has already read)."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=port_number, default=8000, help="the console's port")
        parser.add_argument(
            "--gateway-port", type=port_number, default=4566, help="the endpoint's port"
        )
        parser.add_argument("--data", help="folder for everything that is kept")
        parser.add_argument("--no-demo", action="store_true", help="start empty the first time")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until Ctrl-C or SIGTERM."""
        data = Path(settings.DATA_DIR)
        data.mkdir(parents=True, exist_ok=True)
        with _alone(data), runtime_folder(data / "runtime-folder") as runtime:
            places = plan.Places(
                options["host"],
                options["port"],
                options["gateway_port"],
                data,
                runtime,
                settings.REDIS_URL,
                os.environ.get("GATEWAY_URL", ""),
            )
            leftovers = Leftovers(data / "running.json")
            leftovers.end()
            self._check_ports(places)
            self._prepare(with_demo=not options["no_demo"])
            self._run(places, leftovers)

    def _check_ports(self, places: plan.Places) -> None:
        if places.port == places.gateway_port:
            raise CommandError(
                f"Console and gateway cannot both listen on port {places.port}: choose another one "
                "with --port or --gateway-port."
            )
        for port, option in ((places.port, "--port"), (places.gateway_port, "--gateway-port")):
            if told := obstacle(places.host, port, option):
                raise CommandError(told)

    def _prepare(self, *, with_demo: bool) -> None:
        call_command("migrate", verbosity=0)
        plan.expire_dead(lambda pid: not psutil.pid_exists(pid))
        if with_demo:
            demo.load_once()
        connections.close_all()

    def _run(self, places: plan.Places, leftovers: Leftovers) -> None:
        server = None if places.redis_url else valkey.binary()
        if server is None and not places.redis_url:
            raise CommandError(
                "No Redis-compatible server for this machine: install valkey-server or "
                "redis-server (for instance with apt), or name one in REDIS_URL."
            )
        logs = places.data / "logs"
        logs.mkdir(exist_ok=True)
        listed = plan.parts(places, server)
        environment = plan.environment(places)
        disk = Disk(places.data, self.stdout.write)
        supervisor = Supervisor(
            listed, logs, environment, leftovers, self.stdout.write, look_around=disk.look
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: supervisor.stop())
        try:
            if supervisor.start(_READY_SECONDS):
                self._greet(places)
                supervisor.watch()
            elif not supervisor.is_stopping:
                raise CommandError(f"Shardlight did not start. Logs: {logs}")
        finally:
            supervisor.end()

    def _greet(self, places: plan.Places) -> None:
        self.stdout.write(
            _BANNER.format(
                host=places.host,
                port=places.port,
                gateway=places.gateway_url,
                data=places.data,
                table=demo.TABLE,
                key=demo.KEY,
            )
        )


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Hold the data folder, so that it is not started twice."""
    with (data / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"Shardlight already runs on {data}: stop it, or name another folder with --data."
            ) from None
        yield
