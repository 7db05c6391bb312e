"""The whole product as a person starts it: `manage.py up` in a child process, on free ports."""

from __future__ import annotations

import io
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import boto3
import psutil
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS = 240  # longer than `up` itself waits, so that it can say what it waited for
END_SECONDS = 120
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
LOGS_POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
STREAM_POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
T = TypeVar("T")


@dataclass
class Product:
    """A start of the product on one data folder; it can be killed and started again."""

    data: Path
    port: int
    gateway_port: int
    environment: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    process: subprocess.Popen[str] | None = None
    lines: list[str] = field(default_factory=list)

    @property
    def console(self) -> str:
        """The console's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def gateway(self) -> str:
        """The endpoint's address."""
        return f"http://127.0.0.1:{self.gateway_port}"

    def start(self) -> None:
        """Start and wait until the product says that it is ready."""
        command = [sys.executable, "manage.py", "up", "--data", str(self.data)]
        ports = ["--port", str(self.port), "--gateway-port", str(self.gateway_port)]
        self.process = subprocess.Popen(
            [*command, *ports, *self.options],
            cwd=ROOT,
            env={**clean_environment(), **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        ready: queue.Queue[bool] = queue.Queue()
        threading.Thread(target=self._read, args=(self.process, ready), daemon=True).start()
        try:
            started = ready.get(timeout=READY_SECONDS)
        except queue.Empty:
            started = False
        if not started:
            self.kill()
            raise AssertionError("the product did not start:\n" + "\n".join(self.lines[-30:]))

    def stop(self) -> int:
        """End it as Ctrl-C does; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(END_SECONDS)

    def kill(self) -> None:
        """Kill everything at once, without a chance to clear up."""
        assert self.process is not None
        for process in self.processes():
            _kill(process)
        self.process.wait(END_SECONDS)

    def processes(self) -> list[psutil.Process]:
        """List the supervisor and everything below it."""
        assert self.process is not None
        try:
            top = psutil.Process(self.process.pid)
            return [top, *top.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def part(self, word: str) -> psutil.Process:
        """Find the part whose command line has `word`, such as "worker"."""
        assert self.process is not None
        parts = psutil.Process(self.process.pid).children()
        return next(part for part in parts if word in _words(part))

    def client(self, service: str, account: str = "000000000000", region: str = "us-east-1") -> Any:
        """Make an unmodified boto3 client."""
        return boto3.client(
            service,
            endpoint_url=self.gateway,
            region_name=region,
            aws_access_key_id=account,
            aws_secret_access_key="any",
            config=Config(
                retries={"total_max_attempts": 1},
                read_timeout=300,
                s3={"addressing_style": "path"},
            ),
        )

    def _read(self, process: subprocess.Popen[str], ready: queue.Queue[bool]) -> None:
        assert process.stdout is not None
        with process.stdout as stream:
            for line in stream:
                self.lines.append(line.rstrip("\n"))
                if "Shardlight is ready" in line:
                    ready.put(True)
        ready.put(False)


@contextmanager
def running(
    data: Path, environment: Mapping[str, str] | None = None, *options: str
) -> Iterator[Product]:
    """Run the product while the block runs."""
    product = Product(data, free_port(), free_port(), environment or {}, options)
    product.start()
    try:
        yield product
    finally:
        if product.process is not None and product.process.poll() is None:
            try:
                product.stop()
            except subprocess.TimeoutExpired:
                product.kill()
                raise


def free_port() -> int:
    """Find a port nobody listens on and nobody is given for a connection, another one each time."""
    for port in _candidates:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is left")


def _ports() -> Iterator[int]:
    """List ports below those that the system hands out, each process beginning elsewhere."""
    given = Path("/proc/sys/net/ipv4/ip_local_port_range")
    first = int(given.read_text().split()[0]) if given.exists() else 32_768
    below = range(max(first - 12_000, 1_025), first) or range(61_000, 65_536)
    begin = os.getpid() * 97 % len(below)
    return iter([*below[begin:], *below[:begin]])


_candidates = _ports()


def package(**files: str) -> bytes:
    """Zip sources: package(app="…") holds app.py."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.py"), text)
    return made.getvalue()


def eventually(look: Callable[[], T | None], seconds: float = 240) -> T:
    """Ask until the answer is true; how long that takes decides nothing, only never does."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


def is_alive(process: psutil.Process) -> bool:
    """Say whether a process runs; one that has ended and is not buried yet does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def clean_environment() -> dict[str, str]:
    """The environment without what other tests have set for themselves."""
    return {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("SHARDLIGHT_", "DATABASE_", "DJANGO_", "REDIS_", "GATEWAY_"))
    }


def _words(process: psutil.Process) -> list[str]:
    """The command line of a process; nothing when it has just ended."""
    with suppress(psutil.NoSuchProcess):
        return list(process.cmdline())
    return []


def _kill(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.kill()
