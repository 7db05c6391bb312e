"""What every answer has: which scripts and styles it may load, and words where there were none."""

from __future__ import annotations

import base64
import os
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import sync_and_async_middleware

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)


@sync_and_async_middleware
def content_security_policy(get_response: Any) -> Any:
    """Give the request a nonce (`request.csp_nonce`) and the response the policy that names it."""
    return _later(get_response) if iscoroutinefunction(get_response) else _now(get_response)


def _now(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        nonce = _nonce(request)
        return _sealed(get_response(request), nonce)

    return middleware


def _later(
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    async def middleware(request: HttpRequest) -> HttpResponseBase:
        nonce = _nonce(request)
        return _sealed(await get_response(request), nonce)

    return middleware


def _nonce(request: HttpRequest) -> str:
    nonce = base64.b64encode(os.urandom(16)).decode()
    request.csp_nonce = nonce  # type: ignore[attr-defined]
    return nonce


def _sealed(response: HttpResponseBase, nonce: str) -> HttpResponseBase:
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce))
    return response


@sync_and_async_middleware
def words_for_forms(get_response: Any) -> Any:
    """Say that an address takes a form alone, where Django would answer with an empty page."""
    if iscoroutinefunction(get_response):

        async def later(request: HttpRequest) -> HttpResponseBase:
            return _told(request, await get_response(request))

        return later

    def now(request: HttpRequest) -> HttpResponseBase:
        return _told(request, get_response(request))

    return now


def _told(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code != 405 or request.method != "GET":
        return response
    page = render(request, "405.html", status=405)
    page["Allow"] = response["Allow"]
    return page
