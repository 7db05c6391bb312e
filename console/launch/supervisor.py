"""Keeps parts running: starts them, says when all are ready, restarts what dies, ends everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.launch.leftovers import Leftovers
from console.launch.part import Part

_LOOK_SECONDS = 0.1
_LONGEST_PAUSE = 10.0
_PATIENCE_SECONDS = 10.0
_STEADY_SECONDS = 60.0
"""A part that ran for so long has not failed again and again: its next restart is quick."""
_KILLED = (-9, -15)
_SIGNAL_NAMES = {-9: "was killed", -15: "was ended", -6: "aborted", -11: "crashed"}


class Supervisor:
    """Watches parts until it is to stop; `say` prints a line for the person at the terminal.

    `look_around` is called as often as parts are looked at.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        logs: Path,
        environment: Mapping[str, str],
        leftovers: Leftovers,
        say: Callable[[str], None],
        clock: Clock = SYSTEM_CLOCK,
        look_around: Callable[[], None] = lambda: None,
    ) -> None:
        self._parts = parts
        self._logs = logs
        self._environment = environment
        self._leftovers = leftovers
        self._say = say
        self._clock = clock
        self._look_around = look_around
        self.is_stopping = False

    def stop(self) -> None:
        """Have `start` and `watch` return soon. Called by a signal's handler, so without a lock:
        whom it interrupts might hold that."""
        self.is_stopping = True

    def start(self, patience: float) -> bool:
        """Start all parts; True once all answer, False after `patience` seconds or a stop."""
        for part in self._parts:
            self._start(part)
        deadline = self._clock.monotonic() + patience
        waiting = list(self._parts)
        while waiting and self._clock.monotonic() < deadline:
            waiting = [part for part in waiting if not part.ready()]
            if self._dead() or (waiting and self._rest(_LOOK_SECONDS / 2)):
                return False
        for part in waiting:
            self._say(f"{part.name} does not answer: see {self._logs / part.name}.log")
        return not waiting

    def watch(self) -> None:
        """Restart what dies until it is to stop, each time after a longer pause."""
        while not self._rest(_LOOK_SECONDS):
            for part in self._parts:
                self._look_after(part)
            self._look_around()

    def end(self) -> None:
        """End all parts, last started first; kill what does not end in time."""
        deadline = self._clock.monotonic() + _PATIENCE_SECONDS
        for part in reversed(self._parts):
            part.ask_to_end()
            part.end(deadline - self._clock.monotonic())
            if part.process is not None:
                self._leftovers.forget(part.process.pid)

    def _rest(self, seconds: float) -> bool:
        """Let some time pass; say whether it is to stop."""
        self._clock.sleep(seconds)
        return self.is_stopping

    def _start(self, part: Part) -> None:
        part.started_at = self._clock.monotonic()
        self._leftovers.note(part.start(self._logs, self._environment))

    def _dead(self) -> bool:
        """Say which part ended before all were ready, also when somebody else answers at its port."""
        gone = [part for part in self._parts if part.ended() is not None]
        for part in gone:
            self._say(f"{part.name} could not start: {part.last_words(self._logs)}")
        return bool(gone)

    def _look_after(self, part: Part) -> None:
        now = self._clock.monotonic()
        code = part.ended()
        if code is None:
            return
        if part.restart_at == 0.0:
            part.failures = 1 if now - part.started_at > _STEADY_SECONDS else part.failures + 1
            pause = min(_LONGEST_PAUSE, 0.25 * 2 ** min(part.failures - 1, 10))
            part.restart_at = now + pause
            self._say(f"{part.name} {self._how(part, code)}")
            if part.process is not None:
                self._leftovers.forget(part.process.pid)
                part.died(part.process.pid)
        elif now >= part.restart_at:
            part.restart_at = 0.0
            self._start(part)

    def _how(self, part: Part, code: int) -> str:
        """Say how a part ended; what it wrote has nothing to do with a signal from outside."""
        how = f"{_SIGNAL_NAMES.get(code, f'ended with code {code}')}, starting it again"
        words = part.last_words(self._logs)
        if not words or code in _KILLED:
            return how
        return f"{how} ({words}; more in {part.kept_log(self._logs)})"
