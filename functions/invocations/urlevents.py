"""HTTP into an event and back, for function URLs: payload format 2.0. Pure; invokes nothing.

Source: Lambda developer guide, "Invoking Lambda function URLs".
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from functions.invocations import traces

_TEXTS = ("application/json", "application/xml", "application/javascript")
ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Visit:
    """One HTTP request to a function URL; `path` begins with a slash and is percent-encoded.

    `caller` is what requestContext.authorizer says of a caller who signed, with the account.
    """

    key: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    client: str
    request_id: str
    now: float
    caller: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the visitor gets; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()


def event(visit: Visit) -> bytes:
    """Write the event of a visit."""
    domain = visit.headers.get("host", "")
    headers = {name: text for name, text in visit.headers.items() if name != "cookie"}
    port = domain.rpartition(":")[2] if ":" in domain else "80"
    headers |= {
        "x-amzn-trace-id": trace(visit),
        "x-forwarded-for": visit.client,
        "x-forwarded-port": port,
        "x-forwarded-proto": "http",
    }
    context: dict[str, Any] = {
        "accountId": visit.caller["accountId"] if visit.caller else ANONYMOUS,
        "apiId": visit.key,
        "domainName": domain,
        "domainPrefix": visit.key,
        "http": {
            "method": visit.method,
            "path": unquote(visit.path),
            "protocol": "HTTP/1.1",
            "sourceIp": visit.client,
            "userAgent": visit.headers.get("user-agent", ""),
        },
        "requestId": visit.request_id,
        "routeKey": "$default",
        "stage": "$default",
        "time": datetime.fromtimestamp(visit.now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(visit.now * 1000),
    }
    if visit.caller is not None:
        context["authorizer"] = {"iam": dict(visit.caller)}
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": unquote(visit.path),
        "rawQueryString": visit.query,
        "headers": headers,
        "requestContext": context,
        "isBase64Encoded": False,
    }
    cookies = [one.strip() for one in visit.headers.get("cookie", "").split(";") if one.strip()]
    if cookies:
        made["cookies"] = cookies
    if visit.query:
        made["queryStringParameters"] = _parameters(visit.query)
    return json.dumps(made | _body(visit)).encode()


def trace(visit: Visit) -> str:
    """Name the trace that a visit belongs to: the visitor's, or one that begins with it."""
    begun = f"Root=1-{int(visit.now):08x}-{visit.request_id.replace('-', '')[:24]}"
    return traces.read(visit.headers.get("x-amzn-trace-id", "")) or begun


def answer(result: bytes) -> Answer | None:
    """Read a function's result as an answer; None when it says something that is none.

    A text alone is shown without its quotes. Source: recorded answers.
    """
    try:
        said = json.loads(result)
    except ValueError:
        return None
    if not isinstance(said, dict) or "statusCode" not in said:
        content = said.encode(errors="replace") if isinstance(said, str) else result
        return Answer(200, {"content-type": "application/json"}, content)
    try:
        status = int(said["statusCode"])
        given = said.get("headers") or {}
        headers = {str(name).lower(): _text(value) for name, value in given.items()}
        body = said.get("body")
        content = b"" if body is None else _text(body).encode()
        if said.get("isBase64Encoded"):
            content = base64.b64decode(content, validate=True)
        cookies = tuple(str(one) for one in said.get("cookies") or ())
    except (TypeError, ValueError, AttributeError, binascii.Error):
        return None
    if not 100 <= status <= 599:
        return None
    return Answer(status, {"content-type": "application/json"} | headers, content, cookies)


def cross_origin(cors: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, str]:
    """Say which headers let a page of another origin read an answer; none when it may not."""
    origin, allowed = headers.get("origin", ""), cors.get("AllowOrigins") or ()
    if not origin or not ("*" in allowed or origin in allowed):
        return {}
    credentials = bool(cors.get("AllowCredentials"))
    said = {"access-control-allow-origin": "*" if "*" in allowed and not credentials else origin}
    if credentials:
        said["access-control-allow-credentials"] = "true"
    if cors.get("ExposeHeaders"):
        said["access-control-expose-headers"] = ",".join(cors["ExposeHeaders"])
    return said | {"vary": "Origin"}


def preflight(cors: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
    """Answer a browser that asks before it calls."""
    said = cross_origin(cors, headers)
    if said:
        for member, name in (("AllowMethods", "methods"), ("AllowHeaders", "headers")):
            if cors.get(member):
                said[f"access-control-allow-{name}"] = ",".join(cors[member])
        if cors.get("MaxAge") is not None:
            said["access-control-max-age"] = str(cors["MaxAge"])
    return Answer(200, said, b"")


def _parameters(query: str) -> dict[str, str]:
    """Read the query; values of one name are joined by commas."""
    read: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        read.setdefault(name, []).append(value)
    return {name: ",".join(values) for name, values in read.items()}


def _body(visit: Visit) -> dict[str, Any]:
    if not visit.body:
        return {}
    kind = visit.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("text/") or kind in _TEXTS or kind.endswith(("+json", "+xml")):
        try:
            return {"body": visit.body.decode()}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(visit.body).decode(), "isBase64Encoded": True}


def _text(value: Any) -> str:
    """Write a header or a body; what is no text is written as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))
