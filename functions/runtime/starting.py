"""How an environment comes to life: spawns the launcher, counts it, and receives its sockets.

Same answer for every kind of start: a `ProcessTree`. Does not speak the Runtime API and knows no
invocation; what becomes of the tree is `processes`' business.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from functions.runtime import (
    counting,
    host,
    preloading,
    programs,
    rooms,
    runtimes,
    sandbox,
    staging,
)
from functions.runtime.handshake import Pipes, memory_file, pipes_open
from functions.runtime.isolation import Isolation, Level
from functions.runtime.processes import ProcessTree
from functions.runtime.relay import Relay
from functions.runtime.runtimes import Family, Runtime
from functions.runtime.spawning import (
    StartError,
    closing,
    ended_unless_handed,
    host_refusals,
    pidfd,
    spawn,
)
from functions.runtime.spec import EnvironmentSpec
from functions.runtime.users import Users
from functions.runtime.variables import RUNTIME_DIR, TASK_ROOT, compose
from functions.runtime.zygotes import Zygotes


@dataclass(frozen=True, slots=True)
class Placement:
    """Where and as whom an environment runs.

    `code_root` holds all unpacked packages; behind the wall it runs as one of `users`, forked by
    one of `zygotes` where there are any. A function's calls to the gateway go through `relay`, or
    without a wall straight to `gateway_url`.
    """

    isolation: Isolation
    code_root: Path
    gateway_url: str
    relay: Relay | None = None
    users: Users = field(default_factory=Users)
    zygotes: Zygotes | None = None
    log_stream: str = ""

    def named(self, log_stream: str) -> Placement:
        """Give its output a log stream."""
        return dataclasses.replace(self, log_stream=log_stream)


def start(spec: EnvironmentSpec, where: Placement) -> ProcessTree:
    """Start a launcher for `spec` and wait until it has handed out its sockets.

    Raises StartError with what it printed when it cannot.
    """
    with host_refusals():
        if not where.isolation.is_sandboxed:
            return _start_plain(spec, where)
        return _fork(spec, where) or _start_sandboxed(spec, where)


def _sizes(spec: EnvironmentSpec, runtime: Runtime, where: Placement) -> sandbox.Limits:
    counted = where.isolation.groups is not None
    sizes = sandbox.Limits.of(spec.memory_mb, spec.ephemeral_mb, counted=counted)
    if runtime.family is Family.NODE:  # maps half a gigabyte for code that it may never have
        return dataclasses.replace(sizes, data_bytes=0)
    return sizes


def _inner_variables(spec: EnvironmentSpec, where: Placement) -> dict[str, str]:
    return compose(
        spec,
        log_stream=where.log_stream,
        endpoint=f"http://127.0.0.1:{sandbox.GATEWAY_PORT}",
        task_root=TASK_ROOT,
        runtime_dir=RUNTIME_DIR,
    )


def _fork(spec: EnvironmentSpec, where: Placement) -> ProcessTree | None:
    """Let the version's zygote make the environment; None when it may not have one, or it is broken."""
    modules = preloading.modules(spec)
    if where.zygotes is None or modules is None:
        return None
    return where.zygotes.fork(spec, modules, _inner_variables(spec, where))


