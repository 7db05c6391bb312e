"""Clients in processes of their own: raw sockets that send finished bytes, and boto3 beside them.

The bytes are built and signed beforehand, so that what is measured is the product and not a client.
Knows nothing of what the requests mean.
"""

from __future__ import annotations

import multiprocessing
import selectors
import socket
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

REGION = "us-east-1"
ACCOUNT = "000000000000"
Address = tuple[str, int]
_PATIENCE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer: nanoseconds since the epoch, the HTTP status, which connection."""

    sent_ns: int
    answered_ns: int
    status: int
    line: int = 0

    @property
    def ms(self) -> float:
        """How long the answer took, in milliseconds."""
        return (self.answered_ns - self.sent_ns) / 1e6


class RefusedError(Exception):
    """An answer was not 2xx; the text is the answer."""


def sign(address: Address, service: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    """Write a POST request as the bytes that go over the wire, with AWS's signature."""
    host, port = address
    request = AWSRequest("POST", f"http://{host}:{port}{path}", headers=headers, data=body)
    SigV4Auth(Credentials(ACCOUNT, "bench"), service, REGION).add_auth(request)
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}:{port}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {text}" for name, text in request.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def sdk(address: Address, service: str) -> Any:
    """Make an unmodified boto3 client that does not try again."""
    connect: Any = boto3.client
    return connect(
        service,
        endpoint_url=f"http://{address[0]}:{address[1]}",
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="bench",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=_PATIENCE_SECONDS),
    )


def flood(address: Address, lines: Sequence[Sequence[bytes]]) -> list[Exchange]:
    """Send each line's requests over a connection of its own, one after the other without a pause.

    Raises RefusedError with the first answer that is not 2xx.
    """
    done: list[Exchange] = []
    with selectors.DefaultSelector() as selector:
        for number, line in enumerate(lines):
            talk = _Talk(address, line, number)
            selector.register(talk.link, selectors.EVENT_READ, talk)
            talk.send()
        while selector.get_map():
            for key, _ in selector.select(_PATIENCE_SECONDS):
                talk = key.data
                exchange = talk.receive()
                if exchange is not None:
                    done.append(exchange)
                    if not talk.send():
                        selector.unregister(talk.link)
                        talk.link.close()
    return done


def again(address: Address, request: bytes, seconds: float, pause: float) -> list[Exchange]:
    """Send one request over and over for some seconds, `pause` seconds after each answer."""
    done: list[Exchange] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done += flood(address, [[request]])
        time.sleep(pause)
    return done


def paced(address: Address, requests: Sequence[bytes], gap: float) -> list[Exchange]:
    """Send one request every `gap` seconds over one connection; late ones go at once."""
    talk = _Talk(address, requests)
    done: list[Exchange] = []
    due = time.monotonic()
    try:
        while talk.send():
            exchange = None
            while exchange is None:
                exchange = talk.receive()
            done.append(exchange)
            due += gap
            time.sleep(max(0.0, due - time.monotonic()))
    finally:
        talk.link.close()
    return done


def paced_sdk(address: Address, table: str, items: Sequence[Any], gap: float) -> list[Exchange]:
    """Put one item every `gap` seconds with boto3."""
    client = sdk(address, "dynamodb")
    client.describe_table(TableName=table)
    done: list[Exchange] = []
    due = time.monotonic()
    for item in items:
        sent = time.time_ns()
        client.put_item(TableName=table, Item=item)
        done.append(Exchange(sent, time.time_ns(), 200))
        due += gap
        time.sleep(max(0.0, due - time.monotonic()))
    return done


class Clients:
    """Two client processes, so that one can measure while the other is the load."""

    def __init__(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._processes = ProcessPoolExecutor(2, mp_context=spawn)
        for ready in [self._processes.submit(time.sleep, 0.2) for _ in range(2)]:
            ready.result()

    def start(self, work: Any, *arguments: Any) -> Future[list[Exchange]]:
        """Have a process do `work`, one of the functions of this module."""
        return self._processes.submit(work, *arguments)

    def run(self, work: Any, *arguments: Any) -> list[Exchange]:
        """Have a process do `work` and wait for it."""
        return self.start(work, *arguments).result()

    def close(self) -> None:
        """End the processes."""
        self._processes.shutdown()


class _Talk:
    """One connection and what is still to be sent over it."""

    def __init__(self, address: Address, requests: Sequence[bytes], number: int = 0) -> None:
        self.link = socket.create_connection(address, timeout=_PATIENCE_SECONDS)
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._left = iter(requests)
        self._number = number
        self._sent_ns = 0
        self._got = b""

    def send(self) -> bool:
        """Send the next request; False when there is none."""
        request = next(self._left, None)
        if request is None:
            return False
        self._sent_ns = time.time_ns()
        self.link.sendall(request)
        return True

    def receive(self) -> Exchange | None:
        """Take what has come; the exchange once its answer is complete."""
        chunk = self.link.recv(65536)
        if not chunk:
            raise ConnectionError(f"closed after {self._got[:200]!r}")
        self._got += chunk
        head, gap, body = self._got.partition(b"\r\n\r\n")
        if not gap or len(body) < _content_length(head):
            return None
        now = time.time_ns()
        status = int(head[9:12])
        if status >= 300:
            raise RefusedError(self._got.decode(errors="replace"))
        self._got = b""
        return Exchange(self._sent_ns, now, status, self._number)


def _content_length(head: bytes) -> int:
    lower = head.lower()
    start = lower.index(b"content-length:") + len(b"content-length:")
    end = lower.find(b"\r\n", start)
    return int(lower[start : end if end >= 0 else None])
