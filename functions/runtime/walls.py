"""The second-best wall, described for a process that confines itself: Landlock, a filter, limits.

Used where namespaces are refused; whether it works here is tried once. Functions then share the
host's processes and network, but reach only their own files, the system's, and two TCP ports.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from functions.runtime import host, lending, limits, syscalls
from functions.runtime.interpreters import Interpreter
from functions.runtime.users import FIRST_UID

_SYSTEM = (
    "/usr",
    "/bin",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_TRIAL = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
import confine
if confine.version() < confine.NEEDED:
    sys.exit(f"Landlock is of version {confine.version()}, {confine.NEEDED} is needed")
wall = json.load(sys.stdin)
confine.confine(**wall | {"program": bytes.fromhex(wall["program"])})
os.listdir(sys.argv[1])
try:
    open("/etc/passwd")
    sys.exit("Landlock does not hold")
except PermissionError:
    pass
"""


def describe(
    readable: Iterable[Path], interpreters: Iterable[Interpreter], scratch: str, gateway_url: str
) -> dict[str, Any]:
    """Name what stays reachable: what is `readable`, `interpreters`, `scratch` for writing, the gateway."""
    programs = [str(one.program) for one in interpreters]
    folders = [str(one.prefix) for one in interpreters if one.prefix is not None]
    return {
        "readable": [*_SYSTEM, *map(str, readable), *programs, *folders],
        "writable": [scratch] if scratch else [],
        "devices": list(_DEVICES),
        "ports": [urlsplit(gateway_url).port or 80],
        "program": (syscalls.program(platform.machine(), shared=True) or b"").hex(),
    }


def try_out() -> str:
    """Confine an empty program here; the reason why it failed, or nothing."""
    if syscalls.program(platform.machine()) is None:
        return f"the system calls of {platform.machine()} are not known"
    user = FIRST_UID if os.geteuid() == 0 else None
    try:
        launcher, bootstraps = lending.interpreter(host.launcher()), lending.bootstraps()
        wall = describe([bootstraps], [launcher], "", "http://127.0.0.1:80")
        tried = subprocess.run(
            [str(launcher.program), "-S", "-c", _TRIAL, str(bootstraps)],
            input=json.dumps(wall).encode(),
            env=lending.variables(launcher, {}),
            capture_output=True,
            timeout=limits.HANDSHAKE_SECONDS,
            check=False,
            cwd="/",
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    if tried.returncode == 0:
        return ""
    said = tried.stderr.decode(errors="replace").strip().splitlines()
    return said[-1] if said else f"ended with status {tried.returncode}"
