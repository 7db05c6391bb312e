"""The Lambda Runtime API (2018-06-01) on one connection: bytes to calls, answers to bytes.

Knows the answers of AWS's runtime interface emulator, not when a call is allowed: that is the
environment's state machine. What calls there are is `calls`' business.
"""

from __future__ import annotations

import json
import socket
from http import HTTPStatus

from functions.runtime.calls import Call, HangupError, Reader
from functions.runtime.spec import Event

_CHUNK = 256 * 1024
_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
#: Seconds for an answer that finds room at once unless who asked reads none of them.
_AT_ONCE = 0.001
_JSON = "application/json"


class Connection:
    """One connection of the runtime client; blocking only while it is being answered."""

    def __init__(self, link: socket.socket) -> None:
        link.setblocking(False)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.link = link
        self._reader = Reader()

    def fileno(self) -> int:
        """Let a selector wait for it."""
        return self.link.fileno()

    def close(self) -> None:
        """Hang up."""
        self.link.close()
        self._reader.close()

    @property
    def has_more(self) -> bool:
        """Say whether a call has been read that `receive` has not given yet: no selector will tell."""
        return self._reader.has_more

    @property
    def is_overfull(self) -> bool:
        """Say whether more of a body has come than is kept, so that the rest is only counted."""
        return self._reader.is_overfull

    def receive(self) -> Call | None:
        """Read what has come; a call when one is complete, or a part of a streamed one.

        Raises HangupError.
        """
        if (call := self._reader.next()) is not None:
            return call
        try:
            data = self.link.recv(_CHUNK)
        except BlockingIOError:
            return None
        except OSError as error:
            raise HangupError from error
        self._reader.feed(data)
        if self._reader.asks_to_go_on:
            self._reader.asks_to_go_on = False
            self._send(_GO_ON, _AT_ONCE)
        return self._reader.next()

    def hand(self, event: Event, now: float, timeout: float) -> None:
        """Answer a Next with an event at `now` (epoch seconds); `timeout` seconds are left for it.

        Raises HangupError, or TimeoutError when the runtime does not read it.
        """
        headers = {
            "Lambda-Runtime-Aws-Request-Id": event.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((now + timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": event.invoked_arn,
            "Lambda-Runtime-Trace-Id": event.traced(now),
            "Lambda-Runtime-Client-Context": event.client_context,
        }
        lines = [f"{name}: {text}\r\n" for name, text in headers.items() if text]
        self._answer(200, event.payload, "".join(lines), timeout=timeout)

    def accept(self) -> None:
        """Answer a Response or an Error that was allowed."""
        self._answer(202, b'{"status":"OK"}\n')

    def refuse(self, status: int, kind: str, message: str) -> None:
        """Answer a call that is not allowed."""
        body = json.dumps({"errorMessage": message, "errorType": kind}, separators=(",", ":"))
        self._answer(status, body.encode())

    def know_nothing(self, *, of_the_method: bool) -> None:
        """Answer a call that there is not, as the emulator's router does."""
        if of_the_method:
            self._answer(405, b"")
        else:
            self._answer(404, b"404 page not found\n", kind="text/plain; charset=utf-8")

    def _answer(
        self,
        status: int,
        body: bytes,
        lines: str = "",
        kind: str = _JSON,
        timeout: float = _AT_ONCE,
    ) -> None:
        """Send an answer; `lines` are more of its headers, whose texts are ours or have been checked."""
        ends = self._reader.wants_no_more
        if ends:
            lines += "Connection: close\r\n"
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(body)}\r\n{lines}\r\n"
        )
        self._send(head.encode() + body, timeout)
        if ends:
            self._end_sending()

    def _end_sending(self) -> None:
        """Say that nothing more comes: who asked for the end closes too, which `receive` notices."""
        try:
            self.link.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise HangupError from error

    def _send(self, data: bytes, timeout: float) -> None:
        self.link.settimeout(max(timeout, 0.001))
        try:
            self.link.sendall(data)
        except TimeoutError:
            raise
        except OSError as error:
            raise HangupError from error
        finally:
            self.link.setblocking(False)
