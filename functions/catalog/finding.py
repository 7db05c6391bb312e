"""Functions, versions and aliases found by any of their names, and listed. Changes nothing."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet, Sum

from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.catalog import routing
from functions.catalog.models import Alias, Function, LayerVersion, Version
from functions.catalog.names import FunctionName, read_name
from functions.catalog.routing import LATEST

Published = Function | Version
"""What can be run: a function stands for its $LATEST version."""


def functions_of(scope: Scope) -> QuerySet[Function]:
    """Start a query for the functions of this account and region."""
    return Function.objects.filter(tenancy_id=scope.tenancy, region=scope.region)


def named(scope: Scope, text: str, qualifier: str = "") -> FunctionName:
    """Read what a caller wrote as FunctionName and Qualifier into one name.

    Raises AwsError; two different qualifiers are refused.
    """
    name = read_name(scope, text)
    if qualifier and name.qualifier and qualifier != name.qualifier:
        raise AwsError(
            "InvalidParameterValueException",
            "The derived qualifier from the function name does not match the specified qualifier.",
        )
    return FunctionName(name.account, name.region, name.name, qualifier or name.qualifier)


def whole(scope: Scope, text: str) -> FunctionName:
    """Read the name of a function as such: operations on it know no versions and aliases.

    Raises AwsError. Source: recorded answers of PutFunctionConcurrency.
    """
    name = read_name(scope, text)
    if name.qualifier:
        raise AwsError(
            "InvalidParameterValueException",
            "This operation is permitted on Lambda functions only. Aliases and versions do not "
            "support this operation. Please specify either a function name or an unqualified "
            "function ARN.",
        )
    return name


def get_function(scope: Scope, name: FunctionName, *, lock: bool = False) -> Function:
    """Find a function by a name without qualifier, or with that of $LATEST.

    Raises AwsError("ResourceNotFoundException"), for functions of other accounts too.
    """
    found = _row(scope, name, lock=lock) if name.qualifier in ("", LATEST) else None
    if found is None:
        raise not_found(name)
    return found


def get_published(scope: Scope, name: FunctionName) -> Published:
    """Find what a qualifier leads to: $LATEST, a version, or the version an alias points to.

    Raises AwsError("ResourceNotFoundException") when the function, the version or the alias is
    missing.
    """
    function = _row(scope, name)
    if function is None:
        raise not_found(name)
    wanted = name.qualifier
    if routing.is_alias(wanted):
        alias = function.aliases.filter(name=wanted).first()
        if alias is None:
            raise not_found(name)
        wanted = alias.version
    found = version_of(function, wanted)
    if found is None:
        raise not_found(name)
    return found


def version_of(function: Function, wanted: str) -> Published | None:
    """Find a version of a function by its number, or the function for $LATEST and nothing."""
    if wanted in ("", LATEST):
        return function
    if _NUMBER.fullmatch(wanted) is None:
        return None
    rows = function.versions.filter(number=int(wanted))
    return rows.select_related("function", "code").defer("code__body").first()


_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
"""A version's number as it is written, with no more digits than its column can hold."""


def to_run(function: Function, qualifier: str, ids: Ids = SYSTEM_IDS) -> Published | None:
    """Find the version that one invocation of `qualifier` runs; an alias with weights is drawn."""
    wanted = qualifier
    if routing.is_alias(qualifier):
        alias = Alias.objects.filter(function=function, name=qualifier).first()
        if alias is None:
            return None
        wanted = alias.version
        if alias.weights:
            wanted = routing.choose(alias.version, alias.weights, ids.hex(8))
    return version_of(function, wanted)


def not_found(name: FunctionName) -> AwsError:
    """Make the error of a function that is not there."""
    return AwsError(
        "ResourceNotFoundException",
        f"Function not found: {name.arn}",
        fields={"Type": "User"},
    )


def alias_not_found(name: FunctionName) -> AwsError:
    """Make the error of an alias that is not there. Source: recorded answers of GetAlias."""
    return AwsError(
        "ResourceNotFoundException", f"Cannot find alias arn: {name.arn}", fields={"Type": "User"}
    )


def list_functions(scope: Scope, *, after: str = "", limit: int) -> list[Function]:
    """List up to `limit` functions by name, beginning after the name `after`."""
    rows = functions_of(scope).select_related("code").defer("code__body")
    return list(rows.filter(name__gt=after).order_by("name")[:limit])


def list_versions(function: Function, *, after: int = -1, limit: int) -> list[Published]:
    """List $LATEST (number 0) and then the published versions, beginning after a number."""
    rows = function.versions.filter(number__gt=max(after, 0)).order_by("number")
    rows = rows.select_related("function", "code").defer("code__body")
    first: list[Published] = [function] if after < 0 else []
    return (first + list(rows[:limit]))[:limit]


def list_all(scope: Scope, *, after: str = "", number: int = 0, limit: int) -> list[Published]:
    """List the versions of all functions, by name and number, after a function's `number`th."""
    found: list[Published] = []
    if after:
        last = functions_of(scope).filter(name=after).select_related("code").first()
        found += list_versions(last, after=number, limit=limit) if last else []
    while len(found) < limit:
        following = list_functions(scope, after=after, limit=1)
        if not following:
            break
        after = following[0].name
        found += list_versions(following[0], limit=limit - len(found))
    return found


def _row(scope: Scope, name: FunctionName, *, lock: bool = False) -> Function | None:
    if name.account != scope.account:
        return None
    rows = functions_of(scope).filter(name=name.name)
    rows = rows.select_for_update(of=("self",)) if lock else rows
    return rows.select_related("code").defer("code__body").first()


def usage(scope: Scope) -> tuple[int, int]:
    """Count the account's functions here and the bytes of all packages: of versions and layers too.

    Source: Lambda API reference, AccountUsage.
    """
    rows = functions_of(scope)
    here = {"layer__tenancy_id": scope.tenancy, "layer__region": scope.region}
    packed: tuple[QuerySet[Any], ...] = (
        rows,
        Version.objects.filter(function__in=rows),
        LayerVersion.objects.filter(deleted=False, **here),
    )
    sizes = [owners.aggregate(total=Sum("code__size"))["total"] or 0 for owners in packed]
    return rows.count(), sum(sizes)
