"""One execution environment: a process tree that runs invocations one at a time.

`conversation` says where it stands: Starting, Ready, Running, or Dead once its process has ended, by
itself, by a timeout, for its memory, for too large an answer, or because an init phase has failed a
second time.

`initialise` has the init phase over before there is an event.
A Ready environment at rest may be frozen (`freeze`), and is thawed before it is lent again.
One whose invocation has ended it may be succeeded by another (`heir_of`), whose init phase then
lies inside its first invocation, as AWS begins such an environment again.
There is no thread of its own: whoever invokes serves the Runtime API meanwhile, and an idle
environment is a GET next that nobody has read yet. It does not choose who is lent an environment
(`pool`) nor what the outcome means to the caller.
"""

from __future__ import annotations

from collections.abc import Iterable

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.ids import SYSTEM_IDS, Ids
from functions.runtime import limits
from functions.runtime.calls import HangupError
from functions.runtime.conversation import Conversation, Hear, State, Turn
from functions.runtime.endpoint import Endpoint
from functions.runtime.logs import LogLine
from functions.runtime.outcomes import (
    Answered,
    Ending,
    Exited,
    Failed,
    Outcome,
    OutOfMemory,
    TimedOut,
)
from functions.runtime.processes import ProcessTree
from functions.runtime.runs import FailedInit, Phase, Run
from functions.runtime.spawning import StartError, host_refusals
from functions.runtime.spec import EnvironmentSpec, Event
from functions.runtime.starting import Placement, start
from functions.runtime.summaries import sum_up


class EnvironmentLostError(Exception):
    """The environment ended while idle: the event was never handed over, another may take it."""


