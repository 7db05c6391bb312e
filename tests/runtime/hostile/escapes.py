"""Attempts to get out, or to see what is not one's own: the code of a function that is run.

Each attempt is a function that returns what it got hold of. Nothing, False, an OSError or its own
end mean that it was held back. `about` tells it of things outside that it should not reach.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import glob
import mmap
import os
import platform
import resource
import signal
import socket
import stat
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from typing import Any

LIBC = ctypes.CDLL(None, use_errno=True)
ABOUT: dict[str, Any] = {}
ARM = platform.machine() == "aarch64"
NEWUSER, NEWNS, NEWPID, NEWNET = 0x10000000, 0x00020000, 0x20000000, 0x40000000


def handler(event: dict[str, Any], context: object) -> object:
    ABOUT.update(event)
    attempt: Callable[[], object] = globals()[event["attempt"]]
    try:
        return attempt() or None
    except OSError:
        return None


def call(x86: int, arm: int, *arguments: object) -> bool:
    """Make a system call; say whether it worked."""
    return LIBC.syscall(arm if ARM else x86, *arguments) >= 0


def read(path: str) -> str:
    with open(path, errors="replace") as file:
        return file.read()


def connects(family: int, address: object, kind: int = socket.SOCK_STREAM) -> bool:
    with socket.socket(family, kind) as link:
        link.settimeout(0.5)
        link.connect(address)  # type: ignore[arg-type]
        return True


def the_worker() -> int:
    """Give the worker's number, unless a process of one's own has it, as the first ones may."""
    number: int = ABOUT["worker"]
    if number <= os.getpid() < 10:
        raise ProcessLookupError
    return number


def in_child(work: Callable[[], object]) -> bool:
    """Try something that may end the process in a process of its own."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(write_end, b"y" if work() else b"n")
        finally:
            os._exit(0)
    os.close(write_end)
    said = os.read(read_end, 1)
    os.close(read_end)
    os.waitpid(pid, 0)
    return said == b"y"


# --- files of the host ---------------------------------------------------------------------------


def read_the_hosts_passwords() -> object:
    return read("/etc/shadow")


def read_a_file_beside_the_code() -> object:
    return read(ABOUT["secret"])


def list_the_folder_of_all_packages() -> object:
    return os.listdir(ABOUT["code_root"])


def list_the_staged_packages() -> object:
    return os.listdir("/srv/code")


def read_the_projects_settings() -> object:
    return read(ABOUT["project"] + "/console/settings.py")


def read_roots_home() -> object:
    return [name for name in os.listdir("/root") if not name.startswith(".pyenv")]


def read_another_home() -> object:
    return os.listdir("/home")


def read_the_kernels_log() -> object:
    return call(103, 116, 3, ctypes.create_string_buffer(4096), 4096)


def read_kernel_memory() -> object:
    return any(os.path.exists(path) for path in ("/dev/mem", "/dev/kmem"))


def open_kcore() -> object:
    with open("/proc/kcore", "rb") as file:
        return file.read(16)


def list_disks() -> object:
    return glob.glob("/dev/sd*") + glob.glob("/dev/vd*") + glob.glob("/dev/nvme*")


def look_into_sys() -> object:
    return os.path.isdir("/sys/kernel") or os.path.isdir("/sys/fs/cgroup")


def follow_a_link_out() -> object:
    os.symlink(ABOUT["secret"], "/tmp/link")
    try:
        return read("/tmp/link")
    finally:
        os.unlink("/tmp/link")


def climb_with_dots() -> object:
    return read("/var/task/" + "../" * 20 + ABOUT["secret"].lstrip("/"))


def climb_through_the_root_of_init() -> object:
    return os.path.exists("/proc/1/root" + ABOUT["secret"])


def climb_through_the_folder_of_init() -> object:
    return os.path.exists("/proc/1/cwd/.." + ABOUT["secret"])


def link_a_foreign_file() -> object:
    os.link("/etc/passwd", "/tmp/passwd")
    return True


