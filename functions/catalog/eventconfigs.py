"""How asynchronous invocations of a function, version or alias are retried and told of.

What an invocation then does is `functions.invocations`' business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from console.aws.arn import Arn
from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.catalog import finding
from functions.catalog.configuration import invalid
from functions.catalog.models import EventInvokeConfig, Function
from functions.catalog.names import FunctionName, read_name
from functions.catalog.routing import LATEST
from functions.iam.roles import permits
from functions.messaging import targets

SETTINGS = ("max_retries", "max_age", "on_success", "on_failure")
_SERVICES = ("lambda", "sqs", "sns", "s3")


def put(
    scope: Scope, name: FunctionName, chosen: Mapping[str, Any], *, clock: Clock = SYSTEM_CLOCK
) -> EventInvokeConfig:
    """Set what is chosen of SETTINGS and clear the others. Raises AwsError."""
    _check_chosen(chosen)
    with transaction.atomic():
        function = _owner(scope, name)
        _check_destinations(scope, name, chosen)
        blank = {"max_retries": None, "max_age": None, "on_success": "", "on_failure": ""}
        row, _ = EventInvokeConfig.objects.update_or_create(
            function=function,
            qualifier=name.qualifier or LATEST,
            defaults={**blank, **chosen, "modified_at": as_datetime(clock.now())},
        )
        return row


def update(
    scope: Scope, name: FunctionName, chosen: Mapping[str, Any], *, clock: Clock = SYSTEM_CLOCK
) -> EventInvokeConfig:
    """Set what is chosen of SETTINGS and keep the others. Raises AwsError."""
    _check_chosen(chosen)
    with transaction.atomic():
        function = _owner(scope, name)
        row = _find(function, name)
        _check_destinations(scope, name, chosen)
        for setting, value in chosen.items():
            setattr(row, setting, value)
        row.modified_at = as_datetime(clock.now())
        row.save()
        return row


def get(scope: Scope, name: FunctionName) -> EventInvokeConfig:
    """Find the settings of a function, version or alias. Raises AwsError when it has none."""
    try:
        function = finding.get_function(scope, name.qualified(""))
    except AwsError:
        raise _missing(name) from None
    return _find(function, name)


def listed(
    scope: Scope, name: FunctionName, *, after: str = "", limit: int
) -> list[EventInvokeConfig]:
    """List the settings of a function and of its versions and aliases, by qualifier."""
    function = _whole(scope, name)
    rows = function.event_configs.filter(qualifier__gt=after).select_related("function")
    return list(rows.order_by("qualifier")[:limit])


def delete(scope: Scope, name: FunctionName) -> None:
    """Delete the settings. Raises AwsError when there are none."""
    with transaction.atomic():
        get(scope, name).delete()


def _check_chosen(chosen: Mapping[str, Any]) -> None:
    if not chosen:
        raise invalid("You must specify at least one of error handling or destination setting.")


def _owner(scope: Scope, name: FunctionName) -> Function:
    """Lock the function; its version or alias must exist too. Source: recorded answers."""
    function = _whole(scope, name, lock=True)
    try:
        finding.get_published(scope, name)
    except AwsError:
        raise _no_function() from None
    return function


def _whole(scope: Scope, name: FunctionName, *, lock: bool = False) -> Function:
    try:
        return finding.get_function(scope, name.qualified(""), lock=lock)
    except AwsError:
        raise _no_function() from None


def _no_function() -> AwsError:
    return AwsError("ResourceNotFoundException", "The function doesn't exist.")


def _find(function: Function, name: FunctionName) -> EventInvokeConfig:
    rows = function.event_configs.select_related("function")
    row = rows.filter(qualifier=name.qualifier or LATEST).first()
    if row is None:
        raise _missing(name)
    return row


def _missing(name: FunctionName) -> AwsError:
    arn = name.qualified(name.qualifier or LATEST).arn
    return AwsError(
        "ResourceNotFoundException", f"The function {arn} doesn't have an EventInvokeConfig"
    )


def _check_destinations(scope: Scope, name: FunctionName, chosen: Mapping[str, Any]) -> None:
    """Refuse destinations of other kinds, missing ones, and ones closed to the role.

    Source: recorded answers, and some pasted in public; that a FIFO queue gets the text of a
    missing one is a guess.
    """
    success, failure = chosen.get("on_success") or "", chosen.get("on_failure") or ""
    kinds = {arn: _kind(arn) for arn in (success, failure) if arn}
    if "events" in kinds.values():
        raise invalid("Shardlight does not offer EventBridge: choose another destination.")
    wrong = any(kind not in _SERVICES for kind in kinds.values())
    if wrong or kinds.get(success) == "s3":
        shown = [
            f"{side}(destination={arn})" if arn else "null"
            for side, arn in (("OnSuccess", success), ("OnFailure", failure))
        ]
        raise invalid(
            f"The provided destination config DestinationConfig(onSuccess={shown[0]}, "
            f"onFailure={shown[1]}) is invalid."
        )
    role_arn = finding.get_published(scope, name).role_arn
    for arn, kind in kinds.items():
        needs = _function_needs(scope, name, arn) if kind == "lambda" else _needs(scope, arn)
        for action, resource in needs:
            if not permits(scope, role_arn, action, resource).allowed:
                verb = action.partition(":")[2]
                raise invalid(
                    "The function's execution role does not have permissions to call "
                    f"{verb} on {arn}"
                )


def _kind(arn: str) -> str:
    parsed = Arn.parse(arn)
    return parsed.service if parsed is not None else ""


def _needs(scope: Scope, arn: str) -> tuple[tuple[str, str], ...]:
    target = targets.find(scope, arn)
    if target is None or target.fifo:
        raise invalid(f"The destination ARN {arn} is invalid.")
    return target.needs


def _function_needs(scope: Scope, name: FunctionName, arn: str) -> tuple[tuple[str, str], ...]:
    try:
        target = read_name(scope, arn)
        finding.get_published(scope, target)
    except AwsError:
        raise invalid(f"The destination ARN {arn} is invalid.") from None
    if target.name == name.name:
        raise invalid("You can't specify the function as a destination for itself.")
    return (("lambda:InvokeFunction", arn),)
