"""Settings of asynchronous invocations on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from typing import Any

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.catalog import answers, eventconfigs, finding, paging
from functions.catalog.names import FunctionName

_HONOURS = "FunctionName Qualifier MaximumRetryAttempts MaximumEventAgeInSeconds DestinationConfig"


@operation("lambda", "PutFunctionEventInvokeConfig", honours=_HONOURS)
def put_function_event_invoke_config(scope: Scope, params: Params) -> Params:
    """Set how asynchronous invocations are treated."""
    row = eventconfigs.put(scope, _named(scope, params), _chosen(params))
    return answers.event_config(scope, row)


@operation("lambda", "UpdateFunctionEventInvokeConfig", honours=_HONOURS)
def update_function_event_invoke_config(scope: Scope, params: Params) -> Params:
    """Change how asynchronous invocations are treated."""
    row = eventconfigs.update(scope, _named(scope, params), _chosen(params))
    return answers.event_config(scope, row)


@operation("lambda", "GetFunctionEventInvokeConfig", honours="FunctionName Qualifier")
def get_function_event_invoke_config(scope: Scope, params: Params) -> Params:
    """Show how asynchronous invocations are treated."""
    return answers.event_config(scope, eventconfigs.get(scope, _named(scope, params)))


@operation("lambda", "ListFunctionEventInvokeConfigs", honours="FunctionName Marker MaxItems")
def list_function_event_invoke_configs(scope: Scope, params: Params) -> Params:
    """List the settings of a function and of its versions and aliases."""
    name = finding.named(scope, params["FunctionName"])
    many, kind = paging.size(params), f"eventconfigs:{name.name}"
    after = paging.begin(scope, kind, params).get("after", "")
    found = eventconfigs.listed(scope, name, after=after, limit=many + 1)
    page, marker = paging.cut(scope, kind, found, many, after="qualifier")
    shown = [answers.event_config(scope, one) for one in page]
    return {"FunctionEventInvokeConfigs": shown} | marker


@operation("lambda", "DeleteFunctionEventInvokeConfig", honours="FunctionName Qualifier")
def delete_function_event_invoke_config(scope: Scope, params: Params) -> None:
    """Go back to how asynchronous invocations are treated without settings."""
    eventconfigs.delete(scope, _named(scope, params))


def _named(scope: Scope, params: Params) -> FunctionName:
    return finding.named(scope, params["FunctionName"], params.get("Qualifier", ""))


def _chosen(params: Params) -> dict[str, Any]:
    """Read the settings that a request names; a DestinationConfig names both destinations."""
    chosen = {
        setting: params[member]
        for member, setting in (
            ("MaximumRetryAttempts", "max_retries"),
            ("MaximumEventAgeInSeconds", "max_age"),
        )
        if params.get(member) is not None
    }
    destinations = params.get("DestinationConfig")
    if destinations is not None:
        for member, setting in (("OnSuccess", "on_success"), ("OnFailure", "on_failure")):
            chosen[setting] = (destinations.get(member) or {}).get("Destination") or ""
    return chosen
