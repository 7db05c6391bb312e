"""When commits survive a power cut: one fdatasync of the write-ahead log serves all made before it.

A thread waits for the disk after each commit, unless it works inside `owing`: then it goes on at
once, and whoever holds the debt has it settled before anybody hears of the commits. Knows nothing
of transactions and gates; on other databases nothing is ever owed.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Final, TypeAlias

Then: TypeAlias = Callable[[BaseException | None], None]
"""What to do once a debt is settled: it gets the disk's failure, or None."""


class Log:
    """A write-ahead log on the disk: the same file as long as some connection to it is open."""

    def __init__(self, path: Path) -> None:
        self._file: Final = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        os.fsync(folder)
        os.close(folder)

    def sync(self) -> None:
        """Write what was committed through to the disk."""
        os.fdatasync(self._file)

    def __del__(self) -> None:
        """Close the file with its last user: a connection, or a debt that outlived it."""
        os.close(self._file)


class Debt:
    """The commits of one call that nobody has waited for."""

    __slots__ = ("log", "number")

    def __init__(self) -> None:
        self.log: Log | None = None
        self.number = 0


class _Disk:
    """Numbers commits and remembers up to which they are durable."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._numbers = itertools.count(1)
        self._committed = 0
        self._durable = 0

    def number(self) -> int:
        """Give the next number to a commit that has just been made."""
        self._committed = mine = next(self._numbers)
        return mine

    def reach(self, log: Log, number: int) -> None:
        """Return once the commit of that number, and all before it, survive a power cut."""
        with self._turn:
            if self._durable < number:
                covered = self._committed
                log.sync()
                self._durable = covered


class _Settler:
    """A thread that settles debts, as many at a time as have come while it waited for the disk."""

    def __init__(self) -> None:
        self._due: SimpleQueue[tuple[Debt, Then]] = SimpleQueue()
        self._lock = threading.Lock()
        self._started = False

    def settle(self, debt: Debt, then: Then) -> None:
        self._due.put((debt, then))
        if not self._started:
            with self._lock:
                if not self._started:
                    threading.Thread(target=self._work, name="settler", daemon=True).start()
                    self._started = True

    def _work(self) -> None:
        while True:
            due = [self._due.get()]
            while not self._due.empty():
                due.append(self._due.get())
            failure = _settle(max((debt for debt, _ in due), key=_number))
            for _, then in due:
                then(failure)


_disk = _Disk()
_settler = _Settler()
_relaxed = False
_here = threading.local()


def relax() -> None:
    """Let this process's commits wait for nobody: for workers, whose work is done again when lost.

    The log keeps their order: what survives a power cut never lacks what it was made from.
    """
    global _relaxed
    _relaxed = True


@contextmanager
def unpromised() -> Iterator[None]:
    """Let this thread's commits in the block wait for no disk: nobody is told that they are there."""
    _here.unpromised = True
    try:
        yield
    finally:
        _here.unpromised = False


def committed(log: Log) -> None:
    """Wait until everything this thread has committed to `log` survives a power cut, or owe it."""
    if _relaxed or getattr(_here, "unpromised", False):
        return
    number = _disk.number()
    debt: Debt | None = getattr(_here, "debt", None)
    if debt is None:
        _disk.reach(log, number)
    else:
        debt.log, debt.number = log, number


@contextmanager
def owing() -> Iterator[Debt]:
    """Let this thread's commits in the block wait for nobody yet; `settle` the debt afterwards."""
    _here.debt = debt = Debt()
    try:
        yield debt
    finally:
        _here.debt = None


def settle(debt: Debt, then: Then) -> None:
    """Call `then` once all that is owed survives a power cut: at once when nothing is owed.

    Otherwise on another thread, with the OSError if the disk has failed.
    """
    if debt.log is None:
        then(None)
    else:
        _settler.settle(debt, then)


def _settle(debt: Debt) -> BaseException | None:
    try:
        if debt.log is not None:
            _disk.reach(debt.log, debt.number)
    except OSError as error:
        return error
    return None


def _number(debt: Debt) -> int:
    return debt.number