class Environment:
    """A started process tree and its Runtime API; used by one thread at a time."""

    def __init__(
        self, spec: EnvironmentSpec, where: Placement, environment_id: str, clock: Clock
    ) -> None:
        self.spec = spec
        self.id = environment_id
        self.log_stream = where.log_stream
        self.is_frozen = False
        self._talk = Conversation(spec.timeout_seconds, clock, self._end_init)
        self._where = where
        self._clock = clock
        self._peak_mb = 0.0
        self._cold = True
        self._is_heir = False
        self._is_given_up = False
        self._is_ended_by_a_run = False
        self._spawn()
        self._born_at = self._spawned_at

    @classmethod
    def start(
        cls,
        spec: EnvironmentSpec,
        where: Placement,
        *,
        clock: Clock = SYSTEM_CLOCK,
        ids: Ids = SYSTEM_IDS,
    ) -> Environment:
        """Start the process; its init phase is awaited by the first `invoke`.

        Raises StartError. `where.log_stream` may be empty: then it is named as AWS does.
        """
        environment_id = ids.hex(32)
        if not where.log_stream:
            day = as_datetime(clock.now()).strftime("%Y/%m/%d")
            where = where.named(f"{day}/[{spec.version}]{environment_id}")
        return cls(spec, where, environment_id, clock)

    @classmethod
    def heir_of(
        cls, log_stream: str, spec: EnvironmentSpec, where: Placement, clock: Clock, ids: Ids
    ) -> Environment:
        """Start in place of an environment that its invocation has ended, with its log stream.

        Raises StartError. Source: Lambda developer guide, "Understanding the Lambda execution
        environment lifecycle", suppressed init: it counts against the function's timeout.
        """
        environment = cls.start(spec, where.named(log_stream), clock=clock, ids=ids)
        environment._is_heir = True
        return environment

    @property
    def tree(self) -> ProcessTree:
        """The running processes, for the relay and for tests."""
        return self._tree

    @property
    def state(self) -> State:
        """Where it stands."""
        return self._talk.state

    @property
    def is_alive(self) -> bool:
        """Say whether another invocation may be tried."""
        return self.state is not State.DEAD and self._tree.exit_code() is None

    @property
    def leaves_its_stream(self) -> bool:
        """Say whether an invocation has ended it: who comes next goes on in its log stream."""
        return self._is_ended_by_a_run and not self._is_given_up and not self.spec.provisioned

    def invoke(self, event: Event, hear: Hear | None = None) -> Outcome:
        """Run one invocation to its end; every failure of the function is an Outcome.

        `hear` gets the parts of a streamed response as they come.

        Raises EnvironmentLostError when an idle environment turns out to have ended.
        """
        if self.state is State.DEAD:
            raise EnvironmentLostError(self.id)
        warm = self.state is State.READY
        phase = Phase.INVOKE if self._is_heir and not warm else Phase.INIT
        inside = warm or phase is Phase.INVOKE
        seconds = self.spec.timeout_seconds if inside else limits.INIT_SECONDS
        now = self._clock.monotonic()
        watch_at = now + limits.MEMORY_WATCH_SECONDS
        turn = Turn(event, now + seconds, warm, watch_at, hear=hear, first_phase=phase)
        try:
            self._talk.begin(turn)
        except (HangupError, TimeoutError) as error:
            self._end()
            raise EnvironmentLostError(self.id) from error
        ending = self._serve(turn)
        outcome = self._sum_up(turn, ending)
        self._talk.rest()
        return outcome

    def initialise(self, seconds: float) -> bool:
        """Have the init phase over within `seconds`, before there is an event.

        False when it has failed: the environment has ended.
        """
        now = self._clock.monotonic()
        turn = Turn(None, now + seconds, False, now + limits.MEMORY_WATCH_SECONDS)
        self._talk.begin(turn)
        try:
            while not turn.is_over and not turn.initialised:
                self._step(turn)
        except EnvironmentLostError:
            return False
        finally:
            self._talk.rest()
        if turn.is_over:
            self._end()
        return not turn.is_over

    def freeze(self) -> None:
        """Stop an idle environment's processes, as AWS does between invocations."""
        if self.is_alive and not self.is_frozen:
            self.is_frozen = True
            if not self._tree.freeze():
                self.kill()

    def thaw(self) -> None:
        """Let a frozen environment go on."""
        if self.is_frozen and self.is_alive:
            self.is_frozen = False
            self._tree.thaw()

    def give_up(self) -> None:
        """End what another thread runs here: its invocation ends as killed, and nothing is begun again."""
        self._is_given_up = True
        self._tree.kill()

    def kill(self) -> None:
        """End the whole process tree at once and give back what it held."""
        if self.state is State.DEAD:
            return
        self._talk.end()
        self._tree.kill()
        self._close()

    # --- the process -------------------------------------------------------------------------

    def _spawn(self) -> None:
        self._spawned_at = self._clock.monotonic()
        self._tree = start(self.spec, self._where)
        try:
            with host_refusals():
                self._endpoint = Endpoint(self._tree, self._talk.hear, self._clock)
                self._door = self._join()
        except StartError:
            self._tree.kill()
            self._tree.close()
            raise

    def _join(self) -> int | None:
        """Have its calls to the gateway passed on, where it cannot reach the gateway itself."""
        relay, gateway = self._where.relay, self._tree.gateway
        return relay.open(gateway) if relay is not None and gateway is not None else None

    def _close(self) -> None:
        self._endpoint.close()
        if self._door is not None and self._where.relay is not None:
            self._where.relay.shut(self._door)
        self._tree.close()

    def _end(self) -> None:
        """Kill the tree and read what it had printed until then."""
        self._tree.kill()
        self._endpoint.read_logs()
        self._close()
        self._talk.end()

    # --- one invocation ----------------------------------------------------------------------

    def _serve(self, turn: Turn) -> Ending:
        """Answer the Runtime API until the invocation has an ending.

        An init phase that fails, or takes too long, is begun again once, inside the timeout.
        """
        while True:
            while turn.ending is None:
                self._step(turn)
            if turn.initialised or turn.is_restarted or self._is_given_up:
                return turn.ending
            self._begin_again(turn, turn.ending)

    def _step(self, turn: Turn) -> None:
        now = self._clock.monotonic()
        if now >= turn.deadline:
            turn.ending = TimedOut(self.spec.timeout_seconds)
            return
        if now >= turn.watch_at:
            used = self._tree.resident_mb()
            looked = self._clock.monotonic()
            # Many processes take long to look at where no group counts them: half of the time at most.
            turn.watch_at = looked + max(limits.MEMORY_WATCH_SECONDS, looked - now)
            self._peak_mb = max(self._peak_mb, used)
            if used > self.spec.memory_mb:
                turn.ending = OutOfMemory()
                return
        self._endpoint.look(min(turn.deadline, turn.watch_at) - now)
        code = self._tree.exit_code()
        if code is None or turn.is_over:
            return
        self._endpoint.drain()
        if turn.initialised and turn.handed_at is None:
            self._end()
            raise EnvironmentLostError(self.id)
        if not turn.is_over:
            turn.ending = OutOfMemory() if self._tree.was_out_of_memory() else Exited(code)

    def _begin_again(self, turn: Turn, ending: Ending) -> None:
        """Start another process in place of the one whose init phase came to nothing."""
        self._note_memory()
        self._end()
        log = self._endpoint.take_logs(ended=True)
        turn.failed_inits.append(self._failed_init(turn.phase, ending, log))
        turn.ending = None
        self._talk.restart()
        try:
            self._spawn()
        except StartError as error:
            self._talk.end()
            raise EnvironmentLostError(self.id) from error
        if self._is_given_up:  # by who still saw the one before
            self._tree.kill()
        turn.deadline = self._clock.monotonic() + self.spec.timeout_seconds

    def _failed_init(self, phase: Phase, ending: Ending, log: Iterable[LogLine]) -> FailedInit:
        now = self._clock.monotonic()
        took = (now - self._spawned_at) * 1000
        return FailedInit(phase, took, self._at_ms(now), ending, tuple(log))

    def _end_init(self) -> list[LogLine]:
        """Note what the init phase, which is over, has used, and give what it has printed."""
        self._endpoint.read_logs()
        self._note_memory()
        return self._endpoint.take_logs()

    # --- its report --------------------------------------------------------------------------

    def _sum_up(self, turn: Turn, ending: Ending) -> Outcome:
        """Measure an invocation that has ended, and end the environment unless it may go on."""
        ended_at = self._clock.monotonic()
        self._note_memory()
        self._endpoint.read_logs()
        if not isinstance(ending, Answered) and not (
            isinstance(ending, Failed) and turn.handed_at is not None
        ):
            self._end()
            self._is_ended_by_a_run = True
        cold, self._cold = self._cold, False
        log = tuple(self._endpoint.take_logs(ended=self.state is State.DEAD))
        begun_at = self._spawned_at if turn.is_restarted else turn.handed_at or self._spawned_at
        init_ms = None
        if cold and turn.handed_at is not None and not turn.is_restarted:
            early = self._talk.early
            init_ms = ((early.at if early else turn.handed_at) - self._spawned_at) * 1000
        assert turn.event is not None  # noqa: S101 - only invocations are summed up
        failed_inits = tuple(turn.failed_inits)
        if not turn.initialised:
            failed_inits += (self._failed_init(turn.phase, ending, (*turn.init_log, *log)),)
        run = Run(
            request_id=turn.event.request_id,
            ending=ending,
            duration_ms=(ended_at - begun_at) * 1000,
            init_ms=init_ms,
            first_phase=turn.first_phase,
            failed_inits=failed_inits,
            spawned_ms=self._at_ms(self._born_at) if cold else None,
            handed_ms=None if turn.handed_at is None else self._at_ms(turn.handed_at),
            ended_ms=self._at_ms(ended_at),
            peak_mb=self._peak_mb,
            produced_bytes=len(ending.payload) if isinstance(ending, Answered) else 0,
            init_log=() if turn.handed_at is None else tuple(turn.init_log),
            log=log if turn.handed_at is not None else (),
        )
        return sum_up(run, self.spec, self.id, self.log_stream)

    def _note_memory(self) -> None:
        self._peak_mb = max(self._peak_mb, self._tree.peak_mb())

    def _at_ms(self, monotonic: float) -> int:
        return int((self._clock.now() - (self._clock.monotonic() - monotonic)) * 1000)
