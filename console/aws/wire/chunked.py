"""Bodies in pieces (aws-chunked): taken apart, with the checksums that trail them. Verifies nothing.

Source: S3 API reference, "Signature calculations: transferring payload in multiple chunks" and
"Including trailing headers (chunked upload)".
"""

from __future__ import annotations

from dataclasses import replace

from console.aws.errors import AwsError
from console.aws.wire.messages import Request

_CODING = "aws-chunked"
_LINE_END = b"\r\n"


def unwrap(request: Request) -> Request:
    """Give the request as if it had come in one piece, trailing headers among the others.

    Raises AwsError IncompleteBody for pieces that do not fit.
    """
    codings = [one.strip() for one in request.headers.get("content-encoding", "").split(",")]
    streamed = request.headers.get("x-amz-content-sha256", "").startswith("STREAMING-")
    if not streamed and _CODING not in codings:
        return request
    body, trailers = _take_apart(request.body)
    told = request.headers.get("x-amz-decoded-content-length")
    if told is not None and told != str(len(body)):
        raise _incomplete()
    headers = dict(request.headers) | trailers
    headers.pop("content-encoding", None)
    headers.pop("content-length", None)
    left = ",".join(one for one in codings if one and one != _CODING)
    if left:
        headers["content-encoding"] = left
    return replace(request, headers=headers, body=body)


def _take_apart(body: bytes) -> tuple[bytes, dict[str, str]]:
    pieces: list[bytes] = []
    at = 0
    while True:
        end = body.find(_LINE_END, at)
        if end < 0:
            raise _incomplete()
        size = _size(body[at:end])
        at = end + len(_LINE_END)
        if size == 0:
            return b"".join(pieces), _trailers(body[at:])
        if body[at + size : at + size + len(_LINE_END)] != _LINE_END:
            raise _incomplete()
        pieces.append(body[at : at + size])
        at += size + len(_LINE_END)


def _size(line: bytes) -> int:
    """Read `hex-size[;chunk-signature=…]`."""
    digits = line.partition(b";")[0].strip()
    if (
        not digits
        or len(digits) > 16
        or not all(one in b"0123456789abcdefABCDEF" for one in digits)
    ):
        raise _incomplete()
    return int(digits, 16)


def _trailers(rest: bytes) -> dict[str, str]:
    trailers = {}
    for line in rest.split(_LINE_END):
        name, colon, text = line.decode("latin-1").partition(":")
        if colon:
            trailers[name.strip().lower()] = text.strip()
    return trailers


def _incomplete() -> AwsError:
    return AwsError("IncompleteBody", "The request body terminated unexpectedly", status=400)
