"""Is everything there: who works, what isolates functions, whether Redis answers.

Read from what workers say themselves; the console neither starts nor stops anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import redis

from console import hints
from triggers.polling import presence


@dataclass(frozen=True, slots=True)
class Vitals:
    """What is known now; without Redis nobody can be seen, though everybody may be at work."""

    redis: bool
    workers: int
    isolation: str
    weakness: str
    protection: str

    @property
    def nobody_works(self) -> bool:
        """Say whether a worker would be seen and none is."""
        return self.redis and not self.workers


def read() -> Vitals:
    """Ask Redis who has said that they are there."""
    link = hints.client()
    try:
        answers = link is not None and bool(link.ping())
    except (redis.RedisError, OSError):
        answers = False
    seen = presence.workers() if answers else []
    weak = next((one for one in seen if one.weakness), None)
    shown = weak or (seen[0] if seen else None)
    return Vitals(
        answers,
        len(seen),
        shown.isolation if shown else "",
        shown.weakness if shown else "",
        shown.protection if shown else "",
    )
