"""A Redis of the tests' own, the one that the product embeds, on a TCP port; gone afterwards."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from console.launch import valkey
from tests.product import END_SECONDS, eventually, free_port


def available() -> bool:
    """Say whether there is a server for this machine."""
    return valkey.binary() is not None


@contextmanager
def server() -> Iterator[str]:
    """Run a server while the block runs; gives its REDIS_URL."""
    program, port = valkey.binary(), str(free_port())
    url = f"redis://127.0.0.1:{port}/0"
    with tempfile.TemporaryDirectory(prefix="shardlight-valkey-") as folder:
        words = [str(program), "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        try:
            eventually(lambda: _answers(url))
            yield url
        finally:
            process.terminate()
            process.wait(END_SECONDS)


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as link:
            return bool(link.ping())
    except redis.RedisError:
        return False
