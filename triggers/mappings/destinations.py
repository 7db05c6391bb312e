"""Whether a failure destination may be used: what it is, and whether the role may write to it.

Texts marked as guesses were never seen from AWS.
"""

from __future__ import annotations

from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.messaging import targets


def check(scope: Scope, arn: str, role_arn: str) -> None:
    """Refuse a destination that is unknown, of a kind AWS refuses, or closed to the role."""
    target = targets.find(scope, arn)
    if target is None:
        raise _invalid(f"Invalid DestinationConfig: {arn} is no queue, topic or bucket.")  # a guess
    if target.fifo:
        raise _invalid("FIFO queues and topics are not supported as destinations.")  # a guess
    found = targets.decisions(scope, target, role_arn)
    missing = [call[0] for call, one in zip(target.needs, found, strict=True) if not one.allowed]
    if missing:
        service, _, verb = missing[0].partition(":")
        raise _invalid(
            f"The function execution role does not have permissions to call {verb} on "
            f"{service.upper()}"
        )


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValueException", message)
