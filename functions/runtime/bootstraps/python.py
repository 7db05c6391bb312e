"""First code inside an execution environment: limits, two listening sockets, then the runtime client.

Runs as a plain script and imports nothing of Shardlight. It binds the ports of the Runtime API and
of the gateway in the environment's private network, hands both listening sockets to the worker,
waits until it may go on and becomes the first PROGRAM that can be run, or without any
`awslambdaric`. It decides nothing: every number arrives on the command line.

    python.py CONTROL_FD API_PORT GATEWAY_PORT WALL_FD NOFILE NPROC FSIZE DATA [PROGRAM [ARGUMENT...]]

CONTROL_FD is a unix socket; port 0 means "any" for the API and "none" for the gateway; a limit of
0 is left alone. WALL_FD is a file that says how this process walls itself in, where no sandbox does
(JSON, see `confine`), or 0. PROGRAM may name several, separated by colons.
"""

from __future__ import annotations

import _socket
import os
import resource
import site
import sys

TELEMETRY_FD = 3
#: Numbers at the beginning of the command line.
NUMBERS = 8
#: Ends so where no program could be run; the worker knows what it means.
NO_ENTRY = 203


def listen(port: int) -> _socket.socket:
    """Listen on a port of the loopback interface."""
    listener = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    listener.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(64)
    return listener


def hand_out(control: _socket.socket, listeners: list[_socket.socket]) -> str:
    """Give the listening sockets away; the address of the first one."""
    address = f"127.0.0.1:{listeners[0].getsockname()[1]}"
    rights = b"".join(one.fileno().to_bytes(4, sys.byteorder) for one in listeners)
    control.sendmsg([b"L"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)])
    for one in listeners:
        one.close()
    return address


def _limit(nofile: int, nproc: int, fsize: int, data: int) -> None:
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, nofile or None),
        (resource.RLIMIT_NPROC, nproc or None),
        (resource.RLIMIT_FSIZE, fsize or None),
        (resource.RLIMIT_DATA, data or None),
    ):
        if most is not None:
            hard = resource.getrlimit(kind)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (most, most))


def main(arguments: list[str]) -> None:
    """Prepare this process and run the handler named by `_HANDLER`; never returns normally."""
    numbers = [int(text) for text in arguments[:NUMBERS]]
    control_fd, api_port, gateway_port, wall_fd, *limits = numbers
    listeners = [listen(api_port)] + ([listen(gateway_port)] if gateway_port else [])
    if not api_port:
        _end_with_the_worker()
    if wall_fd:
        _wall_in(wall_fd, listeners[0].getsockname()[1])
    control = _socket.socket(fileno=control_fd)
    address = hand_out(control, listeners)
    if not control.recv(1):  # the worker has counted us in, or it has gone
        os._exit(1)
    control.close()
    _settle(address, limits)
    if len(arguments) > NUMBERS:
        _execute(arguments[NUMBERS].split(":"), arguments[NUMBERS + 1 :])
    _run_client()


def _end_with_the_worker() -> None:
    """Be killed when the worker's thread that started this process ends; bubblewrap sees to it elsewhere.

    A process that is stopped between invocations would not notice. The word of the worker that is
    waited for next does not come when it has ended before this. Source: prctl(2), PR_SET_PDEATHSIG.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)


def _wall_in(wall_fd: int, api_port: int) -> None:
    """Confine this process, with the two ports that it may still reach."""
    import json

    import confine

    with open(wall_fd, "rb") as file:
        wall = json.load(file)
    program = bytes.fromhex(wall.pop("program"))
    ports = [api_port, *wall.pop("ports")]
    confine.confine(**wall, ports=ports, program=program)


def become(address: str, limits: list[int]) -> None:
    """Take on the limits and become AWS's Python client, with the Runtime API at `address`."""
    _settle(address, limits)
    _run_client()


def _settle(address: str, limits: list[int]) -> None:
    os.environ["AWS_LAMBDA_RUNTIME_API"] = address

    # Whatever else was inherited (directories of the host among it) ends here, before user code.
    os.dup2(1, TELEMETRY_FD)
    os.closerange(TELEMETRY_FD + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    os.environ["_LAMBDA_TELEMETRY_LOG_FD"] = str(TELEMETRY_FD)
    _limit(*limits)


def _execute(programs: list[str], arguments: list[str]) -> None:
    """Become the first of `programs` that is there."""
    for program in programs:
        try:
            os.execv(program, [program, *arguments])
        except OSError:
            continue
    os._exit(NO_ENTRY)


def _run_client() -> None:
    site.setquit()
    task_root, runtime_dir = os.environ["LAMBDA_TASK_ROOT"], os.environ["LAMBDA_RUNTIME_DIR"]
    here = os.path.dirname(os.path.abspath(__file__))
    own = {here, runtime_dir, task_root}
    layers = [f"/opt/python/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"]
    layers = [path for path in (*layers, "/opt/python") if os.path.isdir(path)]
    others = [path for path in sys.path if path not in own]
    beside = [] if here == runtime_dir else [here]  # without a wall they are not put together
    sys.path[:] = [task_root, *layers, *others, runtime_dir, *beside]
    handler = os.environ["_HANDLER"]
    sys.argv[:] = ["bootstrap", handler]

    from awslambdaric.__main__ import main as run_client

    run_client(sys.argv)


if __name__ == "__main__":
    main(sys.argv[1:])
