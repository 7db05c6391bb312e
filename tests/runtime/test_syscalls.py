"""The filter of system calls, run by a small interpreter of the kernel's filter machine."""

from __future__ import annotations

import errno
import struct

import pytest

from functions.runtime import syscalls

ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
CLONE = (56, 220)
IOCTL = (16, 29)
SOCKET, SOCKETPAIR = (41, 198), (53, 199)
USUAL = {"read": (0, 63), "openat": (257, 56), "execve": (59, 221), "futex": (202, 98)}


def ask(
    machine: str,
    number: int,
    *arguments: int,
    audit: int | None = None,
    shared: bool = False,
) -> int:
    """Give 0 where the call is allowed, else the error that it fails with."""
    program = syscalls.program(machine, shared=shared) or b""
    steps = [*struct.iter_unpack("<HBBI", program)]
    padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("<IIQ6Q", number, audit or ARCHITECTURES[machine][0], 0, *padded)
    at, loaded = 0, 0
    while True:
        code, when_true, when_false, value = steps[at]
        at += 1
        match code:
            case 0x20:
                (loaded,) = struct.unpack_from("<I", data, value)
            case 0x54:
                loaded &= value
            case 0x06:
                return 0 if value == 0x7FFF0000 else value & 0xFFFF
            case _:
                holds = {0x15: loaded == value, 0x25: loaded > value, 0x45: loaded & value}[code]
                at += when_true if holds else when_false


@pytest.fixture(params=[*ARCHITECTURES])
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("name", [*syscalls.REFUSED])
def test_a_refused_call_is_not_permitted(machine: str, name: str) -> None:
    number = syscalls.REFUSED[name][ARCHITECTURES[machine][1]]

    assert number is None or ask(machine, number) == errno.EPERM


@pytest.mark.parametrize("name", [*USUAL])
def test_usual_calls_pass(machine: str, name: str) -> None:
    assert ask(machine, USUAL[name][ARCHITECTURES[machine][1]]) == 0


@pytest.mark.parametrize("number", [435, syscalls.NEWEST + 1, 600, 0x40000000, 0xFFFFFFFF])
def test_calls_that_are_not_known_do_not_exist(machine: str, number: int) -> None:
    assert ask(machine, number) == errno.ENOSYS


def test_another_architectures_calls_do_not_exist(machine: str) -> None:
    i386 = 0x40000003

    assert ask(machine, 0, audit=i386) == errno.ENOSYS


@pytest.mark.parametrize(
    ("flags", "error"),
    [(0x11, 0), (0x3D0F00, 0), (0x10000011, 1), (0x20011, 1), (0x40000000, 1), (1 << 32, 0)],
)
def test_threads_may_be_made_and_namespaces_may_not(machine: str, flags: int, error: int) -> None:
    assert ask(machine, CLONE[ARCHITECTURES[machine][1]], flags) == error


@pytest.mark.parametrize(
    ("request_number", "error"),
    [(0x5401, 0), (0x5412, errno.EPERM), (0x541C, errno.EPERM), (0x7_0000_5412, errno.EPERM)],
)
def test_nobody_types_into_a_terminal(machine: str, request_number: int, error: int) -> None:
    assert ask(machine, IOCTL[ARCHITECTURES[machine][1]], 0, request_number) == error


@pytest.mark.parametrize(
    ("family", "error"),
    [(1, 0), (2, 0), (10, 0), (16, 0), *((one, errno.EAFNOSUPPORT) for one in (0, 17, 38, 40))],
)
def test_only_plain_sockets_can_be_opened(machine: str, family: int, error: int) -> None:
    assert ask(machine, SOCKET[ARCHITECTURES[machine][1]], family) == error


@pytest.mark.parametrize(
    ("family", "kind", "error"),
    [
        *((family, kind, 0) for family in (2, 10) for kind in (1, 0x80001, 0x801)),
        *((family, kind, errno.EAFNOSUPPORT) for family in (2, 10) for kind in (2, 3, 0x80002)),
        *((family, 1, errno.EAFNOSUPPORT) for family in (1, 16, 17, 40)),
    ],
)
def test_without_a_network_of_ones_own_only_streams_can_be_opened(
    machine: str, family: int, kind: int, error: int
) -> None:
    number = SOCKET[ARCHITECTURES[machine][1]]

    assert ask(machine, number, family, kind, shared=True) == error


@pytest.mark.parametrize(
    ("protocol", "error"), [(0, 0), (6, 0), (132, 97), (256, 97), (262, 97), (1 << 32 | 262, 97)]
)
def test_without_a_network_of_ones_own_streams_are_those_of_tcp(
    machine: str, protocol: int, error: int
) -> None:
    number = SOCKET[ARCHITECTURES[machine][1]]

    assert ask(machine, number, 2, 1, protocol, shared=True) == error
    assert ask(machine, number, 2, 1, protocol) == 0


@pytest.mark.parametrize("family", [2, 16, 30, 40])
def test_pairs_of_sockets_are_local_ones(machine: str, family: int) -> None:
    number = SOCKETPAIR[ARCHITECTURES[machine][1]]

    assert ask(machine, number, 1, 1) == 0
    assert ask(machine, number, family, 1) == errno.EAFNOSUPPORT


#: Calls that a process with the host's network and processes may make in one way only: numbers,
#: arguments that are refused, arguments that are not.
SHARED = {
    "listen": ((50, 201), (3, 1), None),
    "sendto": ((44, 206), (3, 0, 0, 0x20000040), (3, 0, 0, 0x4040)),
    "sendmsg": ((46, 211), (3, 0, 0x20000000), (3, 0x20000000, 0)),
    "sendmmsg": ((307, 269), (3, 0, 1, 0x20000000), (3, 0, 1, 0)),
    "prlimit64": ((302, 261), (1000, 7), (0, 7)),
    "sched_setaffinity": ((203, 122), (1000, 8), (0, 8)),
    "sched_setparam": ((142, 118), (1000,), (0,)),
    "sched_setscheduler": ((144, 119), (1000, 5), (0, 5)),
    "sched_setattr": ((314, 274), (1000,), (0,)),
    "setpriority of another": ((141, 140), (0, 1000, 19), (0, 0, 19)),
    "setpriority of a user": ((141, 140), (2, 0, 19), (0, 0, 19)),
    "ioprio_set of another": ((251, 30), (1, 1000, 3), (1, 0, 3)),
    "ioprio_set of a user": ((251, 30), (3, 0, 3), (1, 0, 3)),
}


@pytest.mark.parametrize("name", [*SHARED])
def test_what_landlock_leaves_open_is_refused_where_the_host_is_shared(
    machine: str, name: str
) -> None:
    numbers, refused, allowed = SHARED[name]
    number = numbers[ARCHITECTURES[machine][1]]

    assert ask(machine, number, *refused, shared=True) == errno.EPERM
    assert ask(machine, number, *refused) == 0
    assert allowed is None or ask(machine, number, *allowed, shared=True) == 0


def test_unknown_machines_have_no_filter() -> None:
    assert syscalls.program("riscv64") is None
