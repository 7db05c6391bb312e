"""Which zygote makes a version's environments: started when it first runs, ended when it rests.

    start            R                fork()              nothing that it forked lives for a while,
 ─────────► Starting ─────► Waiting ───────────► Waiting ─────────► Ended    or too many rest
               │ exit          │ exit, silence
               ▼               ▼
             Broken: what lives may end, every later start is a fresh one

Which versions may have one is `preloading`'s business, what it does `forkers`'.
"""

from __future__ import annotations

import threading
from pathlib import Path

from console.aws.clock import Clock
from functions.runtime import forkers
from functions.runtime.cgroups import Groups
from functions.runtime.forkers import Zygote
from functions.runtime.processes import ProcessTree
from functions.runtime.spawning import StartError
from functions.runtime.spec import EnvironmentSpec
from functions.runtime.users import Users

Key = tuple[str, str, str, str]
#: Zygotes kept at most from which nothing lives. Ours.
MOST_RESTING = 32


class Zygotes:
    """The forkers of one worker process, one per version that may have one; safe to use from many threads."""

    def __init__(self, code_root: Path, users: Users, groups: Groups | None, clock: Clock) -> None:
        self._code_root = code_root
        self._users = users
        self._groups = groups
        self._clock = clock
        self._lock = threading.Lock()
        self._starting: dict[Key, threading.Lock] = {}
        self._found: dict[Key, Zygote | None] = {}
        self._closed = False

    def fork(
        self, spec: EnvironmentSpec, modules: tuple[str, ...], variables: dict[str, str]
    ) -> ProcessTree | None:
        """Fork an environment for `spec`; None when it has no zygote that works."""
        with self._lock:
            turn = self._starting.setdefault(_key(spec), threading.Lock())
        with turn:  # who comes meanwhile waits for the same zygote
            zygote = self._get(spec, modules, variables)
        if zygote is None:
            return None
        try:
            tree = zygote.fork(variables)
        except StartError:
            with self._lock:
                self._found[_key(spec)] = None
            self._leave(zygote)
            return None
        tree.closing.append(lambda: self._leave(zygote))
        return tree

    def restock(self) -> None:
        """Let every zygote that was used prepare the next environment."""
        with self._lock:
            known = [one for one in self._found.values() if one is not None]
        for one in known:
            one.restock()

    def retire(self, seconds: float) -> None:
        """End forkers from which nothing has lived for `seconds`."""
        now = self._clock.monotonic()
        with self._lock:
            ended = [
                (key, one)
                for key, one in self._found.items()
                if one is not None and not one.forked and now - one.rested_at > seconds
            ]
            for key, _ in ended:
                del self._found[key]
                self._starting.pop(key, None)
        for _, one in ended:
            self._end(one)

    def close(self) -> None:
        """End all of them; there will be no others."""
        with self._lock:
            self._closed = True
            found, self._found = self._found, {}
        for one in found.values():
            if one is not None:
                self._end(one)

    def _get(
        self, spec: EnvironmentSpec, modules: tuple[str, ...], variables: dict[str, str]
    ) -> Zygote | None:
        """Find the version's forker or start it, and count one environment more."""
        with self._lock:
            if _key(spec) in self._found:
                found = self._found[_key(spec)]
                if found is not None:
                    found.forked += 1
                return found
        uid = self._users.take()
        started = None
        try:
            started = forkers.begin(spec, self._code_root, modules, variables, uid, self._groups)
            started.forked = 1
        except StartError:
            self._users.give_back(uid)
        with self._lock:
            if not self._closed:
                self._found[_key(spec)] = started
                return started
        if started is not None:
            self._end(started)
        return None

    def _leave(self, zygote: Zygote) -> None:
        """Count one environment less; end who is not wanted any more, or rests in too large a crowd."""
        with self._lock:
            zygote.forked -= 1
            zygote.rested_at = self._clock.monotonic()
            known = [(key, one) for key, one in self._found.items() if one is not None]
            ended = [] if any(one is zygote for _, one in known) or zygote.forked else [zygote]
            resting = [(key, one) for key, one in known if not one.forked]
            resting.sort(key=lambda item: item[1].rested_at)
            for key, one in resting[: max(len(resting) - MOST_RESTING, 0)]:
                del self._found[key]
                self._starting.pop(key, None)
                ended.append(one)
        for one in ended:
            self._end(one)

    def _end(self, zygote: Zygote) -> None:
        if zygote.end():
            self._users.give_back(zygote.uid)


def _key(spec: EnvironmentSpec) -> Key:
    """What must be equal for a zygote to be used: credentials only come with each environment."""
    return spec.function_arn, spec.version, spec.code_sha256, spec.revision
