"""Page tokens of SQS, SNS and S3: sealed places, each good for one list of one account and region."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from console.accounts.secrets import signing_secret
from console.aws import tokens
from console.aws.errors import AwsError
from console.aws.scope import Scope

T = TypeVar("T")
_KIND = "messaging"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some entries, and the token for what follows; empty at the end."""

    entries: Sequence[T]
    token: str


def cut(
    scope: Scope, listing: str, found: Sequence[T], count: int, name: Callable[[T], str]
) -> Page[T]:
    """Make a page of at most `count` entries; more than that in `found` means that others follow."""
    if len(found) <= count:
        return Page(found, "")
    return Page(found[:count], seal(scope, listing, name(found[count - 1])))


def seal(scope: Scope, listing: str, after: str) -> str:
    """Make a token that says after which name `listing` goes on."""
    payload = {"in": scope.tenancy, "at": scope.region, "of": listing, "after": after}
    return tokens.seal(signing_secret(), _KIND, payload)


def place(scope: Scope, listing: str, token: str | None, refusal: AwsError) -> str:
    """Take the name out of a token, empty without one; raises `refusal` when it is not ours."""
    if not token:
        return ""
    payload = tokens.unseal(signing_secret(), _KIND, token)
    ours = (scope.tenancy, scope.region, listing)
    if payload is None or (payload["in"], payload["at"], payload["of"]) != ours:
        raise refusal
    return str(payload["after"])
