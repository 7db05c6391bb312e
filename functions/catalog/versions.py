"""Versions published and deleted. A version is a copy of $LATEST that never changes."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.catalog import code, finding, lifecycle
from functions.catalog.configuration import Configuration, invalid
from functions.catalog.models import Alias, Function, Snapshot, SpentNumber, Version
from functions.catalog.names import FunctionName
from functions.catalog.routing import LATEST, is_number

#: What a version has of its own; everything else is copied from $LATEST.
_OWN = frozenset({"description", "revision", "created_at", "settles_at"})
COPIED = tuple(field.attname for field in Snapshot._meta.local_fields if field.attname not in _OWN)
#: What tells two states of $LATEST apart; when it was changed does not.
_TOLD = (*(name for name in COPIED if name != "modified_at"), "description")


def publish_version(
    scope: Scope,
    name: FunctionName,
    *,
    description: str | None = None,
    code_sha256: str = "",
    revision: str = "",
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Version:
    """Publish $LATEST; when nothing has changed since the last version, answer that one.

    `code_sha256` is CodeSha256 as the caller knows it. Raises AwsError when it or `revision` is
    not what $LATEST has.
    """
    with transaction.atomic():
        function = lifecycle.for_update(scope, name, revision, clock)
        current = code.aws_digest(function.code_id)
        if code_sha256 and code_sha256 != current:
            raise invalid(
                f"CodeSHA256 ({code_sha256}) is different from current CodeSHA256 in $LATEST "
                f"({current}). Please try again with the CodeSHA256 in $LATEST."
            )
        return publish(function, description=description, clock=clock, ids=ids)


def create_function(
    scope: Scope,
    new: Configuration,
    archive: bytes,
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Version:
    """Make a function and publish its first version, together or not at all."""
    with transaction.atomic():
        function = lifecycle.create_function(scope, new, archive, clock=clock, ids=ids)
        return publish(function, clock=clock, ids=ids)


def update_code(
    scope: Scope,
    name: FunctionName,
    archive: bytes,
    *,
    revision: str = "",
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Version:
    """Give a function another package and publish it, together or not at all."""
    with transaction.atomic():
        function = lifecycle.update_code(
            scope, name, archive, revision=revision, clock=clock, ids=ids
        )
        return publish(function, clock=clock, ids=ids)


def publish(
    function: Function, *, description: str | None = None, clock: Clock, ids: Ids
) -> Version:
    """Publish a function whose row the caller's transaction has locked.

    $LATEST gets another RevisionId by it. Source: recorded answers of PublishVersion.
    """
    fingerprint = _fingerprint(function)
    last = function.versions.select_related("function", "code").order_by("-number").first()
    if last is not None and last.fingerprint == fingerprint:
        return last
    now = as_datetime(clock.now())
    version = Version.objects.create(
        function=function,
        number=_next_number(function),
        fingerprint=fingerprint,
        description=function.description if description is None else description,
        revision=ids.uuid(),
        created_at=now,
        settles_at=now + timedelta(seconds=settings.FUNCTION_DELAY_SECONDS),
        **{field: getattr(function, field) for field in COPIED},
    )
    function.revision = ids.uuid()
    function.save(update_fields=["revision"])
    return version


def delete_version(scope: Scope, name: FunctionName) -> None:
    """Delete one published version; one that is not there is nothing.

    Raises AwsError for $LATEST, for aliases and for a version that aliases point to.
    Source: measured answers of DeleteFunction with a Qualifier.
    """
    if name.qualifier == LATEST:
        raise invalid("$LATEST version cannot be deleted without deleting the function.")
    if not is_number(name.qualifier):
        raise invalid("Deletion of aliases is not currently supported.")
    with transaction.atomic():
        function = finding.get_function(scope, name.qualified(""), lock=True)
        version = finding.version_of(function, name.qualifier)
        if not isinstance(version, Version):
            return
        users = [alias.name for alias in function.aliases.order_by("name") if _leads(alias, name)]
        if users:
            raise AwsError(
                "ResourceConflictException",
                "Unable to delete version because the following aliases reference it: "
                f"[{', '.join(users)}]",
            )
        function.event_configs.filter(qualifier=version.version).delete()
        function.provisions.filter(qualifier=version.version).delete()
        function.permissions.filter(qualifier=version.version).delete()
        version.delete()
        code.forget_unused(version.code_id)


def _leads(alias: Alias, name: FunctionName) -> bool:
    number = str(int(name.qualifier))
    return alias.version == number or number in alias.weights


def _fingerprint(function: Function) -> str:
    told: dict[str, Any] = {field: getattr(function, field) for field in _TOLD}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _next_number(function: Function) -> int:
    """Take the next number of a name; its row is guarded by the lock on the function's."""
    spent, _ = SpentNumber.objects.select_for_update().get_or_create(
        tenancy_id=function.tenancy_id,
        region=function.region,
        name=function.name,
        defaults={"number": 0},
    )
    spent.number += 1
    spent.save(update_fields=["number"])
    return spent.number
