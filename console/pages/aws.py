"""How a page asks for something: as a caller of the API would, so that both get the same answers.

The request is checked against the service model and against what the operation honours, then the
operation runs in this process. No rule of a service lives here.
"""

from __future__ import annotations

import json
from typing import Any

from console import offers
from console.aws import registry
from console.aws.registry import Operation, Params
from console.aws.scope import Scope
from console.aws.wire.refusals import refuse_unknown
from console.aws.wire.validate import validate

offers.load()


def call(scope: Scope, service: str, operation: str, **params: Any) -> Params:
    """Run one AWS operation and return its answer; members that are None are left out.

    Raises AwsError exactly as the gateway would answer it.
    """
    found = _offered(service, operation)
    asked = {name: value for name, value in params.items() if value is not None}
    check(service, operation, asked)
    said = found.run(scope, asked)
    return _read(said) if isinstance(said, bytes) else said or {}


def check(service: str, operation: str, params: Params) -> None:
    """Refuse a request that breaks the service model or asks for what is not honoured."""
    refuse_unknown(_offered(service, operation), params)
    validate(service, operation, params)


def _read(answer: bytes) -> Params:
    """Read an answer that the operation gives as final JSON, or as an empty body."""
    members: Params = json.loads(answer or b"{}")
    return members


def _offered(service: str, operation: str) -> Operation:
    found = registry.find(service, operation)
    if found is None:
        raise LookupError(f"{service}:{operation} is not offered")
    return found
