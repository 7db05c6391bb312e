"""What Lambda can be asked about a function that is never so here, answered as AWS answers then.

Code signing, other runtime updates than Auto, and the end of recursive loops are not
offered: asking tells that there are none, setting them is refused.
"""

from __future__ import annotations

from console.aws.errors import AwsError
from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.catalog import finding
from functions.catalog.configuration import invalid
from functions.catalog.names import FunctionName


@operation("lambda", "GetRuntimeManagementConfig", honours="FunctionName Qualifier")
def get_runtime_management_config(scope: Scope, params: Params) -> Params:
    """Say that runtimes are what this host has."""
    return _runtime_updates(scope, params)


@operation(
    "lambda",
    "PutRuntimeManagementConfig",
    honours="FunctionName Qualifier UpdateRuntimeOn RuntimeVersionArn",
)
def put_runtime_management_config(scope: Scope, params: Params) -> Params:
    """Let pass Auto, which is how it is; refuse others."""
    answer = _runtime_updates(scope, params)
    if params["UpdateRuntimeOn"] != "Auto" or params.get("RuntimeVersionArn"):
        raise invalid("Shardlight offers the runtime update mode Auto only.")
    return answer


@operation("lambda", "GetFunctionRecursionConfig", honours="FunctionName")
def get_function_recursion_config(scope: Scope, params: Params) -> Params:
    """Say that loops of functions are never ended."""
    _find(scope, params)
    return {"RecursiveLoop": "Allow"}


@operation("lambda", "PutFunctionRecursionConfig", honours="FunctionName RecursiveLoop")
def put_function_recursion_config(scope: Scope, params: Params) -> Params:
    """Let pass Allow, which is how it is; refuse Terminate."""
    _find(scope, params)
    if params["RecursiveLoop"] != "Allow":
        raise invalid("Shardlight does not end recursive loops: RecursiveLoop must be Allow.")
    return {"RecursiveLoop": "Allow"}


@operation("lambda", "GetFunctionCodeSigningConfig", honours="FunctionName")
def get_function_code_signing_config(scope: Scope, params: Params) -> Params:
    """Say that code is not signed."""
    _find(scope, params)
    return {}


@operation("lambda", "DeleteFunctionCodeSigningConfig", honours="FunctionName")
def delete_function_code_signing_config(scope: Scope, params: Params) -> None:
    """Delete what is not there, which AWS lets pass."""
    _find(scope, params)


@operation("lambda", "PutFunctionCodeSigningConfig", honours="FunctionName CodeSigningConfigArn")
def put_function_code_signing_config(scope: Scope, params: Params) -> Params:
    """Say that there is no such signing configuration. Source of the text: recorded answers."""
    del scope
    raise AwsError(
        "CodeSigningConfigNotFoundException",
        "The code signing configuration cannot be found. Check that the provided configuration is "
        f"not deleted: {params['CodeSigningConfigArn']}.",
    )


@operation("lambda", "GetCodeSigningConfig", honours="CodeSigningConfigArn")
def get_code_signing_config(scope: Scope, params: Params) -> Params:
    """Say that there is no such signing configuration."""
    del scope
    raise _no_signing(params)


@operation(
    "lambda",
    "UpdateCodeSigningConfig",
    honours="CodeSigningConfigArn Description AllowedPublishers CodeSigningPolicies",
)
def update_code_signing_config(scope: Scope, params: Params) -> Params:
    """Say that there is no such signing configuration."""
    del scope
    raise _no_signing(params)


@operation("lambda", "DeleteCodeSigningConfig", honours="CodeSigningConfigArn")
def delete_code_signing_config(scope: Scope, params: Params) -> Params:
    """Say that there is no such signing configuration."""
    del scope
    raise _no_signing(params)


@operation(
    "lambda", "ListFunctionsByCodeSigningConfig", honours="CodeSigningConfigArn Marker MaxItems"
)
def list_functions_by_code_signing_config(scope: Scope, params: Params) -> Params:
    """Say that there is no such signing configuration."""
    del scope
    raise _no_signing(params)


@operation("lambda", "ListCodeSigningConfigs", honours="Marker MaxItems")
def list_code_signing_configs(scope: Scope, params: Params) -> Params:
    """List nothing."""
    del scope, params
    return {"CodeSigningConfigs": []}


@operation(
    "lambda",
    "CreateCodeSigningConfig",
    honours="Description AllowedPublishers CodeSigningPolicies Tags",
)
def create_code_signing_config(scope: Scope, params: Params) -> Params:
    """Refuse to check signatures of code."""
    del scope, params
    raise invalid("Shardlight does not offer code signing.")


def _no_signing(params: Params) -> AwsError:
    """Make the error of a signing configuration that is not there. Source: recorded answers."""
    return AwsError(
        "ResourceNotFoundException",
        f"The Lambda code signing configuration {params['CodeSigningConfigArn']} can not be found.",
    )


def _runtime_updates(scope: Scope, params: Params) -> Params:
    return {"FunctionArn": _find(scope, params).arn, "UpdateRuntimeOn": "Auto"}


def _find(scope: Scope, params: Params) -> FunctionName:
    name = finding.named(scope, params["FunctionName"], params.get("Qualifier", ""))
    finding.get_published(scope, name)
    return name
