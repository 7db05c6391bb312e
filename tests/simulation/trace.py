"""A failing story made short: the fewest steps that fail the same way, and the events that matter."""

from __future__ import annotations

import hashlib
import re

from tests.simulation.checks import violations
from tests.simulation.coverage import situations
from tests.simulation.simulator import STEPS, Parts, simulate
from tests.simulation.story import Story

_LAST = 40


def explain(seed: int, steps: int = STEPS, parts: Parts | None = None) -> str:
    """Say what is wrong with a run and how to see it again; "" when nothing is."""
    broken = violations(simulate(seed, steps, parts))
    if not broken:
        return ""
    name = next(iter(broken))
    steps = _fewest(seed, steps, name, parts)
    story = simulate(seed, steps, parts)
    text = violations(story)[name]
    return "\n".join(
        (
            f"seed {seed}, {steps} steps: {name}: {text}",
            f"again: python -m tests.simulation {seed} {steps}",
            *_last_events(story, text),
        )
    )


def _fewest(seed: int, steps: int, name: str, parts: Parts | None) -> int:
    """Halve the number of steps for as long as the same promise is broken."""
    while steps > 10 and name in violations(simulate(seed, steps // 2, parts)):
        steps //= 2
    return steps


def _last_events(story: Story, text: str) -> list[str]:
    """The last events of the lane, shard or invocation that the violation names."""
    named = re.search(r"(lane|shard|call) (\d+)", text)
    if named is None:
        return [event.line() for event in story.events[-_LAST:]]
    field, number = named[1], int(named[2])
    worldwide = {"killed", "frozen", "jumped", "switched", "divided"}
    events = [e for e in story.events if getattr(e, field) == number or e.kind in worldwide]
    return [event.line() for event in events[-_LAST:]]


def digest(seed: int, steps: int = STEPS) -> str:
    """A number that only the same story has, with the same counts of what came up in it."""
    story = simulate(seed, steps)
    told = [*map(repr, story.events), *map(repr, sorted(situations(story).items()))]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
