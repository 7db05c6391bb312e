"""Where an environment without namespaces finds everything: on the host's own paths, or on lent ones.

Plain, it is any process of ours. Confined, it has a user, a folder to write to and a wall of its
own, and root lends it what its user cannot reach. Starts nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from functions.runtime import host, lending, programs, walls
from functions.runtime.runtimes import Family, Runtime
from functions.runtime.spec import EnvironmentSpec
from functions.runtime.users import Users
from functions.runtime.variables import compose


@dataclass(frozen=True, slots=True)
class Room:
    """What a launcher is started with; `wall` is how it confines itself, if it does, as user `uid`."""

    launcher: Path
    bootstraps: Path
    code: Path
    variables: dict[str, str]
    program: list[str]
    wall: bytes = b""
    uid: int | None = None

    def words(self, numbers: list[str]) -> list[str]:
        """Write the command that starts it."""
        bootstrap = str(self.bootstraps / host.BOOTSTRAP.name)
        return [str(self.launcher), "-S", bootstrap, *numbers, *self.program]


def plain(spec: EnvironmentSpec, runtime: Runtime, log_stream: str, gateway_url: str) -> Room:
    """Use everything where it is."""
    interpreter = runtime.interpreter or host.launcher()
    return Room(
        launcher=programs.launcher(runtime),
        bootstraps=host.BOOTSTRAP.parent,
        code=spec.code,
        variables=compose(
            spec,
            log_stream=log_stream,
            endpoint=gateway_url,
            task_root=str(spec.code),
            runtime_dir=str(next(iter(host.package_paths().values())).parent),
        ),
        program=_program(spec, runtime, spec.code, interpreter.program, host.BOOTSTRAP.parent),
    )


def confined(
    spec: EnvironmentSpec,
    runtime: Runtime,
    log_stream: str,
    gateway_url: str,
    users: Users,
    borrowed: contextlib.ExitStack,
) -> Room:
    """Give a user and a folder of its own, which `borrowed` takes back, and lend the rest. Raises OSError."""
    uid = users.take()
    borrowed.callback(users.give_back, uid)
    folder = lending.folder_of_an_environment()
    borrowed.callback(shutil.rmtree, folder, ignore_errors=True)
    scratch = folder / "tmp"
    scratch.mkdir(mode=0o700)
    if uid is not None:  # nobody but this user gets to what lies here
        os.chown(folder, 0, uid)
        folder.chmod(0o750)
        os.chown(scratch, uid, uid)
    open_to_it = uid is None or lending.is_open(spec.code)
    code = spec.code if open_to_it else lending.link(spec.code, folder / "code")
    bootstraps, packages = lending.bootstraps(), lending.packages()
    own = lending.interpreter(runtime.interpreter or host.launcher())
    starts = own if runtime.family is Family.PYTHON else lending.interpreter(host.launcher())
    readable = [code, bootstraps, *(packages / name for name in host.package_paths())]
    variables = compose(
        spec,
        log_stream=log_stream,
        endpoint=gateway_url,
        task_root=str(code),
        runtime_dir=str(packages),
    )
    return Room(
        launcher=starts.program,
        bootstraps=bootstraps,
        code=code,
        variables=lending.variables(starts, variables)
        | {"TMPDIR": str(scratch), "HOME": str(scratch)},
        program=_program(spec, runtime, code, own.program, bootstraps),
        wall=json.dumps(
            walls.describe(readable, {starts, own}, str(scratch), gateway_url)
        ).encode(),
        uid=uid,
    )


def _program(
    spec: EnvironmentSpec, runtime: Runtime, code: Path, interpreter: Path, bootstraps: Path
) -> list[str]:
    return programs.words(
        runtime,
        spec.memory_mb,
        task_root=str(code),
        node=str(interpreter),
        client=str(bootstraps / "node.mjs"),
    )
