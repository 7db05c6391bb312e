"""One forker of environments: started in a sandbox with its function's code, asked for more, ended.

What it forks is prepared first: in namespaces of its own, counted, its sockets here. It waits there
until it is told whose it is, and only then are there credentials. One may be kept prepared. A
zygote holds three capabilities in its sandbox to make namespaces; what it forks has none.
"""

from __future__ import annotations

import array
import contextlib
import functools
import json
import os
import socket
import struct
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

from functions.runtime import counting, limits, programs, runtimes, sandbox, staging
from functions.runtime.cgroups import Groups
from functions.runtime.handshake import memory_file, pipes_open
from functions.runtime.processes import Forked, ProcessTree
from functions.runtime.spawning import (
    StartError,
    closing,
    ended_unless_handed,
    host_refusals,
    pidfd,
    spawn,
)
from functions.runtime.spec import EnvironmentSpec
from functions.runtime.variables import RUNTIME_DIR

#: What a forker needs in its own user namespace: make namespaces, raise their loopback, give up.
_CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SETPCAP")
_PORTS = [sandbox.API_PORT, sandbox.GATEWAY_PORT]
#: Beginnings of the variables that the runtime client reads while it is loaded. Source: awslambdaric,
#: bootstrap.py and lambda_runtime_marshaller.py.
_READ_BY_THE_CLIENT = ("AWS_LAMBDA_LOG_", "AWS_EXECUTION_ENV")
#: Its own /tmp, which nobody writes to.
_TMP_BYTES = 65_536


@dataclass(slots=True)
class Prepared:
    """An environment that waits to be told whose it is; nothing of the function has run in it."""

    tree: ProcessTree
    control: socket.socket

    def begin(self, variables: dict[str, str]) -> ProcessTree:
        """Tell it its variables, and let it go on with them. Raises StartError."""
        words = json.dumps(variables).encode()
        try:
            self.control.sendall(struct.pack(">I", len(words)) + words)
        except OSError as error:
            self.discard()
            raise StartError(f"the environment has ended: {error}") from error
        self.control.close()
        return self.tree

    def discard(self) -> None:
        """End it unused."""
        self.tree.kill()
        self.tree.close()
        self.control.close()


@dataclass(slots=True)
class Zygote:
    """A waiting forker; `forked` environments live in its sandbox and end with it, as does the `spare` one."""

    process: subprocess.Popen[bytes]
    orders: socket.socket
    init_pid: int
    uid: int | None
    spec: EnvironmentSpec
    groups: Groups | None
    forked: int = 0
    rested_at: float = 0.0
    ended: bool = False
    spare: Prepared | None = None
    wants_spare: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fork(self, variables: dict[str, str]) -> ProcessTree:
        """Start an environment with `variables`: the spare one, else a new one. Raises StartError."""
        with self.lock:
            ready, self.spare = self.spare, None
            self.wants_spare = True
        if ready is not None and ready.tree.exit_code() is not None:
            ready.discard()
            ready = None
        return (ready or self._prepare()).begin(variables)

    def restock(self) -> None:
        """Prepare the next environment before it is asked for, when one was asked for before."""
        if not self.wants_spare:
            return
        self.wants_spare = False
        with contextlib.suppress(StartError):
            made = self._prepare()
            if not self._keep(made):
                made.discard()

    def _keep(self, made: Prepared) -> bool:
        """Hold it for the next fork; False when there will be none."""
        with self.lock:
            if not self.ended and self.spare is None:
                self.spare = made
            return self.spare is made

    def end(self) -> bool:
        """End the forker, and with it whatever it has forked; none of them is left then. False the second time.

        It is killed before its orders are closed: one that ends by itself lets go of the launcher
        before the first process of its namespace is gone.
        """
        with self.lock:
            if self.ended:
                return False
            self.ended = True
            unused, self.spare = self.spare, None
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.init_pid, 9)
        self.process.wait()
        self.orders.close()
        if unused is not None:
            unused.discard()
        return True

    @host_refusals()
    def _prepare(self) -> Prepared:
        """Order an environment and count it. Raises StartError."""
        with contextlib.ExitStack() as undo, pipes_open() as pipes:
            ended, ended_child = os.pipe()
            closing(undo, ended)
            self._order(pipes.control_child.fileno(), pipes.logs_child, ended_child)
            listeners, init_pid = pipes.receive()
            for listener in listeners:
                undo.enter_context(listener)
            init_fd = closing(undo, pidfd(init_pid)) if init_pid else -1
            if len(listeners) < len(_PORTS) or init_fd < 0:
                raise StartError(pipes.printed() or "the zygote made no environment")
            os.set_blocking(pipes.logs, False)
            tree = ProcessTree(
                process=Forked(init_pid, init_fd, ended),
                api=listeners[0],
                gateway=listeners[1],
                logs=pipes.logs,
                pidfd=init_fd,
                init_pid=init_pid,
                isolated=True,
                closing=[functools.partial(os.close, ended)],
            )
            made = Prepared(tree, pipes.control.dup())
            pipes.taken = True
            undo.pop_all()
        try:
            counting.count(tree, self.spec, self.groups)
        except OSError as error:
            made.discard()
            raise StartError(str(error)) from error
        return made

    def _order(self, *fds: int) -> None:
        """Send an order with the descriptors of the environment's ends. Raises StartError."""
        spec, counted = self.spec, self.groups is not None
        sizes = sandbox.Limits.of(spec.memory_mb, spec.ephemeral_mb, counted=counted)
        order = {
            "limits": sizes.numbers(),
            "ports": _PORTS,
            "ephemeral": spec.ephemeral_mb * 1024 * 1024,
        }
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]
        try:
            with self.lock:
                self.orders.sendmsg([json.dumps(order).encode()], rights)
        except OSError as error:
            raise StartError(f"the zygote has ended: {error}") from error
        finally:
            os.close(fds[-1])


