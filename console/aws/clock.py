"""What time it is. The only place that reads the machine's clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Passed to every verb, so that an account can run on another time than the machine's."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards; only differences mean something."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait; used at the edges (servers, supervisors), never inside a rule."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait on the real clock."""
        time.sleep(seconds)


SYSTEM_CLOCK: Clock = SystemClock()


def as_datetime(seconds: float) -> datetime:
    """Turn epoch seconds into the UTC-aware datetime that rows hold."""
    return datetime.fromtimestamp(seconds, UTC)
