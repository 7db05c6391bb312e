"""The X-Ray trace that a caller says its call belongs to, as an invocation takes it on. Pure."""

from __future__ import annotations

import re

_FIELDS = {
    "Root": re.compile(r"1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24}"),
    "Parent": re.compile(r"[0-9a-fA-F]{16}"),
    "Sampled": re.compile(r"[01]"),
}


def read(header: str) -> str:
    """Keep Root, Parent and Sampled of a header X-Amzn-Trace-Id; "" when it names no trace.

    What cannot be read is taken as not there. Source: AWS X-Ray developer guide, "Tracing header".
    """
    pairs = [one.strip().partition("=") for one in header.split(";")]
    given = {name: text for name, _, text in pairs if name in _FIELDS}
    kept = [
        f"{name}={given[name]}"
        for name, pattern in _FIELDS.items()
        if name in given and pattern.fullmatch(given[name])
    ]
    return ";".join(kept) if kept and kept[0].startswith("Root=") else ""
