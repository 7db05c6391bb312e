"""Resource policies on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.catalog import finding, permissions, statements
from functions.catalog.names import FunctionName
from functions.catalog.statements import Grant


@operation(
    "lambda",
    "AddPermission",
    honours="FunctionName StatementId Action Principal SourceArn SourceAccount EventSourceToken"
    " Qualifier RevisionId PrincipalOrgID FunctionUrlAuthType InvokedViaFunctionUrl",
)
def add_permission(scope: Scope, params: Params) -> Params:
    """Let somebody call a function."""
    grant = Grant(
        sid=params["StatementId"],
        action=params["Action"],
        principal=params["Principal"],
        source_arn=params.get("SourceArn", ""),
        source_account=params.get("SourceAccount", ""),
        event_source_token=params.get("EventSourceToken", ""),
        organisation=params.get("PrincipalOrgID", ""),
        url_auth=params.get("FunctionUrlAuthType", ""),
        via_url=params.get("InvokedViaFunctionUrl"),
    )
    revision = params.get("RevisionId", "")
    statement = permissions.add(scope, _named(scope, params), grant, revision=revision)
    return {"Statement": statements.text(statement)}


@operation("lambda", "RemovePermission", honours="FunctionName StatementId Qualifier RevisionId")
def remove_permission(scope: Scope, params: Params) -> None:
    """Let somebody call a function no more."""
    name, revision = _named(scope, params), params.get("RevisionId", "")
    permissions.remove(scope, name, params["StatementId"], revision=revision)


@operation("lambda", "GetPolicy", honours="FunctionName Qualifier")
def get_policy(scope: Scope, params: Params) -> Params:
    """Show a resource policy."""
    policy, revision = permissions.policy(scope, _named(scope, params))
    return {"Policy": statements.text(policy), "RevisionId": revision}


def _named(scope: Scope, params: Params) -> FunctionName:
    return finding.named(scope, params["FunctionName"], params.get("Qualifier", ""))
