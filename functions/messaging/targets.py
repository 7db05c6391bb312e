"""What an ARN of a queue, topic or bucket stands for, to whoever wants to send something there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from console.aws.scope import Scope
from functions.iam import facts, roles
from functions.iam.evaluation import Decision
from functions.messaging import buckets, finding, queuepolicies, topics

Kind = Literal["sqs", "sns", "s3"]


@dataclass(frozen=True, slots=True)
class Target:
    """A place that exists; `needs` are the actions a role must be allowed, each with its resource."""

    arn: str
    kind: Kind
    name: str
    needs: tuple[tuple[str, str], ...]
    fifo: bool = False
    policy: str = ""  # a queue's own


def find(scope: Scope, arn: str) -> Target | None:
    """Find a target of the caller's account and region; None when there is none.

    Source of the actions: Lambda developer guide, failure destinations.
    """
    queue = finding.find_by_arn(scope, arn)
    if queue is not None:
        return Target(
            arn, "sqs", queue.name, ((queuepolicies.SEND, arn),), queue.fifo, queue.policy
        )
    bucket = buckets.find_by_arn(scope, arn)
    if bucket is not None:
        needs = (("s3:PutObject", f"{arn}/*"), ("s3:ListBucket", arn))
        return Target(arn, "s3", bucket.name, needs)
    topic = topics.find_by_arn(scope, arn)
    if topic is not None:
        return Target(arn, "sns", topic.name, (("sns:Publish", arn),))
    return None


def decisions(scope: Scope, target: Target, role_arn: str) -> list[Decision]:
    """Decide of each need of a target whether a role may do it: by its policies and a queue's own."""
    found = roles.decisions(scope, role_arn, target.needs)
    if not target.policy:
        return found
    known = facts.of_account(scope) | {"aws:PrincipalArn": (role_arn,)}
    return [
        queuepolicies.with_role(target.policy, one, role_arn, target.arn, known) for one in found
    ]
