"""Programs started so that they end with this process. Knows nothing of what they do."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from functions.runtime.handshake import Pipes


class StartError(Exception):
    """The process ended, or said nothing, before it could hand out its sockets."""


@contextlib.contextmanager
def host_refusals() -> Iterator[None]:
    """Say what the system refuses (processes, descriptors, memory) as the reason why nothing starts.

    Raises StartError.
    """
    try:
        yield
    except OSError as error:
        raise StartError(f"this machine refuses it: {error}") from error


#: `--die-with-parent` watches the *thread* that started the process: one that lives as long as this
#: worker must do it, not the one that happens to need an environment.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="environment-spawner")


def spawn(
    words: list[str],
    pipes: Pipes,
    variables: Mapping[str, str],
    fds: tuple[int, ...],
    folder: Path | None = None,
    uid: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program that prints into the pipe of the log, in a session of its own; as user `uid`, or ourselves."""

    def begin() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            words,
            env=variables,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=pipes.logs_child,
            stderr=pipes.logs_child,
            pass_fds=fds,
            start_new_session=True,
            user=uid,
            group=uid,
            extra_groups=None if uid is None else [],
        )

    return _spawner.submit(begin).result()


def pidfd(pid: int) -> int:
    """Open a descriptor of a process; -1 where the system has none or it has ended already."""
    try:
        return os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1
    except ProcessLookupError:
        return -1


@contextlib.contextmanager
def ended_unless_handed(process: subprocess.Popen[bytes]) -> Iterator[contextlib.ExitStack]:
    """End what was started, and undo what else comes onto the stack, where nothing comes of it."""
    with contextlib.ExitStack() as undo:
        undo.callback(process.wait)
        undo.callback(process.kill)
        yield undo
        undo.pop_all()


def closing(stack: contextlib.ExitStack, fd: int) -> int:
    """Have the stack close `fd`, if it is one."""
    if fd >= 0:
        stack.callback(os.close, fd)
    return fd