def open_by_handle() -> object:
    handle = ctypes.create_string_buffer(struct.pack("Ii", 8, 1) + struct.pack("Q", 2), 64)
    return call(304, 265, os.open("/tmp", os.O_RDONLY), handle, os.O_RDONLY)


# --- writing where nobody may --------------------------------------------------------------------


def write_into_the_code() -> object:
    with open("/var/task/app.py", "a"):
        return True


def replace_the_code() -> object:
    os.rename("/var/task/app.py", "/var/task/gone.py")
    return True


def write_into_the_runtime() -> object:
    path = os.path.join(os.environ["LAMBDA_RUNTIME_DIR"], "six.py")
    with open(path, "a"):
        return True


def write_into_the_interpreter() -> object:
    with open(os.path.realpath(sys.executable), "r+b"):
        return True


def write_into_the_root() -> object:
    with open("/left-behind", "w"):
        return True


def write_shared_memory() -> object:
    with open("/dev/shm/left-behind", "w"):
        return True


def make_a_device() -> object:
    os.mknod("/tmp/disk", 0o600 | stat.S_IFBLK, os.makedev(8, 0))
    return True


def write_kernel_settings() -> object:
    with open("/proc/sys/kernel/core_pattern", "w") as file:
        file.write("|/tmp/x")
    return True


def make_a_program_run_as_root() -> object:
    with open("/tmp/root", "w") as file:
        file.write("#!/bin/sh\nid -u\n")
    os.chown("/tmp/root", 0, 0)
    os.chmod("/tmp/root", 0o4755)  # noqa: S103 - hostile on purpose
    return True


def give_the_interpreter_away() -> object:
    os.chmod(os.path.realpath(sys.executable), 0o777)  # noqa: S103 - hostile on purpose
    return True


def map_the_code_for_writing() -> object:
    fd = os.open("/var/task/app.py", os.O_RDWR)
    return bool(mmap.mmap(fd, 0))


# --- mounts and namespaces -----------------------------------------------------------------------


def mount_a_filesystem() -> object:
    return LIBC.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0


def make_the_root_writable() -> object:
    return LIBC.mount(None, b"/", None, 0x20 | 0x1000, None) == 0


def uncover_what_tmp_hides() -> object:
    return LIBC.umount2(b"/tmp", 2) == 0


def mount_with_the_new_calls() -> object:
    return call(430, 430, b"tmpfs", 0)


def take_a_mount_along() -> object:
    return call(428, 428, -100, b"/", 1)


def change_the_root() -> object:
    os.chroot("/tmp")
    return True


def swap_the_root() -> object:
    return call(155, 41, b"/tmp", b"/tmp")


def become_root_in_a_namespace() -> object:
    return in_child(lambda: LIBC.unshare(NEWUSER) == 0)


def make_a_mount_namespace() -> object:
    return in_child(lambda: LIBC.unshare(NEWNS) == 0)


def make_a_network_namespace() -> object:
    return in_child(lambda: LIBC.unshare(NEWNET) == 0)


def clone_a_namespace() -> object:
    return in_child(lambda: call(56, 220, NEWUSER | signal.SIGCHLD, 0, 0, 0, 0))


def clone_with_the_new_call() -> object:
    words = struct.pack("11Q", NEWUSER, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, 0, 0, 0)
    return in_child(lambda: call(435, 435, words, len(words)))


def enter_the_namespace_of_init() -> object:
    return LIBC.setns(os.open("/proc/1/ns/mnt", os.O_RDONLY), 0) == 0


def run_unshare() -> object:
    return (
        subprocess.run(["unshare", "-Ur", "true"], capture_output=True, check=False).returncode == 0
    )


# --- privileges ----------------------------------------------------------------------------------


def become_root() -> object:
    os.setuid(0)
    return True


def become_another_group() -> object:
    os.setgroups([0])
    return True


