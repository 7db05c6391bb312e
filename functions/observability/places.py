"""Tokens of CloudWatch Logs: sealed positions, each good for one list of one account and region."""

from __future__ import annotations

from typing import Any

from console.accounts.secrets import signing_secret
from console.aws import tokens
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.observability.models import LogStream
from functions.observability.reading import Position

INVALID = "The specified nextToken is invalid."


def seal(scope: Scope, listing: str, place: Any) -> str:
    """Make a token that says where in `listing` to go on; `place` is a JSON value."""
    payload = {"in": scope.tenancy, "at": scope.region, "of": listing, "place": place}
    return tokens.seal(signing_secret(), "logs", payload)


def unseal(scope: Scope, listing: str, token: str) -> Any:
    """Take the place out of a token. Raises AwsError InvalidParameterException."""
    payload = tokens.unseal(signing_secret(), "logs", token)
    ours = (scope.tenancy, scope.region, listing)
    if payload is None or (payload["in"], payload["at"], payload["of"]) != ours:
        raise AwsError("InvalidParameterException", INVALID)
    return payload["place"]


def forward(scope: Scope, stream: LogStream, place: Position) -> str:
    """Make the token for the events after `place`; the same place gives the same token."""
    return "f/" + seal(scope, f"events of {stream.pk}", place)


def backward(scope: Scope, stream: LogStream, place: Position) -> str:
    """Make the token for the events before `place`."""
    return "b/" + seal(scope, f"events of {stream.pk}", place)


def turn(scope: Scope, stream: LogStream, token: str) -> tuple[bool, Position]:
    """Read a token of GetLogEvents: whether it goes forward, and from where."""
    direction, _, sealed = token.partition("/")
    if direction not in ("f", "b"):
        raise AwsError("InvalidParameterException", INVALID)
    at, pk = unseal(scope, f"events of {stream.pk}", sealed)
    return direction == "f", (at, pk)
