"""An application that answers `{}`, served as the gateway is: the floor of any HTTP answer."""

from __future__ import annotations

import asyncio
import socket
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any

from console.gateway.http import server


async def application(_scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Read the body, answer `{}`."""
    await receive()
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


def serve(answer: Connection, stop: Event) -> None:
    """Serve on a free port, told through `answer`, until `stop` is set."""
    listening = socket.create_server(("127.0.0.1", 0))
    empty = server(application)

    async def until_stopped() -> None:
        serving = asyncio.create_task(empty.serve(sockets=[listening]))
        answer.send(listening.getsockname()[1])
        await asyncio.to_thread(stop.wait)
        empty.should_exit = True
        await serving

    with asyncio.Runner(loop_factory=empty.config.get_loop_factory()) as runner:
        runner.run(until_stopped())
