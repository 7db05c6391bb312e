"""Functions created, changed and deleted. What they may be configured with is `configuration`'s."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from console.aws.arn import Arn
from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.catalog import (
    code,
    configuration,
    deadletters,
    finding,
    layers,
    logformats,
    revisions,
)
from functions.catalog.configuration import Configuration
from functions.catalog.models import CodePackage, Function
from functions.catalog.names import FunctionName
from functions.catalog.states import check_settled, standing
from functions.iam import roles
from functions.runtime import packages


def create_function(
    scope: Scope,
    new: Configuration,
    archive: bytes,
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Function:
    """Make a function of a zip archive; it is Pending for FUNCTION_DELAY_SECONDS.

    Raises AwsError in AWS's words for every rule that is broken.
    """
    new.check()
    packages.check(archive)
    now = as_datetime(clock.now())
    with transaction.atomic():
        _check_role(scope, new.role_arn)
        deadletters.check(scope, new.dead_letter, new.role_arn)
        layers.check(scope, new.layers)
        layers.check_size(scope, new.layers, archive)
        taken = AwsError("ResourceConflictException", f"Function already exist: {new.name}")
        if finding.functions_of(scope).filter(name=new.name).exists():
            raise taken
        try:
            with transaction.atomic():
                return Function.objects.create(
                    tenancy_id=scope.tenancy,
                    region=scope.region,
                    name=new.name,
                    description=new.description,
                    runtime=new.runtime,
                    handler=new.handler,
                    role_arn=new.role_arn,
                    timeout=new.timeout,
                    memory_mb=new.memory_mb,
                    ephemeral_mb=new.ephemeral_mb,
                    environment=None if new.environment is None else dict(new.environment),
                    dead_letter=new.dead_letter,
                    layers=list(new.layers),
                    logging=logformats.changed({}, new.logging),
                    tags=dict(new.tags),
                    recorded=_recorded({}, new.recorded),
                    code=code.keep(archive),
                    revision=ids.uuid(),
                    created_at=now,
                    modified_at=now,
                    settles_at=now + timedelta(seconds=settings.FUNCTION_DELAY_SECONDS),
                )
        except IntegrityError:  # another caller was first
            raise taken from None


def update_code(
    scope: Scope,
    name: FunctionName,
    archive: bytes,
    *,
    revision: str = "",
    dry_run: bool = False,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Function:
    """Give a function another package; with `dry_run` only show it as it would be.

    Source: Lambda API reference of 2017, UpdateFunctionCode, DryRun (the hash of the code that is
    given "will also be computed and returned").
    """
    packages.check(archive)
    with transaction.atomic():
        function = for_update(scope, name, revision, clock)
        layers.check_size(scope, function.layers, archive)
        if dry_run:
            function.code = CodePackage(sha256=packages.sha256(archive), size=len(archive))
            return function
        before = function.code_id
        function.code = code.keep(archive)
        _touch(function, clock, ids)
        function.save(update_fields=["code", *_TOUCHED])
        if before != function.code_id:
            code.forget_unused(before)
    return function


def update_configuration(
    scope: Scope,
    name: FunctionName,
    changes: Mapping[str, Any],
    *,
    recorded: Mapping[str, Any] | None = None,
    revision: str = "",
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Function:
    """Change the settings named in `changes` (fields of `Configuration`); the others stay."""
    configuration.check_settings(changes)
    with transaction.atomic():
        function = for_update(scope, name, revision, clock)
        if "role_arn" in changes:
            _check_role(scope, changes["role_arn"])
        layers.check(scope, changes.get("layers", ()))
        if changes.get("layers"):
            layers.check_size(scope, changes["layers"], bytes(function.code.body))
        if "dead_letter" in changes:
            role_arn = changes.get("role_arn", function.role_arn)
            deadletters.check(scope, changes["dead_letter"], role_arn)
        if "logging" in changes:
            logging = logformats.changed(function.logging, changes["logging"])
            changes = {**changes, "logging": logging}
        for field, value in changes.items():
            setattr(function, field, value)
        function.recorded = _recorded(function.recorded, recorded or {})
        _touch(function, clock, ids)
        function.save(update_fields=[*changes, "recorded", *_TOUCHED])
    return function


def delete_function(scope: Scope, name: FunctionName) -> None:
    """Delete a function with its versions, aliases and code; mappings that name it stay and fail."""
    with transaction.atomic():
        function = finding.get_function(scope, name, lock=True)
        packages_used = {function.code_id, *function.versions.values_list("code_id", flat=True)}
        function.delete()
        for package in sorted(packages_used):
            code.forget_unused(package)


_TOUCHED = ("revision", "modified_at", "settles_at")


def _recorded(before: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**before, **asked}.items() if value != ""}


def _touch(function: Function, clock: Clock, ids: Ids) -> None:
    now = as_datetime(clock.now())
    function.revision = ids.uuid()
    function.modified_at = now
    function.settles_at = now + timedelta(seconds=settings.FUNCTION_DELAY_SECONDS)


def for_update(scope: Scope, name: FunctionName, revision: str, clock: Clock) -> Function:
    """Lock a function that may be changed now and is what the caller believes it to be."""
    function = finding.get_function(scope, name, lock=True)
    now = as_datetime(clock.now())
    times = (function.created_at, function.modified_at, function.settles_at)
    check_settled(standing(*times, now), scope.arn("lambda", f"function:{function.name}"))
    revisions.check(revision, function.revision)
    return function


def _check_role(scope: Scope, role_arn: str) -> None:
    named = Arn.parse(role_arn)
    if named is not None and named.account != scope.account:
        message = "Cross-account pass role is not allowed."
        raise AwsError("AccessDeniedException", message, status=403)
    if not roles.assumable_by_lambda(scope, role_arn):
        raise configuration.invalid(
            "The role defined for the function cannot be assumed by Lambda."
        )
