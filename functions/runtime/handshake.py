"""The first words between this process and a launcher: its listening sockets out, permission to go on in.

Knows the descriptors, not what runs behind them.
"""

from __future__ import annotations

import array
import contextlib
import errno
import os
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from functions.runtime import limits

_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid as this process sees them


@dataclass(slots=True)
class Pipes:
    """Both ends of what a launcher needs: a channel to talk on, and the pipe of its output.

    The pipe's reading end stays open once a process tree has `taken` it.
    """

    control: socket.socket
    control_child: socket.socket
    logs: int
    logs_child: int
    taken: bool = False

    def receive(self) -> tuple[list[socket.socket], int]:
        """Take the launcher's one message: its listening sockets and its pid as seen from here.

        No sockets when it ended, or said nothing, instead. Raises OSError where this process may
        not have as many descriptors.
        """
        self.control_child.close()
        self.control.settimeout(limits.HANDSHAKE_SECONDS)
        room = socket.CMSG_SPACE(2 * 4) + socket.CMSG_SPACE(_CREDENTIALS.size)
        try:
            _, ancillary, flags, _ = self.control.recvmsg(16, room)
        except (TimeoutError, ConnectionError):
            return [], 0
        fds, pid = array.array("i"), 0
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
            elif level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
                pid = _CREDENTIALS.unpack(data)[0]
        listeners = [socket.socket(fileno=fd) for fd in fds]
        for listener in listeners:
            listener.setblocking(False)
        if flags & socket.MSG_CTRUNC:
            for listener in listeners:
                listener.close()
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return listeners, pid

    def printed(self) -> str:
        """Read what the launcher has said about why it ended."""
        os.set_blocking(self.logs, False)
        try:
            return os.read(self.logs, 65536).decode(errors="replace").strip()
        except BlockingIOError:
            return ""


@contextlib.contextmanager
def pipes_open() -> Iterator[Pipes]:
    """Open both ends; all of them close here, but for what a process tree has taken."""
    with contextlib.ExitStack() as stack:
        control, control_child = map(stack.enter_context, socket.socketpair())
        control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        logs, logs_child = os.pipe()
        stack.callback(os.close, logs_child)
        pipes = Pipes(control, control_child, logs, logs_child)
        try:
            yield pipes
        finally:
            if not pipes.taken:
                os.close(logs)


def memory_file(content: bytes) -> int:
    """Put bytes into a file without a name; a descriptor at its beginning."""
    fd = os.memfd_create("arguments")
    os.write(fd, content)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
