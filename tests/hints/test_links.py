"""Words to a real Redis and its answers: in order, over a connection that may have been closed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from console.links import Link
from tests import valkey
from tests.product import free_port

pytestmark = [
    pytest.mark.redis,
    pytest.mark.skipif(not valkey.available(), reason="no Redis-compatible server"),
]
PATIENCE = 60.0


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
    listener.say(b"SUBSCRIBE", b"news")
    told = [listener.hear(PATIENCE)]

    heard = link.ask((b"PUBLISH", b"news", b"!"))
    told.append(listener.hear(PATIENCE))
    hang_up_on_all(url)

    assert heard == [1]
    assert told == [[b"subscribe", b"news", 1], [b"message", b"news", b"!"]]
    with pytest.raises(redis.ConnectionError):
        listener.hear(PATIENCE)
