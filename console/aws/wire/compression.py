"""Requests whose body an SDK has compressed (PutMetricData, from 10 KB on), unpacked within a limit."""

from __future__ import annotations

import zlib
from dataclasses import replace

from console.aws.wire.messages import Request

_GZIP = 16 + zlib.MAX_WBITS


def unpack(request: Request, limit: int) -> Request | None:
    """Unpack a gzipped body; None when it would be longer than `limit` bytes.

    A body that is no gzip, in spite of its header, is left to the parsers, which refuse it. Only
    calls of operations are unpacked: an object that is put may be gzip and wants to stay so.
    """
    calls = request.method == "POST" and (
        request.path == "/" or "smithy-protocol" in request.headers
    )
    if not calls or request.headers.get("content-encoding", "").strip().lower() != "gzip":
        return request
    unpacking = zlib.decompressobj(_GZIP)
    try:
        body = unpacking.decompress(request.body, limit + 1)
    except zlib.error:
        return request
    return replace(request, body=body, sent=request.body) if len(body) <= limit else None
