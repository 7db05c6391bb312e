"""The calls of the Lambda Runtime API (2018-06-01), read out of the bytes of one connection.

Knows the routes of AWS's runtime interface emulator and where a request ends; answers nothing, and
does not know when a call is allowed.
"""

from __future__ import annotations

import base64
import json
import re
from collections import deque
from dataclasses import dataclass

import httptools

from functions.runtime import limits

#: There is no restore/next and no restore/error: only functions with SnapStart find those.
_ROUTES = re.compile(
    r"/2018-06-01/runtime/(?:(?P<next>invocation/next)|init/error"
    r"|invocation/(?P<id>[^/]+)/(?P<kind>response|error))"
)
_HEAD_BYTES = 1024 * 1024 + 4096
"""What may come before a body, or after one, without an end: as much as Go's net/http takes by default,
on which AWS's runtime interface emulator stands. AWS's clients tell X-Ray of an error in a header of
up to 1 MiB. Source: awslambdaric, lambda_runtime_client.py.
"""

_MODE = b"lambda-runtime-function-response-mode"
_ERROR_TYPE = b"lambda-runtime-function-error-type"
_ERROR_BODY = b"lambda-runtime-function-error-body"
_KEPT = (_MODE, _ERROR_TYPE, _ERROR_BODY, b"expect")


@dataclass(frozen=True, slots=True)
class Next:
    """GET invocation/next."""


@dataclass(frozen=True, slots=True)
class Response:
    """POST invocation/{id}/response; `body` is None when it is larger than allowed.

    A streamed one may end with an `error`: the error's body, as JSON.
    """

    request_id: str
    body: bytes | None
    error: bytes = b""


@dataclass(frozen=True, slots=True)
class Part:
    """One chunk of a streamed response, before all of it has come."""

    request_id: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Error:
    """POST invocation/{id}/error, or init/error when `request_id` is None.

    `body` is None when it is larger than allowed.
    """

    request_id: str | None
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Any other method and path; `is_known_path` when only the method is another."""

    is_known_path: bool = False


Call = Next | Response | Part | Error | Unknown


class HangupError(Exception):
    """The other side closed the connection, or does not speak HTTP."""


class Reader:
    """Bytes in, calls out, in their order. Methods that begin with `on_` are the parser's to call."""

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._calls: deque[Call] = deque()
        self._is_broken = False
        self._unspent = 0  # bytes since something was complete
        self._closes = False
        self.asks_to_go_on = False  # it keeps its body back until it hears 100 Continue
        self.on_message_begin()

    @property
    def wants_no_more(self) -> bool:
        """Say whether the other side wants the connection closed after the answer to this call."""
        return self._closes and not self._calls

    @property
    def has_more(self) -> bool:
        """Say whether a call has come that was not given yet."""
        return bool(self._calls)

    @property
    def is_overfull(self) -> bool:
        """Say whether what comes now is only counted."""
        return self._size > self._most()

    def feed(self, data: bytes) -> None:
        """Take what has come; b"" is the end."""
        self._unspent += len(data)
        left = memoryview(data)
        while left:
            try:
                self._parser.feed_data(left)
                break
            except httptools.HttpParserUpgrade as offer:  # nobody here speaks anything else
                left = left[offer.args[0] :]
                self._parser = httptools.HttpRequestParser(self)
            except httptools.HttpParserError:
                self._is_broken = True
                break
        if not data or self._unspent > _HEAD_BYTES:
            self._is_broken = True

    def close(self) -> None:
        """Let go of what has come; the parser and this know each other, so that nobody else would soon."""
        self._calls.clear()
        self.on_message_begin()

    def next(self) -> Call | None:
        """Give the oldest call; None when none is complete. Raises HangupError when none will be."""
        if self._calls:
            return self._calls.popleft()
        if self._is_broken:
            raise HangupError
        return None

    def on_message_begin(self) -> None:
        """Begin with a request."""
        self._target = b""
        self._fields: dict[bytes, bytes] = {}
        self._body: list[bytes] = []
        self._chunk: list[bytes] = []
        self._size = 0
        self._streamed = ""  # the id of the invocation whose response comes in parts

    def on_url(self, piece: bytes) -> None:
        """Take a piece of the target."""
        self._target += piece

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, or a trailer, that means something here."""
        if (name := name.lower()) in _KEPT:
            self._fields[name] = value

    def on_headers_complete(self) -> None:
        """See whether the body comes in parts, and whether it waits for a word."""
        self._unspent = 0
        self.asks_to_go_on = self._fields.pop(b"expect", b"").lower() == b"100-continue"
        if self._fields.pop(_MODE, b"").lower() == b"streaming":
            found = self._route()
            if found is not None and found["kind"] == "response":
                self._streamed = found["id"]

    def on_body(self, piece: bytes) -> None:
        """Keep a piece of the body, up to the limit; beyond it bytes are only counted."""
        self._unspent = 0
        self.asks_to_go_on = False
        self._size += len(piece)
        if not self.is_overfull:
            self._body.append(piece)
            if self._streamed:
                self._chunk.append(piece)

    def on_chunk_complete(self) -> None:
        """Tell a chunk of a streamed response."""
        if self._chunk:
            self._calls.append(Part(self._streamed, b"".join(self._chunk)))
            self._chunk = []

    def on_message_complete(self) -> None:
        """Tell the call."""
        self._unspent = 0
        self.asks_to_go_on = False
        self._closes = not self._parser.should_keep_alive()
        self._calls.append(self._call())
        self._body = []  # an environment may rest for long

    def _call(self) -> Call:
        found = self._route()
        if found is None:
            return Unknown()
        if self._parser.get_method() != (b"GET" if found["next"] else b"POST"):
            return Unknown(is_known_path=True)
        if found["next"]:
            return Next()
        body = None if self.is_overfull else b"".join(self._body)
        if found["kind"] == "response":
            return Response(found["id"], body, _error(self._fields))
        return Error(found["id"], body)

    def _route(self) -> re.Match[str] | None:
        return _ROUTES.fullmatch(self._target.decode("ascii", "replace"))

    def _most(self) -> int:
        return limits.STREAMED_BYTES if self._streamed else limits.RESPONSE_BYTES


def _error(fields: dict[bytes, bytes]) -> bytes:
    """Read the error that a streamed response has ended with, if it has.

    Source: Lambda developer guide, "Building a custom runtime", response streaming.
    """
    kind = fields.get(_ERROR_TYPE)
    if kind is None:
        return b""
    told = fields.get(_ERROR_BODY, b"")
    try:
        body = base64.b64decode(told, validate=True)
    except ValueError:
        body = told
    return body or json.dumps({"errorType": kind.decode("ascii", "replace")}).encode()
