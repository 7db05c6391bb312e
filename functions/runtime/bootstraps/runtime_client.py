"""The part of AWS's Python client that is compiled for one version of Python, in plain Python for all others.

`awslambdaric` imports it by this name; the compiled one is found first where it fits. Source of
the routes and headers: awslambdaric, runtime_client.cpp and aws-lambda-cpp.
"""

from __future__ import annotations

import http.client
import os
from collections.abc import Mapping

_BASE = "/2018-06-01/runtime"
_state: dict[str, http.client.HTTPConnection | str] = {}


def initialize_client(user_agent: str) -> None:
    """Remember who asks; the connection is made by the first call."""
    _state["agent"] = user_agent


def next() -> tuple[bytes, dict[str, str]]:
    """Wait for the next event: its body and the answer's headers. Raises RuntimeError."""
    answer, body = _call("GET", "/invocation/next", None, {})
    if answer.status != 200:
        raise RuntimeError(f"Failed to get next: {answer.status}")
    return body, dict(answer.getheaders())


def post_invocation_result(
    invoke_id: str,
    data: bytes,
    content_type: str,
    invocation_id: str | None = None,  # noqa: ARG001 - as it is called
) -> None:
    """Send what the handler returned. Raises RuntimeError."""
    path = f"/invocation/{invoke_id}/response"
    answer, _ = _call("POST", path, data, {"Content-Type": content_type})
    if answer.status != 202:
        raise RuntimeError(f"Failed to post invocation response: {answer.status}")


def post_error(
    invoke_id: str,
    data: str | bytes,
    xray_fault: str,
    invocation_id: str | None = None,  # noqa: ARG001 - as it is called
) -> None:
    """Send what the handler raised. Raises RuntimeError."""
    body = data if isinstance(data, bytes) else data.encode()
    headers: dict[str, str | bytes] = {
        "Content-Type": "application/json",
        "Lambda-Runtime-Function-Error-Type": "Unhandled",
    }
    if xray_fault:
        headers["Lambda-Runtime-Function-XRay-Error-Cause"] = xray_fault.encode()
    answer, _ = _call("POST", f"/invocation/{invoke_id}/error", body, headers)
    if answer.status != 202:
        raise RuntimeError(f"Failed to post invocation error: {answer.status}")


def _call(
    method: str, path: str, body: bytes | None, headers: Mapping[str, str | bytes]
) -> tuple[http.client.HTTPResponse, bytes]:
    link = _state.get("link")
    if not isinstance(link, http.client.HTTPConnection):
        link = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        _state["link"] = link
    agent = str(_state.get("agent", "aws-lambda-python"))
    link.request(method, _BASE + path, body, {"User-Agent": agent, **headers})
    answer = link.getresponse()
    return answer, answer.read()
