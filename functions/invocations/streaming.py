"""Invoke with a response that is handed on as it comes: parts, then the end with what remains.

A function that does not stream answers in one part. How an error is told is a guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.catalog.names import FunctionName
from functions.invocations import invoking, parts
from functions.invocations.invoking import Asked, Result
from functions.invocations.parts import Part
from functions.invocations.rows import Ended


@dataclass(frozen=True, slots=True)
class Streamed:
    """A response that has begun; `events` are its parts and last of all how it ended."""

    request_id: str
    executed_version: str
    events: Iterator[bytes | Result]


def invoke(
    scope: Scope,
    name: FunctionName,
    payload: bytes,
    *,
    client_context: str = "",
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Streamed:
    """Invoke a function and wait until its response begins.

    Raises AwsError as `invoking.invoke` does, until then.
    """
    asked = invoking.ask(scope, name, payload, client_context, clock, ids)
    heard = _listen(asked, clock)
    first = next(heard)
    if isinstance(first, Part):
        return Streamed(asked.row.request_id, first.version, _told(first, heard))
    result = invoking.result(first)
    return Streamed(asked.row.request_id, result.executed_version, _rest(result, 0))


def _listen(asked: Asked, clock: Clock) -> Iterator[Part | Ended]:
    """Give the parts of a response as they come, and last of all its row."""
    began = clock.monotonic()
    while True:
        found = parts.take(str(asked.row.pk), invoking.pause(clock.monotonic() - began))
        if found is not None:
            yield found
            continue
        ended = invoking.look(asked, clock.monotonic() - began)
        if ended is not None:
            yield ended
            return


def _told(first: Part, heard: Iterator[Part | Ended]) -> Iterator[bytes | Result]:
    """Pass on what comes in order; what was missed on the way comes with the end."""
    sent = 0
    one: Part | Ended = first
    while isinstance(one, Part):
        if one.offset == sent:
            sent += len(one.data)
            yield one.data
        one = next(heard)
    yield from _rest(_ended(one), sent)


def _ended(row: Ended) -> Result:
    """Say how a response that had begun has ended: by then there is no other answer any more."""
    try:
        return invoking.result(row)
    except AwsError as error:
        return Result(200, error.message.encode(), error.code)


def _rest(result: Result, sent: int) -> Iterator[bytes | Result]:
    if not result.function_error and len(result.payload) > sent:
        yield result.payload[sent:]
    yield result
