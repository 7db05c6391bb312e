"""What a runtime may say when: the state machine of the Runtime API, one turn after another.

    restart()        GET next            POST response | error
 ────────► Starting ────────► Running ────────────────────────► Ready
               │                    ▲                             │
               │ POST init/error    └──────────── GET next ───────┘
               ▼
             Ready, with a failed init phase as the ending

A turn without an event is only an init phase: its GET next leads to Ready, and waits for the first
turn that has one. Every transition that is not drawn is refused with 403, as AWS's runtime interface
emulator does. `end()` leads to Dead from everywhere. Knows no process: `environment` starts and ends
those, and gives every turn that is not over in time an ending.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from console.aws.clock import Clock
from functions.runtime import limits
from functions.runtime.api import Connection
from functions.runtime.calls import Call, Error, Next, Part, Response, Unknown
from functions.runtime.logs import LogLine
from functions.runtime.outcomes import Answered, Ending, Failed, Oversized
from functions.runtime.runs import FailedInit, Phase
from functions.runtime.spec import Event


class State(StrEnum):
    """Where a conversation, and with it its environment, stands."""

    STARTING = "Starting"
    READY = "Ready"
    RUNNING = "Running"
    DEAD = "Dead"


#: What the states are called in AWS's runtime interface emulator, whose words refusals repeat.
_EMULATED = {
    State.STARTING: "Started",
    State.READY: "ResponseSent",
    State.RUNNING: "Running",
    State.DEAD: "Exited",
}

#: Gets one part of a streamed response after the other.
Hear = Callable[[bytes], None]


@dataclass(slots=True)
class Turn:
    """What is known of the invocation in progress; times are monotonic seconds."""

    event: Event | None  # none yet: only the init phase
    deadline: float
    initialised: bool
    watch_at: float
    first_phase: Phase = Phase.INIT
    handed_at: float | None = None
    failed_inits: list[FailedInit] = field(default_factory=list)
    init_log: list[LogLine] = field(default_factory=list)
    ending: Ending | None = None
    hear: Hear | None = None

    @property
    def is_over(self) -> bool:
        """Say whether it has an ending."""
        return self.ending is not None

    @property
    def is_restarted(self) -> bool:
        """Say whether the init phase was begun again, inside the timeout."""
        return self.first_phase is Phase.INVOKE or bool(self.failed_inits)

    @property
    def phase(self) -> Phase:
        """Say where the init phase has its place."""
        return Phase.INVOKE if self.is_restarted else Phase.INIT


@dataclass(slots=True)
class Early:
    """An init phase that was over `at` a moment before there was an event, and its GET next."""

    connection: Connection
    at: float
    log: list[LogLine]
    is_answered: bool = False


class Conversation:
    """One environment's side of the Runtime API; used by one thread at a time.

    An event may take `timeout` seconds from its hand-over. `end_init` is called when an init phase
    is over, and gives what it has printed.
    """

    def __init__(self, timeout: float, clock: Clock, end_init: Callable[[], list[LogLine]]) -> None:
        self.state = State.STARTING
        self.early: Early | None = None
        self._timeout = timeout
        self._clock = clock
        self._end_init = end_init
        self._turn: Turn | None = None

    def begin(self, turn: Turn) -> None:
        """Have a turn from now on; an early GET next is answered with its event.

        Raises HangupError or TimeoutError when who waits for that is gone.
        """
        self._turn = turn
        early = self.early
        if early is not None and not early.is_answered:
            early.is_answered = True
            turn.init_log += early.log
            self._hand(early.connection, turn)

    def rest(self) -> None:
        """Have no turn until the next one begins."""
        self._turn = None

    def restart(self) -> None:
        """Begin anew with another process."""
        self.state = State.STARTING

    def end(self) -> None:
        """Say that the process has ended: nothing is allowed any more."""
        self.state = State.DEAD

    def hear(self, connection: Connection, call: Call) -> bool:
        """Deal with one call; False once the turn has an ending: the rest can wait."""
        turn = self._turn
        if turn is None:
            return False
        match call:
            case Next() if self.state in (State.STARTING, State.READY):
                self._hand(connection, turn)
            case Error(request_id=None) if self.state is State.STARTING:
                self._conclude(connection, turn, Failed(call.body or b"", during_init=True))
            case Part():
                self._pass_on(call, turn)
            case Response() | Error() if call.request_id is not None:
                self._end_event(connection, call, turn)
            case Unknown():
                connection.know_nothing(of_the_method=call.is_known_path)
            case Next():
                self._refuse(connection, "Ready")
            case _:
                self._refuse(connection, "InitError")
        return not turn.is_over

    def _hand(self, connection: Connection, turn: Turn) -> None:
        now = self._clock.monotonic()
        if not turn.initialised:
            turn.initialised = True
            turn.init_log += self._end_init()
            if not turn.is_restarted:
                turn.deadline = now + self._timeout
        if turn.event is None:
            self.early = Early(connection, now, turn.init_log)
            self.state = State.READY
            return
        connection.hand(turn.event, self._clock.now(), turn.deadline - now)
        turn.handed_at = now  # not when the connection was gone: another one may take the event
        self.state = State.RUNNING

    def _pass_on(self, part: Part, turn: Turn) -> None:
        """Let who invokes hear a part; whether the response is allowed is told at its end."""
        if turn.event is None or self.state is not State.RUNNING:
            return
        if turn.hear is not None and part.request_id == turn.event.request_id:
            turn.hear(part.data)

    def _end_event(self, connection: Connection, call: Response | Error, turn: Turn) -> None:
        if self.state is not State.RUNNING:
            wanted = "Response" if isinstance(call, Response) else "ErrorResponse"
            self._refuse(connection, f"Invocation{wanted}")
        elif turn.event is None or call.request_id != turn.event.request_id:
            connection.refuse(400, "InvalidRequestID", "Invalid request ID")
        elif call.body is None:
            turn.ending = Oversized()
            connection.refuse(
                413,
                "RequestEntityTooLarge",
                f"Exceeded maximum allowed payload size ({limits.RESPONSE_BYTES} bytes).",
            )
        elif isinstance(call, Response) and not call.error:
            self._conclude(connection, turn, Answered(call.body))
        else:
            error = call.error if isinstance(call, Response) else call.body
            self._conclude(connection, turn, Failed(error))

    def _conclude(self, connection: Connection, turn: Turn, ending: Ending) -> None:
        turn.ending = ending
        self.state = State.READY
        connection.accept()

    def _refuse(self, connection: Connection, wanted: str) -> None:
        connection.refuse(
            403,
            "InvalidStateTransition",
            f"State transition from {_EMULATED[self.state]} to {wanted} failed for runtime. "
            "Error: State transition is not allowed",
        )
