"""One HTTP request and one HTTP response as plain values. Knows no server and no protocol of AWS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class Request:
    """What came in; `path` and `query` are still percent-encoded, header names are lower-case.

    `sent` is the body as it was signed, when `body` was unpacked from it; `client` the caller's
    address.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    sent: bytes | None = None
    client: str = ""

    def content_type(self) -> str:
        """Name the body's media type, without parameters and in lower case."""
        return self.headers.get("content-type", "").split(";", 1)[0].strip().lower()

    def arguments(self) -> list[tuple[str, str]]:
        """Decode the query string, blank values included."""
        return parse_qsl(self.query, keep_blank_values=True)


@dataclass(frozen=True, slots=True)
class Response:
    """What goes out. `content-length` is the server's; each of `cookies` is a Set-Cookie.

    `pieces` follow the body as they come, for as long as there are any; taking one may wait.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    cookies: tuple[str, ...] = ()
    pieces: Iterator[bytes] | None = None
