"""Concurrency that a function has for itself. Who may run now is decided in `invocations`."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from console.accounts.models import Tenancy
from console.aws.scope import Scope
from functions.catalog import finding, limits
from functions.catalog.configuration import invalid_without_type
from functions.catalog.models import Function, Provision
from functions.catalog.names import FunctionName


def of_account() -> int:
    """Give the concurrent executions of every account, in each region."""
    return int(settings.ACCOUNT_CONCURRENCY)


def taken_in_all(scope: Scope, *, besides: Function | None = None) -> int:
    """Add up what the others cannot use: reserves, and what functions without one have provisioned."""
    rows = finding.functions_of(scope)
    if besides is not None:
        rows = rows.exclude(pk=besides.pk)
    reserved = rows.filter(reserved__isnull=False).aggregate(total=Sum("reserved"))["total"] or 0
    provisions = Provision.objects.filter(function__in=rows.filter(reserved__isnull=True))
    return reserved + (provisions.aggregate(total=Sum("wanted"))["total"] or 0)


def reserve(scope: Scope, name: FunctionName, many: int) -> Function:
    """Keep `many` concurrent executions for a function; 0 lets it run no more.

    Raises AwsError when too few would be left for the functions without a reserve.
    Source: recorded answers of PutFunctionConcurrency.
    """
    with transaction.atomic():
        Tenancy.objects.select_for_update().get(pk=scope.tenancy)  # reserves add up: one at a time
        function = finding.get_function(scope, name, lock=True)
        provisioned = function.provisions.aggregate(total=Sum("wanted"))["total"] or 0
        if many < provisioned:
            raise invalid_without_type(
                f" ReservedConcurrentExecutions  {many} should not be lower than function's total "
                f"provisioned concurrency [{provisioned}]."
            )
        others = taken_in_all(scope, besides=function)
        if of_account() - others - many < min(limits.LEAST_UNRESERVED, of_account()):
            raise invalid_without_type(
                "Specified ReservedConcurrentExecutions for function decreases account's "
                "UnreservedConcurrentExecution below its minimum value of "
                f"[{limits.LEAST_UNRESERVED}]."
            )
        function.reserved = many
        function.save(update_fields=["reserved"])
        return function


def release(scope: Scope, name: FunctionName) -> None:
    """Let a function share the account's concurrency again."""
    with transaction.atomic():
        function = finding.get_function(scope, name, lock=True)
        function.reserved = None
        function.save(update_fields=["reserved"])
