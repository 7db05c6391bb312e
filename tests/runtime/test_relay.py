"""What passes between functions and the gateway, whatever functions do with their connections."""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from functions.runtime import relay
from functions.runtime.relay import Relay

MOST = 4


class Gateway:
    """Answers what it is sent; knows its connections."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                link, _ = self.listening.accept()
                threading.Thread(target=self.echo, args=(link,), daemon=True).start()

    def echo(self, link: socket.socket) -> None:
        with link, contextlib.suppress(OSError):
            while data := link.recv(1024):
                link.sendall(data)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join()


@dataclass
class Street:
    """A relay and its doors, at which a function knocks."""

    relay: Relay
    doors: dict[int, socket.socket] = field(default_factory=dict)

    def open(self, listener: socket.socket | None = None) -> int:
        listener = listener or socket.create_server(("127.0.0.1", 0))
        listener.listen(64)
        listener.setblocking(False)
        number = self.relay.open(listener)
        self.doors[number] = listener
        return number

    def knock(self, door: int) -> socket.socket:
        return socket.create_connection(self.doors[door].getsockname())


def answers(link: socket.socket) -> bool:
    link.settimeout(60)
    link.sendall(b"x")
    return link.recv(1) == b"x"


@pytest.fixture
def street(monkeypatch: pytest.MonkeyPatch) -> Iterator[Street]:
    monkeypatch.setattr(relay, "GATEWAY_CONNECTIONS", MOST)
    gateway = Gateway()
    made = Street(Relay(gateway.url))
    yield made
    made.relay.close()
    for listener in made.doors.values():
        listener.close()
    gateway.close()


def test_an_environment_has_so_many_connections_and_the_next_one_waits(street: Street) -> None:
    door, neighbour = street.open(), street.open()
    held = [street.knock(door) for _ in range(MOST)]
    assert all(answers(one) for one in held)
    waiting = street.knock(door)
    waiting.sendall(b"x")

    with street.knock(neighbour) as other:
        assert answers(other)
    waiting.settimeout(0.3)
    with pytest.raises(TimeoutError):
        waiting.recv(1)
    held.pop().close()
    waiting.settimeout(60)

    assert waiting.recv(1) == b"x"
    for one in (*held, waiting):
        one.close()


class Starved(socket.socket):
    """A listening socket of a process that has no descriptor left, for a while."""

    refusals = 0

    def accept(self) -> tuple[socket.socket, object]:
        if Starved.refusals < 3:
            Starved.refusals += 1
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


def test_where_no_descriptor_is_left_the_relay_waits_for_one(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Starved, "refusals", 0)
    listener = Starved()
    listener.bind(("127.0.0.1", 0))

    with street.knock(street.open(listener)) as link:
        assert answers(link)
    assert Starved.refusals == 3


def test_a_door_that_is_shut_while_somebody_knocks_hurts_nobody(street: Street) -> None:
    lasting = street.open()
    for _ in range(100):
        door = street.open()
        link = street.knock(door)
        street.relay.shut(door)
        link.close()

    with street.knock(lasting) as other:
        assert answers(other)


def test_doors_may_be_opened_and_shut_while_the_relay_closes() -> None:
    """Workers end while functions run: who runs one gives its door back sooner or later."""
    gate = threading.Barrier(5)
    failed: list[OSError] = []
    late = Relay("http://127.0.0.1:9")
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def knocking() -> None:
            gate.wait()
            try:
                for _ in range(200):
                    late.shut(late.open(listener))
            except OSError as error:
                failed.append(error)

        threads = [threading.Thread(target=knocking) for _ in range(4)]
        for thread in threads:
            thread.start()
        gate.wait()
        late.close()
        for thread in threads:
            thread.join()
        late.close()

    assert not failed
