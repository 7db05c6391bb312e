"""Words to a real Redis and its answers: in order, over a connection that may have been closed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
import redis

from console.links import Link
from tests import valkey
from tests.product import eventually, free_port

pytestmark = [
    pytest.mark.redis,
    pytest.mark.skipif(not valkey.available(), reason="no Redis-compatible server"),
]
PATIENCE = 60.0
MESSAGE = b"*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$0\r\n\r\n"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with valkey.server() as one:
        yield one


@pytest.fixture
def link(url: str) -> Iterator[Link]:
    one = Link(url, PATIENCE, PATIENCE)
    yield one
    one.close()


def hang_up_on_all(url: str) -> None:
    """Have the server close every connection but the one that asks for it."""
    with redis.Redis.from_url(url) as other:
        for kind in ("normal", "pubsub"):
            other.client_kill_filter(_type=kind, skipme=True)


def test_answers_come_in_the_order_of_the_commands(link: Link) -> None:
    first = link.ask((b"RPUSH", b"order", b"a"), (b"RPUSH", b"order", b"b\r\n\x00"))
    second = link.ask((b"LPOP", b"order"), (b"LPOP", b"order"), (b"LPOP", b"order"))

    assert first == [1, 2]
    assert second == [b"a", b"b\r\n\x00", None]


def test_a_connection_that_was_closed_meanwhile_is_made_anew(link: Link, url: str) -> None:
    link.ask((b"PING",))
    hang_up_on_all(url)

    assert link.ask((b"PING",)) == [b"PONG"]


def test_a_refused_command_takes_no_later_answer_with_it(link: Link) -> None:
    with pytest.raises(redis.ResponseError):
        link.ask((b"NONSENSE",), (b"ECHO", b"of the first"))

    assert link.ask((b"ECHO", b"of the second")) == [b"of the second"]


def test_where_nobody_listens_is_said_at_once() -> None:
    nobody = Link(f"redis://127.0.0.1:{free_port()}", PATIENCE, PATIENCE)

    with pytest.raises(redis.ConnectionError):
        nobody.ask((b"PING",))


def test_who_listens_hears_what_is_published_and_that_it_was_cut_off(link: Link, url: str) -> None:
    listener = Link(url, PATIENCE, PATIENCE)
    listener.say(b"SUBSCRIBE", b"news", b"weather")
    eventually(lambda: link.ask((b"PUBSUB", b"NUMSUB", b"weather"))[0][1])

    told = link.ask(*((b"PUBLISH", name, b"!") for name in (b"news", b"sports", b"weather")))
    heard: list[bytes] = []
    while len(heard) < 2:
        heard += listener.hear()
    hang_up_on_all(url)

    assert told == [1, 0, 1]
    assert heard == [b"news", b"weather"]
    with pytest.raises(redis.ConnectionError):
        listener.hear()


def test_a_message_may_come_in_pieces() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        listener = Link(f"redis://127.0.0.1:{server.getsockname()[1]}", PATIENCE, PATIENCE)
        said = threading.Thread(target=listener.say, args=(b"SUBSCRIBE", b"news"))
        said.start()
        with closing(server.accept()[0]) as link:
            link.sendall(b"+OK\r\n" * 8)  # to all that the client says of itself
            said.join()
            heard: list[bytes] = []
            for piece in (MESSAGE[:9], MESSAGE[9:20], MESSAGE[20:] + MESSAGE[:-2]):
                link.sendall(piece)
                heard += listener.hear()
            while len(heard) < 2:
                heard += listener.hear()
    listener.close()

    assert heard == [b"news", b"news"]
