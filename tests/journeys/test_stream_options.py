"""Each option of a stream mapping, through the whole product: what the function really receives."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.journeys.conftest import App
from tests.product import LOGS_POLICY, STREAM_POLICY, eventually

pytestmark = [pytest.mark.journey, pytest.mark.sandbox]

POISONED = """
def handler(event, context):
    ids = [r["dynamodb"]["Keys"]["id"]["S"] for r in event["Records"]]
    print("CALL", *ids)
    if "2" in ids:
        raise ValueError("poison")
"""
REPORTING = """
def handler(event, context):
    seqs = {r["dynamodb"]["Keys"]["id"]["S"]: r["dynamodb"]["SequenceNumber"] for r in event["Records"]}
    print("CALL", *seqs)
    bad = [{"itemIdentifier": seqs["2"]}] if "2" in seqs else []
    return {"batchItemFailures": bad}
"""


def calls(app: App, count: int) -> list[list[str]]:
    """Wait for so many invocations, and give what each one received."""

    def look() -> list[list[str]] | None:
        seen = [line.split()[1:] for line in app.said() if line.startswith("CALL ")]
        return seen if len(seen) >= count else None

    return eventually(look)


def four(app: App, source: str, **options: object) -> None:
    """Four records, and a mapping with `options` that reads them from the start."""
    stream = app.table()
    app.function(source=source)
    app.put("1", "2", "3", "4")
    app.trigger(stream, **options)


def test_a_batch_is_given_up_after_its_retries_and_the_shard_goes_on(app: App) -> None:
    four(app, POISONED, MaximumRetryAttempts=1, BatchSize=2)

    assert calls(app, 3) == [["1", "2"], ["1", "2"], ["3", "4"]]


def test_splitting_isolates_a_poison_record(app: App) -> None:
    four(app, POISONED, MaximumRetryAttempts=1, BisectBatchOnFunctionError=True)

    assert calls(app, 6) == [["1", "2", "3", "4"], ["1", "2"], ["1"], ["2"], ["2"], ["3", "4"]]


def test_reported_failures_are_retried_from_the_first_one(app: App) -> None:
    options = {"FunctionResponseTypes": ["ReportBatchItemFailures"], "MaximumRetryAttempts": 1}
    four(app, REPORTING, **options)

    assert calls(app, 3) == [["1", "2", "3", "4"], ["2", "3", "4"], ["2", "3", "4"]]


def test_splitting_and_reporting_together(app: App) -> None:
    options = {"FunctionResponseTypes": ["ReportBatchItemFailures"], "MaximumRetryAttempts": 1}
    four(app, REPORTING, BisectBatchOnFunctionError=True, **options)

    assert calls(app, 5) == [["1", "2", "3", "4"], ["2", "3", "4"], ["2"], ["2"], ["3", "4"]]


def test_a_window_gathers_until_the_batch_is_full_or_its_time_is_over(app: App) -> None:
    stream = app.table()
    app.function(source="def handler(e, c):\n    print('CALL', len(e['Records']))\n")
    uuid = app.trigger(stream, BatchSize=3, MaximumBatchingWindowInSeconds=300)

    for one in ("a", "b", "c"):
        app.put(one)
    full = calls(app, 1)
    app.functions.update_event_source_mapping(UUID=uuid, MaximumBatchingWindowInSeconds=1)
    app.put("d")

    assert full == [["3"]]
    assert calls(app, 2) == [["3"], ["1"]]


def test_filters_keep_records_from_the_function(app: App) -> None:
    stream = app.table()
    app.function()
    pattern = json.dumps({"dynamodb": {"NewImage": {"kind": {"S": ["wanted"]}}}})
    app.trigger(stream, FilterCriteria={"Filters": [{"Pattern": pattern}]})

    app.put("a", kind={"S": "wanted"})
    app.put("b", kind={"S": "other"})
    app.put("c", kind={"S": "wanted"})

    assert app.wait_for("a", "c") == ["a", "c"]


def test_records_older_than_the_limit_are_given_up_without_an_invocation(app: App) -> None:
    """A mapping that is enabled more than an hour after the write; time is not waited for but
    moved: the records' arrival is set back in the product's own database."""
    import sqlite3

    stream = app.table()
    app.function()
    app.put("old")
    uuid = app.trigger(stream, MaximumRecordAgeInSeconds=3600, Enabled=False)
    with sqlite3.connect(app.product.data / "shardlight.sqlite3", timeout=300) as database:
        database.execute(
            "UPDATE triggers_record SET created_ms = created_ms - 7200000 WHERE shard_id IN "
            "(SELECT id FROM triggers_shard WHERE stream_id = "
            "(SELECT id FROM triggers_stream WHERE arn = ?))",
            [stream],
        )
    database.close()
    app.put("fresh")

    app.functions.update_event_source_mapping(UUID=uuid, Enabled=True)

    assert app.wait_for("fresh") == ["fresh"]


def test_a_tumbling_window_hands_its_state_on_and_ends_with_it(app: App) -> None:
    stream = app.table()
    app.function(
        source="""
