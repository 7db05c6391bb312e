"""Functions that use up whatever there is; each is run until its environment is ended.

What they return, if anything, is how far they came.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable


def handler(event: dict[str, str], context: object) -> object:
    attempt: Callable[[], object] = globals()[event["attempt"]]
    return attempt()


def forever() -> None:
    while True:
        time.sleep(60)


def fork_a_bomb() -> object:
    while True:
        try:
            os.fork()
        except OSError:
            time.sleep(0.01)


def fork_and_leave_the_children() -> object:
    made = 0
    while True:
        try:
            if os.fork() == 0:
                forever()
            made += 1
        except OSError:
            return made


def fork_twice_into_new_sessions() -> object:
    for _ in range(50):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                    signal.signal(number, signal.SIG_IGN)
                forever()
            os._exit(0)
    forever()


def start_threads() -> object:
    made = 0
    while made < 10_000:
        try:
            threading.Thread(target=forever, daemon=True).start()
        except RuntimeError:
            break
        made += 1
    return made


def start_programs() -> object:
    made = []
    while True:
        try:
            made.append(subprocess.Popen(["sleep", "600"]))
        except OSError:
            return len(made)


def leave_zombies() -> object:
    made = 0
    while True:
        try:
            if os.fork() == 0:
                os._exit(0)
            made += 1
        except OSError:
            return made


def compute_on_every_processor() -> object:
    for _ in range(8):
        if os.fork() == 0:
            break
    while True:
        pass


def take_all_memory() -> object:
    held = []
    while True:
        held.append(bytearray(16_000_000))


def take_memory_in_children() -> object:
    for _ in range(8):
        if os.fork() == 0:
            break
    return take_all_memory()


def take_memory_in_one_piece() -> object:
    try:
        return len(bytearray(10_000_000_000))
    except MemoryError:
        return None


def share_memory_without_a_name() -> object:
    fd = os.memfd_create("x")
    while True:
        try:
            os.write(fd, b"x" * 16_000_000)
        except OSError:
            forever()


def fill_the_disk() -> object:
    try:
        with open("/tmp/full", "wb") as file:
            while True:
                file.write(b"x" * 16_000_000)
    except OSError:
        return os.stat("/tmp/full").st_size


def fill_the_disk_with_many_files() -> object:
    made = 0
    try:
        while True:
            with open(f"/tmp/part{made}", "wb") as file:
                file.write(b"x" * 64_000_000)
            made += 1
    except OSError:
        return made


def use_up_inodes() -> object:
    made = 0
    try:
        while made < 1_000_000:
            os.close(os.open(f"/tmp/{made}", os.O_CREAT | os.O_WRONLY))
            made += 1
    except OSError:
        pass
    return made


def make_deep_folders() -> object:
    os.chdir(tempfile.mkdtemp())
    depth = 0
    try:
        while depth < 100_000:
            os.mkdir("d")
            os.chdir("d")
            depth += 1
    except OSError:
        pass
    return depth


def open_all_descriptors() -> object:
    held = []
    try:
        while True:
            held.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        return len(held)


def open_all_sockets() -> object:
    held = []
    try:
        while True:
            link = socket.socket()
            link.connect(("127.0.0.1", 9001))
            held.append(link)
    except OSError:
        return len(held)


def flood_the_output() -> object:
    line = b"x" * 65_536
    while True:
        os.write(1, line)


def flood_the_output_with_lines() -> object:
    lines = b"x\n" * 32_768
    while True:
        os.write(2, lines)


def flood_the_output_from_children() -> object:
    for _ in range(8):
        if os.fork() == 0:
            break
    return flood_the_output_with_lines()


def never_end() -> object:
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}:
        signal.signal(number, signal.SIG_IGN)
    forever()
    return None


def stop_itself() -> object:
    os.kill(os.getpid(), signal.SIGSTOP)
    return None


def recurse_without_end() -> object:
    sys.setrecursionlimit(10**9)

    def deeper(n: int) -> int:
        return deeper(n + 1) + 1

    return deeper(0)


def crash() -> object:
    ctypes.string_at(0)
    return None


def answer_with_too_much() -> object:
    return "x" * 60_000_000


def flood_the_runtime_api() -> object:
    while True:
        with socket.create_connection(("127.0.0.1", 9001)) as link:
            link.sendall(b"POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\r\n")
            link.sendall(b"content-length: 100000000000\r\n\r\n")
            try:
                for _ in range(64):
                    link.sendall(b"x" * 1_000_000)
            except OSError:
                pass


def ask_the_runtime_api_without_end() -> object:
    """One request behind the other, answers read as they come."""
    for _ in range(4):
        if os.fork() == 0:
            break
    link = socket.create_connection(("127.0.0.1", 9001))
    threading.Thread(target=read_until_the_end, args=(link,), daemon=True).start()
    while True:
        link.sendall(b"GET /nonsense HTTP/1.1\r\n\r\n" * 2000)


def read_until_the_end(link: socket.socket) -> None:
    while link.recv(1_000_000):
        pass


def read_no_answer_of_the_runtime_api() -> object:
    for _ in range(7):
        if os.fork() == 0:
            break
    while True:
        try:
            with socket.create_connection(("127.0.0.1", 9001)) as link:
                while True:
                    link.sendall(b"GET /nonsense HTTP/1.1\r\n\r\n" * 2000)
        except OSError:
            pass


def hold_connections_to_the_gateway() -> object:
    for _ in range(30):
        if os.fork() == 0:
            break
    held = []
    while len(held) < 900:
        try:
            held.append(socket.create_connection(("127.0.0.1", 4566), 1))
        except OSError:
            time.sleep(0.01)
    forever()
    return None


def flood_the_gateways_port() -> object:
    while True:
        try:
            with socket.create_connection(("127.0.0.1", 4566), 1) as link:
                link.sendall(b"x" * 100_000)
        except OSError:
            pass


ATTEMPTS = [
    name
    for name, value in list(globals().items())
    if callable(value)
    and value.__module__ == __name__
    and not value.__code__.co_argcount
    and name != "forever"
]