def _start_sandboxed(spec: EnvironmentSpec, where: Placement) -> ProcessTree:
    runtime = runtimes.catalogue()[spec.runtime]
    ground = staging.ground(where.code_root).showing(runtime)
    uid = where.users.take()
    with contextlib.ExitStack() as stack, pipes_open() as pipes:
        borrowed = stack.enter_context(contextlib.ExitStack())
        borrowed.callback(where.users.give_back, uid)
        info, info_child = (closing(stack, fd) for fd in os.pipe())
        filter_fd = closing(stack, sandbox.filter_file())
        options = sandbox.arguments(
            ground,
            _inner_variables(spec, where),
            code=ground.code(spec.code),
            layers=None if spec.layers is None else ground.code(spec.layers),
            info_fd=info_child,
            filter_fd=filter_fd,
            ephemeral_bytes=spec.ephemeral_mb * 1024 * 1024,
        )
        args_fd = closing(stack, memory_file("\0".join(options).encode()))
        inner = sandbox.command(
            str(programs.launcher(runtime)),
            pipes.control_child.fileno(),
            _sizes(spec, runtime, where),
            programs.words(
                runtime,
                spec.memory_mb,
                task_root=TASK_ROOT,
                node=host.node(runtime),
                client=host.NODE_CLIENT,
            ),
        )
        fds = (args_fd, info_child, filter_fd, pipes.control_child.fileno(), *ground.fds)
        words = [*ground.words(uid), "--args", str(args_fd), "--", *inner]
        process = spawn(words, pipes, {}, fds)  # a function can read its init's environment
        with ended_unless_handed(process) as undo:
            listeners = _listeners(process, pipes, undo)
            init_pid = int(json.loads(os.read(info, 4096))["child-pid"])
            tree = _tree(process, pipes, listeners, init_pid, undo, isolated=True)
        tree.closing.append(borrowed.pop_all().close)
        return admit(tree, pipes, spec, where)


def _start_plain(spec: EnvironmentSpec, where: Placement) -> ProcessTree:
    """Start without namespaces: confined by Landlock where that is the level, else not at all."""
    if spec.layers is not None:
        raise StartError("layers need the wall: without it /opt is the host's own")
    runtime = runtimes.catalogue()[spec.runtime]
    with contextlib.ExitStack() as stack, pipes_open() as pipes:
        borrowed = stack.enter_context(contextlib.ExitStack())
        about = (spec, runtime, where.log_stream, where.gateway_url)
        if where.isolation.level is Level.CONFINED:
            room = rooms.confined(*about, where.users, borrowed)
        else:
            room = rooms.plain(*about)
        control_fd = pipes.control_child.fileno()
        wall_fd = closing(stack, memory_file(room.wall)) if room.wall else 0
        # Another user's processes count too without a namespace, so their number is left alone.
        sizes = dataclasses.replace(_sizes(spec, runtime, where), processes=0)
        words = room.words([str(control_fd), "0", "0", str(wall_fd), *sizes.words()])
        fds = (control_fd, wall_fd) if wall_fd else (control_fd,)
        process = spawn(words, pipes, room.variables, fds, room.code, room.uid)
        with ended_unless_handed(process) as undo:
            listeners = _listeners(process, pipes, undo)
            tree = _tree(process, pipes, listeners, process.pid, undo, isolated=False)
        tree.closing.append(borrowed.pop_all().close)
        return admit(tree, pipes, spec, where)


def _listeners(
    process: subprocess.Popen[bytes], pipes: Pipes, undo: contextlib.ExitStack
) -> list[socket.socket]:
    """Wait for the launcher's sockets. Raises StartError with what it printed instead."""
    listeners, _ = pipes.receive()
    if not listeners:
        process.kill()
        process.wait()
        raise StartError(pipes.printed() or f"ended with status {process.returncode}")
    return [undo.enter_context(listener) for listener in listeners]


def _tree(
    process: subprocess.Popen[bytes],
    pipes: Pipes,
    listeners: list[socket.socket],
    init_pid: int,
    undo: contextlib.ExitStack,
    *,
    isolated: bool,
) -> ProcessTree:
    os.set_blocking(pipes.logs, False)
    own = closing(undo, pidfd(process.pid))
    init = closing(undo, pidfd(init_pid)) if isolated else -1
    pipes.taken = True
    return ProcessTree(
        process=process,
        api=listeners[0],
        gateway=listeners[1] if len(listeners) > 1 else None,
        logs=pipes.logs,
        pidfd=own,
        init_pid=init_pid,
        isolated=isolated,
        main=0 if isolated else init_pid,
        init_fd=init,
    )


def admit(tree: ProcessTree, pipes: Pipes, spec: EnvironmentSpec, where: Placement) -> ProcessTree:
    """Put a tree that waits into a group of its own, where there are any, and let it go on."""
    try:
        counting.count(tree, spec, where.isolation.groups)
        pipes.control.send(b"G")
    except OSError as error:
        tree.kill()
        tree.close()
        raise StartError(str(error)) from error
    return tree
