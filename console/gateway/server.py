"""The gateway's process: `http` around `app`, one process, until a signal ends it."""

from __future__ import annotations

import gc
import logging
import signal
import socket
import sys
from types import FrameType
from typing import NoReturn

from console import offers
from console.gateway.app import application
from console.gateway.http import BACKLOG, server

_log = logging.getLogger("shardlight.gateway")


def serve(host: str, port: int) -> NoReturn:
    """Serve AWS's wire on `host`:`port` until SIGTERM or SIGINT, then end the process.

    Raises OSError when the port is taken. Django must be set up.
    """
    offers.load()
    listening = _listen(host, port)
    _collect_seldom()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)  # uvicorn raises it again when it has done
    _log.info("listening on %s:%s", host, port)
    server(application).run(sockets=[listening])
    _leave()


def _collect_seldom() -> None:
    """Let the garbage collector pass over what the start has made, and look less often.

    Calls leave hardly any cycles: nearly all of their objects die by their reference counts.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _leave(_number: int = 0, _frame: FrameType | None = None) -> NoReturn:
    sys.exit(0)


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening
