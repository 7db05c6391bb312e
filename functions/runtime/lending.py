"""What root lends to users who may not enter its home: the same files, linked at a place open to all.

Needed where functions run as users of their own without a mount namespace to show them things in.
Nothing is lent that everyone can reach anyway. Confines nobody: what a function may read of it all
is `walls`' business.
"""

from __future__ import annotations

import atexit
import dataclasses
import functools
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from functions.runtime import host
from functions.runtime.interpreters import Interpreter

#: Where files may be lent, in this order among those on the same disk: what lies in the first is
#: never cleaned up by the system while we run.
_PLACES = ("/var/lib", "/var/tmp", "/tmp")  # noqa: S108 - fresh folders with names of their own
#: Of an interpreter only what running it takes: environments never see the host's own packages.
_NOT_LENT = shutil.ignore_patterns("site-packages", "test", "config-*", "*.a")
_NAME = re.compile(r"shardlight-lent-(\d+)-.*")


def is_open(path: Path) -> bool:
    """Say whether every user of this machine can get to `path` and read it."""
    way = [path.stat(), *(above.stat() for above in path.parents)]
    enters = all(one.st_mode & stat.S_IXOTH for one in way if stat.S_ISDIR(one.st_mode))
    return enters and bool(way[0].st_mode & stat.S_IROTH)


@functools.cache
def lent(path: Path) -> Path:
    """Give `path` as other users can read it: itself, or its links. Raises OSError."""
    if os.geteuid() != 0 or is_open(path):
        return path
    return link(path, _room(path) / path.name)


@functools.cache
def interpreter(one: Interpreter) -> Interpreter:
    """Give an interpreter as other users can start it, with the folder that it needs. Raises OSError."""
    if one.prefix is None or os.geteuid() != 0 or is_open(one.prefix):
        return dataclasses.replace(one, program=lent(one.program))
    prefix = _room(one.prefix)
    link(one.prefix / "lib", prefix / "lib")
    program = link(one.program, prefix / one.program.relative_to(one.prefix))
    return dataclasses.replace(one, program=program, prefix=prefix)


@functools.cache
def packages() -> Path:
    """Give the folder that holds the runtime's packages, perhaps among others. Raises OSError."""
    found = host.package_paths()
    first = next(iter(found.values()))
    if os.geteuid() != 0 or all(is_open(path) for path in found.values()):
        return first.parent
    folder = _room(first)
    for name, path in found.items():
        link(path, folder / name)
    return folder


def bootstraps() -> Path:
    """Give the folder of the launchers. Raises OSError."""
    return lent(host.BOOTSTRAP.parent)


def variables(one: Interpreter, others: Mapping[str, str]) -> dict[str, str]:
    """Add to a program's variables what an interpreter needs to find its own library where it is lent."""
    if one.prefix is None:
        return dict(others)
    libraries = [str(one.prefix / "lib"), others.get("LD_LIBRARY_PATH", "")]
    return dict(others) | {"LD_LIBRARY_PATH": ":".join(filter(None, libraries))}


def link(source: Path, target: Path) -> Path:
    """Make `target` a readable twin of the file or folder `source`. Raises OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not source.is_dir():
        _link(str(source), str(target))
        return target
    shutil.copytree(source, target, symlinks=True, copy_function=_link, ignore=_NOT_LENT)
    for folder, _, _ in os.walk(target):
        os.chmod(folder, 0o755)  # noqa: S103 - to be read by everyone is what it is for
    return target


def place(device: int | None = None) -> Path:
    """Choose where to lend files of `device`; links work only on the same one."""
    found = [Path(one) for one in (*_PLACES, tempfile.gettempdir()) if _serves(Path(one))]
    if not found:
        raise OSError(f"no folder for what functions need: {', '.join(_PLACES)}")
    same = [one for one in found if one.stat().st_dev == device]
    return (same or found)[0]


def folder_of_an_environment() -> Path:
    """Make a folder for one environment, which only we may enter. Raises OSError."""
    return _make(place())


def _make(parent: Path) -> Path:
    """Make a folder of this process, after those of ended ones are removed."""
    sweep(parent)
    return Path(tempfile.mkdtemp(prefix=f"shardlight-lent-{os.getpid()}-", dir=parent))


@functools.cache
def sweep(parent: Path) -> None:
    """Remove, once, what processes that were killed have left in `parent`."""
    for left in parent.glob("shardlight-lent-*"):
        found = _NAME.fullmatch(left.name)
        if found and not Path("/proc", found[1]).exists():
            shutil.rmtree(left, ignore_errors=True)


def _serves(folder: Path) -> bool:
    try:
        programs = not os.statvfs(folder).f_flag & os.ST_NOEXEC
        return programs and is_open(folder) and os.access(folder, os.W_OK)
    except OSError:
        return False


def _link(source: str, target: str) -> None:
    """Link a file, or copy it where links are refused or would not be readable."""
    mode = os.stat(source).st_mode
    if mode & stat.S_IROTH:
        try:
            os.link(source, target)
        except OSError:
            pass
        else:
            return
    shutil.copyfile(source, target)
    os.chmod(target, 0o755 if mode & stat.S_IXUSR else 0o644)


def _room(source: Path) -> Path:
    """Make an empty folder beside what else is lent from the disk of `source`."""
    made = Path(tempfile.mkdtemp(dir=_folder(source.stat().st_dev)))
    made.chmod(0o755)
    return made


@functools.cache
def _folder(device: int) -> Path:
    """Make this process's folder for what it lends."""
    owner = os.getpid()
    made = _make(place(device))
    made.chmod(0o755)
    atexit.register(_remove, made, owner)
    return made


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # not a fork of it
        shutil.rmtree(folder, ignore_errors=True)
