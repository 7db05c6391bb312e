"""Functions as Lambda's API shows them. Decides nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.scope import Scope
from functions.catalog import layers, logformats
from functions.catalog.code import aws_digest
from functions.catalog.configuration import architecture
from functions.catalog.finding import Published
from functions.catalog.models import Alias, EventInvokeConfig, Function, Version
from functions.catalog.states import begun, standing
from functions.runtime.reports import runtime_version_arn


def configuration(
    scope: Scope,
    function: Published,
    *,
    qualifier: str = "",
    changing: bool = False,
    clock: Clock = SYSTEM_CLOCK,
) -> dict[str, Any]:
    """Show a FunctionConfiguration with the keys that AWS returns for a zip package.

    `qualifier` is what stands in the ARN of a function or an alias; versions name themselves. With
    `changing` the answer is that of the change itself: the state is the one it begins with.
    Source: recorded answers of CreateFunction and GetFunction.
    """
    now = None if changing else as_datetime(clock.now())
    arn = scope.arn("lambda", f"function:{function.name}")
    if not qualifier and isinstance(function, Version):
        qualifier = function.version
    shown: dict[str, Any] = {
        "FunctionName": function.name,
        "FunctionArn": f"{arn}:{qualifier}" if qualifier else arn,
        "Runtime": function.runtime,
        "Role": function.role_arn,
        "Handler": function.handler,
        "CodeSize": function.code.size,
        "Description": function.description,
        "Timeout": function.timeout,
        "MemorySize": function.memory_mb,
        "LastModified": stamp(function.modified_at),
        "CodeSha256": aws_digest(function.code_id),
        "Version": function.version,
        "TracingConfig": {"Mode": "PassThrough"},
        "RevisionId": revision(function, now),
        "PackageType": "Zip",
        "Architectures": [architecture()],
        "EphemeralStorage": {"Size": function.ephemeral_mb},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "RuntimeVersionConfig": {
            "RuntimeVersionArn": runtime_version_arn(function.runtime, scope.region)
        },
        "LoggingConfig": {
            "LogFormat": logformats.TEXT,
            **function.logging,
            "LogGroup": f"/aws/lambda/{function.name}",
        },
        **function.recorded,
        **_state(function, now),
    }
    if function.layers:
        shown["Layers"] = layers.shown(scope, function.layers)
    if function.dead_letter:
        shown["DeadLetterConfig"] = {"TargetArn": function.dead_letter}
    if function.environment is not None:
        shown["Environment"] = {"Variables": function.environment}
    return shown


def listed(scope: Scope, function: Published, *, qualified: bool = False) -> dict[str, Any]:
    """Show a function as lists do: without its state and runtime version. Source: recorded lists."""
    qualifier = function.version if qualified else ""
    shown = configuration(scope, function, qualifier=qualifier)
    hidden = ("State", "StateReason", "StateReasonCode", "RuntimeVersionConfig")
    return {
        key: value
        for key, value in shown.items()
        if key not in hidden and not key.startswith("LastUpdateStatus")
    }


def event_config(scope: Scope, row: EventInvokeConfig) -> dict[str, Any]:
    """Show a FunctionEventInvokeConfig; its ARN always has a qualifier."""
    shown: dict[str, Any] = {
        "LastModified": row.modified_at,
        "FunctionArn": scope.arn("lambda", f"function:{row.function.name}:{row.qualifier}"),
        "DestinationConfig": {
            "OnSuccess": {"Destination": row.on_success} if row.on_success else {},
            "OnFailure": {"Destination": row.on_failure} if row.on_failure else {},
        },
    }
    if row.max_retries is not None:
        shown["MaximumRetryAttempts"] = row.max_retries
    if row.max_age is not None:
        shown["MaximumEventAgeInSeconds"] = row.max_age
    return shown


def alias(scope: Scope, row: Alias) -> dict[str, Any]:
    """Show an AliasConfiguration; RoutingConfig is there only when there are weights."""
    shown: dict[str, Any] = {
        "AliasArn": scope.arn("lambda", f"function:{row.function.name}:{row.name}"),
        "Name": row.name,
        "FunctionVersion": row.version,
        "Description": row.description,
        "RevisionId": row.revision,
    }
    if row.weights:
        shown["RoutingConfig"] = {"AdditionalVersionWeights": row.weights}
    return shown


def revision(owner: Published | Alias, now: datetime | None) -> str:
    """Show a RevisionId as it is `now`, or (None) in the answer of a change.

    A function has one while a change settles and another one from then on; a version keeps its own.
    Source: LocalStack's validated tests (test_function_revisions_basic).
    """
    if not isinstance(owner, Function) or (now is not None and now >= owner.settles_at):
        return owner.revision
    return str(uuid5(UUID(owner.revision), "until it has settled"))


def _state(function: Published, now: datetime | None) -> dict[str, str]:
    made, changed = function.created_at, function.changed_at
    if now is None:
        stands = begun(made, changed)
    else:
        stands = standing(made, changed, function.settles_at, now)
    shown = {"State": stands.state}
    if stands.is_pending:
        return shown | {"StateReason": stands.reason, "StateReasonCode": stands.code}
    shown["LastUpdateStatus"] = stands.last_update
    if stands.is_changing:
        shown["LastUpdateStatusReason"] = stands.reason
        shown["LastUpdateStatusReasonCode"] = stands.code
    return shown


def stamp(moment: datetime) -> str:
    """Write a moment as Lambda writes LastModified of functions and CreatedDate of layers."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"
