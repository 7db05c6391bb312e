"""Aliases made, found, re-pointed and deleted. Which version a call runs is `routing`'s."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.catalog import finding, provisions, revisions, routing
from functions.catalog.models import Alias, Function
from functions.catalog.names import FunctionName


def create_alias(
    scope: Scope,
    name: FunctionName,
    version: str,
    *,
    description: str = "",
    weights: Mapping[str, float] | None = None,
    ids: Ids = SYSTEM_IDS,
) -> Alias:
    """Name a version (`name.qualifier` is the alias); `weights` maps another version to its share.

    Raises AwsError ResourceNotFoundException for a missing function or version and
    ResourceConflictException for a name that is taken.
    """
    with transaction.atomic():
        function = _locked(scope, name, version)
        routing.check_weights(version, weights or {})
        _check_versions(function, name, weights or {})
        taken = AwsError("ResourceConflictException", f"Alias already exists: {name.arn}")
        if function.aliases.filter(name=name.qualifier).exists():
            raise taken
        try:
            with transaction.atomic():
                return Alias.objects.create(
                    function=function,
                    name=name.qualifier,
                    description=description,
                    version=version,
                    weights=dict(weights or {}),
                    revision=ids.uuid(),
                )
        except IntegrityError:  # another caller was first
            raise taken from None


def get_alias(scope: Scope, name: FunctionName) -> Alias:
    """Find an alias. Raises AwsError("ResourceNotFoundException")."""
    function = finding.get_function(scope, name.qualified(""))
    alias = function.aliases.filter(name=name.qualifier).first()
    if alias is None:
        raise finding.alias_not_found(name)
    return alias


def list_aliases(
    scope: Scope, name: FunctionName, *, version: str = "", after: str = "", limit: int
) -> list[Alias]:
    """List a function's aliases by name, all or those of one version, after the name `after`."""
    function = finding.get_function(scope, name.qualified(""))
    rows = function.aliases.filter(name__gt=after).order_by("name")
    return list(rows.filter(version=version)[:limit] if version else rows[:limit])


def update_alias(
    scope: Scope,
    name: FunctionName,
    *,
    version: str | None = None,
    description: str | None = None,
    weights: Mapping[str, float] | None = None,
    revision: str = "",
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Alias:
    """Change what is given; the code that runs changes with this transaction. No weights: {}.

    Raises AwsError ResourceNotFoundException, PreconditionFailedException or what `create_alias`
    raises.
    """
    with transaction.atomic():
        function = _locked(scope, name, version or "")
        alias = function.aliases.select_for_update().filter(name=name.qualifier).first()
        if alias is None:
            raise AwsError(
                "ResourceNotFoundException", f"Alias not found: {name.arn}", fields={"Type": "User"}
            )
        revisions.check(revision, alias.revision)
        alias.version = alias.version if version is None else version
        alias.description = alias.description if description is None else description
        alias.weights = alias.weights if weights is None else dict(weights)
        routing.check_weights(alias.version, alias.weights)
        _check_versions(function, name, alias.weights)
        alias.revision = ids.uuid()
        alias.save()
        provisions.follow(alias, clock=clock, ids=ids)
        return alias


def delete_alias(scope: Scope, name: FunctionName) -> None:
    """Delete an alias; one that is not there is nothing. Mappings that name it stay and fail."""
    with transaction.atomic():
        function = finding.get_function(scope, name.qualified(""), lock=True)
        function.aliases.filter(name=name.qualifier).delete()
        function.event_configs.filter(qualifier=name.qualifier).delete()
        function.provisions.filter(qualifier=name.qualifier).delete()
        function.urls.filter(qualifier=name.qualifier).delete()
        function.permissions.filter(qualifier=name.qualifier).delete()


def _locked(scope: Scope, name: FunctionName, version: str) -> Function:
    """Lock the function, so that the version stays that an alias is about to point to.

    Raises AwsError; a missing function is named with the version. Source: recorded answers.
    """
    try:
        function = finding.get_function(scope, name.qualified(""), lock=True)
    except AwsError:
        raise finding.not_found(name.qualified(version)) from None
    _check_versions(function, name, [version])
    return function


def _check_versions(
    function: Function, name: FunctionName, wanted: Mapping[str, float] | list[str]
) -> None:
    for version in wanted:
        if finding.version_of(function, version) is None:
            raise finding.not_found(name.qualified(version))
