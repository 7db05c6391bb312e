"""Versions and aliases on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from collections.abc import Mapping

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.catalog import aliases, answers, finding, paging, versions
from functions.catalog.names import FunctionName


@operation("lambda", "PublishVersion", honours="FunctionName CodeSha256 Description RevisionId")
def publish_version(scope: Scope, params: Params) -> Params:
    """Publish $LATEST as a version."""
    version = versions.publish_version(
        scope,
        finding.named(scope, params["FunctionName"]),
        description=params.get("Description"),
        code_sha256=params.get("CodeSha256", ""),
        revision=params.get("RevisionId", ""),
    )
    return answers.configuration(scope, version)


@operation("lambda", "ListVersionsByFunction", honours="FunctionName Marker MaxItems")
def list_versions_by_function(scope: Scope, params: Params) -> Params:
    """List a function's versions, $LATEST first."""
    function = finding.get_function(scope, finding.named(scope, params["FunctionName"]))
    many, kind = paging.size(params), f"versions:{function.name}"
    after = paging.begin(scope, kind, params).get("after", -1)
    found = finding.list_versions(function, after=after, limit=many + 1)
    page, marker = paging.cut(scope, kind, found, many, after="number")
    return {"Versions": [answers.listed(scope, one, qualified=True) for one in page]} | marker


@operation(
    "lambda",
    "CreateAlias",
    honours="FunctionName Name FunctionVersion Description RoutingConfig",
)
def create_alias(scope: Scope, params: Params) -> Params:
    """Give a version a name."""
    alias = aliases.create_alias(
        scope,
        _named(scope, params),
        params["FunctionVersion"],
        description=params.get("Description", ""),
        weights=_weights(params),
    )
    return answers.alias(scope, alias)


@operation("lambda", "GetAlias", honours="FunctionName Name")
def get_alias(scope: Scope, params: Params) -> Params:
    """Show an alias."""
    return answers.alias(scope, aliases.get_alias(scope, _named(scope, params)))


@operation("lambda", "ListAliases", honours="FunctionName FunctionVersion Marker MaxItems")
def list_aliases(scope: Scope, params: Params) -> Params:
    """List a function's aliases by name."""
    name = finding.named(scope, params["FunctionName"])
    version = params.get("FunctionVersion", "")
    many, kind = paging.size(params), f"aliases:{name.name}:{version}"
    after = paging.begin(scope, kind, params).get("after", "")
    found = aliases.list_aliases(scope, name, version=version, after=after, limit=many + 1)
    page, marker = paging.cut(scope, kind, found, many, after="name")
    return {"Aliases": [answers.alias(scope, one) for one in page]} | marker


@operation(
    "lambda",
    "UpdateAlias",
    honours="FunctionName Name FunctionVersion Description RoutingConfig RevisionId",
)
def update_alias(scope: Scope, params: Params) -> Params:
    """Point an alias elsewhere, or describe it anew."""
    alias = aliases.update_alias(
        scope,
        _named(scope, params),
        version=params.get("FunctionVersion"),
        description=params.get("Description"),
        weights=_weights(params),
        revision=params.get("RevisionId", ""),
    )
    return answers.alias(scope, alias)


@operation("lambda", "DeleteAlias", honours="FunctionName Name")
def delete_alias(scope: Scope, params: Params) -> None:
    """Delete an alias."""
    aliases.delete_alias(scope, _named(scope, params))


def _named(scope: Scope, params: Params) -> FunctionName:
    return finding.named(scope, params["FunctionName"]).qualified(params["Name"])


def _weights(params: Params) -> Mapping[str, float] | None:
    """Read the weights; a RoutingConfig without any takes them away, none at all keeps them."""
    routing = params.get("RoutingConfig")
    return None if routing is None else routing.get("AdditionalVersionWeights") or {}
