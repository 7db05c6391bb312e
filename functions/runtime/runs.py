"""Everything observed of one invocation. Pure data; what it amounts to is `summaries`' business."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from functions.runtime.logs import LogLine
from functions.runtime.outcomes import Ending


class Phase(StrEnum):
    """Where an init phase has its place: before the invocation, or, begun again, inside it."""

    INIT = "init"
    INVOKE = "invoke"


@dataclass(frozen=True, slots=True)
class FailedInit:
    """An init phase that came to nothing; `ended_ms` are epoch milliseconds, `log` was printed in it."""

    phase: Phase
    duration_ms: float
    ended_ms: int
    ending: Ending
    log: tuple[LogLine, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Everything observed of one invocation.

    `spawned_ms` is set when it started the environment, `handed_ms` when the event reached the
    handler (both epoch milliseconds); `init_log` was printed before that, `log` after it.
    `failed_inits` are the first init phase, and the one inside the invocation, where they failed;
    `first_phase` says where the first one has its place.
    """

    request_id: str
    ending: Ending
    duration_ms: float
    init_ms: float | None
    first_phase: Phase
    failed_inits: tuple[FailedInit, ...]
    spawned_ms: int | None
    handed_ms: int | None
    ended_ms: int
    peak_mb: float
    produced_bytes: int
    init_log: tuple[LogLine, ...]
    log: tuple[LogLine, ...]