def handler(event, context):
    seen = event["state"].get("seen", 0) + len(event["Records"])
    print("CALL", seen, event["isFinalInvokeForWindow"], event["isWindowTerminatedEarly"])
    return {"state": {"seen": seen}}
"""
    )
    app.trigger(stream, TumblingWindowInSeconds=2, BatchSize=1)

    items = [{"id": {"S": one}} for one in ("a", "b")]
    puts = [{"Put": {"TableName": "Orders", "Item": item}} for item in items]
    app.db.transact_write_items(TransactItems=puts)  # arrive at one moment: in one window

    assert calls(app, 3) == [
        ["1", "False", "False"],
        ["2", "False", "False"],
        ["2", "True", "False"],
    ]


def test_parallel_batches_keep_each_items_order(app: App) -> None:
    stream = app.table()
    app.function(
        source="""
def handler(event, context):
    for r in event["Records"]:
        print("CALL", r["dynamodb"]["Keys"]["id"]["S"], r["dynamodb"]["NewImage"]["n"]["N"])
"""
    )
    uuid = app.trigger(stream, ParallelizationFactor=4, BatchSize=3)
    for n in range(5):
        app.put("a", "b", "c", "d", "e", n={"N": str(n)})
    calls(app, 25)

    app.functions.update_event_source_mapping(UUID=uuid, ParallelizationFactor=2)
    for n in range(5, 10):
        app.put("a", "b", "c", "d", "e", n={"N": str(n)})

    seen = calls(app, 50)
    assert len(seen) == 50
    for one in "abcde":
        assert [int(n) for key, n in seen if key == one] == list(range(10))


def queue(app: App, name: str = "lost") -> tuple[str, str]:
    """A queue's URL and ARN."""
    sqs = app.product.client("sqs", app.account)
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, asked["Attributes"]["QueueArn"]


