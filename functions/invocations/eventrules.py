"""What becomes of an event after an attempt, or without one: AWS's rules. Pure.

Source: Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from functions.invocations import limits


class Condition(StrEnum):
    """How an event ended, as its record says it."""

    SUCCESS = "Success"
    RETRIES = "RetriesExhausted"
    AGE = "EventAgeExceeded"
    NO_RESERVE = "ZeroReservedConcurrency"


@dataclass(frozen=True, slots=True)
class Rules:
    """How often an event is retried and how old it may become (seconds); `pause` is the first wait."""

    max_retries: int = limits.RETRIES
    max_age: float = limits.LONGEST_AGE
    pause: float = limits.RETRY_SECONDS


@dataclass(frozen=True, slots=True)
class Again:
    """The event is tried again, not before `at` (epoch seconds)."""

    at: float


Verdict = Condition | Again


def after_attempt(
    rules: Rules, *, failed: bool, attempt: int, received_at: float, now: float
) -> Verdict:
    """Say how an event goes on after its `attempt`th attempt: the second wait is twice the first."""
    if not failed:
        return Condition.SUCCESS
    if attempt > rules.max_retries:
        return Condition.RETRIES
    return Again(min(now + attempt * rules.pause, received_at + rules.max_age))


def before_attempt(rules: Rules, *, received_at: float, now: float) -> Condition | None:
    """Say whether an event has become too old to be tried."""
    return Condition.AGE if now >= received_at + rules.max_age else None


def after_refusal(
    rules: Rules, *, reserved: int | None, refusals: int, received_at: float, now: float
) -> Verdict:
    """Say how an event goes on for which there was no concurrency; it waits longer each time."""
    if reserved == 0:
        return Condition.NO_RESERVE
    if now >= received_at + rules.max_age:
        return Condition.AGE
    return Again(min(now + wait(refusals), received_at + rules.max_age))


def wait(refusals: int) -> float:
    """Say how long an event waits that was turned away so often before, in seconds."""
    return float(min(limits.LONGEST_WAIT, limits.SHORTEST_WAIT * 2 ** min(refusals, 20)))
