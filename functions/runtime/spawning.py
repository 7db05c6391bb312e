"""Programs started so that they end with this process. Knows nothing of what they do."""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from functions.runtime.handshake import Pipes


class StartError(Exception):
    """The process ended, or said nothing, before it could hand out its sockets."""


@functools.cache
def _spawner() -> ThreadPoolExecutor:
    # `--die-with-parent` watches the *thread* that started the process: one that lives as long
    # as this worker must do it, not the one that happens to need an environment.
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="environment-spawner")


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

    return _spawner().submit(begin).result()


def pidfd(pid: int) -> int:
    """Open a descriptor of a process; -1 where the system has none or it has ended already."""
    try:
        return os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1
    except ProcessLookupError:
        return -1
