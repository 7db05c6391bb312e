"""Whether a mapping's execution role may still read its source, asked at most every other second."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from console.aws.clock import Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.iam import roles
from triggers.dynamodb import policies
from triggers.polling.errand import Errand
from triggers.sources.protocol import Source

_FRESH_SECONDS = 2


def check(work: Errand, source: Source, role_arn: str, clock: Clock) -> None:
    """Refuse a role that may not read the source.

    Raises AwsError AccessDeniedException in the words that AWS shows as LastProcessingResult.
    """
    refused = refusal(work.scope, work.source_arn, source, role_arn, clock)
    if refused is not None:
        raise refused


def refusal(
    scope: Scope, source_arn: str, source: Source, role_arn: str, clock: Clock
) -> AwsError | None:
    """Say what AWS says of a role that may not read a source; None when it may.

    Source: recordings of real AWS (permission revoked while the mapping was enabled).
    """
    now = clock.now()
    term = int(now / _FRESH_SECONDS)
    denied = _denied(scope, role_arn, source.actions, source_arn, term)
    if denied is None:
        return None
    session = f"{role_arn.rpartition('/')[2]}/{session_name(now)}"
    return AwsError(
        "AccessDeniedException",
        f"User: arn:aws:sts::{scope.account}:assumed-role/{session} is not authorized to perform: "
        f"{denied[0]} on resource: {source_arn} {denied[1]}",
    )


def session_name(now: float) -> str:
    """Name the session in which a poller uses the execution role. Source: recordings of real AWS."""
    return f"awslambda_701_{as_datetime(now).strftime('%Y%m%d%H%M%S%f')[:17]}"


@lru_cache(maxsize=1024)
def _denied(
    scope: Scope, role_arn: str, actions: tuple[str, ...], resource: str, term: int
) -> tuple[str, str] | None:
    """Name the first action that is not allowed, and why; `term` makes the answer age."""
    del term
    calls = [(action, resource) for action in actions]
    asks = policies.has_policy(scope, resource)
    for action, decision in zip(actions, roles.decisions(scope, role_arn, calls), strict=True):
        if decision.denied:
            return action, "with an explicit deny in an identity-based policy"
        nobody = replace(scope, principal="")
        said = policies.decide(nobody, role_arn, action, resource) if asks else None
        if said is not None and said.denied:
            return action, "with an explicit deny in a resource-based policy"
        if not decision.allowed and not (said and said.allowed):
            return action, f"because no identity-based policy allows the {action} action"
    return None
