"""The forker of one function version: Python and its runtime client, loaded once, forked per environment.

Runs in a sandbox of its own, never imports code of the function, and answers one kind of order
from the worker: fork an environment. Each gets namespaces (pid, mount, net, ipc, uts), a /tmp and
ports of its own, loses every capability and gets the filter of system calls before anything of the
function is imported. It decides nothing: what to preload and every number come from the worker.

    zygote.py ORDERS_FD FILTER_FD MODULE[:SERVICE]...

ORDERS_FD is a unix socket of packets: JSON {limits, ports, ephemeral}, with three descriptors: the
environment's control socket, its output, and a pipe that is told how it ended. What was forked
waits at its control socket for its variables (JSON behind its length in 4 bytes).
"""

from __future__ import annotations

import _socket
import array
import ctypes
import fcntl
import gc
import json
import os
import signal
import struct
import sys
import time
from typing import Any, NoReturn

import bootstrap  # the launcher beside this file

_LIBC = ctypes.CDLL(None, use_errno=True)
_PYTHON_LIBC = ctypes.PyDLL(None)  # keeps the interpreter's lock: the child must have it
_CLONE = 220 if os.uname().machine == "aarch64" else 56
#: CLONE_NEWNS, NEWUTS, NEWIPC, NEWPID, NEWNET.
_NAMESPACES = 0x00020000 | 0x04000000 | 0x08000000 | 0x20000000 | 0x40000000
_NOSUID, _NODEV, _NOEXEC = 2, 4, 8
_SET_DUMPABLE, _SET_SECCOMP, _CAPBSET_DROP, _CAP_AMBIENT = 4, 22, 24, 47
_FILTER, _CLEAR_ALL, _CAPABILITY_VERSION = 2, 4, 0x20080522
_SIOCSIFFLAGS, _UP = 0x8914, 0x1
_ORDER_BYTES = 4096


def main(arguments: list[str]) -> None:
    """Load what environments will need, then fork one per order until the worker is gone."""
    orders = _socket.socket(fileno=int(arguments[0]))
    with open(int(arguments[1]), "rb") as file:
        program = file.read()
    runtime_dir = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [*(path for path in sys.path if path != runtime_dir), runtime_dir]
    for word in arguments[2:]:
        module, _, service = word.partition(":")
        __import__(module)
        if service:
            _warm_sdk(service)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whom it has forked nobody waits for
    gc.collect()
    gc.freeze()
    orders.send(b"R")
    while True:
        packet, ancillary, _, _ = orders.recvmsg(_ORDER_BYTES, _socket.CMSG_SPACE(3 * 4))
        if not packet:
            return
        fds = array.array("i")
        for _, _, data in ancillary:
            fds.frombytes(data)
        if _fork_apart() == 0:
            orders.close()
            bootstrap.become(*_begin(packet, program, *fds))
            return  # as a program of its own ends: with its exit code, atexit, flushed output
        for fd in fds:
            os.close(fd)


def _warm_sdk(service: str) -> None:
    """Let the SDK import what only a client needs, and keep the files it has parsed for the next one.

    The client itself is thrown away. A kept file is given out once: every environment's first
    client gets a copy that nobody else holds, the next one reads the file again.
    """
    loader_type: Any = sys.modules["botocore.loaders"].JSONFileLoader
    kept: dict[str, Any] = {}
    load = loader_type.load_file

    def keep(loader: Any, path: str) -> Any:
        kept[path] = load(loader, path)
        return kept[path]

    loader_type.load_file = keep
    try:
        session = sys.modules["boto3"].session.Session("none", "none", region_name="us-east-1")
        session.client(service)
    except sys.modules["botocore.exceptions"].BotoCoreError:
        pass  # no such service: the function will hear of it
    loader_type.load_file = lambda loader, path: kept.pop(path, None) or load(loader, path)


def _fork_apart() -> int:
    """Fork into namespaces of one's own: 0 in the child, which is the first process in there.

    One system call instead of `unshare` and two forks. What the C library prepares for a child is
    left out; this child only furnishes the place and forks the runtime, in the usual way.
    """
    pid: int = _PYTHON_LIBC.syscall(_CLONE, _NAMESPACES | signal.SIGCHLD, 0, 0, 0, 0)
    if pid < 0:
        os.write(2, b"no namespaces\n")
    return pid


