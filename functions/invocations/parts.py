"""A streamed response on its way from the worker to who waits for it, part by part.

Parts travel as hints: one that is lost costs the caller nothing but time, for the whole response
lies in the invocation's row in the end.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

from console import hints
from functions.invocations.queue import done_key

#: Seconds that parts wait to be taken. Ours.
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Part:
    """One part: where it begins in the whole response, which version of the function it is from."""

    version: str
    offset: int
    data: bytes


class Sender:
    """Sends the parts of one invocation's response, in order."""

    def __init__(self, invocation_id: str, version: str) -> None:
        self._key = done_key(invocation_id)
        self._version = version
        self._offset = 0

    def __call__(self, data: bytes) -> None:
        """Send the next part."""
        text = json.dumps([self._version, self._offset, base64.b64encode(data).decode()])
        self._offset += len(data)
        hints.push(self._key, text, _SECONDS)


def take(invocation_id: str, seconds: float) -> Part | None:
    """Wait up to `seconds` for the next part; None when none came, or the invocation has ended."""
    text = hints.pop(done_key(invocation_id), seconds)
    if text is None or not text.startswith("["):
        return None
    version, offset, data = json.loads(text)
    return Part(version, offset, base64.b64decode(data))
