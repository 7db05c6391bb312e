"""Where a server may listen: which ports there are, and why one cannot be had. Opens nothing for long."""

from __future__ import annotations

import errno
import socket
from argparse import ArgumentTypeError

_LAST_PORT = 65_535


def port_number(text: str) -> int:
    """Read a port as `--port` takes it."""
    if not text.isdecimal() or not 1 <= int(text) <= _LAST_PORT:
        raise ArgumentTypeError(f"{text} is no port: choose a number from 1 to {_LAST_PORT}")
    return int(text)


def obstacle(host: str, port: int, option: str) -> str | None:
    """Say why nobody can listen on this port, and what to do; None when it is free."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return _told(error, host, port, option)
    return None


def _told(error: OSError, host: str, port: int, option: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken by another program: stop it, or choose another port "
            f"with {option}."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} is for root only: choose one above 1023 with {option}."
    return (
        f"Cannot listen on {host} ({error.strerror}): name an IPv4 address of this machine with "
        "--host."
    )
