"""The State of an event source mapping: a function of what was asked, when, and who still runs.

    create ─► Creating ─┬─► Enabled ◄──► Updating (settles to what it was)
                        │      │  ▲
                        │      ▼  │
                        │  Disabling  Enabling
                        │      │  ▲
                        └─► Disabled ─► …          any ─► Deleting ─► gone

Nobody moves a mapping from one state to the next: time does. No rows are touched here.
"""

from __future__ import annotations

from enum import StrEnum

USER_ACTION = "User action"
"""StateTransitionReason of stream mappings. Source: recordings of real AWS."""


class Transition(StrEnum):
    """What was asked last; its value is the State while it is under way."""

    CREATING = "Creating"
    ENABLING = "Enabling"
    DISABLING = "Disabling"
    UPDATING = "Updating"
    DELETING = "Deleting"


def state(transition: str, *, enabled: bool, settled: bool, running: bool) -> str | None:
    """Name the State; None when the mapping is gone.

    `settled`: the transition's time is over; `running`: some lane of it still runs the function.
    """
    under_way = not settled or (running and transition in _WAITS_FOR_LANES)
    if under_way:
        return transition
    if transition == Transition.DELETING:
        return None
    return "Enabled" if enabled else "Disabled"


_WAITS_FOR_LANES = frozenset({Transition.DISABLING, Transition.DELETING})
