"""What CloudWatch tells of a mapping is what happened: the function's own account and the queue of
failures are added up and compared, over every protocol that clients of CloudWatch speak."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from tests.journeys.conftest import App
from tests.product import eventually

pytestmark = [pytest.mark.journey, pytest.mark.sandbox]

WORK = """
import json

def handler(event, context):
    seqs = {r["dynamodb"]["Keys"]["id"]["S"]: r["dynamodb"]["SequenceNumber"] for r in event["Records"]}
    ids = list(seqs)
    if "poison" in ids:
        print("DID", json.dumps({"got": len(ids), "failed": len(ids), "raised": 1}))
        raise ValueError("poison")
    bad = [one for one in ids if one.startswith("bad")]
    failed = len(ids) - ids.index(bad[0]) if bad else 0
    print("DID", json.dumps({"got": len(ids), "failed": failed, "raised": 0, "last": "last" in ids}))
    return {"batchItemFailures": [{"itemIdentifier": seqs[one]} for one in bad]}
"""
EVENTS = (
    "PolledEventCount",
    "FilteredOutEventCount",
    "InvokedEventCount",
    "FailedInvokeEventCount",
    "OnFailureDestinationDeliveredEventCount",
)
PROTOCOLS = ("json", "query", "smithy-rpc-v2-cbor")


@dataclass
class World:
    """An account whose function fails now and then, and its queue of failures."""

    app: App
    stream: str
    url: str
    queue_arn: str

    def trigger(self, **members: Any) -> str:
        """Map the stream to the function with the queue for what is given up."""
        return self.app.trigger(
            self.stream,
            MaximumRetryAttempts=1,
            DestinationConfig={"OnFailure": {"Destination": self.queue_arn}},
            MetricsConfig={"Metrics": ["EventCount"]},
            **members,
        )

    def done(self) -> list[dict[str, int]]:
        """What the function says it did, once it has seen the last record."""
        return eventually(self._done)

    def _done(self) -> list[dict[str, int]] | None:
        lines = [line.split(" ", 1)[1] for line in self.app.said() if line.startswith("DID ")]
        told = [json.loads(line) for line in lines]
        return told if any(one.get("last") for one in told) else None

    def given_up(self) -> int:
        """How many records the messages in the queue are about."""
        sqs = self.app.product.client("sqs", self.app.account)
        records = 0
        asked = {"QueueUrl": self.url, "MaxNumberOfMessages": 10, "VisibilityTimeout": 3600}
        while messages := sqs.receive_message(**asked).get("Messages"):
            for message in messages:
                records += json.loads(message["Body"])["DDBStreamBatchInfo"]["batchSize"]
        return records


@pytest.fixture
def world(app: App) -> World:
    sqs = app.product.client("sqs", app.account)
    url = sqs.create_queue(QueueName="lost")["QueueUrl"]
    app.function(source=WORK)
    app.allow("reader", "sqs:SendMessage", name="tell")
    return World(app, app.table(), url, f"arn:aws:sqs:us-east-1:{app.account}:lost")


def ask(app: App, protocol: str, metric: str, dimension: str, value: str) -> dict[str, float]:
    """Ask for a metric's statistics as an SDK does that prefers `protocol`, all time added up."""
    params = {
        "Namespace": "AWS/Lambda",
        "MetricName": metric,
        "Dimensions": [{"Name": dimension, "Value": value}],
        "StartTime": datetime.now(UTC) - timedelta(hours=1),
        "EndTime": datetime.now(UTC) + timedelta(hours=1),
        "Period": 3600,
        "Statistics": ["Sum", "SampleCount"],
    }
    client = app.product.client("cloudwatch", app.account)
    if protocol == "json":
        answer = client.get_metric_statistics(**params)
    else:
        model = client.meta.service_model.operation_model("GetMetricStatistics")
        made = create_serializer(protocol).serialize_to_request(params, model)
        body = made["body"] if isinstance(made["body"], bytes) else urlencode(made["body"]).encode()
        credential = f"{app.account}/20260101/us-east-1/monitoring/aws4_request"
        request = urllib.request.Request(  # noqa: S310 - our own gateway
            app.product.gateway + made["url_path"],
            data=body,
            headers={
                **{name: str(text) for name, text in made["headers"].items()},
                "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, "
                "SignedHeaders=host, Signature=0",
            },
        )
        with urllib.request.urlopen(request, timeout=300) as got:  # noqa: S310
            given = {
                "status_code": got.status,
                "headers": {name.lower(): text for name, text in got.headers.items()},
                "body": got.read(),
            }
        answer = create_parser(protocol).parse(given, model.output_shape)
    points = answer["Datapoints"]
    return {name: sum(one[name] for one in points) for name in ("Sum", "SampleCount")}


