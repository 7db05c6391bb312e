"""Names nobody chose: UUIDs, request ids, hexadecimal tokens. The only place that draws chance."""

from __future__ import annotations

import os
import uuid
from typing import Protocol


class Ids(Protocol):
    """Passed to every verb that makes something new."""

    def uuid(self) -> str:
        """Draw a random version 4 UUID in its 36-character form."""
        ...

    def hex(self, digits: int) -> str:
        """Draw `digits` lower-case hexadecimal digits."""
        ...


class SystemIds:
    """The operating system's randomness."""

    def uuid(self) -> str:
        """Draw a random version 4 UUID."""
        return str(uuid.uuid4())

    def hex(self, digits: int) -> str:
        """Draw `digits` lower-case hexadecimal digits."""
        return os.urandom((digits + 1) // 2).hex()[:digits]


SYSTEM_IDS: Ids = SystemIds()
