"""Provisioned concurrency: which versions shall have environments ready, and how many.

    put()                   keeps reaching `wanted`
 ─────────► IN_PROGRESS ───────────────────────────► READY
                 ▲  │ an init phase failed             │
                 │  ▼                                  │
    put(),       │ FAILED                              │
    alias moved  └─────────────────────────────────────┘

Who starts the environments is `functions.invocations.provisioning`; workers tell it here.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Sum

from console.accounts.models import Tenancy
from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.catalog import concurrency, finding, limits
from functions.catalog.configuration import invalid, invalid_without_type
from functions.catalog.models import Alias, Function, Provision
from functions.catalog.names import FunctionName
from functions.catalog.routing import LATEST, is_alias

INIT_FAILED = "FUNCTION_ERROR_INIT_FAILURE"
"""StatusReason of a failed init phase. Source: reports of users of PutProvisionedConcurrencyConfig."""


def put(
    scope: Scope,
    name: FunctionName,
    many: int,
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Provision:
    """Want `many` environments ready for the version or alias that `name` is qualified with.

    Raises AwsError. Source: recorded answers of PutProvisionedConcurrencyConfig; LocalStack's words
    where they come near the account's limit.
    """
    if name.qualifier == LATEST:
        raise invalid(
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
        )
    with transaction.atomic():
        Tenancy.objects.select_for_update().get(pk=scope.tenancy)  # what is taken adds up
        version = _version(scope, name)
        function = finding.get_function(scope, name.qualified(""), lock=True)
        _check_other_ways_in(function, name.qualifier, version)
        _check_room(scope, function, name.qualifier, many)
        row = function.provisions.filter(qualifier=name.qualifier).first()
        row = row or Provision(function=function, qualifier=name.qualifier)
        row.version, row.wanted = version, many
        return _begin(row, clock, ids)


def get(scope: Scope, name: FunctionName) -> Provision:
    """Find what is provisioned for a version or an alias. Raises AwsError when nothing is."""
    _check_qualifier(scope, name)
    function = finding.get_function(scope, name.qualified(""))
    row = function.provisions.filter(qualifier=name.qualifier).first()
    if row is None:
        raise AwsError(
            "ProvisionedConcurrencyConfigNotFoundException",
            "No Provisioned Concurrency Config found for this function",
        )
    return row


def listed(scope: Scope, name: FunctionName, *, after: str = "", limit: int) -> list[Provision]:
    """List what is provisioned for a function's versions and aliases, by qualifier."""
    function = finding.get_function(scope, name)
    return list(function.provisions.filter(qualifier__gt=after).order_by("qualifier")[:limit])


def delete(scope: Scope, name: FunctionName) -> None:
    """Want no environments ready any more; where none were wanted, nothing happens."""
    _check_qualifier(scope, name)
    with transaction.atomic():
        function = finding.get_function(scope, name.qualified(""), lock=True)
        function.provisions.filter(qualifier=name.qualifier).delete()


def follow(alias: Alias, *, clock: Clock, ids: Ids) -> None:
    """Let what is provisioned for an alias move to the version that it points to now.

    In the transaction that moves the alias. Raises AwsError for an alias with weights.
    """
    row = alias.function.provisions.filter(qualifier=alias.name).first()
    if row is None:
        return
    if alias.weights or alias.version == LATEST:
        raise invalid("Invalid alias configuration for Provisioned Concurrency")
    if row.version != alias.version:
        row.version, row.ready = alias.version, 0
        _begin(row, clock, ids)


def ready(row: Provision, many: int, *, failed: bool) -> None:
    """Note how many environments a worker has ready, unless something else is wanted meanwhile."""
    state = Provision.State.FAILED if failed else Provision.State.IN_PROGRESS
    if many >= row.wanted:
        state = Provision.State.READY
    same = Provision.objects.filter(
        pk=row.pk, version=row.version, wanted=row.wanted, modified_at=row.modified_at
    )
    same.exclude(ready=many, state=state).update(
        ready=many, state=state, reason=INIT_FAILED if failed else ""
    )


def _begin(row: Provision, clock: Clock, ids: Ids) -> Provision:
    """Let workers begin; the version gets another RevisionId. Source: LocalStack's validated tests."""
    row.function.versions.filter(number=int(row.version)).update(revision=ids.uuid())
    row.state, row.reason = Provision.State.IN_PROGRESS, ""
    row.modified_at = as_datetime(clock.now())
    row.save()
    return row


def _check_qualifier(scope: Scope, name: FunctionName) -> None:
    if name.qualifier == LATEST:
        raise invalid("The function resource provided must be an alias or a published version.")
    _version(scope, name)


def _version(scope: Scope, name: FunctionName) -> str:
    """Find the version that a qualifier leads to. Raises AwsError. Source: recorded answers."""
    if not is_alias(name.qualifier):
        return finding.get_published(scope, name).version
    try:
        function = finding.get_function(scope, name.qualified(""))
    except AwsError:
        raise finding.alias_not_found(name) from None
    alias = function.aliases.filter(name=name.qualifier).first()
    if alias is None:
        raise finding.alias_not_found(name)
    if alias.weights:
        raise invalid("Alias with weights can not be used with Provisioned Concurrency")
    if alias.version == LATEST:
        raise invalid(
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
        )
    return alias.version


def _check_other_ways_in(function: Function, qualifier: str, version: str) -> None:
    """Refuse to provision a version twice: by its number and by an alias."""
    others = function.provisions.exclude(qualifier=qualifier).filter(version=version)
    if is_alias(qualifier) and others.filter(qualifier=F("version")).exists():
        raise AwsError(
            "ResourceConflictException",
            "Alias can't be used for Provisioned Concurrency configuration on an already "
            "Provisioned version",
        )
    if not is_alias(qualifier) and others.exists():
        raise AwsError(
            "ResourceConflictException", "Version is pointed by a Provisioned Concurrency alias"
        )


def _check_room(scope: Scope, function: Function, qualifier: str, many: int) -> None:
    others = function.provisions.exclude(qualifier=qualifier)
    total = many + (others.aggregate(total=Sum("wanted"))["total"] or 0)
    if function.reserved is not None:
        if total > function.reserved:
            raise invalid(
                "Requested Provisioned Concurrency should not be greater than the "
                "reservedConcurrentExecution for function"
            )
        return
    account = concurrency.of_account()
    if many > account:
        raise invalid_without_type(
            "Specified ConcurrentExecutions for function is greater than account's unreserved "
            f"concurrency [{account}]."
        )
    left = account - concurrency.taken_in_all(scope, besides=function)
    if left - total < min(limits.LEAST_UNRESERVED, account):
        raise invalid_without_type(
            "Specified ConcurrentExecutions for function decreases account's "
            f"UnreservedConcurrentExecution below its minimum value of [{limits.LEAST_UNRESERVED}]."
        )