def total(app: App, metric: str, dimension: str, value: str) -> float:
    """Add a metric's values up; every protocol must say the same."""
    sums = {ask(app, one, metric, dimension, value)["Sum"] for one in PROTOCOLS}
    assert len(sums) == 1
    return sums.pop()


def test_every_count_is_the_ledger_of_what_happened(world: World) -> None:
    app, wanted, other = world.app, {"S": "wanted"}, {"S": "other"}
    app.put("a", "bad1", "b", "c", "d", kind=wanted)
    app.put("x", "y", "z", kind=other)
    app.put("e", "poison", "f", "g", "bad2", "h", "i", kind=wanted)
    app.put("w", kind=other)
    app.put("last", kind=wanted)
    pattern = json.dumps({"dynamodb": {"NewImage": {"kind": {"S": ["wanted"]}}}})

    uuid = world.trigger(
        BatchSize=4,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        FilterCriteria={"Filters": [{"Pattern": pattern}]},
    )

    did, given_up = world.done(), world.given_up()
    counted = {name: total(app, name, "EventSourceMappingUUID", uuid) for name in EVENTS}
    assert counted == {
        "PolledEventCount": 17,
        "FilteredOutEventCount": 4,
        "InvokedEventCount": sum(one["got"] for one in did),
        "FailedInvokeEventCount": sum(one["failed"] for one in did),
        "OnFailureDestinationDeliveredEventCount": given_up,
    }
    assert given_up > 0
    succeeded = counted["InvokedEventCount"] - counted["FailedInvokeEventCount"]
    assert counted["PolledEventCount"] == counted["FilteredOutEventCount"] + succeeded + given_up
    function = {
        name: total(app, name, "FunctionName", "reader")
        for name in ("Invocations", "Errors", "Throttles", "DestinationDeliveryFailures")
    }
    assert function == {
        "Invocations": len(did),
        "Errors": sum(one["raised"] for one in did),
        "Throttles": 0,
        "DestinationDeliveryFailures": 0,
    }
    for name in ("Duration", "IteratorAge", "ConcurrentExecutions", "Throttles"):
        assert ask(app, "json", name, "FunctionName", "reader")["SampleCount"] == len(did)


def test_what_cannot_be_told_is_dropped_and_counted(world: World) -> None:
    app = world.app
    uuid = world.trigger(BatchSize=1, Enabled=False)
    app.iam.delete_role_policy(RoleName="reader", PolicyName="tell")
    app.put("a", "poison", "last")

    app.functions.update_event_source_mapping(UUID=uuid, Enabled=True)

    world.done()
    assert world.given_up() == 0
    counted = {
        name: total(app, name, "EventSourceMappingUUID", uuid)
        for name in (*EVENTS, "DroppedEventCount")
    }
    assert counted == {
        "PolledEventCount": 3,
        "FilteredOutEventCount": 0,
        "InvokedEventCount": 4,
        "FailedInvokeEventCount": 2,
        "OnFailureDestinationDeliveredEventCount": 0,
        "DroppedEventCount": 1,
    }
    assert total(app, "DestinationDeliveryFailures", "FunctionName", "reader") == 1


def test_a_mapping_lists_the_metrics_that_it_has(world: World) -> None:
    """Without filters nothing is filtered out, and nothing is said of it."""
    app = world.app
    uuid = world.trigger(BatchSize=1)
    app.put("a", "poison", "last")
    world.done()
    watch = app.product.client("cloudwatch", app.account)
    mapping = {"Name": "EventSourceMappingUUID", "Value": uuid}

    listed = watch.list_metrics(Namespace="AWS/Lambda", Dimensions=[mapping])["Metrics"]
    queries = [
        {
            "Id": f"m{place}",
            "MetricStat": {"Metric": metric, "Period": 3600, "Stat": "Sum"},
        }
        for place, metric in enumerate(listed)
    ]
    answer = watch.get_metric_data(
        MetricDataQueries=queries,
        StartTime=datetime.now(UTC) - timedelta(hours=1),
        EndTime=datetime.now(UTC) + timedelta(hours=1),
    )

    sums = [sum(one["Values"]) for one in answer["MetricDataResults"]]
    assert dict(zip((one["MetricName"] for one in listed), sums, strict=True)) == {
        "PolledEventCount": 3,
        "InvokedEventCount": 4,
        "FailedInvokeEventCount": 2,
        "OnFailureDestinationDeliveredEventCount": 1,
    }
