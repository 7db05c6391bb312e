"""What a function printed, cut into log events. Pure: bytes in, (milliseconds, text) out.

Plain output becomes one event per line. The runtime client writes frames into the same pipe, so
that a message of many lines stays one event: `a5 5a 00 xx`, length (4 bytes), microseconds since
the epoch (8 bytes), text; big-endian. Source: awslambdaric, FramedTelemetryLogSink.
"""

from __future__ import annotations

import re

from functions.runtime import limits
from functions.runtime.texts import kept

LogLine = tuple[int, str]

_FRAME = re.compile(rb"\xa5\x5a\x00[\x02-\x1f]")
_PARTIAL = (b"\xa5", b"\xa5\x5a", b"\xa5\x5a\x00")
_HEADER_BYTES = 16


class LogDecoder:
    """Collects the events of one invocation after another; order is that of the pipe.

    A flood is cut off: beyond the limits of one invocation output is counted, not kept, and one
    last event says how much is missing.
    """

    def __init__(self) -> None:
        self._pending = b""
        self._lines: list[LogLine] = []
        self._kept = 0
        self._dropped = 0
        self._latest_ms = 0

    def feed(self, data: bytes, now_ms: int) -> None:
        """Take what came out of the pipe at `now_ms`."""
        if self.is_full:
            self._dropped += len(self._pending) + len(data)
            self._pending = b""
            return
        buffer = self._pending + data
        at = 0
        while (step := self._next(buffer, at, now_ms)) is not None:
            at = step
        self._pending = buffer[at:]

    def take(self, now_ms: int, *, ended: bool = False) -> list[LogLine]:
        """Give out the events so far; with `ended` also an unfinished last line."""
        if ended and self._pending:
            self._add_text(self._pending, now_ms)
            self._pending = b""
        lines, self._lines = self._lines, []
        if self._dropped:
            kept = self._kept
            lines.append(
                (now_ms, f"[shardlight] output cut after {kept} bytes; {self._dropped} not kept\n")
            )
        self._kept = self._dropped = 0
        return lines

    @property
    def is_full(self) -> bool:
        """Say whether what comes now is only counted."""
        kept, lines = self._kept, len(self._lines)
        return kept >= limits.LOG_INVOCATION_BYTES or lines >= limits.LOG_INVOCATION_EVENTS

    def _next(self, buffer: bytes, at: int, now_ms: int) -> int | None:
        """Take one event off `buffer` from `at` on; the position behind it, None when unfinished."""
        if at >= len(buffer):
            return None
        if _FRAME.match(buffer, at):
            return self._next_frame(buffer, at, now_ms)
        end = buffer.find(b"\n", at) + 1
        frame = _FRAME.search(buffer, at, end or len(buffer))
        if frame is not None:
            end = frame.start()
        if not end and len(buffer) - at >= limits.LOG_EVENT_BYTES:
            end = at + limits.LOG_EVENT_BYTES
        if not end or buffer[at:end] in _PARTIAL:
            return None
        self._add_text(buffer[at:end], now_ms)
        return end

    def _next_frame(self, buffer: bytes, at: int, now_ms: int) -> int | None:
        if len(buffer) - at < _HEADER_BYTES:
            return None
        length = int.from_bytes(buffer[at + 4 : at + 8], "big")
        if length > limits.LOG_INVOCATION_BYTES:  # not a frame, or one nobody will read
            self._dropped += _HEADER_BYTES
            return at + _HEADER_BYTES
        end = at + _HEADER_BYTES + length
        if len(buffer) < end:
            return None
        self._add_text(buffer[at + _HEADER_BYTES : end], now_ms)
        return end

    def _add_text(self, text: bytes, now_ms: int) -> None:
        # A frame's own time may lie before that of a line read late; the pipe's order is the truth.
        self._latest_ms = max(self._latest_ms, now_ms)
        for start in range(0, len(text), limits.LOG_EVENT_BYTES):
            piece = text[start : start + limits.LOG_EVENT_BYTES]
            if self.is_full:
                self._dropped += len(piece)
                continue
            self._kept += len(piece)
            self._lines.append((self._latest_ms, kept(piece)))
