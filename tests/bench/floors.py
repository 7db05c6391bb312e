"""The least that any design costs on this machine, measured beside the figures. All p50.

A bare commit, a wake through the same Redis, a round trip between two processes, a start of
Python, an HTTP round trip to an application that does nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path

import redis

from tests.bench import empty_server
from tests.bench.client import Address, Clients, flood, paced, sign
from tests.bench.product import Product
from tests.bench.report import percentile

_SPAWN = multiprocessing.get_context("spawn")
_KEY = "bench"
_PYTHON_STARTS = 10
_PACED_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Floors:
    """Measures each floor anew when it is asked for, so that it stands beside its figure."""

    product: Product
    clients: Clients
    empty: Address
    rounds: int

    def commit_ms(self, gap: float = 0.0, rows: int = 1) -> float:
        """Commit to a SQLite file in the product's folder: WAL, synchronous=FULL.

        A commit is `rows` items with a record each, and a counter. With a `gap` (seconds) between commits, as between writes that are not a flood: on a busy
        machine whoever has rested waits for a processor again.
        """
        path = self.product.data / "floor.sqlite3"
        with closing(sqlite3.connect(path, isolation_level=None)) as link:
            link.execute("PRAGMA journal_mode=WAL")
            link.execute("PRAGMA synchronous=FULL")
            for name in ("item", "shard", "record"):
                link.execute(f"CREATE TABLE IF NOT EXISTS {name} (id INTEGER PRIMARY KEY, body)")
            link.execute("INSERT OR IGNORE INTO shard VALUES (1, 0)")
            took = [_commit(link, gap, rows) for _ in range(self._count(gap))]
        _remove(path)
        return percentile(took, 0.5)

    def read_ms(self, rows: int) -> float:
        """Read `rows` rows one after the other by their key from a SQLite file."""
        path = self.product.data / "floor.sqlite3"
        with closing(sqlite3.connect(path, isolation_level=None)) as link:
            link.execute("PRAGMA journal_mode=WAL")
            link.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, body)")
            link.executemany("INSERT INTO item (body) VALUES (?)", [[b"x" * 200]] * rows)
            took = []
            for _ in range(self.rounds):
                began = time.perf_counter()
                link.execute("SELECT body FROM item WHERE id >= 1 ORDER BY id").fetchall()
                took.append((time.perf_counter() - began) * 1000)
        _remove(path)
        return percentile(took, 0.5)

    def wake_ms(self) -> float:
        """Wake a process that waits in BLPOP on the product's Redis."""
        url = self.product.redis_url()
        ours, theirs = _SPAWN.Pipe()
        popper = _SPAWN.Process(target=_pop, args=(url, self.rounds, theirs))
        popper.start()
        with redis.Redis.from_url(url) as link:
            ours.recv()
            for _ in range(self.rounds):
                time.sleep(0.001)
                link.lpush(_KEY, time.time_ns())
            took: list[float] = ours.recv()
        popper.join()
        return percentile(took, 0.5)

    def echo_ms(self, gap: float = 0.0) -> float:
        """Send 300 bytes to another process over a unix socket and get them back."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        child = os.fork()
        if child == 0:
            ours.close()
            while message := theirs.recv(4096):
                theirs.sendall(message)
            os._exit(0)
        theirs.close()
        took = []
        with ours:
            for _ in range(self._count(gap)):
                time.sleep(gap)
                began = time.perf_counter()
                ours.sendall(b"x" * 300)
                ours.recv(4096)
                took.append((time.perf_counter() - began) * 1000)
        os.waitpid(child, 0)
        return percentile(took, 0.5)

    def python_ms(self) -> float:
        """Start Python and let it end."""
        took = []
        for _ in range(_PYTHON_STARTS):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-I", "-c", "pass"], check=True)
            took.append((time.perf_counter() - began) * 1000)
        return percentile(took, 0.5)

    def http_ms(self, gap: float = 0.0) -> float:
        """One request to an application that answers `{}`, from the same raw client."""
        requests = self._requests(self._count(gap))
        exchanges = self.clients.run(paced, self.empty, requests, gap)
        return percentile([exchange.ms for exchange in exchanges], 0.5)

    def http_rate(self, connections: int) -> float:
        """Requests a second to that application over several connections."""
        each = max(10, self.rounds * 4 // connections)
        lines = [self._requests(each)] * connections
        exchanges = self.clients.run(flood, self.empty, lines)
        began = min(exchange.sent_ns for exchange in exchanges)
        ended = max(exchange.answered_ns for exchange in exchanges)
        return len(exchanges) / (ended - began) * 1e9

    def _count(self, gap: float) -> int:
        """How often to measure: as often as planned, but not for more than some seconds."""
        return self.rounds if not gap else min(self.rounds, int(_PACED_SECONDS / gap))

    def _requests(self, count: int) -> list[bytes]:
        return [sign(self.empty, "dynamodb", "/", {}, b"{}")] * count


@contextmanager
def measured(product: Product, clients: Clients, rounds: int) -> Iterator[Floors]:
    """Keep the empty application running while the block runs."""
    stop: Event = _SPAWN.Event()
    ours, theirs = _SPAWN.Pipe()
    server = _SPAWN.Process(target=empty_server.serve, args=(theirs, stop))
    server.start()
    try:
        yield Floors(product, clients, ("127.0.0.1", ours.recv()), rounds)
    finally:
        stop.set()
        server.join(10)
        if server.is_alive():
            server.kill()


def _commit(link: sqlite3.Connection, gap: float, rows: int) -> float:
    time.sleep(gap)
    began = time.perf_counter()
    link.execute("BEGIN IMMEDIATE")
    link.executemany("INSERT INTO item (body) VALUES (?)", [[b"x" * 200]] * rows)
    link.execute("UPDATE shard SET body = body + 1 WHERE id = 1")
    link.executemany("INSERT INTO record (body) VALUES (?)", [[b"x" * 400]] * rows)
    link.execute("COMMIT")
    return (time.perf_counter() - began) * 1000


def _pop(url: str, rounds: int, answer: multiprocessing.connection.Connection) -> None:
    with redis.Redis.from_url(url) as link:
        link.delete(_KEY)
        answer.send("ready")
        took = []
        for _ in range(rounds):
            popped = link.blpop([_KEY], timeout=300)
            if popped is None:
                break
            took.append((time.time_ns() - int(popped[1])) / 1e6)
        answer.send(took)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
