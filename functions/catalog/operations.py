"""Functions on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from collections.abc import Sequence

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.catalog import (
    answers,
    archives,
    aside_operations,
    code,
    concurrency,
    concurrency_operations,
    event_operations,
    finding,
    layer_operations,
    lifecycle,
    limits,
    paging,
    permission_operations,
    provision_operations,
    requests,
    tags,
    url_operations,
    version_operations,
    versions,
)
from functions.catalog.configuration import invalid
from functions.catalog.finding import Published
from functions.catalog.models import Function
from functions.catalog.names import read_new_name
from functions.iam import caller
from functions.runtime import limits as runtime_limits

__all__ = [
    "aside_operations",
    "concurrency_operations",
    "event_operations",
    "layer_operations",
    "permission_operations",
    "provision_operations",
    "url_operations",
    "version_operations",
]

_SETTINGS = (
    "Role Handler Description Timeout MemorySize Environment Runtime EphemeralStorage SnapStart "
    "LoggingConfig DeadLetterConfig VpcConfig Layers"
)
_RECORDED = " ".join(requests.RECORDED)


@operation(
    "lambda",
    "CreateFunction",
    honours=f"FunctionName Code Publish PackageType Tags Architectures {_SETTINGS}",
    records=_RECORDED,
)
def create_function(scope: Scope, params: Params) -> Params:
    """Make a function; the answer names it without a version, also when one is published.

    Source: moto's tests verified on AWS.
    """
    name = read_new_name(scope, params["FunctionName"])
    if name.account != scope.account:
        raise caller.denied(scope, "lambda:CreateFunction", name.arn)
    new = requests.read_new(params | {"FunctionName": name.name})
    archive = archives.fetch(scope, params["Code"])
    create = versions.create_function if params.get("Publish") else lifecycle.create_function
    made = answers.configuration(scope, create(scope, new, archive), changing=True)
    return made | {"FunctionArn": scope.arn("lambda", f"function:{name.name}")}


@operation("lambda", "GetFunction", honours="FunctionName Qualifier")
def get_function(scope: Scope, params: Params) -> Params:
    """Show a function or a version, a link to its code and the function's tags."""
    name = finding.named(scope, params["FunctionName"], params.get("Qualifier", ""))
    published = finding.get_published(scope, name)
    answer: Params = {
        "Configuration": answers.configuration(scope, published, qualifier=name.qualifier),
        "Code": {"RepositoryType": "S3", "Location": code.location(published.code_id)},
    }
    function = published if isinstance(published, Function) else published.function
    if function.reserved is not None:
        answer["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved}
    return answer | ({"Tags": function.tags} if function.tags else {})


@operation("lambda", "GetFunctionConfiguration", honours="FunctionName Qualifier")
def get_function_configuration(scope: Scope, params: Params) -> Params:
    """Show the configuration of a function or a version."""
    name = finding.named(scope, params["FunctionName"], params.get("Qualifier", ""))
    published = finding.get_published(scope, name)
    return answers.configuration(scope, published, qualifier=name.qualifier)


@operation("lambda", "ListFunctions", honours="FunctionVersion Marker MaxItems")
def list_functions(scope: Scope, params: Params) -> Params:
    """List the functions of this account and region by name, or all versions of them."""
    many = paging.size(params)
    every = params.get("FunctionVersion") == "ALL"
    kind = "functions:all" if every else "functions"
    held = paging.begin(scope, kind, params)
    after = held.get("after", "")
    found: Sequence[Published]
    if every:
        number = held.get("number", 0)
        found = finding.list_all(scope, after=after, number=number, limit=many + 1)
    else:
        found = finding.list_functions(scope, after=after, limit=many + 1)
    page, marker = paging.cut(scope, kind, found, many, after="name", number="number")
    return {"Functions": [answers.listed(scope, one, qualified=every) for one in page]} | marker


@operation(
    "lambda",
    "UpdateFunctionCode",
    honours="FunctionName ZipFile S3Bucket S3Key S3ObjectStorageMode ImageUri Architectures Publish"
    " DryRun RevisionId",
)
def update_function_code(scope: Scope, params: Params) -> Params:
    """Give a function another package, and publish it when that is asked too.

    Source of the text about images: recorded answers.
    """
    name = finding.named(scope, params["FunctionName"])
    requests.refuse_architectures(params)
    if params.get("ImageUri"):
        finding.get_function(scope, name)
        raise invalid(
            "Please don't provide ImageUri when updating a function with packageType Zip."
        )
    archive, revision = archives.fetch(scope, params), params.get("RevisionId", "")
    if params.get("Publish") and not params.get("DryRun"):
        version = versions.update_code(scope, name, archive, revision=revision)
        return answers.configuration(scope, version)
    dry = bool(params.get("DryRun"))
    function = lifecycle.update_code(scope, name, archive, revision=revision, dry_run=dry)
    return answers.configuration(scope, function, changing=not dry)


@operation(
    "lambda",
    "UpdateFunctionConfiguration",
    honours=f"FunctionName RevisionId {_SETTINGS}",
    records=_RECORDED,
)
def update_function_configuration(scope: Scope, params: Params) -> Params:
    """Change a function's settings."""
    name = finding.named(scope, params["FunctionName"])
    changes = requests.read_changes(params | {"FunctionName": name.name})
    recorded = changes.pop("recorded", None)
    function = lifecycle.update_configuration(
        scope, name, changes, recorded=recorded, revision=params.get("RevisionId", "")
    )
    return answers.configuration(scope, function, changing=True)


@operation("lambda", "DeleteFunction", honours="FunctionName Qualifier")
def delete_function(scope: Scope, params: Params) -> Params:
    """Delete a function, or one version of it."""
    name = finding.named(scope, params["FunctionName"], params.get("Qualifier", ""))
    delete = versions.delete_version if name.qualifier else lifecycle.delete_function
    delete(scope, name)
    return {"StatusCode": 204}


@operation("lambda", "ListTags", honours="Resource")
def list_tags(scope: Scope, params: Params) -> Params:
    """Show the tags of a resource."""
    return {"Tags": dict(tags.list_tags(scope, params["Resource"]))}


@operation("lambda", "TagResource", honours="Resource Tags")
def tag_resource(scope: Scope, params: Params) -> None:
    """Add tags to a resource."""
    tags.tag(scope, params["Resource"], params["Tags"])


@operation("lambda", "UntagResource", honours="Resource TagKeys")
def untag_resource(scope: Scope, params: Params) -> None:
    """Take tags off a resource."""
    tags.untag(scope, params["Resource"], params["TagKeys"])


@operation("lambda", "GetAccountSettings")
def get_account_settings(scope: Scope, params: Params) -> Params:
    """Show the limits of the account here and what it uses of them."""
    del params
    count, size = finding.usage(scope)
    limit = concurrency.of_account()
    return {
        "AccountLimit": {
            "TotalCodeSize": limits.CODE_STORAGE_BYTES,
            "CodeSizeUnzipped": runtime_limits.UNZIPPED_BYTES,
            "CodeSizeZipped": runtime_limits.ZIPPED_BYTES,
            "ConcurrentExecutions": limit,
            "UnreservedConcurrentExecutions": limit - concurrency.taken_in_all(scope),
        },
        "AccountUsage": {"TotalCodeSize": size, "FunctionCount": count},
    }
