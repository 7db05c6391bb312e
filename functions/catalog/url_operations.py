"""Addresses of functions on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.catalog import finding, paging, urls
from functions.catalog.configuration import invalid
from functions.catalog.models import FunctionUrl
from functions.catalog.names import FunctionName

_HONOURS = "FunctionName Qualifier AuthType Cors InvokeMode"
_BUFFERED = "BUFFERED"


@operation("lambda", "CreateFunctionUrlConfig", honours=_HONOURS)
def create_function_url_config(scope: Scope, params: Params) -> Params:
    """Give a function an address."""
    _refuse_streams(params)
    row = urls.create(scope, _named(scope, params), params["AuthType"], params.get("Cors"))
    return _shown(scope, row, params)


@operation("lambda", "GetFunctionUrlConfig", honours="FunctionName Qualifier")
def get_function_url_config(scope: Scope, params: Params) -> Params:
    """Show a function's address."""
    return _described(scope, urls.get(scope, _named(scope, params)))


@operation("lambda", "UpdateFunctionUrlConfig", honours=_HONOURS)
def update_function_url_config(scope: Scope, params: Params) -> Params:
    """Change who may use an address, and from which pages."""
    _refuse_streams(params)
    changes = {
        field: params[member]
        for member, field in (("AuthType", "auth"), ("Cors", "cors"))
        if params.get(member) is not None
    }
    row = urls.update(scope, _named(scope, params), changes)
    return _shown(scope, row, params) | {"LastModifiedTime": _stamp(row.modified_at)}


@operation("lambda", "DeleteFunctionUrlConfig", honours="FunctionName Qualifier")
def delete_function_url_config(scope: Scope, params: Params) -> None:
    """Take a function's address away."""
    urls.delete(scope, _named(scope, params))


@operation("lambda", "ListFunctionUrlConfigs", honours="FunctionName Marker MaxItems")
def list_function_url_configs(scope: Scope, params: Params) -> Params:
    """List the addresses of a function and its aliases."""
    name = finding.named(scope, params["FunctionName"]).qualified("")
    many, kind = paging.size(params), f"urls:{name.name}"
    after = paging.begin(scope, kind, params).get("after")
    found = urls.listed(scope, name, after=after, limit=many + 1)
    page, marker = paging.cut(scope, kind, found, many, after="qualifier")
    return {"FunctionUrlConfigs": [_described(scope, one) for one in page]} | marker


def _named(scope: Scope, params: Params) -> FunctionName:
    return finding.named(scope, params["FunctionName"], params.get("Qualifier", ""))


def _refuse_streams(params: Params) -> None:
    if params.get("InvokeMode", _BUFFERED) != _BUFFERED:
        raise invalid("Shardlight offers function URLs with InvokeMode BUFFERED only.")


def _shown(scope: Scope, row: FunctionUrl, params: Params) -> Params:
    """Show an address as changes answer: without InvokeMode unless asked. Source: recorded answers."""
    name = FunctionName(scope.account, scope.region, row.function.name, row.qualifier)
    shown: dict[str, Any] = {
        "FunctionUrl": urls.address(row),
        "FunctionArn": name.arn,
        "AuthType": row.auth,
        "CreationTime": _stamp(row.created_at),
    }
    if row.cors is not None:
        shown["Cors"] = row.cors
    return shown | ({"InvokeMode": _BUFFERED} if params.get("InvokeMode") else {})


def _described(scope: Scope, row: FunctionUrl) -> Params:
    shown = _shown(scope, row, {"InvokeMode": _BUFFERED})
    return shown | {"LastModifiedTime": _stamp(row.modified_at)}


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
