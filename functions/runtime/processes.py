"""One process tree from its first answer to nothing left: how it ended, frozen, thawed, killed.

Does not start it (`starting`), does not speak the Runtime API and knows no invocation.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from functions.runtime import limits, memory
from functions.runtime.cgroups import Group


class Life(Protocol):
    """What is known of the process that stands for the whole tree; `subprocess.Popen` fits."""

    pid: int

    def poll(self) -> int | None:
        """Tell how it ended (negative: by which signal); None while it runs."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        ...


@dataclass(slots=True)
class ProcessTree:
    """A started launcher and what it handed out.

    `api` and `gateway` are listening sockets (`gateway` only inside a sandbox), `logs` the reading
    end of its output, `pidfd` becomes readable at its end (-1 where the system has none) and
    `init_pid` is the namespace's first process as the host sees it, `init_fd` a pidfd of it. `group`
    counts what they use, where that is possible; `closing` gives back what was borrowed.
    One thread uses it at a time, but for `kill`: any may, also when it has been closed.
    """

    process: Life
    api: socket.socket
    gateway: socket.socket | None
    logs: int
    pidfd: int
    init_pid: int
    isolated: bool
    init_fd: int = -1
    main: int = 0
    group: Group | None = None
    closing: list[Callable[[], None]] = field(default_factory=list)
    _is_closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def main_pid(self) -> int:
        """The process that runs the handler, as far as there is one already."""
        if not self.main:
            self.main = next(memory.descendants(self.init_pid), 0)
        return self.main or self.init_pid

    def exit_code(self) -> int | None:
        """Tell how it ended, as a shell would (128 + signal); None while it runs."""
        code = self.process.poll()
        return 128 - code if code is not None and code < 0 else code

    def resident_mb(self) -> float:
        """Add up what its processes hold resident now.

        A group knows without each of them being asked: hundreds would take a second, at the
        neighbours' cost. What they share with the zygote is not charged to it, so that the main
        process by itself may hold more.
        """
        held = self._held_mb()
        if held is None:
            return memory.resident_mb(self.init_pid)
        own, of_files = memory.alone_mb(self.main_pid)
        return max(own, held + of_files)

    def peak_mb(self) -> float:
        """Find the largest resident size that the main process has had, or what is known of it at its end.

        A forked one's first process tells it then. Elsewhere there is the group's peak, in which
        files of /tmp are counted, and pages of files that others had read before are not.
        """
        alive = memory.peak_mb(self.main_pid)
        if alive or self.exit_code() is None:
            return alive
        told = self.process.peak_mb if isinstance(self.process, Forked) else 0.0
        return told or (0.0 if self.group is None else self.group.peak_mb())

    def _held_mb(self) -> float | None:
        """Ask the group for all but files; those of its own /tmp lie in shared memory and are none."""
        full = self._full_mb()
        held = None if self.group is None else self.group.held_mb()
        if held is None:
            return None
        private, shared = held
        if not self.isolated:  # its /tmp is the host's
            return private
        return private + max(shared - max(full, self._full_mb()), 0.0)

    def _full_mb(self) -> float:
        return memory.used_mb(self.init_pid, "/tmp") if self.isolated else 0.0  # noqa: S108

    def was_out_of_memory(self) -> bool:
        """Say whether the kernel ended one of its processes for the memory of all."""
        return self.group is not None and self.group.was_out_of_memory()

    def kill(self) -> None:
        """End every process of the tree and wait until none is left; its output stays readable."""
        with self._lock:
            if not self._is_closed:  # its numbers may be another's by now
                self._kill()

    def _kill(self) -> None:
        if not self.isolated:
            self.freeze()  # what forks meanwhile would be missed
            left = [] if self.group is None else self.group.pids()
            for pid in (*memory.descendants(self.process.pid), *left):
                _signal(pid, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        elif self.process.poll() is None:
            # The kernel ends all of a pid namespace with its init, and init only after the others.
            _signal(self.init_pid, signal.SIGKILL)
        self.process.wait()
        if self.init_fd >= 0:  # who stood for the tree may be gone a little before the tree
            _await(self.init_fd, limits.KILL_SECONDS)

    def freeze(self) -> bool:
        """Stop every process of the tree; False when new ones came faster than they were stopped.

        A group holds them all at once, however many they are. Where there is none, signals stop
        them one by one; as another signal wakes a process (of a timer, or of one that was stopped
        a moment later), they are looked at again.
        """
        if self.group is not None and self.group.freeze(True):
            return True
        stopped: set[int] = set()
        for _ in range(limits.FREEZE_PASSES):
            moving = [pid for pid in self.pids() if pid not in stopped]
            if not moving:
                moving = [pid for pid in stopped if not memory.is_stopped(pid)]
            if not moving:
                return True
            for pid in moving:
                _signal(pid, signal.SIGSTOP)
            stopped.update(moving)
        return False

    def thaw(self) -> None:
        """Let every process of the tree go on."""
        if self.group is not None and self.group.freeze(False):
            return
        for pid in self.pids():
            _signal(pid, signal.SIGCONT)

    def close(self) -> None:
        """Give back every descriptor and whatever else was borrowed; all of it has been killed."""
        with self._lock:
            self._is_closed = True
        self.api.close()
        if self.gateway is not None:
            self.gateway.close()
        os.close(self.logs)
        for fd in (self.pidfd, self.init_fd):
            if fd >= 0:
                os.close(fd)
        for give_back in self.closing:
            give_back()

    def pids(self) -> Iterator[int]:
        """List its processes as they are now."""
        yield self.init_pid
        yield from memory.descendants(self.init_pid)


class Forked:
    """The life of a tree whose first process is nobody's child here: told by a pipe and a pidfd.

    `ended` is the pipe's reading end: its end of file without a word means that it was killed.
    Both descriptors stay the caller's to close. Any thread may ask. `peak_mb` is the largest
    resident size of what it stood for, once that is told.
    """

    def __init__(self, pid: int, pidfd: int, ended: int) -> None:
        self.pid = pid
        self._pidfd = pidfd
        self._ended = ended
        self.peak_mb = 0.0
        self._code: int | None = None
        self._lock = threading.Lock()
        os.set_blocking(ended, False)

    def poll(self) -> int | None:
        """Tell how it ended (negative: by which signal); None while it runs."""
        with self._lock:  # the word in the pipe is read once
            if self._code is None and _await(self._pidfd, 0):
                self._code = self._read()
            return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises TimeoutError."""
        if self._code is None:
            _await(self._pidfd, timeout)
        code = self.poll()
        if code is None:
            raise TimeoutError
        return code

    def _read(self) -> int:
        try:
            words = os.read(self._ended, 64).split()
        except BlockingIOError:
            words = []
        if not words:
            return -signal.SIGKILL
        self.peak_mb = int(words[1]) / 1024
        return int(words[0])


def _await(pidfd: int, seconds: float | None) -> bool:
    """Wait until a process has ended; `select` would not take a large descriptor."""
    waiting = select.poll()
    waiting.register(pidfd, select.POLLIN)
    return bool(waiting.poll(None if seconds is None else seconds * 1000))


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
