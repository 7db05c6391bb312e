"""The wall around one environment, written as arguments of bubblewrap. Starts nothing.

Inside there are namespaces of its own (user, pid, net, ipc, uts, mount, cgroup), a root that is
read-only but for /tmp, no capabilities, no network but the loopback interface, and a filter of
system calls (`syscalls`). The arguments hold secrets: they travel through a descriptor, never through argv.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.runtime import limits, syscalls
from functions.runtime.handshake import memory_file
from functions.runtime.staging import Ground, parents
from functions.runtime.variables import LAYERS, RUNTIME_DIR, TASK_ROOT

#: Ports inside the private network. Source: AWS serves the Runtime API at 127.0.0.1:9001; the
#: gateway keeps the port its clients expect.
API_PORT = 9001
GATEWAY_PORT = 4566
#: The user a function sees itself as. Source: recorded `id` of python3.12 (sbx_user1051).
INNER_UID, INNER_GID = 993, 990
_NAMESPACES = ("user", "pid", "net", "ipc", "uts", "cgroup-try")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one environment may use: files, processes, bytes per file, bytes of memory; 0 is free."""

    open_files: int
    processes: int
    file_bytes: int
    data_bytes: int

    @classmethod
    def of(cls, memory_mb: int, ephemeral_mb: int, *, counted: bool) -> Limits:
        """Derive the limits from the function's configuration.

        Where a group counts the memory that is used, more of it may be mapped: as on AWS, who then
        touches too much is killed and does not get a MemoryError. A group also counts processes.
        """
        data = 0 if counted else (memory_mb + limits.UNTOUCHED_MB) * 1024 * 1024
        processes = limits.PROCESSES_OF_A_USER if counted else limits.PROCESSES
        return cls(limits.OPEN_FILES, processes, ephemeral_mb * 1024 * 1024, data)

    def numbers(self) -> list[int]:
        """List them in the launcher's order."""
        return [self.open_files, self.processes, self.file_bytes, self.data_bytes]

    def words(self) -> list[str]:
        """Write them as arguments."""
        return [str(number) for number in self.numbers()]


class FilterError(Exception):
    """Nobody here knows this machine's system calls by number."""


def filter_file() -> int:
    """Write the filter of system calls into a file without a name; its descriptor.

    Raises FilterError.
    """
    program = syscalls.program(platform.machine())
    if program is None:
        raise FilterError(f"the system calls of {platform.machine()} are not known")
    return memory_file(program)


def arguments(
    ground: Ground,
    variables: Mapping[str, str],
    *,
    code: str,
    info_fd: int,
    ephemeral_bytes: int,
    layers: str | None = None,
    filter_fd: int | None = None,
    capabilities: Sequence[str] = (),
) -> list[str]:
    """Write bubblewrap's options.

    `code` is the package's folder on `ground`, `layers` that of its layers put together; `info_fd` receives, as JSON, the host's pid of the
    namespace's init; the filter of system calls is read from `filter_fd`. A forker has no filter
    and keeps `capabilities` to build the same wall around each of its children.
    """
    words = [f"--unshare-{name}" for name in _NAMESPACES]
    words += ["--uid", str(INNER_UID), "--gid", str(INNER_GID), "--hostname", "169-254-10-1"]
    words += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--disable-userns"]
    words += ["--info-fd", str(info_fd)]
    words += [] if filter_fd is None else ["--seccomp", str(filter_fd)]
    for capability in capabilities:
        words += ["--cap-add", capability]
    for folder in parents(ground.mounts):
        words += ["--dir", folder]
    for target, source in ground.mounts.items():
        words += ["--ro-bind", source, target]
    for target, source in ground.links.items():
        words += ["--symlink", source, target]
    words += ["--proc", "/proc", "--dev", "/dev", "--ro-bind", code, TASK_ROOT]
    words += [] if layers is None else ["--ro-bind", layers, LAYERS]
    words += ["--perms", "1777", "--size", str(ephemeral_bytes), "--tmpfs", "/tmp"]  # noqa: S108
    words += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", TASK_ROOT, "--clearenv"]
    for name, value in variables.items():
        words += ["--setenv", name, value]
    return words


def command(launcher: str, control_fd: int, limits: Limits, program: Sequence[str]) -> list[str]:
    """Write what runs inside: the Python `launcher`, which becomes `program`, or AWS's Python client."""
    ports = [str(control_fd), str(API_PORT), str(GATEWAY_PORT), "0"]
    bootstrap = f"{RUNTIME_DIR}/bootstrap.py"
    return [launcher, "-S", bootstrap, *ports, *limits.words(), *program]
