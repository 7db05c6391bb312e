"""What nobody keeps is read at a pace: who floods waits, not the neighbours in the same worker."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from console.aws.clock import SystemClock
from functions.runtime import limits
from functions.runtime.endpoint import Endpoint
from functions.runtime.processes import ProcessTree

CHUNK = 32 * 1024


@dataclass
class Resting(SystemClock):
    """Counts how often it was asked to wait."""

    rests: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.rests.append(seconds)


class Nobody:
    """A process that runs."""

    pid = 0

    def poll(self) -> int | None:
        return None

    def wait(self, timeout: float | None = None) -> int:
        raise TimeoutError


@dataclass
class Stage:
    """The worker's end of a tree without processes, and the ends a function would hold."""

    endpoint: Endpoint
    clock: Resting
    client: socket.socket
    output: int

    def post(self, bytes_in_all: int) -> None:
        """Send a response of so many bytes, which is taken in piece by piece."""
        head = f"POST /2018-06-01/runtime/invocation/r/response HTTP/1.1\r\nContent-Length: {bytes_in_all}\r\n\r\n"
        self.client.sendall(head.encode())
        for _ in range(bytes_in_all // CHUNK):
            self.client.sendall(b"x" * CHUNK)
            self.endpoint.look(10.0)

    def print(self, bytes_in_all: int) -> None:
        """Print so many bytes, which are taken in piece by piece."""
        for _ in range(bytes_in_all // CHUNK):
            os.write(self.output, b"x" * CHUNK)
            self.endpoint.look(10.0)


@pytest.fixture
def stage() -> Iterator[Stage]:
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    logs, output = os.pipe()
    os.set_blocking(logs, False)
    clock = Resting()
    tree = ProcessTree(Nobody(), listening, None, logs, -1, 0, isolated=True)
    endpoint = Endpoint(tree, lambda connection, call: True, clock)
    with socket.create_connection(listening.getsockname()) as client:
        endpoint.look(10.0)
        yield Stage(endpoint, clock, client, output)
    endpoint.close()
    tree.close()
    os.close(output)


def test_responses_and_output_within_the_limits_are_read_at_once(stage: Stage) -> None:
    stage.post(limits.RESPONSE_BYTES // CHUNK * CHUNK)
    stage.print(limits.LOG_INVOCATION_BYTES // 2)

    assert stage.clock.rests == []


def test_a_response_that_nobody_keeps_is_read_at_a_pace(stage: Stage) -> None:
    stage.post(2 * limits.RESPONSE_BYTES)

    assert len(stage.clock.rests) > limits.RESPONSE_BYTES // CHUNK // 2


def test_output_that_nobody_keeps_is_read_at_a_pace(stage: Stage) -> None:
    stage.print(2 * limits.LOG_INVOCATION_BYTES)

    assert len(stage.clock.rests) > limits.LOG_INVOCATION_BYTES // CHUNK // 2
