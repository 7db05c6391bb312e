"""Which workers are there and how well they isolate functions, as each says every second.

A hint like all that lies in Redis: without it nobody is seen, and everybody works on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from console import hints

KEY = "worker:"
_SHOWN_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Presence:
    """One worker.

    `weakness` says why its functions are not isolated, empty when they are; `protection` what
    stands between them and the machine.
    """

    name: str
    isolation: str
    weakness: str
    protection: str


def show(presence: Presence) -> None:
    """Say that a worker is there, for five seconds."""
    told = {
        "isolation": presence.isolation,
        "weakness": presence.weakness,
        "protection": presence.protection,
    }
    hints.mark(f"{KEY}{presence.name}", json.dumps(told), _SHOWN_SECONDS)


def workers() -> list[Presence]:
    """List who has said so lately, by name."""
    return [
        Presence(name, told["isolation"], told["weakness"], told.get("protection", ""))
        for name, text in sorted(hints.marks(KEY).items())
        for told in [json.loads(text)]
    ]
