"""What a destination is told of discarded records: AWS's documents, key by key."""

from __future__ import annotations

import json
from dataclasses import replace

from triggers.polling.batching import Condition
from triggers.polling.documents import Loss, LossWindow, document, object_key

STREAM = "arn:aws:dynamodb:us-east-1:123456789012:table/T/stream/2025-01-01T00:00:00.000"
LOSS = Loss(
    request_id="316aa6d0-8154-xmpl-9af7-85d5f4a6bc81",
    function_arn="arn:aws:lambda:us-east-1:123456789012:function:f",
    version="$LATEST",
    condition=Condition.RETRIES,
    invocations=2,
    function_error="Unhandled",
    shard_name="shardId-00000001573689847184-864758bb",
    stream_arn=STREAM,
    records=1,
    first=("800000000003126276362", 1573690399.0),
    last=("800000000003126276362", 1573690399.0),
    window=None,
    now=1573690429.717,
)


def test_a_queue_gets_the_recorded_document_in_its_order() -> None:
    assert document(LOSS) == (
        '{"requestContext":{"requestId":"316aa6d0-8154-xmpl-9af7-85d5f4a6bc81",'
        '"functionArn":"arn:aws:lambda:us-east-1:123456789012:function:f",'
        '"condition":"RetryAttemptsExhausted","approximateInvokeCount":2},'
        '"responseContext":{"statusCode":200,"executedVersion":"$LATEST",'
        '"functionError":"Unhandled"},"version":"1.0","timestamp":"2019-11-14T00:13:49.717Z",'
        '"DDBStreamBatchInfo":{"shardId":"shardId-00000001573689847184-864758bb",'
        '"startSequenceNumber":"800000000003126276362","endSequenceNumber":"800000000003126276362",'
        '"approximateArrivalOfFirstRecord":"2019-11-14T00:13:19Z",'
        '"approximateArrivalOfLastRecord":"2019-11-14T00:13:19Z","batchSize":1,'
        f'"streamArn":"{STREAM}"}}}}'
    )


def test_a_report_has_a_function_error_of_null() -> None:
    told = json.loads(document(replace(LOSS, function_error=None)))

    assert told["responseContext"]["functionError"] is None


def test_records_given_up_for_their_age_have_no_response() -> None:
    told = json.loads(document(replace(LOSS, condition=Condition.AGE, invocations=1)))

    assert "responseContext" not in told
    assert told["requestContext"]["condition"] == "RecordAgeExceeded"


def test_a_bucket_gets_the_event_as_text_between_version_and_timestamp() -> None:
    told = json.loads(document(LOSS, b'{"Records":[]}'))

    assert list(told)[2:5] == ["version", "payload", "timestamp"]
    assert told["payload"] == '{"Records":[]}'


def test_a_final_invocation_names_only_shard_stream_and_window() -> None:
    window = LossWindow(1573690380.0, 1573690500.0, final=True)
    loss = replace(LOSS, first=None, last=None, records=0, window=window)

    told = json.loads(document(loss))

    assert list(told["DDBStreamBatchInfo"]) == ["shardId", "streamArn"]
    assert list(told)[-2:] == ["DDBStreamBatchInfo", "timeWindowInfo"]
    assert told["timeWindowInfo"] == {
        "window": {"start": "2019-11-14T00:13:00Z", "end": "2019-11-14T00:15:00Z"},
        "isFinalInvokeForWindow": True,
        "isWindowTerminatedEarly": False,
    }


def test_objects_are_named_by_mapping_shard_and_time() -> None:
    assert object_key("m", "s", 1573690429.717, "u") == (
        "aws/lambda/m/s/2019/11/14/2019-11-14T00.13.49-u"
    )


def test_a_bucket_gets_arrivals_as_aws_writes_them_there() -> None:
    event = b'{"Records":[{"dynamodb":{"ApproximateCreationDateTime":1789651658.0,"Keys":{"id":'
    quoted = rb'{"S":"\"ApproximateCreationDateTime\":1789651658.0,"}}}}]}'

    told = json.loads(document(LOSS, event + quoted))["payload"]

    assert '"ApproximateCreationDateTime":1.789651658E9,"Keys"' in told
    assert told.endswith(quoted.decode())
    assert json.loads(told) == json.loads(event + quoted)
