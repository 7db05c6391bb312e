"""SQS on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from console.aws.errors import AwsError
from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.messaging import (
    batches,
    finding,
    limits,
    paging,
    queue_answers,
    queues,
    receiving,
    settling,
)
from functions.messaging.batches import Entry, Outcome
from functions.messaging.receiving import Wish


@operation("sqs", "CreateQueue", honours="QueueName Attributes tags")
def create_queue(scope: Scope, params: Params) -> Params:
    """Make a queue."""
    queue = queues.create(
        scope, params["QueueName"], params.get("Attributes", {}), tags=params.get("tags", {})
    )
    return {"QueueUrl": finding.url_of(scope, queue)}


@operation("sqs", "GetQueueUrl", honours="QueueName QueueOwnerAWSAccountId")
def get_queue_url(scope: Scope, params: Params) -> Params:
    """Say where a queue is addressed."""
    owner = params.get("QueueOwnerAWSAccountId") or scope.account
    queue = finding.find(scope, params["QueueName"] if owner == scope.account else "")
    return {"QueueUrl": finding.url_of(scope, queue)}


@operation("sqs", "GetQueueAttributes", honours="QueueUrl AttributeNames")
def get_queue_attributes(scope: Scope, params: Params) -> Params:
    """Show a queue's settings and counts."""
    queue = finding.find_by_url(scope, params["QueueUrl"])
    shown = queue_answers.attributes(scope, queue, params.get("AttributeNames", []))
    return {"Attributes": shown} if shown else {}


@operation("sqs", "SetQueueAttributes", honours="QueueUrl Attributes")
def set_queue_attributes(scope: Scope, params: Params) -> None:
    """Change a queue's settings."""
    queues.change(scope, params["QueueUrl"], params["Attributes"])


@operation("sqs", "ListQueues", honours="QueueNamePrefix NextToken MaxResults")
def list_queues(scope: Scope, params: Params) -> Params:
    """List queues by name."""
    prefix, count = params.get("QueueNamePrefix", ""), _page_size(params)
    listing = f"queues {prefix}"
    after = paging.place(scope, listing, params.get("NextToken"), _bad_token())
    found = finding.page(scope, prefix=prefix, after=after, count=count + 1)
    page = paging.cut(scope, listing, found, count, lambda queue: queue.name)
    return queue_answers.urls(scope, page, "QueueUrls")


@operation("sqs", "ListDeadLetterSourceQueues", honours="QueueUrl NextToken MaxResults")
def list_dead_letter_source_queues(scope: Scope, params: Params) -> Params:
    """List the queues whose dead letters go to this one."""
    queue, count = finding.find_by_url(scope, params["QueueUrl"]), _page_size(params)
    listing = f"sources of {queue.pk}"
    after = paging.place(scope, listing, params.get("NextToken"), _bad_token())
    found = finding.sources(scope, queue, after=after, count=count + 1)
    page = paging.cut(scope, listing, found, count, lambda queue: queue.name)
    return {"queueUrls": []} | queue_answers.urls(scope, page, "queueUrls")


@operation("sqs", "DeleteQueue", honours="QueueUrl")
def delete_queue(scope: Scope, params: Params) -> None:
    """Delete a queue with its messages."""
    queues.delete(scope, params["QueueUrl"])


@operation("sqs", "PurgeQueue", honours="QueueUrl")
def purge_queue(scope: Scope, params: Params) -> None:
    """Delete all messages of a queue."""
    queues.purge(scope, params["QueueUrl"])


@operation("sqs", "TagQueue", honours="QueueUrl Tags")
def tag_queue(scope: Scope, params: Params) -> None:
    """Add tags to a queue."""
    queues.tag(scope, params["QueueUrl"], params["Tags"])


@operation("sqs", "UntagQueue", honours="QueueUrl TagKeys")
def untag_queue(scope: Scope, params: Params) -> None:
    """Take tags from a queue."""
    queues.untag(scope, params["QueueUrl"], params["TagKeys"])


@operation("sqs", "ListQueueTags", honours="QueueUrl")
def list_queue_tags(scope: Scope, params: Params) -> Params:
    """List a queue's tags."""
    tags = finding.find_by_url(scope, params["QueueUrl"]).tags
    return {"Tags": tags} if tags else {}


