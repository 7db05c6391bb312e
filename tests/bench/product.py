"""The real product as the benchmark sees it: its processes, its Redis, how long it took to start."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests import product

ROOT = product.ROOT
LINGER_SECONDS = 1.0
"""How long an idle lane is kept in hand here; 10 in the product, which the idle figure cannot wait."""

_PASSED_ON = ("SHARDLIGHT_ITEM_THREADS", "SHARDLIGHT_WAITING_THREADS")
"""Settings that a run may be given; all others would change what is measured."""


@dataclass(frozen=True, slots=True)
class Product:
    """A running product: its process, folder and ports, and how long it took to be ready (s)."""

    process: psutil.Process
    data: Path
    port: int
    gateway_port: int
    ready_seconds: float

    @property
    def address(self) -> tuple[str, int]:
        """Where the gateway listens."""
        return ("127.0.0.1", self.gateway_port)

    def tree(self) -> list[psutil.Process]:
        """List the processes of the product, environments included."""
        return [self.process, *self.process.children(recursive=True)]

    def gateway(self) -> list[psutil.Process]:
        """List the processes of the gateway."""
        found = [one for one in self.process.children() if "gateway" in one.cmdline()]
        return [*found, *(child for one in found for child in one.children(recursive=True))]

    def redis_url(self) -> str:
        """Read from the gateway's environment which Redis the parts share.

        Raises LookupError when no part has one.
        """
        for child in self.process.children():
            url = child.environ().get("REDIS_URL")
            if url:
                return url
        raise LookupError("no part of the product knows a Redis")


@contextmanager
def running() -> Iterator[Product]:
    """Run the product on free ports and an empty folder while the block runs."""
    settings = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    settings["SHARDLIGHT_LINGER"] = str(LINGER_SECONDS)
    with tempfile.TemporaryDirectory(
        prefix="shardlight-bench-", ignore_cleanup_errors=True
    ) as name:
        began = time.monotonic()
        with product.running(Path(name), settings, "--no-demo") as started:
            took, top = time.monotonic() - began, started.processes()[0]
            yield Product(top, started.data, started.port, started.gateway_port, took)