def hold_a_capability() -> object:
    lines = [line.split() for line in read("/proc/self/status").splitlines()]
    return [line for line in lines if line[0].startswith("Cap") and int(line[1], 16)]


def gain_privileges_by_a_program() -> object:
    return "NoNewPrivs:\t1" not in read("/proc/self/status")


def run_without_a_filter() -> object:
    return "Seccomp:\t2" not in read("/proc/self/status")


def run_su() -> object:
    done = subprocess.run(
        ["su", "-c", "id -u"], capture_output=True, stdin=subprocess.DEVNULL, check=False
    )
    return done.stdout.strip() == b"0"


def run_a_setuid_program() -> object:
    found = [path for path in glob.glob("/usr/bin/*") if os.stat(path).st_mode & stat.S_ISUID]
    for path in found[:5]:
        child = subprocess.run(
            [path, "--help"], capture_output=True, stdin=subprocess.DEVNULL, check=False
        )
        if b"uid=0" in child.stdout:
            return True
    return os.geteuid() == 0


def raise_its_own_limits() -> object:
    endless = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    try:
        resource.setrlimit(resource.RLIMIT_NPROC, endless)
    except ValueError:
        return None
    return True


def become_more_important() -> object:
    os.nice(-5)
    return True


def set_the_clock() -> object:
    return call(227, 112, 0, struct.pack("qq", 1, 0))


def change_the_machines_name() -> object:
    socket.sethostname("mine")
    return True


def restart_the_machine() -> object:
    # CAD_OFF: the harmless one of reboot's commands.
    return call(169, 142, 0xFEE1DEAD, 672274793, 0, 0)


def load_a_module() -> object:
    return call(313, 273, os.open("/var/task/app.py", os.O_RDONLY), b"", 0)


# --- other processes -----------------------------------------------------------------------------


def read_the_environment_of_init() -> object:
    return read("/proc/1/environ")


def see_processes_of_others() -> object:
    return len([name for name in os.listdir("/proc") if name.isdigit()]) > 4


def read_the_workers_memory() -> object:
    return os.path.exists(f"/proc/{ABOUT['worker']}/mem")


def kill_the_worker() -> object:
    os.kill(ABOUT["worker"], signal.SIGKILL)
    return True


def limit_the_worker() -> object:
    """Set the worker's limits to what they are: others would do it harm."""
    now = resource.prlimit(os.getpid(), resource.RLIMIT_CORE)
    resource.prlimit(the_worker(), resource.RLIMIT_CORE, now)
    return True


def put_the_worker_on_one_processor() -> object:
    os.sched_setaffinity(the_worker(), os.sched_getaffinity(0))
    return True


def slow_the_worker_down() -> object:
    os.setpriority(os.PRIO_PROCESS, the_worker(), 1)
    return True


def kill_init() -> object:
    return in_child(lambda: os.kill(1, signal.SIGTERM) or not os.path.exists("/proc/1"))


def kill_everybody() -> object:
    os.kill(-1, signal.SIGKILL)
    return None


def trace_a_child() -> object:
    return in_child(lambda: call(101, 117, 0, 0, 0, 0))


def read_the_memory_of_init() -> object:
    buffer = ctypes.create_string_buffer(8)
    vector = struct.pack("PN", ctypes.addressof(buffer), 8)
    return call(310, 270, 1, vector, 1, vector, 1, 0)


def take_a_descriptor_of_init() -> object:
    return call(438, 438, os.pidfd_open(1), 0, 0)


def type_into_the_terminal() -> object:
    main, side = os.openpty()
    try:
        fcntl.ioctl(side, termios.TIOCSTI, b"x")
        return True
    finally:
        os.close(main)
        os.close(side)


def type_into_the_workers_terminal() -> object:
    fcntl.ioctl(os.open("/dev/tty", os.O_RDWR), termios.TIOCSTI, b"x")
    return True


