"""What calls of CloudWatch Logs and of CloudWatch must be allowed."""

from __future__ import annotations

from collections.abc import Iterator

from console.aws.arn import Arn
from console.aws.registry import Params
from console.aws.scope import Scope
from console.gateway.needs.need import ANY, Need

_ON_STREAMS = frozenset({"GetLogEvents", "PutLogEvents", "CreateLogStream", "DeleteLogStream"})


def logs(scope: Scope, operation: str, params: Params) -> Iterator[Need]:
    """List what a call of Logs must be allowed.

    Policies name a group with `:*` at its end or without; both mean it.
    """
    action = f"logs:{operation}"
    if "resourceArn" in params:
        bare = str(params["resourceArn"]).removesuffix(":*")
        yield Need(action, (bare, f"{bare}:log-stream:"))
        return
    many = params.get("logGroupIdentifiers") or []
    named = params.get("logGroupName") or params.get("logGroupIdentifier")
    for group in many or [named or ""]:
        yield Need(action, _group(scope, operation, str(group), params.get("logStreamName", "")))


def _group(scope: Scope, operation: str, group: str, stream: str) -> tuple[str, ...]:
    bare = group.removesuffix(":*") if Arn.parse(group) else scope.arn("logs", f"log-group:{group}")
    if operation in _ON_STREAMS:
        return (f"{bare}:log-stream:{stream}",)
    return (f"{bare}:log-stream:", bare)


def metrics(scope: Scope, operation: str, params: Params) -> Iterator[Need]:  # noqa: ARG001 - no resources
    """List what a call of CloudWatch must be allowed."""
    space = params.get("Namespace")
    facts = {"cloudwatch:namespace": (str(space),)} if space else {}
    yield Need(f"cloudwatch:{operation}", ANY, facts)
