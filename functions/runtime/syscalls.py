"""Which system calls a function may make, as a program for the kernel's seccomp filter. Pure; installs nothing.

Allowed is what this module knows and does not name: calls newer than it, and those of another
architecture, seem not to exist. Refused calls fail with EPERM, as if a capability were missing.
Source: Docker's default seccomp profile (calls that need a capability); numbers from the kernel's
syscall_64.tbl and asm-generic/unistd.h.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Iterator
from dataclasses import dataclass

#: The newest call that is known here: futex_requeue (Linux 6.7). Numbers above are new to us.
NEWEST = 456

#: Refused calls: name to its number on x86-64 and on arm64 (None: not there).
REFUSED: dict[str, tuple[int | None, int | None]] = {
    # mounts and roots
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    # namespaces
    "unshare": (272, 97),
    "setns": (308, 268),
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    # large and often broken parts of the kernel
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "modify_ldt": (154, None),
    "personality": (135, 92),
    "uselib": (134, None),
    "vmsplice": (278, 75),
    "memfd_secret": (447, 447),
    # memory of several processors
    "mbind": (237, 235),
    "set_mempolicy": (238, 237),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "set_mempolicy_home_node": (450, 450),
    # the machine itself
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "create_module": (174, None),
    "query_module": (178, None),
    "get_kernel_syms": (177, None),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "nfsservctl": (180, 42),
    "syslog": (103, 116),
    "sysfs": (139, None),
    "_sysctl": (156, None),
    "ustat": (136, None),
    "lookup_dcookie": (212, 18),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "iopl": (172, None),
    "ioperm": (173, None),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "vhangup": (153, 58),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
}

_CLONE, _CLONE3, _IOCTL = (56, 220), (435, 435), (16, 29)
_SOCKET, _SOCKETPAIR, _LISTEN = (41, 198), (53, 199), (50, 201)
#: CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
_NAMESPACES = (
    0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
)
#: TIOCSTI and TIOCLINUX: writing into the terminal of another process.
_TERMINAL = (0x5412, 0x541C)
#: AF_UNIX, AF_INET, AF_INET6, AF_NETLINK (name look-ups ask it for addresses).
_FAMILIES = (1, 2, 10, 16)
_UNIX = (1,)
_INTERNET, _SOCK_STREAM = (2, 10), 1
#: "The usual one", IPPROTO_TCP. Landlock lets MPTCP connect to any port.
_TCP = (0, 6)
#: Calls that may open a connection by sending, and which argument holds their flags.
_SENDING = {"sendto": ((44, 206), 3), "sendmsg": ((46, 211), 2), "sendmmsg": ((307, 269), 3)}
_MSG_FASTOPEN = 0x20000000
#: Calls about another process of the same user, and what each argument must be to mean the caller.
_ABOUT_A_PROCESS: dict[str, tuple[tuple[int, int], tuple[int, ...]]] = {
    "prlimit64": ((302, 261), (0,)),
    "sched_setaffinity": ((203, 122), (0,)),
    "sched_setparam": ((142, 118), (0,)),
    "sched_setscheduler": ((144, 119), (0,)),
    "sched_setattr": ((314, 274), (0,)),
    "setpriority": ((141, 140), (0, 0)),
    "ioprio_set": ((251, 30), (1, 0)),
}

_NR, _ARCH = 0, 4  # struct seccomp_data, little-endian
_ARGUMENTS = tuple(range(16, 64, 8))
_LOAD, _AND, _EQUAL, _ABOVE, _ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x25, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000


@dataclass(frozen=True, slots=True)
class _Machine:
    audit: int
    column: int


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 0),
    "aarch64": _Machine(0xC00000B7, 1),
}


def program(machine: str, *, shared: bool = False) -> bytes | None:
    """Assemble the filter for `machine` (as `uname -m` says it): struct sock_filter, one after the other.

    With `shared` it makes up for what Landlock leaves open to processes that share the host's
    network and processes: they open TCP's sockets only, connect in the usual way only, do not
    listen, and change no limits or priorities but their own. None where the machine's numbers are
    not known here.
    """
    known = _MACHINES.get(machine)
    return None if known is None else b"".join(_instructions(known, shared))


def _instructions(machine: _Machine, shared: bool) -> Iterator[bytes]:
    column = machine.column
    yield _step(_LOAD, _ARCH)
    yield from _unless(_EQUAL, machine.audit, errno.ENOSYS)
    yield _step(_LOAD, _NR)
    yield from _when(_ABOVE, NEWEST, errno.ENOSYS)
    yield from _when(_EQUAL, _CLONE3[column], errno.ENOSYS)  # its flags lie in memory: use clone
    for numbers in REFUSED.values():
        number = numbers[column]
        if number is not None:
            yield from _when(_EQUAL, number, errno.EPERM)
    yield from _inside(_CLONE[column], 0, [*_when(_ANY_BIT, _NAMESPACES, errno.EPERM)])
    ioctl = [step for request in _TERMINAL for step in _when(_EQUAL, request, errno.EPERM)]
    yield from _inside(_IOCTL[column], 1, ioctl)
    yield from _inside(_SOCKET[column], 0, _streams() if shared else _any_of(_FAMILIES))
    yield from _inside(_SOCKETPAIR[column], 0, _any_of(_UNIX))
    if shared:
        yield from _sharing(column)
    yield _step(_RETURN, _ALLOW)


def _sharing(column: int) -> Iterator[bytes]:
    """Refuse what would reach the host's network or another process of the same user."""
    yield from _when(_EQUAL, _LISTEN[column], errno.EPERM)
    for numbers, flags in _SENDING.values():
        fast = [*_when(_ANY_BIT, _MSG_FASTOPEN, errno.EPERM)]
        yield from _inside(numbers[column], flags, fast)
    for numbers, wanted in _ABOUT_A_PROCESS.values():
        own = [*_unless(_EQUAL, wanted[0], errno.EPERM)]
        for argument, value in enumerate(wanted[1:], 1):
            own += [_step(_LOAD, _ARGUMENTS[argument]), *_unless(_EQUAL, value, errno.EPERM)]
        yield from _inside(numbers[column], 0, own)


