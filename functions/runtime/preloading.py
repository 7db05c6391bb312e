"""Whether a function version may be forked from a zygote, and what that loads beforehand. Starts nothing.

A fork must not be told apart from a fresh start. It would be where the package brings its own copy
of something the zygote has loaded, or where a variable counts only at the start of a program.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from functions.runtime.host import PACKAGES
from functions.runtime.spec import EnvironmentSpec

#: Loaded for every Python function: AWS's client with all it imports.
CLIENT = ("awslambdaric.__main__",)
#: Loaded too where the package's code imports it, once for each service that it names.
SDK = "boto3"

_USES_SDK = re.compile(rb"^\s*(?:import|from)\s+boto(?:3|core)\b", re.MULTILINE)
_SERVICE = re.compile(rb"\b(?:client|resource)\(\s*[\"']([a-z0-9-]{1,40})[\"']")
_READ_AT_START = re.compile(r"(PYTHON|LD_|MALLOC_|GLIBC_|LC_|OPENSSL_|SSL_).*|LANG|LANGUAGE")
_LIBRARY = re.compile(r"lib.*\.so(\.\d+)*")
_MOST_SERVICES = 4
_LOOKED_AT_FILES = 300
_LOOKED_AT_BYTES = 1_000_000


def modules(spec: EnvironmentSpec) -> tuple[str, ...] | None:
    """Name what a zygote for `spec` loads beforehand; None when every start must be a fresh one."""
    if not spec.runtime.startswith("python"):
        return None
    if any(_READ_AT_START.fullmatch(name) for name, _ in spec.variables):
        return None
    if spec.layers is not None and not _is_apart(spec.layers):
        return None
    return _of_package(spec.code)


@functools.lru_cache(maxsize=1024)
def _of_package(code: Path) -> tuple[str, ...] | None:
    top = _names(code)
    if _shadows(top) or _is_linked(code / "lib", code):
        return None
    if any(_LIBRARY.fullmatch(name) for name in (*top, *_names(code / "lib"))):
        return None  # found by LD_LIBRARY_PATH, which a running program no longer reads
    sources = [text for text in _sources(code) if _USES_SDK.search(text)]
    if not sources:
        return CLIENT
    services = {name.decode() for text in sources for name in _SERVICE.findall(text)}
    named = tuple(f"{SDK}:{service}" for service in sorted(services)[:_MOST_SERVICES])
    return CLIENT + (named or (SDK,))


def _is_apart(layers: Path) -> bool:
    """Say whether nothing in the layers is found in another way after a fork."""
    folders = [layers / "python", *layers.glob("python/lib/python3.*/site-packages")]
    if os.path.lexists(layers / "lib") or any(_is_linked(one, layers) for one in folders):
        return False
    return not any(_shadows(_names(folder)) for folder in folders)


def _shadows(names: Iterable[str]) -> bool:
    modules = {name.partition(".")[0] for name in names}
    return bool(modules & {*PACKAGES, *sys.stdlib_module_names})


def _names(folder: Path) -> Iterable[str]:
    return [entry.name for entry in folder.iterdir()] if folder.is_dir() else []


def _sources(code: Path) -> Iterator[bytes]:
    """Read the package's own modules, within reason."""
    below = [one for one in code.iterdir() if one.is_dir() and not one.is_symlink()]
    folders = [code, *sorted(below)]
    found = [path for folder in folders for path in sorted(folder.glob("*.py"))]
    for path in found[:_LOOKED_AT_FILES]:
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= _LOOKED_AT_BYTES:
            yield path.read_bytes()


def _is_linked(folder: Path, root: Path) -> bool:
    """Say whether a link lies between `root` and a folder below it: on the host it leads elsewhere."""
    straight = Path(os.path.realpath(root), folder.relative_to(root))
    return Path(os.path.realpath(folder)) != straight
