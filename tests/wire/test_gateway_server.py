"""The gateway's process: it says when a port is taken, and ends in good order."""

from __future__ import annotations

import signal
import socket
from urllib.parse import urlsplit

import pytest

from tests.product import END_SECONDS, free_port
from tests.wire.gateways import running, start


def test_a_taken_port_is_an_error_and_never_shared(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        with (tmp_path / "log").open("wb") as log:
            child = start(tmp_path, other.getsockname()[1], log)

        assert child.wait(timeout=END_SECONDS) == 1
        child.stdin.close()

    assert "Address already in use" in (tmp_path / "log").read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order_though_a_client_is_connected(tmp_path, number):
    with (
        running(tmp_path) as (gateway, child),
        socket.create_connection(("127.0.0.1", urlsplit(gateway.url).port)) as client,
    ):
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(64).startswith(b"HTTP/1.1 200")

        child.send_signal(number)

        assert child.wait(timeout=END_SECONDS) == 0


def test_it_ends_with_the_process_that_started_it(tmp_path):
    with (tmp_path / "log").open("wb") as log:
        child = start(tmp_path, free_port(), log)

    child.stdin.close()

    assert child.wait(timeout=END_SECONDS) == 0