Furnished = tuple[str, list[int]]  # address of the Runtime API, limits


def _begin(packet: bytes, program: bytes, control: int, out: int, ended: int) -> Furnished:
    """Become the environment: returns in its runtime's process only, never in its first one."""
    try:
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.close(out)
        return _settle(json.loads(packet), program, _socket.socket(fileno=control), ended)
    except OSError as error:
        os.write(2, f"{error}\n".encode())
        os._exit(1)  # never back into the forker's loop


def _settle(
    order: dict[str, Any], program: bytes, control: _socket.socket, ended: int
) -> Furnished:
    """Furnish the namespaces, give every privilege away, wait, and start the environment's runtime."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    size = f"mode=1777,size={order['ephemeral']}"
    _mount("tmpfs", "/tmp", _NOSUID | _NODEV, size)  # noqa: S108 - the environment's own
    _mount("proc", "/proc", _NOSUID | _NODEV | _NOEXEC, "")
    _mount("devpts", "/dev/pts", _NOSUID | _NOEXEC, "newinstance,ptmxmode=0666,mode=620")
    _raise_loopback()
    listeners = [bootstrap.listen(port) for port in order["ports"]]
    _drop_privileges(program)
    address = bootstrap.hand_out(control, listeners)
    variables = _variables(control)
    main_pid = os.fork()
    if main_pid != 0:
        _reap(main_pid, ended)
    os.close(ended)
    control.close()
    _take_on(variables)
    return address, order["limits"]


def _variables(control: _socket.socket) -> dict[str, str]:
    """Wait until somebody needs this environment; end when nobody will."""
    (length,) = struct.unpack(">I", _receive(control, 4))
    found: dict[str, str] = json.loads(_receive(control, length))
    return found


def _receive(control: _socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        piece = control.recv(size - len(received))
        if not piece:
            os._exit(1)
        received += piece
    return received


def _take_on(variables: dict[str, str]) -> None:
    """Be as a program that was just started with these variables."""
    coerced = {name: text for name, text in os.environ.items() if name == "LC_CTYPE"}
    os.environ.clear()  # but for what Python sets itself, where the locale is not installed
    os.environ.update(coerced | variables)
    time.tzset()
    os.chdir(os.environ["LAMBDA_TASK_ROOT"])
    sys.path_importer_cache.clear()
    del sys.modules["bootstrap"]


def _reap(main_pid: int, ended: int) -> NoReturn:
    """Be the first process: bury everybody, end with the runtime, say how that ended and how large it was."""
    _LIBC.prctl(_SET_DUMPABLE, 0, 0, 0, 0)  # the function may not write into this process
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}:
        signal.signal(number, signal.SIG_IGN)
    os.closerange(0, ended)
    os.closerange(ended + 1, 1024)
    while True:
        pid, status, used = os.wait3(0)
        if pid == main_pid:
            os.write(ended, b"%d %d" % (os.waitstatus_to_exitcode(status), used.ru_maxrss))
            os._exit(0)


def _drop_privileges(program: bytes) -> None:
    """Lose all capabilities for good, then install the filter of system calls."""
    _check(_LIBC.prctl(_CAP_AMBIENT, _CLEAR_ALL, 0, 0, 0), "ambient capabilities")
    for capability in range(64):
        if _LIBC.prctl(_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    _check(_LIBC.capset(header, bytes(24)), "capset")
    code = ctypes.create_string_buffer(program, len(program))
    filters = struct.pack("HP", len(program) // 8, ctypes.addressof(code))
    _check(_LIBC.prctl(_SET_SECCOMP, _FILTER, filters, 0, 0), "seccomp")


def _raise_loopback() -> None:
    with_flags = struct.pack("16sH14s", b"lo", _UP, b"")
    link = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM)
    fcntl.ioctl(link.fileno(), _SIOCSIFFLAGS, with_flags)
    link.close()


def _mount(kind: str, target: str, flags: int, options: str) -> None:
    words = (kind.encode(), target.encode(), kind.encode(), flags, options.encode())
    _check(_LIBC.mount(*words), f"mount {target}")


def _check(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


if __name__ == "__main__":
    main(sys.argv[1:])
