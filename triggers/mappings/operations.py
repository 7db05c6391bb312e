"""The five event source mapping operations of Lambda: translated, handed to one verb, translated
back."""

from __future__ import annotations

from typing import Any

from console.accounts.secrets import signing_secret
from console.aws.errors import AwsError
from console.aws.registry import Params, operation
from console.aws.scope import Scope
from console.aws.tokens import seal, unseal
from triggers.mappings import lifecycle, settings, tags
from triggers.mappings.states import USER_ACTION

_PAGE = 100
_SETTINGS = (
    "FunctionName Enabled BatchSize MaximumBatchingWindowInSeconds MaximumRetryAttempts"
    " MaximumRecordAgeInSeconds BisectBatchOnFunctionError FunctionResponseTypes"
    " TumblingWindowInSeconds ParallelizationFactor FilterCriteria DestinationConfig MetricsConfig"
)
_UPDATE = " ".join(("UUID", _SETTINGS, *settings.OF_OTHER_SOURCES))
_SOURCE = "EventSourceArn StartingPosition StartingPositionTimestamp Tags"
_CREATE = " ".join((_SOURCE, _SETTINGS, *settings.OTHER_SOURCES, *settings.OF_OTHER_SOURCES))

tags.offer()


@operation("lambda", "CreateEventSourceMapping", honours=_CREATE, records="KMSKeyArn")
def create_event_source_mapping(scope: Scope, params: Params) -> Params:
    """Create a mapping."""
    timestamp = params.get("StartingPositionTimestamp") is not None
    new = settings.read_new(params)
    return describe(scope, lifecycle.create_mapping(scope, new, timestamp=timestamp))


@operation("lambda", "GetEventSourceMapping", honours="UUID")
def get_event_source_mapping(scope: Scope, params: Params) -> Params:
    """Describe a mapping."""
    return describe(scope, lifecycle.get_mapping(scope, params["UUID"]))


@operation(
    "lambda", "ListEventSourceMappings", honours="EventSourceArn FunctionName Marker MaxItems"
)
def list_event_source_mappings(scope: Scope, params: Params) -> Params:
    """Describe mappings, a page at a time."""
    size = min(params.get("MaxItems") or _PAGE, _PAGE)
    found = lifecycle.list_mappings(
        scope,
        function_name=params.get("FunctionName"),
        source_arn=params.get("EventSourceArn"),
        after=_read_marker(scope, params.get("Marker")),
        limit=size + 1,
    )
    shown = [_listed(scope, one) for one in found[:size]]
    answer: Params = {"EventSourceMappings": shown}
    if len(found) > size:
        answer["NextMarker"] = seal(
            signing_secret(), "mappings", {"a": scope.account, "u": str(found[size - 1].row.uuid)}
        )
    return answer


@operation("lambda", "UpdateEventSourceMapping", honours=_UPDATE, records="KMSKeyArn")
def update_event_source_mapping(scope: Scope, params: Params) -> Params:
    """Change a mapping; the answer already shows the new values."""
    return describe(scope, lifecycle.update_mapping(scope, params["UUID"], params))


@operation("lambda", "DeleteEventSourceMapping", honours="UUID")
def delete_event_source_mapping(scope: Scope, params: Params) -> Params:
    """End a mapping; it answers as Deleting until it is gone."""
    return describe(scope, lifecycle.delete_mapping(scope, params["UUID"]))


def describe(scope: Scope, found: lifecycle.Found) -> dict[str, Any]:
    """Show a mapping with exactly the keys that AWS returns for a DynamoDB stream."""
    row = found.row
    shown = {
        "UUID": str(row.uuid),
        "BatchSize": row.batch_size,
        "BisectBatchOnFunctionError": row.bisect,
        "DestinationConfig": {"OnFailure": _destination(row.destination)},
        "EventSourceArn": row.stream_arn,
        "EventSourceMappingArn": lifecycle.mapping_arn(scope, row),
        "FunctionArn": lifecycle.function_arn(row, scope.account),
        "FunctionResponseTypes": ["ReportBatchItemFailures"] if row.reports_failures else [],
        "LastModified": lifecycle.settled_at(found),
        "LastProcessingResult": row.last_result,
        "MaximumBatchingWindowInSeconds": row.window_seconds,
        "MaximumRecordAgeInSeconds": row.max_age_seconds,
        "MaximumRetryAttempts": row.max_retries,
        "ParallelizationFactor": row.parallelization,
        "StartingPosition": row.starting_position,
        "State": found.state,
        "StateTransitionReason": USER_ACTION,
        "TumblingWindowInSeconds": row.tumbling_seconds,
    }
    if row.filters:
        shown["FilterCriteria"] = {"Filters": [{"Pattern": one} for one in row.filters]}
    if row.kms_key:
        shown["KMSKeyArn"] = row.kms_key
    if row.metrics:
        shown["MetricsConfig"] = {"Metrics": row.metrics}
    return shown


def _listed(scope: Scope, found: lifecycle.Found) -> dict[str, Any]:
    """Show a mapping among others: encrypted filters are not decrypted for a list.

    Source: recordings of real AWS.
    """
    shown = describe(scope, found)
    if found.row.kms_key:
        del shown["FilterCriteria"]
    return shown


def _destination(arn: str) -> dict[str, str]:
    return {"Destination": arn} if arn else {}


def _read_marker(scope: Scope, marker: str | None) -> str:
    if not marker:
        return ""
    content = unseal(signing_secret(), "mappings", marker)
    if content is None or content.get("a") != scope.account:
        raise AwsError("InvalidParameterValueException", "Invalid Marker.")
    return str(content["u"])
