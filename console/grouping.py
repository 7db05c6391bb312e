"""Several calls in one transaction: each is all or nothing by itself, and one commit serves them all.

A call's own transaction becomes a savepoint of the shared one, so a refusal takes back only what its
call has done. When the shared transaction itself fails, nothing of it has happened, and every call is
made once more by itself. Knows nothing of what calls mean; it may be used for calls that are one
short transaction and do everything else after its commit.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable, Iterator
from itertools import chain
from typing import Any, NamedTuple, TypeVar, cast

from django.db import connection, transaction

T = TypeVar("T")
Call = Callable[[], T]

_log = logging.getLogger(__name__)
_here = threading.local()


class Outcome(NamedTuple):
    """What a call has given, or what it has raised."""

    result: Any
    raised: BaseException | None = None


def attempt(call: Call[Any]) -> Outcome:
    """Make one call."""
    try:
        return Outcome(call())
    except BaseException as error:  # noqa: BLE001 - raised again where the outcome is awaited
        return Outcome(None, error)


def together(calls: Iterator[Call[Any]]) -> list[Outcome]:
    """Make `calls` in turn, in one transaction; what came of each.

    A call that raises must have taken back what it did (a verb's transaction does).
    """
    taken: list[Call[Any]] = []
    outcomes: list[Outcome] = []
    committed: list[bool] = []
    _here.known = {}
    try:
        with transaction.atomic():
            transaction.on_commit(lambda: committed.append(True))
            for call in calls:
                taken.append(call)
                outcomes.append(attempt(call))
                if connection.needs_rollback:
                    break
    except Exception:  # noqa: BLE001 - what has not happened is tried again, call by call
        if committed:
            _log.exception("what was to follow a commit has failed")
        else:
            _log.warning("a shared transaction has failed", exc_info=True)
    finally:
        _here.known = None
    return outcomes if committed else [attempt(call) for call in chain(taken, calls)]


def known(key: Hashable, find: Callable[[], T]) -> T:
    """Give what `find` gives; calls that share a transaction ask only once.

    For what none of them changes: a transaction sees the others' changes only before it begins.
    """
    answers: dict[Hashable, Any] | None = getattr(_here, "known", None)
    if answers is None:
        return find()
    if key not in answers:
        answers[key] = find()
    return cast(T, answers[key])
