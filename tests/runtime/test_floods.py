"""What nobody keeps is read at a pace: who floods waits, not the neighbours in the same worker."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from console.aws.clock import SystemClock
from functions.runtime import limits
from functions.runtime.api import Connection
from functions.runtime.calls import Call, Next, Unknown
from functions.runtime.endpoint import Endpoint
from functions.runtime.processes import ProcessTree

CHUNK = 32 * 1024


@dataclass
class Resting(SystemClock):
    """Counts how often it was asked to wait."""

    rests: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.rests.append(seconds)


class Crowd(socket.socket):
    """A listening socket where there is always one more who has connected."""

    accepted = 0

    def accept(self) -> tuple[socket.socket, object]:
        self.accepted += 1
        with socket.create_server(("127.0.0.1", 0)) as listener:
            socket.create_connection(listener.getsockname()).close()
            return listener.accept()


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
    calls: list[Call]

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
    calls: list[Call] = []

    def handle(connection: Connection, call: Call) -> bool:
        calls.append(call)
        if isinstance(call, Unknown):
            connection.know_nothing(of_the_method=False)
        return True

    endpoint = Endpoint(tree, handle, clock)
    with socket.create_connection(listening.getsockname()) as client:
        endpoint.look(10.0)
        yield Stage(endpoint, clock, client, output, calls)
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


NEXT = b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n"
NONSENSE = b"GET /nonsense HTTP/1.1\r\n\r\n"


def test_many_calls_at_once_are_dealt_with_bit_by_bit(stage: Stage) -> None:
    stage.client.sendall(NEXT * 1000)

    stage.endpoint.look(10.0)
    at_one_go = len(stage.calls)
    for _ in range(1000 // at_one_go):
        stage.endpoint.look(10.0)

    assert at_one_go < 100
    assert stage.calls == [Next()] * 1000
    assert stage.clock.rests


def test_a_call_that_came_with_the_one_before_is_not_forgotten(stage: Stage) -> None:
    stage.client.sendall(NEXT * 65)

    stage.endpoint.look(10.0)
    stage.endpoint.look(10.0)

    assert len(stage.calls) == 65


def test_who_reads_no_answers_is_not_waited_for(stage: Stage) -> None:
    stage.client.setblocking(False)

    with contextlib.suppress(ConnectionError):  # it is hung up on
        while True:
            with contextlib.suppress(BlockingIOError):
                stage.client.send(NONSENSE * 1000)
            stage.endpoint.look(0.01)

    assert len(stage.calls) > 1000


def test_connections_without_end_leave_time_for_everything_else() -> None:
    logs, output = os.pipe()
    with Crowd() as crowd, socket.socket() as visitor:
        crowd.bind(("127.0.0.1", 0))
        crowd.listen()
        visitor.connect(crowd.getsockname())
        tree = ProcessTree(Nobody(), crowd, None, logs, -1, 0, isolated=True)
        endpoint = Endpoint(tree, lambda connection, call: True, Resting())

        endpoint.look(10.0)

        assert 0 < crowd.accepted < 100
        endpoint.close()
        tree.close()
    os.close(output)
