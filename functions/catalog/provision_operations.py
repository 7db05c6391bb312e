"""Provisioned concurrency on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.catalog import finding, paging, provisions
from functions.catalog.models import Provision
from functions.catalog.names import FunctionName


@operation(
    "lambda",
    "PutProvisionedConcurrencyConfig",
    honours="FunctionName Qualifier ProvisionedConcurrentExecutions",
)
def put_provisioned_concurrency_config(scope: Scope, params: Params) -> Params:
    """Keep environments of a version or an alias ready."""
    many = params["ProvisionedConcurrentExecutions"]
    return _shown(provisions.put(scope, _named(scope, params), many))


@operation("lambda", "GetProvisionedConcurrencyConfig", honours="FunctionName Qualifier")
def get_provisioned_concurrency_config(scope: Scope, params: Params) -> Params:
    """Show how many environments are kept ready, and how many are."""
    return _shown(provisions.get(scope, _named(scope, params)))


@operation("lambda", "DeleteProvisionedConcurrencyConfig", honours="FunctionName Qualifier")
def delete_provisioned_concurrency_config(scope: Scope, params: Params) -> None:
    """Keep no environments ready any more."""
    provisions.delete(scope, _named(scope, params))


@operation("lambda", "ListProvisionedConcurrencyConfigs", honours="FunctionName Marker MaxItems")
def list_provisioned_concurrency_configs(scope: Scope, params: Params) -> Params:
    """List what is kept ready of a function."""
    name = finding.whole(scope, params["FunctionName"])
    many, kind = paging.size(params), f"provisions:{name.name}"
    after = paging.begin(scope, kind, params).get("after", "")
    found = provisions.listed(scope, name, after=after, limit=many + 1)
    page, marker = paging.cut(scope, kind, found, many, after="qualifier")
    shown = [{"FunctionArn": name.qualified(one.qualifier).arn} | _shown(one) for one in page]
    return {"ProvisionedConcurrencyConfigs": shown} | marker


def _named(scope: Scope, params: Params) -> FunctionName:
    return finding.named(scope, params["FunctionName"], params["Qualifier"])


def _shown(row: Provision) -> Params:
    """Show a configuration; LastModified has no milliseconds. Source: Lambda API reference."""
    shown: Params = {
        "RequestedProvisionedConcurrentExecutions": row.wanted,
        "AvailableProvisionedConcurrentExecutions": row.ready,
        "AllocatedProvisionedConcurrentExecutions": row.ready,
        "Status": row.state,
        "LastModified": row.modified_at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
    }
    return shown | ({"StatusReason": row.reason} if row.reason else {})
