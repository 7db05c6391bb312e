"""Whether a function may have a dead-letter queue: what it is, and whether its role may write there."""

from __future__ import annotations

from console.aws.arn import Arn
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.catalog.configuration import invalid
from functions.iam.roles import permits
from functions.messaging import targets

_SERVICES = ("sqs", "sns")


def check(scope: Scope, arn: str, role_arn: str) -> None:
    """Let pass no dead-letter queue, and queues and topics that the role may send to.

    Raises AwsError. Source of the texts, but for the guess: AWS's answers pasted in public.
    """
    if not arn:
        return
    parsed = Arn.parse(arn)
    if parsed is not None and parsed.service not in _SERVICES:
        raise _invalid_arn(
            "The service specified by the TargetArn is not supported for dead letter configuration."
        )
    target = targets.find(scope, arn)
    if target is None:
        raise invalid(f"Invalid DeadLetterConfig: {arn} is no queue or topic.")  # a guess
    if target.fifo:
        raise _invalid_arn("FIFO SQS queue is not supported for dead letter configuration")
    for action, resource in target.needs:
        if not permits(scope, role_arn, action, resource).allowed:
            service, _, verb = action.partition(":")
            raise invalid(
                "The provided execution role does not have permissions to call "
                f"{verb} on {service.upper()}"
            )


def _invalid_arn(why: str) -> AwsError:
    return invalid(f"Invalid dead letter queue ARN: {why}")
