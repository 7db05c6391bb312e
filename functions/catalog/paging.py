"""Markers of this room's lists: sealed, bound to one list of one account and region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from console.accounts.secrets import signing_secret
from console.aws import tokens
from console.aws.registry import Params
from console.aws.scope import Scope
from functions.catalog import limits
from functions.catalog.configuration import invalid

Row = TypeVar("Row")


def size(params: Params, most: int = limits.PAGE) -> int:
    """Read MaxItems; pages hold at most `most` whatever is asked."""
    return min(params.get("MaxItems") or most, most)


def begin(scope: Scope, kind: str, params: Params) -> dict[str, Any]:
    """Open the Marker of a list called `kind`; what it holds, or nothing on the first page.

    Raises AwsError for a marker that another list, account or region gave.
    """
    marker = params.get("Marker")
    if not marker:
        return {}
    held = tokens.unseal(signing_secret(), kind, marker)
    if held is None or (held.pop("in"), held.pop("region")) != (scope.tenancy, scope.region):
        raise invalid("Invalid marker.")
    return held


def cut(
    scope: Scope, kind: str, found: Sequence[Row], many: int, **last: Any
) -> tuple[Sequence[Row], Params]:
    """Cut a page of `many` out of one row more than that; `last` names attributes of the marker.

    Gives the page and the NextMarker member, which holds those attributes of the page's last row.
    """
    if len(found) <= many:
        return found, {}
    row = found[many - 1]
    held = {name: getattr(row, attribute) for name, attribute in last.items()}
    payload = {"in": scope.tenancy, "region": scope.region} | held
    return found[:many], {"NextMarker": tokens.seal(signing_secret(), kind, payload)}
