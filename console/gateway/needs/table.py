"""The one list of services and their rules."""

from __future__ import annotations

from collections.abc import Iterable

from console.aws.registry import Params
from console.aws.scope import Scope
from console.gateway.needs import dynamodb, functions, identity, messaging, observability
from console.gateway.needs.need import Need, Rule

RULES: dict[str, Rule] = {
    "cloudwatch": observability.metrics,
    "dynamodb": dynamodb.needs,
    "dynamodbstreams": dynamodb.needs,
    "iam": identity.needs,
    "lambda": functions.needs,
    "logs": observability.logs,
    "s3": messaging.buckets,
    "sns": messaging.topics,
    "sqs": messaging.queues,
    "sts": identity.tokens,
}


def needs_of(scope: Scope, service: str, operation: str, params: Params) -> Iterable[Need]:
    """List what a caller must be allowed for a call; empty for calls that everybody may make."""
    return RULES[service](scope, operation, params)