@host_refusals()
def begin(
    spec: EnvironmentSpec,
    code_root: Path,
    modules: tuple[str, ...],
    variables: dict[str, str],
    uid: int | None,
    groups: Groups | None,
) -> Zygote:
    """Start a forker for `spec` that has loaded `modules`. Raises StartError.

    Of the environments' `variables` it gets those that the runtime client reads while it is loaded.
    """
    runtime = runtimes.catalogue()[spec.runtime]
    ground = staging.ground(code_root).showing(runtime)
    with contextlib.ExitStack() as stack, pipes_open() as pipes:
        orders, orders_child = map(
            stack.enter_context, socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        )
        info, info_child = (closing(stack, fd) for fd in os.pipe())
        filter_fd = closing(stack, sandbox.filter_file())
        options = sandbox.arguments(
            ground,
            {
                "LANG": "en_US.UTF-8",
                "PATH": "/usr/bin:/bin",
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{sandbox.API_PORT}",
                **{k: v for k, v in variables.items() if k.startswith(_READ_BY_THE_CLIENT)},
            },
            code=ground.code(spec.code),
            layers=None if spec.layers is None else ground.code(spec.layers),
            info_fd=info_child,
            capabilities=_CAPABILITIES,
            ephemeral_bytes=_TMP_BYTES,
        )
        args_fd = closing(stack, memory_file("\0".join(options).encode()))
        program = [str(programs.launcher(runtime)), "-S", f"{RUNTIME_DIR}/zygote.py"]
        program += [str(orders_child.fileno()), str(filter_fd), *modules]
        fds = (args_fd, info_child, filter_fd, orders_child.fileno(), *ground.fds)
        words = [*ground.words(uid), "--args", str(args_fd), "--", *program]
        process = spawn(words, pipes, {}, fds)
        orders_child.close()
        orders.settimeout(limits.HANDSHAKE_SECONDS)
        with ended_unless_handed(process):
            try:
                said = orders.recv(1)
            except (TimeoutError, ConnectionError):
                said = b""
            if not said:
                process.kill()
                process.wait()
                raise StartError(pipes.printed() or "the zygote did not start")
            init_pid = int(json.loads(os.read(info, 4096))["child-pid"])
            return Zygote(process, orders.dup(), init_pid, uid, spec, groups)