def inherit_a_descriptor() -> object:
    kinds = set()
    for name in os.listdir("/proc/self/fd"):
        try:
            kinds.add(os.readlink(f"/proc/self/fd/{name}").split(":")[0])
        except OSError:
            continue
    return sorted(kinds - {"/dev/null", "pipe", "socket", "/proc/" + str(os.getpid()) + "/fd"})


def inherit_a_connection() -> object:
    for name in os.listdir("/proc/self/fd"):
        try:
            link = socket.socket(fileno=os.dup(int(name)))
        except OSError:
            continue
        with link:
            if link.family == socket.AF_UNIX:
                peer = link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
                if struct.unpack("3i", peer)[0] != os.getpid():  # the client has a pair of its own
                    return "a channel to somebody else"
    return None


# --- the network ---------------------------------------------------------------------------------


def reach_a_port_of_the_host() -> object:
    return connects(socket.AF_INET, ("127.0.0.1", ABOUT["port"]))


def reach_a_port_over_many_paths() -> object:
    """By MPTCP, which a peer that does not know it takes for TCP."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262) as link:
        link.settimeout(2)
        link.connect(("127.0.0.1", ABOUT["port"]))
        return True


def connect_by_sending() -> object:
    """By TCP Fast Open, which connects without being asked to."""
    with socket.socket() as link:
        link.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            link.sendto(b"x", 0x20000000, ("127.0.0.1", ABOUT["port"]))
        link.settimeout(2)
        link.send(b"x")
        return True


def connect_by_sending_a_message() -> object:
    with socket.socket() as link:
        link.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            link.sendmsg([b"x"], [], 0x20000000, ("127.0.0.1", ABOUT["port"]))
        link.settimeout(2)
        link.send(b"x")
        return True


def pair_with_a_rare_family() -> object:
    """Have a rare part of the kernel loaded: TIPC."""
    return all(socket.socketpair(30, socket.SOCK_STREAM))


def reach_every_local_port() -> object:
    found = []
    for port in range(1, 65536):
        if port not in (9001, 4566):
            with socket.socket() as link:
                reached = link.connect_ex(("127.0.0.1", port)) == 0
                if reached and link.getsockname() != link.getpeername():  # not its own port
                    found.append(port)
    return found


def reach_the_hosts_address() -> object:
    return connects(socket.AF_INET, (ABOUT["address"], ABOUT["port"]))


def reach_the_metadata_service() -> object:
    return connects(socket.AF_INET, ("169.254.169.254", 80))


def reach_the_internet() -> object:
    return connects(socket.AF_INET, ("1.1.1.1", 443))


def send_a_datagram_out() -> object:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        return link.sendto(b"x", ("8.8.8.8", 53))


def resolve_a_name() -> object:
    return [one for one in socket.getaddrinfo("example.com", 80) if one]


def reach_an_abstract_socket() -> object:
    return connects(socket.AF_UNIX, "\0" + ABOUT["abstract"])


def reach_a_socket_file() -> object:
    return connects(socket.AF_UNIX, ABOUT["socket"])


def see_abstract_sockets() -> object:
    return ABOUT["abstract"] in read("/proc/net/unix")


def open_a_raw_socket() -> object:
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    return True


def listen_to_the_wire() -> object:
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    return True


def talk_to_the_hypervisor() -> object:
    return connects(40, (2, 1024))


def use_the_kernels_ciphers() -> object:
    socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0)
    return True


def see_a_network_card() -> object:
    return [name for _, name in socket.if_nameindex() if name != "lo"]


def take_the_port_of_the_runtime_api() -> object:
    with socket.socket() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        link.bind(("127.0.0.1", 9001))
        link.listen()
        return True


# --- parts of the kernel that often break --------------------------------------------------------


def load_a_bpf_program() -> object:
    return call(321, 280, 0, ctypes.create_string_buffer(64), 64)


def count_events() -> object:
    return call(298, 241, ctypes.create_string_buffer(struct.pack("II", 1, 112), 112), 0, -1, -1, 0)


def handle_page_faults() -> object:
    return call(323, 282, 1)


def queue_system_calls() -> object:
    return call(425, 425, 1, ctypes.create_string_buffer(120))


def read_the_keyring() -> object:
    return call(250, 219, 0, -3, 1)


def add_a_key() -> object:
    return call(248, 217, b"user", b"x", b"y", 1, -3)


def change_the_personality() -> object:
    return call(135, 92, 0x0400000)


def watch_all_files() -> object:
    return call(300, 262, 0, 0)


def move_memory_of_others() -> object:
    return call(256, 238, 1, 1, ctypes.create_string_buffer(8), ctypes.create_string_buffer(8))


def compare_with_init() -> object:
    return call(312, 272, os.getpid(), 1, 0, 0, 0)


def use_the_ports_of_the_machine() -> object:
    return not ARM and call(172, 0, 3)


# --- ways around what is refused ----------------------------------------------------------------


def run_code_of_32_bits() -> object:
    """Make getpid by the old gate, whose numbers mean other calls."""
    if ARM:
        return None

    def through_the_gate() -> bool:
        page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        page.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20; int 0x80; ret
        start = ctypes.addressof(ctypes.c_char.from_buffer(page))
        return ctypes.CFUNCTYPE(ctypes.c_int)(start)() > 0

    return in_child(through_the_gate)


def call_by_numbers_of_x32() -> object:
    return not ARM and LIBC.syscall(0x40000000 + 39) > 0


def find_init_less_walled_in() -> object:
    """Where it is bubblewrap's, it can be written into: then it must not be allowed more."""
    lines = dict(line.split(":", 1) for line in read("/proc/1/status").splitlines())
    able = [name for name in lines if name.startswith("Cap") and int(lines[name], 16)]
    return able or lines["Seccomp"].strip() != "2" or lines["NoNewPrivs"].strip() != "1"


