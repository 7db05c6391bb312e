"""Events on their way in and logs on their way out: AWS's limits and words. Pure."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable

import orjson

from console.aws.errors import AwsError
from functions.invocations import limits


def check_event(payload: bytes, *, asynchronous: bool) -> bytes:
    """Let an event pass that is JSON and not too large; nothing at all is an empty object.

    Raises AwsError. Source: recorded answers of Invoke; the words after the second colon are ours.
    """
    most = limits.ASYNC_BYTES if asynchronous else limits.SYNC_BYTES
    if len(payload) > most:
        raise AwsError(
            "RequestTooLargeException",
            f"Request must be smaller than {most} bytes for the InvokeFunction operation",
            fields={"Type": "User"},
        )
    if not payload:
        return b"{}"
    try:
        orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise AwsError(
            "InvalidRequestContentException",
            "Could not parse request body into json: Could not parse payload into json: "
            f"{error.msg}\n at [Source: (byte[]); line: {error.lineno}, column: {error.colno}]",
            fields={"Type": "User"},
        ) from error
    return payload


def read_client_context(text: str) -> str:
    """Decode X-Amz-Client-Context to JSON text in ASCII, as the runtime's header takes it.

    Raises AwsError("InvalidRequestContentException").
    """
    if not text:
        return ""
    try:
        raw = base64.b64decode(text, validate=True)
        context = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError):
        context = None
    if not isinstance(context, dict) or len(text) > limits.CLIENT_CONTEXT_BYTES:
        raise AwsError(
            "InvalidRequestContentException",
            "Client context must be a valid Base64-encoded JSON object.",
            fields={"Type": "User"},
        )
    return json.dumps(context, separators=(",", ":"))


def log_tail(texts: Iterable[str]) -> str:
    """Cut the last 4 KB off an invocation's log; every event ends its line."""
    lines = (text if text.endswith("\n") else f"{text}\n" for text in texts)
    tail = "".join(lines).encode()[-limits.LOG_TAIL_BYTES :]
    return tail.decode(errors="ignore")