def allow(app: App, *actions: str) -> None:
    """Let the function's role do more."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    app.iam.put_role_policy(
        RoleName="reader", PolicyName="tell", PolicyDocument=json.dumps(document)
    )


def lose_record_2(app: App, destination: str) -> str:
    """Three records, of which the second is given up and told to `destination`; the stream."""
    stream = app.table()
    app.put("1", "2", "3")
    app.trigger(
        stream,
        BatchSize=1,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": destination}},
        MetricsConfig={"Metrics": ["EventCount"]},
    )
    assert calls(app, 4)[-1] == ["3"]
    return stream


def one_message(app: App, url: str) -> dict[str, Any]:
    """The one message in a queue."""
    sqs = app.product.client("sqs", app.account)
    asked = {"QueueUrl": url, "MessageSystemAttributeNames": ["All"]}
    found: list[dict[str, Any]] = eventually(lambda: sqs.receive_message(**asked).get("Messages"))
    return found[0]


def received(app: App, url: str) -> str:
    """The body of the one message in a queue."""
    return str(one_message(app, url)["Body"])


def test_given_up_records_are_told_to_the_failure_queue(app: App) -> None:
    url, arn = queue(app)
    app.function(source=POISONED)
    allow(app, "sqs:SendMessage")

    stream = lose_record_2(app, arn)

    message = one_message(app, url)
    told = json.loads(message["Body"])
    role_id = app.iam.get_role(RoleName="reader")["Role"]["RoleId"]
    assert message["Attributes"]["SenderId"].startswith(f"{role_id}:awslambda_701_")
    assert told["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert told["requestContext"]["approximateInvokeCount"] == 2
    assert told["responseContext"]["functionError"] == "Unhandled"
    assert told["DDBStreamBatchInfo"]["batchSize"] == 1
    assert told["DDBStreamBatchInfo"]["streamArn"] == stream


def test_a_topic_hands_the_failure_record_on_to_its_subscribers(app: App) -> None:
    url, arn = queue(app)
    sns = app.product.client("sns", app.account)
    topic = sns.create_topic(Name="lost")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    app.function(source=POISONED)
    allow(app, "sns:Publish")

    lose_record_2(app, topic)

    told = json.loads(json.loads(received(app, url))["Message"])
    assert told["DDBStreamBatchInfo"]["batchSize"] == 1


def test_a_bucket_gets_the_failure_record_with_the_whole_event(app: App) -> None:
    s3 = app.product.client("s3", app.account)
    name = f"lost-{app.account}"
    s3.create_bucket(Bucket=name)
    app.function(source=POISONED)
    allow(app, "s3:PutObject", "s3:ListBucket")

    stream = lose_record_2(app, f"arn:aws:s3:::{name}")

    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=name)["Contents"]]
    assert len(keys) == 1
    told = json.loads(s3.get_object(Bucket=name, Key=keys[0])["Body"].read())
    event = json.loads(told["payload"])
    assert event["Records"][0]["dynamodb"]["Keys"] == {"id": {"S": "2"}}
    assert event["Records"][0]["eventSourceARN"] == stream


def test_a_destination_that_the_role_may_not_use_is_refused(app: App) -> None:
    _, arn = queue(app)
    app.function(source=POISONED)

    with pytest.raises(app.functions.exceptions.InvalidParameterValueException) as refusal:
        lose_record_2(app, arn)

    assert "does not have permissions to call SendMessage on SQS" in str(refusal.value)


def test_metrics_tell_what_happened(app: App) -> None:
    _, arn = queue(app)
    app.function(source=POISONED)
    allow(app, "sqs:SendMessage")
    lose_record_2(app, arn)
    (mapping,) = app.functions.list_event_source_mappings()["EventSourceMappings"]
    watch = app.product.client("cloudwatch", app.account)

    def total(metric: str, dimension: str, value: str) -> float:
        answer = watch.get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName=metric,
            Dimensions=[{"Name": dimension, "Value": value}],
            StartTime=datetime.now(UTC) - timedelta(hours=1),
            EndTime=datetime.now(UTC) + timedelta(hours=1),
            Period=3600,
            Statistics=["Sum"],
        )
        return float(sum(point["Sum"] for point in answer["Datapoints"]))

    events = {
        name: total(name, "EventSourceMappingUUID", mapping["UUID"])
        for name in (
            "PolledEventCount",
            "InvokedEventCount",
            "FailedInvokeEventCount",
            "OnFailureDestinationDeliveredEventCount",
        )
    }
    assert events == {
        "PolledEventCount": 3,
        "InvokedEventCount": 4,
        "FailedInvokeEventCount": 2,
        "OnFailureDestinationDeliveredEventCount": 1,
    }
    assert total("Invocations", "FunctionName", "reader") == 4
    assert total("Errors", "FunctionName", "reader") == 2


def test_records_wait_for_a_permission_that_was_taken_away(app: App) -> None:
    stream = app.table()
    app.function()
    app.iam.attach_role_policy(RoleName="reader", PolicyArn=LOGS_POLICY)  # its lines tell what came
    uuid = app.trigger(stream)
    app.put("a")
    app.wait_for("a")

    app.iam.detach_role_policy(RoleName="reader", PolicyArn=STREAM_POLICY)
    sent = ["a"]

    def mapping() -> dict[str, str]:
        found: dict[str, str] = app.functions.get_event_source_mapping(UUID=uuid)
        return found

    def noticed() -> bool:
        """Write one more, until the loss shows: as on AWS it takes a moment."""
        sent.append(f"i{len(sent)}")
        app.put(sent[-1])
        return "is not authorized to perform" in mapping()["LastProcessingResult"]

    eventually(noticed)
    assert mapping()["State"] == "Enabled"
    app.iam.attach_role_policy(RoleName="reader", PolicyArn=STREAM_POLICY)

    assert app.wait_for(*sent) == sent
