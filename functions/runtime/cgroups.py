"""Groups of processes that the kernel counts: memory and processes, and one share of the CPU, per environment.

Works where this process may make groups below its own (version 1 or 2); knows the two versions'
files and nothing of functions. The limits are the host's protection: what a function's memory is
said to be, and when it is out of it, is for `processes` to say.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
_MB = 1024 * 1024
_numbers = itertools.count()
#: Bytes of anonymous memory, as the two versions call it, and of memory that is shared without a disk.
_PRIVATE = re.compile(rb"^(?:rss|anon) (\d+)$", re.MULTILINE)
_SHARED = re.compile(rb"^shmem (\d+)$", re.MULTILINE)
#: What was held at most and what is held now, in bytes, as the two versions call it.
_PEAKS = (
    ("memory.peak", "memory.current"),
    ("memory.max_usage_in_bytes", "memory.usage_in_bytes"),
)
#: What version 1 calls a weight of 100.
_SHARES = 1024
_NAME = re.compile(r"shardlight-(\d+)-\d+")


@dataclass(frozen=True, slots=True)
class Group:
    """One environment's group: a folder per controller in version 1, a single one in version 2.

    Where both versions are mounted, it is the former and the latter.
    """

    folders: tuple[Path, ...]

    def add(self, pid: int) -> None:
        """Move a process here; what it forks afterwards is here too. Raises OSError."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(pid))

    def limit(self, memory_bytes: int, processes: int, weight: int = 100) -> None:
        """Set how much memory (files in /tmp are part of it) and how many processes it may have.

        `weight` is its share of a CPU that others want too: a hundredth of what it would be, each.
        """
        for folder in self.folders:
            for name, value in _settings(memory_bytes, processes, weight):
                with contextlib.suppress(FileNotFoundError):
                    _write(folder / name, value)

    def pids(self) -> list[int]:
        """List the processes that are in it."""
        with contextlib.suppress(OSError):
            return [int(pid) for pid in (self.folders[0] / "cgroup.procs").read_text().split()]
        return []

    def freeze(self, still: bool) -> bool:
        """Keep all its processes still, whatever they have set up to wake them; False where that cannot be.

        They can be killed meanwhile: version 1 has a freezer too, but not that.
        """
        done = False
        for folder in self.folders:
            with contextlib.suppress(FileNotFoundError):
                _write(folder / "cgroup.freeze", str(int(still)))
                done = True
        return done

    def held_mb(self) -> tuple[float, float] | None:
        """Tell how much memory its processes hold that is no disk's file; None where it is not told.

        First what each has for itself, then what is shared, mapped or not, with all that lies in
        file systems of memory.
        """
        for folder in self.folders:
            with contextlib.suppress(OSError):
                text = (folder / "memory.stat").read_bytes()
                private, shared = _PRIVATE.search(text), _SHARED.search(text)
                if private:
                    return int(private[1]) / _MB, int(shared[1]) / _MB if shared else 0.0
        return None

    def peak_mb(self) -> float:
        """Tell how much memory it has held at most beyond what it holds now; 0 where it is not told.

        Once its processes have ended, what it holds are the files that they have read.
        """
        for folder in self.folders:
            for peak, now in _PEAKS:
                with contextlib.suppress(OSError):
                    most, left = (int((folder / name).read_text()) for name in (peak, now))
                    return (most - left) / _MB
        return 0.0

    def was_out_of_memory(self) -> bool:
        """Say whether the kernel has ended a process here for its memory."""
        for folder in self.folders:
            for name in ("memory.events", "memory.oom_control"):
                with contextlib.suppress(OSError):
                    if re.search(r"^oom_kill [1-9]", (folder / name).read_text(), re.MULTILINE):
                        return True
        return False

    def remove(self) -> bool:
        """Give the group back; False while a process is still in it."""
        gone = True
        for folder in self.folders:
            try:
                folder.rmdir()
            except FileNotFoundError:
                pass
            except OSError:
                gone = False
        return gone


@dataclass(slots=True)
class Groups:
    """Where this process may make groups; `parents` is one folder per controller or one for all."""

    parents: tuple[Path, ...]
    _occupied: list[Group] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def make(self) -> Group:
        """Make a group. Raises OSError."""
        name = f"shardlight-{os.getpid()}-{next(_numbers)}"
        made = Group(tuple(parent / name for parent in self.parents))
        for folder in made.folders:
            folder.mkdir()
        return made

    def give_back(self, group: Group) -> None:
        """Remove a group whose processes have ended; what the kernel still holds goes later."""
        with self._lock:
            waiting = [*self._occupied, group]
            self._occupied = [one for one in waiting if not one.remove()]

    def sweep(self) -> None:
        """Remove what workers that were killed have left here."""
        for parent in self.parents:
            for folder in parent.glob("shardlight-*"):
                found = _NAME.fullmatch(folder.name)
                if found and not Path("/proc", found[1]).exists():
                    with contextlib.suppress(OSError):
                        folder.rmdir()


def find(root: Path = ROOT) -> Groups | None:
    """Look for a place where groups can be made, limited and entered, by doing it once."""
    for parents in _candidates(root):
        groups = Groups(parents)
        with contextlib.suppress(OSError):
            groups.sweep()
            if _works(groups):
                return groups
    return None


def _works(groups: Groups) -> bool:
    group = groups.make()
    try:
        with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as process:
            group.limit(64 * 1024 * 1024, 64)
            group.add(process.pid)
    finally:
        removed = group.remove()
    return removed


def _candidates(root: Path) -> Iterator[tuple[Path, ...]]:
    own = _own()
    if (root / "cgroup.controllers").is_file():
        place = root / own.get("", "/").lstrip("/")
        for parent in (place, place.parent):
            if parent.is_relative_to(root) and _hands_down(parent):
                yield (parent,)
        return
    named = {name: root / name / path.lstrip("/") for name, path in own.items()}
    if "memory" in named and "pids" in named:
        counting = tuple(named[name] for name in ("memory", "pids", "cpu") if name in named)
        beside = root / "unified" / own.get("", "/").lstrip("/")  # version 2 without controllers
        if (root / "unified" / "cgroup.controllers").is_file():
            yield (*counting, beside)
        yield counting


def _hands_down(parent: Path) -> bool:
    """Say whether groups below `parent` are counted, asking for it when nobody has yet."""
    wanted = {"memory", "pids"}
    with contextlib.suppress(OSError):
        control = parent / "cgroup.subtree_control"
        if not wanted <= set(control.read_text().split()):
            control.write_text("+memory +pids")
        with contextlib.suppress(OSError):
            control.write_text("+cpu")
        return wanted <= set(control.read_text().split())
    return False


def _own() -> dict[str, str]:
    """Read this process's own groups: controller ("" in version 2) to path."""
    found: dict[str, str] = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        found |= dict.fromkeys(controllers.split(","), path)
    return found


def _settings(memory_bytes: int, processes: int, weight: int) -> Iterator[tuple[str, str]]:
    yield "memory.max", str(memory_bytes)
    yield "memory.swap.max", "0"
    yield "memory.limit_in_bytes", str(memory_bytes)
    yield "pids.max", str(processes)
    yield "cpu.weight", str(weight)
    yield "cpu.shares", str(_SHARES * weight // 100)


def _write(file: Path, value: str) -> None:
    """Write to a file that must be there already: the kernel's, not one of ours."""
    fd = os.open(file, os.O_WRONLY)
    try:
        os.write(fd, value.encode())
    finally:
        os.close(fd)
