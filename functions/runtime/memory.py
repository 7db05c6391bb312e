"""What /proc tells of a process tree: who is in it, who stands still, how much memory it uses. Knows no limit and kills nothing."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator


def descendants(pid: int) -> Iterator[int]:
    """List the processes below `pid`, as far as they can still be read."""
    for thread in _threads(pid):
        for child in map(int, _read(f"/proc/{pid}/task/{thread}/children").split()):
            yield child
            yield from descendants(child)


def parent(pid: int) -> int:
    """Find the parent of a process; 0 when it is gone."""
    return _field(pid, "status", "PPid:")


def is_stopped(pid: int) -> bool:
    """Say whether a process stands still, is about to because of a signal, or is gone."""
    text = _read(f"/proc/{pid}/status")
    state = re.search(rb"^State:\s+(\w)", text, re.MULTILINE)
    if state is None or state[1] in b"TtZX":
        return True
    waiting = re.search(rb"^ShdPnd:\s+(\w+)", text, re.MULTILINE)
    return waiting is not None and bool(int(waiting[1], 16) >> (signal.SIGSTOP - 1) & 1)


def resident_mb(pid: int) -> float:
    """Add up what `pid` and its descendants hold resident now; shared pages count in parts."""
    total = _field(pid, "status", "VmRSS:")
    others = list(descendants(pid))
    total += sum(_field(other, "status", "VmRSS:") for other in others)
    if len(others) > 1:
        exact = sum(_field(other, "smaps_rollup", "Pss:") for other in (pid, *others))
        total = exact or total
    return total / 1024


def alone_mb(pid: int) -> tuple[float, float]:
    """Find what the process `pid` holds resident, and how much of that are pages of files."""
    return _field(pid, "status", "VmRSS:") / 1024, _field(pid, "status", "RssFile:") / 1024


def peak_mb(pid: int) -> float:
    """Find the largest resident size that the process `pid` has had."""
    return _field(pid, "status", "VmHWM:") / 1024


def used_mb(pid: int, folder: str) -> float:
    """Find how full the file system is that the process `pid` has at `folder`; 0 when it is gone."""
    try:
        found = os.statvfs(f"/proc/{pid}/root{folder}")
    except OSError:
        return 0.0
    return (found.f_blocks - found.f_bfree) * found.f_frsize / (1024 * 1024)


def _threads(pid: int) -> list[str]:
    """List the threads of a process: each knows the children that it made itself."""
    try:
        return os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []


def _field(pid: int, file: str, name: str) -> int:
    """Read one number of kB; 0 when the process is gone or hidden from us."""
    text = _read(f"/proc/{pid}/{file}")
    start = text.find(name.encode())
    return int(text[start + len(name) :].split(None, 1)[0]) if start >= 0 else 0


def _read(path: str) -> bytes:
    """Read a small file of /proc in one go (twice after every invocation); b"" when it is gone."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(fd, 65536)
    except OSError:
        return b""
    finally:
        os.close(fd)