@operation(
    "sqs",
    "SendMessage",
    honours="QueueUrl MessageBody DelaySeconds MessageAttributes MessageSystemAttributes"
    " MessageDeduplicationId MessageGroupId",
)
def send_message(scope: Scope, params: Params) -> Params:
    """Store one message."""
    queue = finding.find_by_url(scope, params["QueueUrl"])
    return queue_answers.send(scope, queue, params)


@operation("sqs", "SendMessageBatch", honours="QueueUrl Entries")
def send_message_batch(scope: Scope, params: Params) -> Params:
    """Store up to ten messages."""
    queue, entries = finding.find_by_url(scope, params["QueueUrl"]), params["Entries"]
    batches.check(entries, "SendMessageBatchRequestEntry")
    batches.check_size(sum(map(queue_answers.weight, entries)))
    return _told(batches.run(entries, lambda entry: queue_answers.send(scope, queue, entry)))


@operation(
    "sqs",
    "ReceiveMessage",
    honours="QueueUrl AttributeNames MessageSystemAttributeNames MessageAttributeNames"
    " MaxNumberOfMessages VisibilityTimeout WaitTimeSeconds",
    waits=True,
)
def receive_message(scope: Scope, params: Params) -> Params:
    """Take up to ten messages, waiting for the first one when asked to."""
    wish = Wish(
        count=params.get("MaxNumberOfMessages", 1),
        visibility=params.get("VisibilityTimeout"),
        wait=params.get("WaitTimeSeconds"),
    )
    asked = queue_answers.Asked(
        system=(*params.get("AttributeNames", ()), *params.get("MessageSystemAttributeNames", ())),
        user=tuple(params.get("MessageAttributeNames", ())),
    )
    taken = receiving.receive(scope, params["QueueUrl"], wish)
    return {"Messages": [queue_answers.message(one, asked) for one in taken]} if taken else {}


@operation("sqs", "DeleteMessage", honours="QueueUrl ReceiptHandle")
def delete_message(scope: Scope, params: Params) -> None:
    """Delete a message that was received."""
    queue = finding.find_by_url(scope, params["QueueUrl"])
    settling.delete(scope, queue, params["ReceiptHandle"])


@operation("sqs", "DeleteMessageBatch", honours="QueueUrl Entries")
def delete_message_batch(scope: Scope, params: Params) -> Params:
    """Delete up to ten messages."""
    queue, entries = finding.find_by_url(scope, params["QueueUrl"]), params["Entries"]
    batches.check(entries, "DeleteMessageBatchRequestEntry")

    def delete(entry: Entry) -> Params:
        settling.delete(scope, queue, entry["ReceiptHandle"])
        return {}

    return _told(batches.run(entries, delete))


@operation("sqs", "ChangeMessageVisibility", honours="QueueUrl ReceiptHandle VisibilityTimeout")
def change_message_visibility(scope: Scope, params: Params) -> None:
    """Hide a held message longer or shorter."""
    queue = finding.find_by_url(scope, params["QueueUrl"])
    settling.hide(scope, queue, params["ReceiptHandle"], params["VisibilityTimeout"])


@operation("sqs", "ChangeMessageVisibilityBatch", honours="QueueUrl Entries")
def change_message_visibility_batch(scope: Scope, params: Params) -> Params:
    """Hide up to ten held messages longer or shorter."""
    queue, entries = finding.find_by_url(scope, params["QueueUrl"]), params["Entries"]
    batches.check(entries, "ChangeMessageVisibilityBatchRequestEntry")

    def hide(entry: Entry) -> Params:
        settling.hide(scope, queue, entry["ReceiptHandle"], entry.get("VisibilityTimeout", 0))
        return {}

    return _told(batches.run(entries, hide))


def _told(outcome: Outcome) -> Params:
    return {"Successful": outcome.successful, "Failed": outcome.failed or None}


def _page_size(params: Params) -> int:
    count: int = params.get("MaxResults", limits.QUEUES_A_PAGE)
    if 1 <= count <= limits.QUEUES_A_PAGE:
        return count
    raise AwsError(
        "InvalidParameterValue",
        f"Value {count} for parameter MaxResults is invalid. Reason: MaxResults must be an integer "
        f"between 1 and {limits.QUEUES_A_PAGE}",
    )


def _bad_token() -> AwsError:
    return AwsError("InvalidParameterValue", "Invalid or expired next token.")
