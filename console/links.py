"""One connection to Redis by the shortest way: words out, answers in. Knows no keys and no channels.

redis-py's client borrows a connection for every command, looks whether it is whole, counts and may
try again, which costs five times what the command does. Its connections alone do none of that.
"""

from __future__ import annotations

import re
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

_CHUNK = 65536
_MESSAGE = re.compile(rb"\$7\r\nmessage\r\n\$\d+\r\n([^\r]+)\r\n")
_LONGEST_MESSAGE = 1024
"""Bytes of a message up to its channel's name, and more; the rest of it may come later."""

Words = tuple[bytes, ...]
"""A command and its arguments."""


class Link:
    """A connection that is made when it is needed; for one thread at a time.

    `patience` is how many seconds an answer may take, `reach` how many a connection.
    """

    def __init__(self, url: str, patience: float, reach: float) -> None:
        pool: Any = redis.ConnectionPool.from_url(
            url,
            protocol=2,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=patience,
            socket_connect_timeout=reach,
        )
        self._connection = pool.make_connection()
        self._was_used = False
        self._unread = b""

    def ask(self, *commands: Words) -> list[Any]:
        """Send commands in one go and give their answers.

        Raises RedisError or OSError. A connection that has been closed since it was used last is
        made anew: then a command may have been carried out twice.
        """
        try:
            return self._ask(commands)
        except redis.ConnectionError:
            if not self._was_used:
                raise
            self._was_used = False
            return self._ask(commands)

    def say(self, *words: bytes) -> None:
        """Send a command whose answer nobody wants. Raises RedisError or OSError."""
        self._connection.send_packed_command([_packed(words)], check_health=False)

    def hear(self) -> list[bytes]:
        """Wait for what is published on channels that were subscribed to; names them.

        None of them when `patience` has passed, or when something else was said. Raises RedisError
        or OSError. One thread may hear while another says something.
        """
        sock = self._connection._sock
        if sock is None:
            raise redis.ConnectionError("nothing was subscribed to")
        try:
            told = sock.recv(_CHUNK)
        except TimeoutError:
            return []
        if not told:
            raise redis.ConnectionError("the server has closed the connection")
        told, heard = self._unread + told, []
        end = 0
        for found in _MESSAGE.finditer(told):
            heard.append(found[1])
            end = found.end()
        self._unread = told[end:][-_LONGEST_MESSAGE:]
        return heard

    def close(self) -> None:
        """Hang up."""
        self._connection.disconnect()

    def _ask(self, commands: tuple[Words, ...]) -> list[Any]:
        connection = self._connection
        try:
            packed = b"".join(map(_packed, commands))
            connection.send_packed_command([packed], check_health=False)
            answers = [connection.read_response() for _ in commands]
        except BaseException:
            connection.disconnect()  # what is still to come would be taken for another's answer
            raise
        self._was_used = True
        return answers


def _packed(words: Words) -> bytes:
    pieces = [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
    return b"*%d\r\n%b" % (len(words), b"".join(pieces))
