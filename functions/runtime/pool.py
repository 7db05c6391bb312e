"""Which environment runs the next invocation: a warm one of the same code, else a new one.

Environments belong to this process and are lent to one thread at a time. Does not run anything
itself and sets no limit on how many are lent: admission is `invocations`' business.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.ids import SYSTEM_IDS, Ids
from functions.runtime.conversation import State
from functions.runtime.environment import Environment
from functions.runtime.freezing import Freezer
from functions.runtime.isolation import Isolation, probe
from functions.runtime.relay import Relay
from functions.runtime.spawning import StartError
from functions.runtime.spec import EnvironmentSpec
from functions.runtime.starting import Placement
from functions.runtime.users import Users
from functions.runtime.zygotes import Zygotes

#: Warm environments kept at most. Ours: AWS decides this by itself.
MOST_IDLE = 64


@dataclass(frozen=True, slots=True)
class _Left:
    """The log stream of an environment that its invocation has ended `at` a moment."""

    spec: EnvironmentSpec
    log_stream: str
    at: float


@dataclass(slots=True, eq=False)
class _Idle:
    """An environment at rest; `seen` once the freezer has passed by.

    It is frozen in its own time: who wants another one does not wait for that, who wants this one does.
    """

    environment: Environment
    since: float
    seen: bool = False
    _rests: bool = True
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_provisioned(self) -> bool:
        """Say whether it is kept until nobody wants it provisioned any more."""
        return self.environment.spec.provisioned

    def freeze(self) -> None:
        """Freeze it, unless its rest has ended meanwhile."""
        with self._lock:
            if self._rests:
                self.environment.freeze()

    def end(self) -> Environment:
        """End its rest; it is not frozen from now on unless it is already."""
        with self._lock:
            self._rests = False
        return self.environment


class Pool:
    """The execution environments of one worker process; safe to use from many threads.

    `code_root` holds the unpacked packages, `gateway_url` is where functions' AWS calls go. Without
    `zygotes` every environment is started afresh.
    """

    def __init__(
        self,
        code_root: Path,
        gateway_url: str,
        *,
        idle_seconds: float = 300.0,
        most_idle: int = MOST_IDLE,
        isolation: Isolation | None = None,
        zygotes: bool = True,
        clock: Clock = SYSTEM_CLOCK,
        ids: Ids = SYSTEM_IDS,
    ) -> None:
        code_root.mkdir(parents=True, exist_ok=True)
        self.isolation = isolation or probe(code_root)
        self._idle_seconds = idle_seconds
        self._most_idle = most_idle
        self._clock = clock
        self._ids = ids
        self._relay = Relay(gateway_url)
        users = Users()
        self._zygotes = Zygotes(code_root, users, self.isolation.groups, clock)
        self._where = Placement(
            isolation=self.isolation,
            code_root=code_root,
            gateway_url=gateway_url,
            relay=self._relay,
            users=users,
            zygotes=self._zygotes if zygotes else None,
        )
        self._lock = threading.Lock()
        self._idle: list[_Idle] = []
        self._lent: set[Environment] = set()
        self._left: list[_Left] = []
        self._closed = False
        self._freezer = Freezer(self._rest)

    def lend(self, spec: EnvironmentSpec) -> Environment:
        """Give out a warm environment for `spec`, starting one when none is idle.

        Environments of an older revision of the same function end here. Raises StartError.
        """
        with self._lock:
            useless = self._take(lambda one: self._is_over(one) or _outdated(one, spec))
            found = self._take_warm(spec)
        _kill(useless)
        if found is None:
            return self._start(spec)
        environment = found.end()
        environment.thaw()
        return environment

    def give_back(self, environment: Environment) -> None:
        """Take an environment back: kept warm when it can go on, ended otherwise."""
        with self._lock:
            self._lent.discard(environment)
            useless = self._take(self._is_over)
            goes_on = environment.state is State.READY and environment.is_alive
            goes_on = goes_on and not self._closed
            if goes_on:
                self._idle.append(_Idle(environment, self._clock.monotonic()))
                passing = [one for one in self._idle if not one.is_provisioned]
                if len(passing) > self._most_idle:
                    useless += self._take(lambda one: one is passing[0])
                self._freezer.wake()
            if environment.leaves_its_stream:
                left = _Left(environment.spec, environment.log_stream, self._clock.monotonic())
                self._left = [*self._left, left][-MOST_IDLE:]
        _kill(useless)
        if not goes_on:
            environment.kill()

    def keep(self, spec: EnvironmentSpec, many: int, seconds: float) -> int:
        """Have `many` environments of `spec` ready, each initialised within `seconds`; how many are.

        Fewer when an init phase fails. Ones of an older revision, and ones too many, end.
        Raises StartError. One thread at a time keeps the environments of one version.
        """
        spec = replace(spec, provisioned=True)
        with self._lock:
            useless = self._take(lambda one: one.is_provisioned and _outdated(one, spec))
            lent = sum(_is_same(one, spec) for one in self._lent)
            idle = [one for one in self._idle if _is_same(one.environment, spec)]
            surplus = idle[max(0, many - lent) :]
            useless += self._take(lambda one: one in surplus)
            kept = lent + len(idle) - len(surplus)
        _kill(useless)
        for _ in range(many - kept):
            environment = self._start(spec)
            ready = environment.initialise(seconds)
            self.give_back(environment)
            if not ready:
                with self._lock:
                    self._refuse_when_closed()  # killed, it tells nothing of the version
                break
            kept += 1
        return kept

    def keep_only(self, versions: Container[tuple[str, str]]) -> None:
        """End the idle provisioned environments of all other functions and versions."""
        with self._lock:
            useless = self._take(
                lambda one: (
                    one.is_provisioned
                    and (one.environment.spec.function_arn, one.environment.spec.version)
                    not in versions
                )
            )
        _kill(useless)

    def retire(self) -> int:
        """End environments that have been idle too long; how many."""
        with self._lock:
            useless = self._take(self._is_over)
        _kill(useless)
        self._zygotes.retire(self._idle_seconds)
        return len(useless)

    def close(self) -> None:
        """End every environment; what a lent one is running ends as killed."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            idle = self._take(lambda _: True)
            lent = tuple(self._lent)
        _kill(idle)
        for environment in lent:  # its borrower notices, and gives it back
            environment.give_up()
        self._freezer.close()
        self._zygotes.close()
        self._relay.close()

    def _rest(self) -> bool:
        """Prepare what may come, freeze what has rested since the last call; say whether anything is still awake."""
        self._zygotes.restock()
        with self._lock:
            awake = [one for one in self._idle if not one.environment.is_frozen]
            rested = [one for one in awake if one.seen]
            for one in awake:
                one.seen = True
        for one in rested:
            one.freeze()
        return bool(awake)

    def _start(self, spec: EnvironmentSpec) -> Environment:
        with self._lock:
            self._refuse_when_closed()
            left = None if spec.provisioned else self._take_left(spec)
        if left is None:
            environment = Environment.start(spec, self._where, clock=self._clock, ids=self._ids)
        else:
            stream = left.log_stream
            environment = Environment.heir_of(stream, spec, self._where, self._clock, self._ids)
        try:
            with self._lock:
                self._refuse_when_closed()
                self._lent.add(environment)
        except StartError:
            environment.kill()
            raise
        self._freezer.wake()
        return environment

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise StartError("this worker is stopping")

    def _take_left(self, spec: EnvironmentSpec) -> _Left | None:
        """Take the place of an environment of `spec` that has ended, unless it would have grown old."""
        since = self._clock.monotonic() - self._idle_seconds
        self._left = [one for one in self._left if one.at >= since]
        found = next((one for one in self._left if one.spec.key == spec.key), None)
        if found is not None:
            self._left.remove(found)
        return found

    def _take(self, unwanted: Callable[[_Idle], bool]) -> list[_Idle]:
        taken = [one for one in self._idle if unwanted(one)]
        self._idle = [one for one in self._idle if one not in taken]
        return taken

    def _take_warm(self, spec: EnvironmentSpec) -> _Idle | None:
        """Take a provisioned one, else that used last: the others may then grow old and end."""
        fitting = [one for one in reversed(self._idle) if one.environment.spec.key == spec.key]
        if not fitting:
            return None
        found = next((one for one in fitting if one.is_provisioned), fitting[0])
        self._idle.remove(found)
        self._lent.add(found.environment)
        return found

    def _is_over(self, one: _Idle) -> bool:
        rested = self._clock.monotonic() - one.since
        old = rested > self._idle_seconds and not one.is_provisioned
        return old or not one.environment.is_alive


def _outdated(one: _Idle, spec: EnvironmentSpec) -> bool:
    had = one.environment.spec
    same = (had.function_arn, had.version) == (spec.function_arn, spec.version)
    return same and had.key != spec.key


def _is_same(environment: Environment, spec: EnvironmentSpec) -> bool:
    """Say whether an environment is a provisioned one of exactly `spec`."""
    return environment.spec.provisioned and environment.spec.key == spec.key


def _kill(useless: Iterable[_Idle]) -> None:
    for one in useless:
        one.end().kill()
