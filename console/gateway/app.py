"""The gateway as an ASGI application: body in, pool chosen, answer out.

Operations that wait run on threads of their own, so that item calls never queue behind them.
What a request means is `pipeline`'s business.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final

from django.conf import settings

from console.aws import registry
from console.aws.errors import AwsError
from console.aws.wire.compression import unpack
from console.aws.wire.envelope import request_id_for
from console.aws.wire.faults import BODY_TOO_LARGE, fault
from console.aws.wire.messages import Request, Response
from console.aws.wire.routes import Route, find_route
from console.gateway import doors, downloads, visits
from console.gateway.pipeline import answer, broken
from console.gateway.pool import Pool

JOINING_LIMIT: Final = 64 * 1024
"""Bytes of a body that may be read while others wait for the same commit."""

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_items: Pool[Response] = Pool("item", settings.GATEWAY_ITEM_THREADS, settings.GATEWAY_ITEM_PATIENCE)
_waiting: Pool[Response] = Pool("waiting", settings.GATEWAY_WAITING_THREADS)
_later: Pool[bytes | None] = Pool("later", settings.GATEWAY_WAITING_THREADS)


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Serve one request."""
    if scope["type"] == "http":
        await _send(send, scope["method"], await _respond(scope, receive))


async def _respond(scope: dict[str, Any], receive: Receive) -> Response:
    head = _head(scope)
    return await (_visit if visits.is_visit(head) else _call)(head, receive)


async def _call(head: Request, receive: Receive) -> Response:
    """Serve what is for AWS's API, or one of its links."""
    refusal = doors.turn_away(head)
    if refusal is not None:
        return refusal
    if downloads.is_download(head):
        return await _items.run(partial(downloads.send_package, head))
    limit = doors.body_limit(head)
    body = await _body(receive, limit)
    if body is None:
        return _too_large(head, limit)
    request = unpack(replace(head, body=body), limit)
    if request is None:
        return _too_large(head, limit)
    route = find_route(request)
    try:
        call = partial(answer, request, route)
        return await _pool(route).run(call, joins=_joins(request, route))
    except OSError as error:
        return broken(request, route, error)


async def _visit(head: Request, receive: Receive) -> Response:
    """Serve a function URL, which pages of other origins may call too."""
    body = await _body(receive, doors.PACKAGE_LIMIT)
    if body is None:
        return visits.too_large()
    return await _waiting.run(partial(visits.answer, replace(head, body=body)))


def _pool(route: Route) -> Pool[Response]:
    operation = registry.find(route.service, route.operation)
    return _waiting if operation is not None and operation.waits else _items


def _joins(request: Request, route: Route) -> bool:
    """Say whether a call may share its transaction: on SQLite, whose writers take turns anyway."""
    operation = registry.find(route.service, route.operation)
    small = len(request.body) <= JOINING_LIMIT
    return settings.ON_SQLITE and small and operation is not None and operation.joins


def _head(scope: dict[str, Any]) -> Request:
    return Request(
        scope["method"],
        scope["raw_path"].decode("latin-1"),
        scope["query_string"].decode("latin-1"),
        {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        client=(scope.get("client") or ("",))[0],
    )


async def _body(receive: Receive, limit: int) -> bytes | None:
    """Read the whole body; None when it is longer than `limit` bytes."""
    message = await receive()
    if not message.get("more_body"):
        first: bytes = message.get("body", b"")
        return first if len(first) <= limit else None
    chunks, size = [], 0
    while True:
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit or message["type"] == "http.disconnect":
            return None
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)
        message = await receive()


def _too_large(head: Request, limit: int) -> Response:
    route = find_route(head)
    message = f"Request must be smaller than {limit} bytes for the {route.operation} operation"
    error = AwsError(BODY_TOO_LARGE, message)
    return fault(head, route, error, request_id_for(route.service))


async def _send(send: Send, method: str, response: Response) -> None:
    headers = [(name.encode(), text.encode("latin-1")) for name, text in response.headers.items()]
    whole = response.pieces is None
    if whole and "content-length" not in response.headers:  # a HEAD tells that of what is not sent
        headers.append((b"content-length", str(len(response.body)).encode()))
    headers += [(b"set-cookie", one.encode("latin-1", "replace")) for one in response.cookies]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    body = b"" if method == "HEAD" else response.body
    await send({"type": "http.response.body", "body": body, "more_body": not whole})
    if response.pieces is not None:
        await _send_pieces(send, response.pieces)


async def _send_pieces(send: Send, pieces: Iterator[bytes]) -> None:
    """Send what comes later: a thread waits for each piece, as for every call that waits."""
    while (piece := await _later.run(partial(next, pieces, None))) is not None:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
