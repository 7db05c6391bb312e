"""Layers on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from typing import Any

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.catalog import answers, archives, code, layers, paging, statements
from functions.catalog.layers import LayerName, NewLayer
from functions.catalog.models import LayerVersion

_WHICH = "CompatibleArchitecture CompatibleRuntime"


@operation(
    "lambda",
    "PublishLayerVersion",
    honours="LayerName Description Content CompatibleArchitectures CompatibleRuntimes LicenseInfo",
)
def publish_layer_version(scope: Scope, params: Params) -> Params:
    """Publish the next version of a layer."""
    new = NewLayer(
        description=params.get("Description", ""),
        license=params.get("LicenseInfo", ""),
        runtimes=params.get("CompatibleRuntimes"),
        architectures=params.get("CompatibleArchitectures"),
    )
    name = layers.read_name(scope, params["LayerName"])
    row = layers.publish(scope, name, archives.fetch(scope, params["Content"]), new)
    return _whole(row, LayerName(name.account, name.region, name.name, row.number))


@operation("lambda", "GetLayerVersion", honours="LayerName VersionNumber")
def get_layer_version(scope: Scope, params: Params) -> Params:
    """Show a version of a layer, with a link to its files."""
    name = _version(scope, params)
    return _whole(layers.get(scope, name), name)


@operation("lambda", "GetLayerVersionByArn", honours="Arn")
def get_layer_version_by_arn(scope: Scope, params: Params) -> Params:
    """Show a version of a layer, with a link to its files."""
    name = layers.read_name(scope, params["Arn"])
    return _whole(layers.get(scope, name), name)


@operation("lambda", "ListLayers", honours=f"Marker MaxItems {_WHICH}")
def list_layers(scope: Scope, params: Params) -> Params:
    """List layers by name with their newest versions that fit."""
    many, kind = paging.size(params), "layers"
    after = paging.begin(scope, kind, params).get("after", "")
    found = [row for row in layers.listed(scope, **_which(params)) if row.layer.name > after]
    page, marker = paging.cut(scope, kind, [_Named(row) for row in found], many, after="name")
    shown = []
    for one in page:
        name = LayerName(scope.account, scope.region, one.name)
        newest = _short(one.row, LayerName(scope.account, scope.region, one.name, one.row.number))
        shown.append({"LayerName": one.name, "LayerArn": name.arn, "LatestMatchingVersion": newest})
    return {"Layers": shown} | marker


@operation("lambda", "ListLayerVersions", honours=f"LayerName Marker MaxItems {_WHICH}")
def list_layer_versions(scope: Scope, params: Params) -> Params:
    """List the versions of a layer, newest first."""
    name = layers.read_name(scope, params["LayerName"])
    many, kind = paging.size(params), f"layer:{name.name}"
    before = paging.begin(scope, kind, params).get("before", 0)
    found = [
        row
        for row in layers.versions(scope, name, **_which(params))
        if not before or row.number < before
    ]
    page, marker = paging.cut(scope, kind, found, many, before="number")
    shown = [
        _short(row, LayerName(name.account, name.region, name.name, row.number)) for row in page
    ]
    return {"LayerVersions": shown} | marker


@operation("lambda", "DeleteLayerVersion", honours="LayerName VersionNumber")
def delete_layer_version(scope: Scope, params: Params) -> None:
    """Let nobody take a version of a layer any more."""
    layers.delete(scope, _version(scope, params))


@operation(
    "lambda",
    "AddLayerVersionPermission",
    honours="LayerName VersionNumber StatementId Action Principal RevisionId",
)
def add_layer_version_permission(scope: Scope, params: Params) -> Params:
    """Let others use a version of a layer."""
    name = _version(scope, params)
    given = params["Principal"]
    root = f"arn:aws:iam::{given}:root" if given.isdigit() else given
    principal = given if given == "*" else {"AWS": root}
    statement = {
        "Sid": params["StatementId"],
        "Effect": "Allow",
        "Principal": principal,
        "Action": params["Action"],
        "Resource": name.arn,
    }
    revision = params.get("RevisionId", "")
    row = layers.add_statement(scope, name, statement, revision=revision)
    return {"Statement": statements.text(statement), "RevisionId": row.revision}


@operation(
    "lambda",
    "RemoveLayerVersionPermission",
    honours="LayerName VersionNumber StatementId RevisionId",
)
def remove_layer_version_permission(scope: Scope, params: Params) -> None:
    """Let others use a version of a layer no more."""
    name, revision = _version(scope, params), params.get("RevisionId", "")
    layers.remove_statement(scope, name, params["StatementId"], revision=revision)


@operation("lambda", "GetLayerVersionPolicy", honours="LayerName VersionNumber")
def get_layer_version_policy(scope: Scope, params: Params) -> Params:
    """Show who may use a version of a layer."""
    row = layers.policy(scope, _version(scope, params))
    policy = statements.text(statements.document(row.policy.values()))
    return {"Policy": policy, "RevisionId": row.revision}


class _Named:
    """A row with its layer's name, which the marker holds."""

    def __init__(self, row: LayerVersion) -> None:
        self.row = row
        self.name: str = row.layer.name


def _version(scope: Scope, params: Params) -> LayerName:
    return layers.read_name(scope, params["LayerName"], params["VersionNumber"])


def _which(params: Params) -> dict[str, str]:
    return {
        "runtime": params.get("CompatibleRuntime", ""),
        "architecture": params.get("CompatibleArchitecture", ""),
    }


def _short(row: LayerVersion, name: LayerName) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "LayerVersionArn": name.arn,
        "Version": row.number,
        "Description": row.description,
        "CreatedDate": answers.stamp(row.created_at),
    }
    optional = {
        "CompatibleRuntimes": row.runtimes,
        "CompatibleArchitectures": row.architectures,
        "LicenseInfo": row.license or None,
    }
    return shown | {member: value for member, value in optional.items() if value is not None}


def _whole(row: LayerVersion, name: LayerName) -> dict[str, Any]:
    content = {
        "Location": code.location(row.code_id),
        "CodeSha256": code.aws_digest(row.code_id),
        "CodeSize": row.code.size,
    }
    arn = LayerName(name.account, name.region, name.name).arn
    return {"Content": content, "LayerArn": arn} | _short(row, name)
