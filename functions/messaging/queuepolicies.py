"""What a queue's own policy says of who sends into it: SNS for a topic, or a role. Knows no rows.

Source: SQS developer guide, "Custom policies with the Amazon SQS access policy language"; the text of
the refusal is SQS's for every attribute with a wrong value.
"""

from __future__ import annotations

from collections.abc import Mapping

from console.aws.errors import AwsError
from functions.iam import evaluation, grammar, trust
from functions.iam.context import Context, Source
from functions.iam.documents import Document, read
from functions.iam.evaluation import Decision

SEND = "sqs:SendMessage"
_SNS = (("Service", "sns.amazonaws.com"), ("AWS", "*"))


def checked(text: str) -> str:
    """Check a policy document; returns it as it was sent. Raises AwsError InvalidAttributeValue."""
    if text:
        try:
            grammar.check_resource(text)
        except AwsError:
            raise AwsError(
                "InvalidAttributeValue", "Invalid value for the parameter Policy."
            ) from None
    return text


def lets_topic(policy: str, queue_arn: str, topic_arn: str, known: Mapping[str, Source]) -> bool:
    """Say whether SNS may deliver a topic's notification; without a policy it may (ours)."""
    if not policy:
        return True
    source = {"aws:SourceArn": (topic_arn,), "aws:PrincipalIsAWSService": ("true",)}
    return _ask(policy, _SNS, queue_arn, {**known, **source}).allowed


def with_role(
    policy: str, identity: Decision, role_arn: str, queue_arn: str, known: Mapping[str, Source]
) -> Decision:
    """Join what a role's policies say of sending with what the queue's says: a denial of either
    counts, then an allowance of either."""
    if not policy or identity.denied:
        return identity
    own = _ask(policy, (("AWS", role_arn), ("AWS", "*")), queue_arn, known)
    return own if own.denied or own.allowed else identity


def _ask(
    policy: str,
    principals: tuple[tuple[str, str], ...],
    queue_arn: str,
    known: Mapping[str, Source],
) -> Decision:
    document = read("the queue's policy", policy)
    about = tuple(one for one in document.statements if trust.means(one, principals))
    spoken = Document(document.name, about, document.has_variables)
    return evaluation.evaluate([spoken], SEND, queue_arn, Context(known))
