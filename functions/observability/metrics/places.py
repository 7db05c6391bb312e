"""Tokens of CloudWatch: sealed positions, each good for one question of one account and region."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from console.accounts.secrets import signing_secret
from console.aws import tokens
from console.aws.errors import AwsError
from console.aws.scope import Scope


def seal(scope: Scope, listing: str, place: Any) -> str:
    """Make a token that says where in `listing` to go on; `place` is a JSON value."""
    payload = {"in": scope.tenancy, "at": scope.region, "of": _digest(listing), "place": place}
    return tokens.seal(signing_secret(), "cloudwatch", payload)


def unseal(scope: Scope, listing: str, token: str) -> Any:
    """Take the place out of a token. Raises AwsError InvalidNextToken."""
    payload = tokens.unseal(signing_secret(), "cloudwatch", token)
    ours = (scope.tenancy, scope.region, _digest(listing))
    if payload is None or (payload["in"], payload["at"], payload["of"]) != ours:
        raise AwsError("InvalidNextToken", "The specified nextToken is invalid.")
    return payload["place"]


def _digest(listing: str) -> str:
    return sha256(listing.encode()).hexdigest()[:16]
