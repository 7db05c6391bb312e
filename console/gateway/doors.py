"""Who may come in at all: SDKs, not web pages. Decides before anything of AWS is looked at.

A page in somebody's browser could otherwise drive a gateway on that machine, by a cross-origin
request or by a name of its own that points at 127.0.0.1 (DNS rebinding). So a request must name a
host that is ours, and one that carries an Origin is refused; nothing here ever allows an origin.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from console.aws.wire.messages import Request, Response
from console.aws.wire.signature import DEFAULT_REGION

_PLAIN = {"content-type": "text/plain", "server": "Server"}
_HEALTHY = Response(200, _PLAIN, f"healthy: dynamodb.{DEFAULT_REGION}.amazonaws.com ".encode())
_NOT_OURS = b"This gateway has another host name. Further ones are named in SHARDLIGHT_HOSTS.\n"
_FOR_SDKS = b"Web pages may not call this gateway.\n"
ITEM_LIMIT = 16 * 1024 * 1024
"""Largest body of JSON and form requests, in bytes. Source: public tests of dynalite."""
PACKAGE_LIMIT = 70_167_211
"""Largest body of Lambda's requests, in bytes; AWS names it when CreateFunction exceeds it."""


def turn_away(request: Request) -> Response | None:
    """Answer what is not for AWS: health checks and web pages. None lets the request in."""
    if not is_ours(request.headers.get("host", "")):
        return Response(403, _PLAIN, _NOT_OURS)
    if "origin" in request.headers or request.method == "OPTIONS":
        return Response(403, _PLAIN, _FOR_SDKS)
    return _HEALTHY if _asks_for_health(request) else None


def _asks_for_health(request: Request) -> bool:
    bare = request.path == "/" and not request.query and "authorization" not in request.headers
    return bare and request.method in ("GET", "HEAD")


def body_limit(request: Request) -> int:
    """Say how many bytes of body `request` may carry."""
    return ITEM_LIMIT if request.path == "/" else PACKAGE_LIMIT


@lru_cache(maxsize=1024)
def is_ours(host: str) -> bool:
    """Say whether a host is one of ours: an address is never rebound; a name must be that of GATEWAY_URL,
    be among ALLOWED_HOSTS, or end in .localhost."""
    domain, _ = split_domain_port(host)
    try:
        return bool(ip_address(domain.strip("[]")))
    except ValueError:
        told = urlsplit(settings.GATEWAY_URL).hostname or "localhost"
        allowed = [*settings.ALLOWED_HOSTS, ".localhost", told]
        return bool(domain) and validate_host(domain, allowed)
