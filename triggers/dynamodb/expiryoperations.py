"""Time to live, as the wire offers it. No rule lives here."""

from __future__ import annotations

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from triggers.dynamodb import timetolive


@operation("dynamodb", "UpdateTimeToLive", honours="TableName TimeToLiveSpecification")
def update_time_to_live(scope: Scope, params: Params) -> Params:
    """Let items expire by an attribute, or no longer; the answer repeats the specification."""
    wanted = params["TimeToLiveSpecification"]
    timetolive.switch_time_to_live(
        scope, params.get("TableName"), wanted["AttributeName"], enabled=wanted["Enabled"]
    )
    return {"TimeToLiveSpecification": wanted}


@operation("dynamodb", "DescribeTimeToLive", honours="TableName")
def describe_time_to_live(scope: Scope, params: Params) -> Params:
    """Say by which attribute items expire."""
    attribute = timetolive.ttl_attribute(scope, params.get("TableName"))
    if attribute is None:
        return {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}
    return {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": attribute}}
