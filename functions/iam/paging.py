"""Pages of IAM's lists: Marker, MaxItems, IsTruncated. What is listed is the caller's business."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from console.accounts.secrets import signing_secret
from console.aws import tokens
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.iam import limits

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after the entry named `after` (empty: at the start), `count` long."""

    scope: Scope
    listing: str
    after: str
    count: int


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some entries, and the members of the answer that say whether more follow."""

    entries: Sequence[T]
    members: dict[str, Any]


def place(scope: Scope, listing: str, params: dict[str, Any]) -> Place:
    """Read Marker and MaxItems of a request; `listing` is what is listed, down to the role's name.

    Raises AwsError ValidationError for a marker that was not given out for this account and list.
    """
    after = ""
    if "Marker" in params:
        payload = tokens.unseal(signing_secret(), "iam", params["Marker"])
        if payload is None or (payload["in"], payload["of"]) != (scope.tenancy, listing):
            raise AwsError("ValidationError", "Invalid Marker.")
        after = payload["after"]
    return Place(scope, listing, after, params.get("MaxItems", limits.PAGE_ITEMS))


def cut(at: Place, found: Sequence[T], name: Callable[[T], str]) -> Page[T]:
    """Make a page of entries that follow `at.after` already; more than `at.count` means truncated."""
    if len(found) <= at.count:
        return Page(found, {"IsTruncated": False})
    shown = found[: at.count]
    payload = {"in": at.scope.tenancy, "of": at.listing, "after": name(shown[-1])}
    marker = tokens.seal(signing_secret(), "iam", payload)
    return Page(shown, {"IsTruncated": True, "Marker": marker})


def cut_whole(at: Place, whole: Sequence[T], name: Callable[[T], str]) -> Page[T]:
    """Make a page of a list that is here from its start, sorted by `name`."""
    return cut(at, [entry for entry in whole if name(entry) > at.after], name)
