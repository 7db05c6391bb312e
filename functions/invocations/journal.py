"""May a function's role write its logs? Without permission there are none, as on AWS.

The function runs all the same, and LogType Tail shows its lines. Asked anew every other second.
Source: Lambda developer guide, "Working with Lambda execution environment credentials" and
"Sending Lambda function logs to CloudWatch Logs" (required permissions).
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from console.accounts.tenancy import scope_for
from console.aws.arn import Arn
from console.aws.clock import SYSTEM_CLOCK
from console.aws.scope import Scope
from functions.iam import roles
from functions.observability.models import LogGroup
from functions.runtime.outcomes import Outcome
from functions.runtime.spec import EnvironmentSpec

_FRESH_SECONDS = 2
_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")


def permitted(outcome: Outcome, spec: EnvironmentSpec) -> Outcome:
    """Leave the log stream out of an outcome whose lines may not be written."""
    arn = Arn.parse(spec.function_arn)
    if arn is None:
        return outcome
    term = int(SYSTEM_CLOCK.monotonic() / _FRESH_SECONDS)
    denied = _denied(arn.account, arn.region, spec.role_arn, spec.log_group, spec.name, term)
    return outcome if denied is None else replace(outcome, log_stream="")


@lru_cache(maxsize=1024)
def _denied(
    account: str, region: str, role_arn: str, group: str, function: str, term: int
) -> str | None:
    """Ask once for each `term`, which makes the answer age."""
    del term
    return missing(scope_for(account, region), role_arn, group, function)


def missing(scope: Scope, role_arn: str, group: str, function: str) -> str | None:
    """Name the first action that a role lacks to write the log of a function; None for none."""
    stream = scope.arn("logs", f"log-group:{group}:log-stream:*")
    rows = LogGroup.objects.filter(tenancy_id=scope.tenancy, region=scope.region, name=group)
    actions = _ACTIONS if rows.exists() else ("logs:CreateLogGroup", *_ACTIONS)
    calls = [(action, stream) for action in actions]
    found = roles.decisions(scope, role_arn, calls, session=function)
    return next((call[0] for call, one in zip(calls, found, strict=True) if not one.allowed), None)