def _any_of(words: tuple[int, ...]) -> list[bytes]:
    """Go on where the loaded word is one of `words`, refuse every other one as a kind of socket."""
    count = len(words)
    steps = [_step(_EQUAL, word, count - at, 0) for at, word in enumerate(words)]
    return [*steps, _step(_RETURN, _ERRNO | errno.EAFNOSUPPORT)]


def _streams() -> list[bytes]:
    """Go on for TCP in the internet families, refuse every other socket."""
    kind = [_step(_LOAD, _ARGUMENTS[1]), _step(_AND, 0xF), *_any_of((_SOCK_STREAM,))]
    protocol = [_step(_LOAD, _ARGUMENTS[2]), *_any_of(_TCP)]
    return [*_any_of(_INTERNET), *kind, *protocol]


def _inside(number: int, argument: int, steps: list[bytes]) -> Iterator[bytes]:
    """Run `steps` on the low half of an argument of call `number`: the kernel reads no more of it."""
    yield _step(_EQUAL, number, 0, len(steps) + 2)
    yield _step(_LOAD, _ARGUMENTS[argument])
    yield from steps
    yield _step(_RETURN, _ALLOW)


def _when(test: int, value: int, error: int) -> Iterator[bytes]:
    yield _step(test, value, 0, 1)
    yield _step(_RETURN, _ERRNO | error)


def _unless(test: int, value: int, error: int) -> Iterator[bytes]:
    yield _step(test, value, 1, 0)
    yield _step(_RETURN, _ERRNO | error)


def _step(code: int, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, when_true, when_false, value)
