"""The live parts of pages: rendered once here, used by the page itself, by events and by polling.

A topic is "kind:argument"; its renderer gives the HTML of the part. What changed is found by
comparing renderings, at most twice a second for each connection; nothing is computed in a browser.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from console.aws.scope import Scope
from console.pages import place

Renderer = Callable[[Scope, str], str]

PERIOD_SECONDS = 0.5
KEEPALIVE_ROUNDS = 30
MOST_TOPICS = 8
_renderers: dict[str, Renderer] = {}
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="live")
"""What streams ask is asked here: a request's own thread keeps its connection as long as its page."""


def topic(kind: str) -> Callable[[Renderer], Renderer]:
    """Make the decorated function the renderer of topics "`kind`:…"."""

    def offer(render_one: Renderer) -> Renderer:
        _renderers[kind] = render_one
        return render_one

    return offer


def render(scope: Scope, name: str) -> str:
    """Render the part that `name` stands for. Raises Http404 for an unknown kind of topic."""
    kind, _, argument = name.partition(":")
    found = _renderers.get(kind)
    if found is None:
        raise Http404(name)
    return found(scope, argument)


@require_GET
def part(request: HttpRequest) -> HttpResponse:
    """Answer one part, for browsers whose events do not come through."""
    return HttpResponse(render(place.scope(request), request.GET.get("topic", "")))


async def events(request: HttpRequest) -> StreamingHttpResponse:
    """Keep sending the parts named in `?topics=a,b` whenever their rendering changes."""
    topics = [name for name in request.GET.get("topics", "").split(",") if name][:MOST_TOPICS]
    if any(name.partition(":")[0] not in _renderers for name in topics):
        raise Http404(", ".join(topics))
    scope = await sync_to_async(_scope, thread_sensitive=False, executor=_pool)(request)
    return StreamingHttpResponse(
        _follow(scope, topics),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


def _scope(request: HttpRequest) -> Scope:
    close_old_connections()
    return place.scope(request)


async def _follow(scope: Scope, topics: list[str]) -> AsyncIterator[bytes]:
    look = sync_to_async(_changes, thread_sensitive=False, executor=_pool)
    seen: dict[str, int] = {}
    quiet = 0
    yield b"retry: 1000\n\n"
    while True:
        changed = await look(scope, topics, seen)
        for name, html in changed:
            yield event(name, html)
        quiet = 0 if changed else quiet + 1
        if quiet == KEEPALIVE_ROUNDS:
            quiet = 0
            yield b": still here\n\n"
        await asyncio.sleep(PERIOD_SECONDS)


def _changes(scope: Scope, topics: list[str], seen: dict[str, int]) -> list[tuple[str, str]]:
    close_old_connections()
    changed = []
    for name in topics:
        html = render(scope, name)
        if seen.get(name) != hash(html):
            seen[name] = hash(html)
            changed.append((name, html))
    return changed


def event(name: str, html: str) -> bytes:
    """Write one server-sent event; every line of its data carries the field's name."""
    lines = "".join(f"data: {line}\n" for line in html.splitlines())
    return f"event: {name}\n{lines}\n".encode()
