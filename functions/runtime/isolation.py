"""How well this machine can wall functions in: asked once per process, with the reason when it cannot.

The product runs on any level and says which one it is, unless a better one was asked for.
"""

from __future__ import annotations

import functools
import os
import subprocess
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from functions.runtime import cgroups, host, sandbox, staging, walls
from functions.runtime.cgroups import Groups
from functions.runtime.users import FIRST_UID

#: Seconds for a trial to end. Ours, long: a machine with much to do is not one without namespaces.
PROBE_SECONDS = 60.0


WALL = "Own namespaces, filtered system calls, read-only code, no network but the gateway."

_SECOND_WALL = (
    "No namespaces here: Landlock keeps functions to their own files and two ports, system calls "
    "are filtered; they share the machine's processes and network."
)


class Level(StrEnum):
    """What stands between a function and the host, best first."""

    SANDBOXED = "sandboxed"
    CONFINED = "confined"
    PLAIN = "not isolated"


@dataclass(frozen=True, slots=True)
class Isolation:
    """The level found, and why it is not a better one."""

    level: Level
    reason: str = ""
    groups: Groups | None = field(default=None, compare=False)

    @property
    def is_sandboxed(self) -> bool:
        """Say whether functions run behind the wall."""
        return self.level is Level.SANDBOXED

    @property
    def protection(self) -> str:
        """Say for people what stands between a function and this machine."""
        if self.level is Level.PLAIN:
            return "Functions are plain processes of the worker's user."
        wall = WALL if self.is_sandboxed else _SECOND_WALL
        counted = (
            "Processes, memory and CPU are counted by cgroups."
            if self.groups is not None
            else "No cgroup can be made here: processes and memory are limited per user."
        )
        return f"{wall} {counted}"

    def falls_short_of(self, least: str) -> str:
        """Say what is missing to the level named `least`; nothing when it is reached."""
        if list(Level).index(self.level) <= list(Level).index(Level(least)):
            return ""
        return (
            f"functions would be {self.level} on this machine ({self.reason}), and "
            f"SHARDLIGHT_LEAST_ISOLATION asks for {least}. Let this user make namespaces, "
            "or ask for less."
        )


@functools.cache
def probe(code_root: Path = host.ETC) -> Isolation:
    """Try to start a Python behind the wall, as environments with code below `code_root` are."""
    if not hasattr(os, "memfd_create"):
        return Isolation(Level.PLAIN, "this system has no Linux namespaces")
    try:
        reason = _try_out(staging.ground(code_root))
    except (
        OSError,
        subprocess.SubprocessError,
        staging.StagingError,
        sandbox.FilterError,
    ) as error:
        reason = str(error)
    groups = cgroups.find()
    if not reason:
        return Isolation(Level.SANDBOXED, "", groups)
    no_landlock = walls.try_out()
    if not no_landlock:
        return Isolation(Level.CONFINED, reason, groups)
    return Isolation(Level.PLAIN, f"{reason}; {no_landlock}", groups)


def _try_out(ground: staging.Ground) -> str:
    """Run an empty program behind the wall; the reason why it failed, or nothing."""
    filter_fd = sandbox.filter_file()
    info, info_child = os.pipe()
    try:
        words = sandbox.arguments(
            ground,
            {},
            code=ground.code_at,
            info_fd=info_child,
            filter_fd=filter_fd,
            ephemeral_bytes=4096,
        )
        tried = subprocess.run(
            [*ground.words(FIRST_UID), *words, "--", str(host.interpreter()), "-S", "-c", ""],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            pass_fds=(*ground.fds, info_child, filter_fd),
            timeout=PROBE_SECONDS,
            check=False,
        )
    finally:
        os.close(info)
        os.close(info_child)
        os.close(filter_fd)
    if tried.returncode == 0:
        return ""
    said = tried.stderr.decode(errors="replace").strip().splitlines()
    return said[-1] if said else f"bubblewrap ended with status {tried.returncode}"
