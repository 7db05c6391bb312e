"""The HTTP server under the gateway: uvicorn on parsers in C, with an end to headers.

Knows nothing of AWS; whatever ASGI application it is given adds all headers itself.
"""

from __future__ import annotations

import logging
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

BACKLOG: Final = 1024
GRACE_SECONDS: Final = 10
"""How long requests in hand may take after a signal; then their callers see a closed connection."""

KEEP_ALIVE_SECONDS: Final = 75
"""How long a connection without a request is kept: longer than SDKs rest between two calls."""

HEAD_LIMIT: Final = 64 * 1024
"""Bytes of request line and headers; a signed link of S3 takes about two thousand."""


class Connection(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 on a parser in C, with an end to what may come before a body."""

    _heading = False
    _head = 0

    def on_message_begin(self) -> None:
        """Begin to count the bytes of a head."""
        super().on_message_begin()
        self._heading = True

    def on_headers_complete(self) -> None:
        """Stop counting: a body's length is the application's business."""
        super().on_headers_complete()
        self._heading = False

    def data_received(self, data: bytes) -> None:
        """Parse what has come; a head without an end is refused."""
        super().data_received(data)
        self._head = self._head + len(data) if self._heading else 0
        if self._head > HEAD_LIMIT:
            self.send_400_response("The headers are too long.")


def server(app: Any) -> uvicorn.Server:
    """Make the HTTP server of an ASGI application. It runs no lifespan."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=Connection,
            loop="uvloop",
            interface="asgi3",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level=logging.WARNING,
            access_log=False,
            server_header=False,
            date_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