def print_into_the_log_of_init() -> object:
    return os.open("/proc/1/fd/1", os.O_WRONLY) >= 0


def see_terminals_of_others() -> object:
    return [name for name in os.listdir("/dev/pts") if name != "ptmx"]


def give_advice_about_init() -> object:
    vector = struct.pack("PN", 0, 4096)
    return call(440, 440, os.pidfd_open(1), vector, 1, 20, 0)


def hide_memory_from_the_kernel() -> object:
    return call(447, 447, 0)


def make_a_time_namespace() -> object:
    return in_child(lambda: LIBC.unshare(0x80) == 0)


def move_a_mount() -> object:
    return call(429, 429, -100, b"/tmp", -100, b"/var/task", 0)


def pick_a_mount() -> object:
    return call(433, 433, -100, b"/tmp", 0)


def change_a_mount() -> object:
    return call(442, 442, -100, b"/", 0, struct.pack("4Q", 0, 1, 0, 0), 32)


def swap_to_a_file() -> object:
    return call(167, 224, b"/tmp/swap", 0)


def ask_for_a_quota() -> object:
    return call(179, 60, 0x800005 << 8, None, 0, 0)


def add_a_network_card() -> object:
    """Ask the kernel for a dummy one: RTM_NEWLINK, answered by an error's number."""
    kind = struct.pack("HH", 9, 1) + b"dummy\0\0\0"
    info = struct.pack("HH", 4 + len(kind), 18) + kind
    body = struct.pack("BxHiII", 0, 0, 0, 0, 0) + info
    head = struct.pack("IHHII", 16 + len(body), 16, 0x605, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as link:
        link.send(head + body)
        answer = link.recv(4096)
    number: int = struct.unpack_from("i", answer, 16)[0]
    return number == 0


def take_the_port_of_the_gateway() -> object:
    with socket.socket() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        link.bind(("127.0.0.1", 4566))
        link.listen()
        return True


ATTEMPTS = [
    name
    for name, value in list(globals().items())
    if callable(value)
    and value.__module__ == __name__
    and not value.__code__.co_argcount
    and name != "the_worker"
]
