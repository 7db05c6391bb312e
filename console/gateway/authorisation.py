"""May this caller make this call? Only callers whom policies bind are asked about.

What a call needs is `needs`' business, what policies say `functions.iam`'s; here both meet, and a
refusal gets the words of its service.
"""

from __future__ import annotations

from typing import Any

from console.aws.arn import Arn
from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.registry import Operation, Params
from console.aws.scope import Scope
from console.aws.wire.messages import Request
from console.gateway.needs.need import Need
from console.gateway.needs.table import needs_of
from functions.iam import facts, principals, roles
from functions.iam.context import Context, Source
from functions.iam.evaluation import Decision
from functions.iam.models import Role
from functions.iam.principals import Principal
from triggers.dynamodb import policies

IDENTITY = "identity-based"
SESSION = "session"
RESOURCE = "resource-based"
"""Kinds of policies, as refusals name them."""


def authorise(
    principal: Principal,
    operation: Operation,
    params: Params,
    request: Request,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """Let a call pass, or raise AwsError AccessDenied in the words of its service."""
    known: Context | None = None
    for need in needs_of(principal.scope, operation.service, operation.name, params):
        known = known or _known(principal, params, request, clock)
        context = known.joined({"aws:ResourceAccount": _owner(principal.scope, need), **need.facts})
        decision, kind = _decide(principal, need, context)
        if not decision.allowed:
            raise denial(operation.service, principal.scope.principal, need, decision, kind)


def _decide(principal: Principal, need: Need, context: Context) -> tuple[Decision, str]:
    """Ask the caller's policies and the resource's; also name the kind that spoke last.

    What the caller's own policies do not allow, a resource's may, unless the session is narrowed.
    """
    decision, by_session = principals.decide(principal, need.action, need.resources, context)
    kind = SESSION if by_session else IDENTITY
    if decision.denied or not need.action.startswith("dynamodb:"):
        return decision, kind
    said = policies.decide(
        principal.scope, _role_arn(principal), need.action, need.resources[0], context
    )
    narrowed = principal.session is not None and principal.session.policies
    if said is not None and (said.denied or (said.allowed and not narrowed)):
        return said, RESOURCE
    return decision, kind


def _role_arn(principal: Principal) -> str:
    holder = principal.holder
    return roles.arn_of(principal.scope, holder) if isinstance(holder, Role) else ""


def _known(principal: Principal, params: Params, request: Request, clock: Clock) -> Context:
    """Gather the condition keys that every request has."""
    found: dict[str, Source] = principals.facts(principal) | facts.of_moment(clock.now())
    found |= {
        "aws:SecureTransport": ("false",),
        "aws:SourceIp": (request.client,) if request.client else None,
        "aws:UserAgent": (request.headers.get("user-agent", ""),),
    }
    tags = _tags(params)
    if tags:
        found["aws:TagKeys"] = tuple(tags)
        found |= {f"aws:RequestTag/{key}": (value,) for key, value in tags.items()}
    elif isinstance(params.get("TagKeys"), list):
        found["aws:TagKeys"] = tuple(params["TagKeys"])
    return Context(found)


def _tags(params: Params) -> dict[str, str]:
    """Read the tags that a request wants to set, whatever their service calls them."""
    given: Any = params.get("Tags") or params.get("tags")
    if isinstance(given, dict):
        return {str(key): str(value) for key, value in given.items()}
    return {one["Key"]: one.get("Value", "") for one in given or () if "Key" in one}


def _owner(scope: Scope, need: Need) -> Source:
    arn = Arn.parse(need.resources[0])
    return (arn.account if arn and arn.account else scope.account,)


def denial(
    service: str, principal: str, need: Need, decision: Decision, kind: str = IDENTITY
) -> AwsError:
    """Say no as the service does; the statement that denied is named at the end.

    Source: IAM user guide, "Troubleshoot access denied error messages"; texts pasted in public
    issues (SQS writes actions in lower case, SNS its prefix in capitals, S3 quotes the ARN).
    """
    action, resource = need.action, need.resources[0]
    if service == "sqs":
        action = action.lower()
    elif service == "sns":
        action = action.replace("sns:", "SNS:", 1)
    elif service == "s3":
        resource = f'"{resource}"'
    where = "" if resource == "*" and service == "cloudwatch" else f" on resource: {resource}"
    article = "an" if kind == IDENTITY else "a"
    if decision.denied:
        source = decision.sources[0]
        why = (
            f"with an explicit deny in {article} {kind} policy: {source.statement} of "
            f"{source.policy}"
        )
    else:
        why = f"because no {kind} policy allows the {action} action"
    message = f"User: {principal} is not authorized to perform: {action}{where} {why}"
    code, status = _CODES.get(service, ("AccessDeniedException", None))
    return AwsError(code, message, status=status)


_CODES: dict[str, tuple[str, int | None]] = {
    "iam": ("AccessDenied", 403),
    "sts": ("AccessDenied", 403),
    "sns": ("AuthorizationError", 403),
    "s3": ("AccessDenied", 403),
    "sqs": ("AccessDeniedException", 403),
    "cloudwatch": ("AccessDenied", 403),
    "lambda": ("AccessDeniedException", 403),
}
"""Codes and statuses of refusals; DynamoDB and Logs answer 400."""
