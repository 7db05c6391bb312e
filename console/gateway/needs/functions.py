"""What calls of Lambda must be allowed."""

from __future__ import annotations

from collections.abc import Iterator

from console.aws.arn import Arn
from console.aws.errors import AwsError
from console.aws.registry import Params
from console.aws.scope import Scope
from console.gateway.needs.need import ANY, Need
from functions.catalog.names import FunctionName, read_name

_ACTIONS = {
    "Invoke": "InvokeFunction",
    "InvokeAsync": "InvokeFunction",
    "InvokeWithResponseStream": "InvokeFunction",
    "GetLayerVersionByArn": "GetLayerVersion",
}
"""Operations whose action is named otherwise."""

_ANYWHERE = frozenset(
    {
        "CreateEventSourceMapping",
        "GetAccountSettings",
        "ListCodeSigningConfigs",
        "ListEventSourceMappings",
        "ListFunctions",
        "ListLayers",
    }
)
"""Operations that act on no resource."""


def needs(scope: Scope, operation: str, params: Params) -> Iterator[Need]:
    """List what a call must be allowed. Source: Service authorization reference, Lambda."""
    action = f"lambda:{_ACTIONS.get(operation, operation)}"
    facts: dict[str, tuple[str, ...]] = {}
    if "FunctionName" in params and "EventSourceMapping" in operation:
        facts["lambda:FunctionArn"] = (_function(scope, params["FunctionName"], ""),)
    if "Principal" in params:
        facts["lambda:Principal"] = (str(params["Principal"]),)
    yield Need(action, _resources(scope, operation, params), facts)
    if params.get("Role"):
        service = {"iam:PassedToService": ("lambda.amazonaws.com",)}
        yield Need("iam:PassRole", (params["Role"],), service)


def _resources(scope: Scope, operation: str, params: Params) -> tuple[str, ...]:
    if operation in _ANYWHERE:
        return ANY
    if "UUID" in params:
        return (scope.arn("lambda", f"event-source-mapping:{params['UUID']}"),)
    if "FunctionName" in params:
        return (_function(scope, params["FunctionName"], str(params.get("Qualifier") or "")),)
    if "LayerName" in params:
        return (_layer(scope, params["LayerName"], params.get("VersionNumber")),)
    named = params.get("Resource") or params.get("Arn") or params.get("ResourceArn")
    return (str(named),) if named else ANY


def _function(scope: Scope, text: str, qualifier: str) -> str:
    """Name a function; a text that is no name will be refused by the operation itself."""
    try:
        name = read_name(scope, text)
    except AwsError:
        return scope.arn("lambda", f"function:{text}")
    return FunctionName(name.account, name.region, name.name, qualifier or name.qualifier).arn


def _layer(scope: Scope, name: str, version: object) -> str:
    layer = name if Arn.parse(name) else scope.arn("lambda", f"layer:{name}")
    return f"{layer}:{version}" if version else layer
