"""Whether one more invocation may run: AWS's limits on concurrency and its words. Pure.

Source: Lambda developer guide, "Understanding Lambda function scaling"; recorded answers of Invoke.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from console.aws.errors import AwsError

CODE = "TooManyRequestsException"
MESSAGE = "Rate Exceeded."
_RETRY_SECONDS = 1
"""What Retry-After says. A guess: AWS's value was never seen."""


class Reason(StrEnum):
    """Why an invocation is turned away, as the Reason of the answer says it."""

    RESERVED = "ReservedFunctionConcurrentInvocationLimitExceeded"
    ACCOUNT = "ConcurrentInvocationLimitExceeded"


@dataclass(frozen=True, slots=True)
class Limits:
    """Concurrent executions: the account's, all reserves together, and the function's own."""

    account: int
    reserved_in_all: int
    reserved: int | None

    @property
    def unreserved(self) -> int:
        """What functions without a reserve share."""
        return max(0, self.account - self.reserved_in_all)


@dataclass(frozen=True, slots=True)
class Running:
    """How many run now: of the function, and of all functions without a reserve."""

    function: int
    unreserved: int


def decide(limits: Limits, running: Running) -> Reason | None:
    """Say why one more invocation may not run, or None when it may."""
    if limits.reserved is not None:
        return Reason.RESERVED if running.function >= limits.reserved else None
    return Reason.ACCOUNT if running.unreserved >= limits.unreserved else None


def refusal(reason: str) -> AwsError:
    """Make the answer to an invocation that is turned away."""
    fields = {"Reason": reason, "retryAfterSeconds": _RETRY_SECONDS}
    return AwsError(CODE, MESSAGE, fields=fields)
