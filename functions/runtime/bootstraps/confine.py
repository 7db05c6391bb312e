"""The second-best wall: Landlock and a filter of system calls around the launcher's own process.

Used where namespaces are refused. It decides nothing: which paths and ports stay reachable, and the
filter, come from the worker. Source: the kernel's userspace-api/landlock.
"""

from __future__ import annotations

import ctypes
import os
import struct

_LIBC = ctypes.CDLL(None, use_errno=True)
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION, _PATH_BENEATH, _NET_PORT = 1, 1, 2
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE = 1 << 14
#: How many rights on files, and whether ports and scopes, each version of the interface knows.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_BIND, _CONNECT = 1 << 0, 1 << 1
_ABSTRACT_SOCKETS, _SIGNALS = 1 << 0, 1 << 1
_SET_CHILD_SUBREAPER, _NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 36, 38, 22, 2
#: The least version that keeps functions off the ports and signals of others.
NEEDED = 6


def version() -> int:
    """Ask the kernel which version of Landlock it has; 0 for none."""
    found: int = _LIBC.syscall(_CREATE, None, 0, _VERSION)
    return max(found, 0)


def confine(
    readable: list[str], writable: list[str], devices: list[str], ports: list[int], program: bytes
) -> None:
    """Leave only these paths and TCP ports reachable, then install the filter. Raises OSError."""
    _check(_LIBC.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _check(_LIBC.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "subreaper")
    rights = (1 << _FILE_RIGHTS.get(version(), 16)) - 1
    handled = struct.pack("QQQ", rights, _BIND | _CONNECT, _ABSTRACT_SOCKETS | _SIGNALS)
    rules = _LIBC.syscall(_CREATE, handled, len(handled), 0)
    _check(min(rules, 0), "landlock_create_ruleset")
    for path in readable:
        _allow(rules, path, _EXECUTE | _READ_FILE | _READ_DIR)
    for path in writable:
        _allow(rules, path, rights & ~_EXECUTE)
    for path in devices:
        _allow(rules, path, _READ_FILE | _WRITE_FILE | _TRUNCATE)
    for port in ports:
        rule = struct.pack("QQ", _CONNECT, port)
        _check(_LIBC.syscall(_ADD, rules, _NET_PORT, rule, 0), f"port {port}")
    _check(_LIBC.syscall(_RESTRICT, rules, 0), "landlock_restrict_self")
    os.close(rules)
    code = ctypes.create_string_buffer(program, len(program))
    filters = struct.pack("HP", len(program) // 8, ctypes.addressof(code))
    _check(_LIBC.prctl(_SET_SECCOMP, _FILTER, filters, 0, 0), "seccomp")


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):
        rights &= _EXECUTE | _READ_FILE | _WRITE_FILE | _TRUNCATE
    rule = struct.pack("=Qi", rights, fd)
    _check(_LIBC.syscall(_ADD, rules, _PATH_BENEATH, rule, 0), path)
    os.close(fd)


def _check(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")
