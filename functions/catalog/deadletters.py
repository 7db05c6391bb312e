"""Whether a function may have a dead-letter queue: what it is, and whether its role may write there."""

from __future__ import annotations

from console.aws.scope import Scope
from functions.catalog.configuration import invalid
from functions.iam.roles import permits
from functions.messaging import targets


def check(scope: Scope, arn: str, role_arn: str) -> None:
    """Let pass no dead-letter queue, and queues and topics that the role may send to.

    Raises AwsError. Source of the text about roles: AWS's answers pasted in public issues.
    """
    if not arn:
        return
    target = targets.find(scope, arn)
    if target is None or target.kind == "s3":
        raise invalid(f"Invalid DeadLetterConfig: {arn} is no queue or topic.")  # a guess
    for action, resource in target.needs:
        if not permits(scope, role_arn, action, resource).allowed:
            service, _, verb = action.partition(":")
            raise invalid(
                "The provided execution role does not have permissions to call "
                f"{verb} on {service.upper()}"
            )
