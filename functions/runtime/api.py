"""The Lambda Runtime API (2018-06-01) on one connection: bytes to calls, answers to bytes.

Knows the routes and the answers of AWS's runtime interface emulator, not when a call is allowed:
that is the environment's state machine.
"""

from __future__ import annotations

import base64
import json
import re
import socket
from dataclasses import dataclass

import h11

from functions.runtime import limits
from functions.runtime.spec import Event

#: There is no restore/next and no restore/error: only functions with SnapStart find those.
_ROUTES = re.compile(
    r"/2018-06-01/runtime/(?:(?P<next>invocation/next)|init/error"
    r"|invocation/(?P<id>[^/]+)/(?P<kind>response|error))"
)
_CHUNK = 256 * 1024


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
    """POST invocation/{id}/error, or init/error when `request_id` is None."""

    request_id: str | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Unknown:
    """Any other method and path; `is_known_path` when only the method is another."""

    is_known_path: bool = False


Call = Next | Response | Part | Error | Unknown


class HangupError(Exception):
    """The other side closed the connection, or does not speak HTTP."""


class Connection:
    """One connection of the runtime client; blocking only while it is being answered."""

    def __init__(self, link: socket.socket) -> None:
        link.setblocking(False)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.link = link
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=64 * 1024)
        self._request: h11.Request | None = None
        self._body: list[bytes] = []
        self._chunk: list[bytes] = []
        self._streamed = ""  # the id of the invocation whose response comes in parts
        self._size = 0

    def fileno(self) -> int:
        """Let a selector wait for it."""
        return self.link.fileno()

    def close(self) -> None:
        """Hang up."""
        self.link.close()

    def receive(self) -> Call | None:
        """Read what has come; a call when one is complete, or a part of a streamed one.

        Raises HangupError.
        """
        try:
            if (call := self._advance()) is not None:
                return call
        except h11.ProtocolError as error:
            raise HangupError from error
        try:
            data = self.link.recv(_CHUNK)
        except BlockingIOError:
            return None
        except OSError as error:
            raise HangupError from error
        self._http.receive_data(data)
        try:
            return self._advance()
        except h11.ProtocolError as error:
            raise HangupError from error

    def hand(self, event: Event, now: float, timeout: float) -> None:
        """Answer a Next with an event at `now` (epoch seconds); `timeout` seconds are left for it.

        Raises HangupError, or TimeoutError when the runtime does not read it.
        """
        headers = {
            "Lambda-Runtime-Aws-Request-Id": event.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((now + timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": event.invoked_arn,
            "Lambda-Runtime-Trace-Id": event.trace(now),
            "Lambda-Runtime-Client-Context": event.client_context,
        }
        self._answer(200, {k: v for k, v in headers.items() if v}, event.payload, timeout)

    def accept(self) -> None:
        """Answer a Response or an Error that was allowed."""
        self._answer(202, {}, b'{"status":"OK"}\n')

    def refuse(self, status: int, kind: str, message: str) -> None:
        """Answer a call that is not allowed."""
        body = json.dumps({"errorMessage": message, "errorType": kind}, separators=(",", ":"))
        self._answer(status, {}, body.encode())

    def know_nothing(self, *, of_the_method: bool) -> None:
        """Answer a call that there is not, as the emulator's router does."""
        if of_the_method:
            self._answer(405, {}, b"")
        else:
            self._answer(
                404, {"Content-Type": "text/plain; charset=utf-8"}, b"404 page not found\n"
            )

    def _advance(self) -> Call | None:
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA or event is h11.PAUSED:
                if self._http.they_are_waiting_for_100_continue:
                    go_on = h11.InformationalResponse(status_code=100, headers=[])
                    self._send(self._http.send(go_on), 1.0)
                return None
            match event:
                case h11.Request():
                    self._request, self._streamed = event, _streams(event)
                case h11.Data():
                    self._keep(bytes(event.data))
                    if event.chunk_end and self._streamed and (part := self._part()):
                        return part
                case h11.EndOfMessage():
                    return self._call(_error(event))
                case _:
                    raise HangupError

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size <= self._most():
            self._body.append(piece)
            self._chunk.append(piece)

    def _most(self) -> int:
        return limits.STREAMED_BYTES if self._streamed else limits.RESPONSE_BYTES

    def _part(self) -> Part | None:
        data, self._chunk = b"".join(self._chunk), []
        return Part(self._streamed, data) if data else None

    def _call(self, error: bytes) -> Call:
        request, body, size, most = self._request, b"".join(self._body), self._size, self._most()
        self._request, self._body, self._chunk, self._size = None, [], [], 0
        if request is None:
            raise HangupError
        found = _ROUTES.fullmatch(request.target.decode("ascii", "replace"))
        if found is None:
            return Unknown()
        if request.method != (b"GET" if found["next"] else b"POST"):
            return Unknown(is_known_path=True)
        if found["next"]:
            return Next()
        if found["kind"] == "response":
            return Response(found["id"], body if size <= most else None, error)
        return Error(found["id"], body)

    def _answer(
        self, status: int, headers: dict[str, str], body: bytes, timeout: float = 5.0
    ) -> None:
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))} | headers
        fields = list(headers.items())
        head = self._http.send(h11.Response(status_code=status, headers=fields))
        self._http.send(h11.Data(data=body))  # keeps its count; the bytes go out as they are
        self._http.send(h11.EndOfMessage())
        self._send((head or b"") + body, timeout)
        if self._http.our_state is h11.MUST_CLOSE:
            raise HangupError
        self._http.start_next_cycle()

    def _send(self, data: bytes | None, timeout: float) -> None:
        self.link.settimeout(max(timeout, 0.001))
        try:
            self.link.sendall(data or b"")
        except TimeoutError:
            raise
        except OSError as error:
            raise HangupError from error
        finally:
            self.link.setblocking(False)


def _streams(request: h11.Request) -> str:
    """Say which invocation's response comes in parts; nothing when it comes in one piece."""
    found = _ROUTES.fullmatch(request.target.decode("ascii", "replace"))
    mode = dict(request.headers).get(b"lambda-runtime-function-response-mode", b"")
    streams = found is not None and found["kind"] == "response" and mode.lower() == b"streaming"
    return found["id"] if found is not None and streams else ""


def _error(end: h11.EndOfMessage) -> bytes:
    """Read the error that a streamed response has ended with, if it has.

    Source: Lambda developer guide, "Building a custom runtime", response streaming.
    """
    trailers = dict(end.headers)
    kind = trailers.get(b"lambda-runtime-function-error-type")
    if kind is None:
        return b""
    told = trailers.get(b"lambda-runtime-function-error-body", b"")
    try:
        body = base64.b64decode(told, validate=True)
    except ValueError:
        body = told
    return body or json.dumps({"errorType": kind.decode("ascii", "replace")}).encode()
