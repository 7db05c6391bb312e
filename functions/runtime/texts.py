"""What functions say, as every database can keep it."""

from __future__ import annotations


def kept(said: str | bytes) -> str:
    """Read UTF-8, with U+FFFD for what is none, and for NUL, which PostgreSQL has no text with."""
    raw = said if isinstance(said, bytes) else said.encode(errors="surrogatepass")
    return raw.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
