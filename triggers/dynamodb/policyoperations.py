"""Operations on the policies of tables and streams, as the wire offers them. No rule lives here."""

from __future__ import annotations

from console.aws.registry import Params, operation
from console.aws.scope import Scope
from triggers.dynamodb import policies


@operation(
    "dynamodb",
    "PutResourcePolicy",
    honours="ResourceArn Policy ExpectedRevisionId ConfirmRemoveSelfResourceAccess",
)
def put_resource_policy(scope: Scope, params: Params) -> Params:
    """Give a table or stream a policy."""
    revision = policies.put_policy(
        scope,
        params["ResourceArn"],
        params["Policy"],
        expected=params.get("ExpectedRevisionId"),
        confirmed=params.get("ConfirmRemoveSelfResourceAccess", False),
    )
    return {"RevisionId": revision}


@operation("dynamodb", "GetResourcePolicy", honours="ResourceArn")
def get_resource_policy(scope: Scope, params: Params) -> Params:
    """Show the policy of a table or stream."""
    found = policies.get_policy(scope, params["ResourceArn"])
    return {"Policy": found.document, "RevisionId": found.revision}


@operation("dynamodb", "DeleteResourcePolicy", honours="ResourceArn ExpectedRevisionId")
def delete_resource_policy(scope: Scope, params: Params) -> Params:
    """Remove a policy; none afterwards is no mistake."""
    revision = policies.delete_policy(
        scope, params["ResourceArn"], expected=params.get("ExpectedRevisionId")
    )
    return {"RevisionId": revision} if revision else {}
