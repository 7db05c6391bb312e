"""One part of the product as a child process: started, looked at, ended. Restarts nothing."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LAST_BYTES = 4096


@dataclass(slots=True)
class Part:
    """`ready` says whether the running part answers; `died` is told the pid of one that ended."""

    name: str
    command: Sequence[str]
    ready: Callable[[], bool]
    died: Callable[[int], None] = field(default=lambda _pid: None)
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started_at: float = 0.0  # both in monotonic seconds
    restart_at: float = 0.0

    def start(self, logs: Path, environment: Mapping[str, str]) -> int:
        """Start the process, in a group of its own so that Ctrl-C reaches only its parent.

        What the one before it has written is kept beside its log.
        """
        self._keep_log(logs)
        with (logs / f"{self.name}.log").open("wb") as log:
            self.process = subprocess.Popen(
                list(self.command),
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        return self.process.pid

    def ended(self) -> int | None:
        """The exit code of a part that has ended; None while it runs or when it never ran."""
        return None if self.process is None else self.process.poll()

    def ask_to_end(self) -> None:
        """Send SIGTERM to a running part."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, patience: float) -> None:
        """Wait `patience` seconds for the end, then kill the part's whole group."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, patience))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def kept_log(self, logs: Path) -> Path:
        """Where the log of the process before this one lies."""
        return logs / f"{self.name}.previous.log"

    def _keep_log(self, logs: Path) -> None:
        log = logs / f"{self.name}.log"
        if log.exists() and log.stat().st_size:
            log.replace(self.kept_log(logs))

    def last_words(self, logs: Path) -> str:
        """The last line the part has written."""
        try:
            tail = (logs / f"{self.name}.log").read_bytes()[-_LAST_BYTES:]
        except FileNotFoundError:
            return ""
        lines = tail.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""


_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    """In the child: have the kernel kill it when `up` is killed."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
