"""Which AWS operations are offered: one function each, with the request members it honours.

A member that an operation neither honours nor records is refused before the operation runs
(`wire.refusals`), so nothing can be accepted and ignored. No rule of a service lives here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from console.aws.scope import Scope

Params = dict[str, Any]
Handler = Callable[[Scope, Params], Params | bytes | None]


class Identified(Params):
    """The members of a response whose request has an id of its own, such as an invocation's."""

    def __init__(self, members: Params, request_id: str) -> None:
        super().__init__(members)
        self.request_id = request_id


@dataclass(frozen=True, slots=True)
class Operation:
    """One AWS operation: `service` is botocore's name ("dynamodbstreams"), `name` the model's.

    `honours` and `records` are the request's top-level members; `waits` sends the call to the pool
    for operations that take long, so that item calls never queue behind it. `joins` lets calls that
    come together share one transaction: for those that are one short transaction and no more.
    """

    service: str
    name: str
    run: Handler
    honours: frozenset[str]
    records: frozenset[str]
    waits: bool
    joins: bool


_offered: dict[tuple[str, str], Operation] = {}


def operation(
    service: str,
    name: str,
    *,
    honours: str = "",
    records: str = "",
    waits: bool = False,
    joins: bool = False,
) -> Callable[[Handler], Handler]:
    """Offer the decorated function as `service`'s operation `name`.

    `honours` and `records` are member names separated by blanks. The function gets the caller's
    scope and the parsed, validated request, and returns the members of the response, or the
    finished JSON body.
    """

    def offer(run: Handler) -> Handler:
        _offered[service, name] = Operation(
            service, name, run, frozenset(honours.split()), frozenset(records.split()), waits, joins
        )
        return run

    return offer


def find(service: str, name: str) -> Operation | None:
    """Look up an offered operation."""
    return _offered.get((service, name))


def offered() -> tuple[Operation, ...]:
    """All offered operations, by service and name."""
    return tuple(_offered[key] for key in sorted(_offered))
