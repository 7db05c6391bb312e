"""What calls of SQS, SNS and S3 must be allowed."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from console.aws.registry import Params
from console.aws.scope import Scope
from console.gateway.needs.need import ANY, Need

_OBJECTS = {
    "PutObject": "PutObject",
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "DeleteObject": "DeleteObject",
}
_BUCKETS = {"ListObjectsV2": "ListBucket", "ListObjects": "ListBucket", "HeadBucket": "ListBucket"}


def queues(scope: Scope, operation: str, params: Params) -> Iterator[Need]:
    """List what a call of SQS must be allowed; a batch needs what its single call needs."""
    action = f"sqs:{operation.removesuffix('Batch')}"
    if "QueueUrl" in params:
        account, _, name = urlsplit(params["QueueUrl"]).path.strip("/").rpartition("/")
        owner = account.rpartition("/")[2] or scope.account
        yield Need(action, (f"arn:aws:sqs:{scope.region}:{owner}:{name}",))
    elif "QueueName" in params:
        yield Need(action, (scope.arn("sqs", params["QueueName"]),))
    else:
        yield Need(
            action,
            (scope.arn("sqs", str(params.get("QueueNamePrefix", ""))),)
            if operation == "ListQueues"
            else ANY,
        )


def topics(scope: Scope, operation: str, params: Params) -> Iterator[Need]:
    """List what a call of SNS must be allowed."""
    action = f"sns:{'Publish' if operation == 'PublishBatch' else operation}"
    facts = {
        f"sns:{member}": (str(params[member]),)
        for member in ("Endpoint", "Protocol")
        if member in params
    }
    named = params.get("TopicArn") or params.get("TargetArn") or params.get("ResourceArn")
    if not named and "SubscriptionArn" in params:
        named = str(params["SubscriptionArn"]).rpartition(":")[0]
    if not named and operation == "CreateTopic":
        named = scope.arn("sns", params["Name"])
    if not named and operation.startswith("List"):
        named = scope.arn("sns", "*")
    yield Need(action, (str(named),) if named else ANY, facts)


def buckets(scope: Scope, operation: str, params: Params) -> Iterator[Need]:  # noqa: ARG001 - buckets have no account
    """List what a call of S3 must be allowed."""
    bucket = f"arn:aws:s3:::{params.get('Bucket', '')}"
    if operation in _OBJECTS:
        yield Need(f"s3:{_OBJECTS[operation]}", (f"{bucket}/{params['Key']}",))
    elif operation == "DeleteObjects":
        for one in params["Delete"].get("Objects", ()):
            yield Need("s3:DeleteObject", (f"{bucket}/{one['Key']}",))
    elif operation == "ListBuckets":
        yield Need("s3:ListAllMyBuckets")
    else:
        facts = {
            f"s3:{key}": (str(params[member]),)
            for key, member in (
                ("prefix", "Prefix"),
                ("delimiter", "Delimiter"),
                ("max-keys", "MaxKeys"),
            )
            if member in params
        }
        yield Need(f"s3:{_BUCKETS.get(operation, operation)}", (bucket,), facts)
