"""CBOR against botocore's own writer and reader, and against bytes that are none."""

from __future__ import annotations

import struct
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import given
from hypothesis import strategies as st

from console.aws.errors import AwsError
from console.aws.wire import cbor
from console.aws.wire import cborwriters as writers
from console.aws.wire.faults import fault
from console.aws.wire.messages import Request, Response
from console.aws.wire.models import service_model
from console.aws.wire.parse import parse
from console.aws.wire.routes import Route, find_route
from console.aws.wire.serialize import serialize

CBOR = "smithy-rpc-v2-cbor"
NOON = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
WHOLE = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROUTE = Route("cloudwatch", "GetMetricData", "rpc-v2-cbor")
DATUM = {
    "MetricName": "Größe",
    "Dimensions": [{"Name": "n", "Value": "v" * 300}],
    "Timestamp": NOON,
    "Values": [-1.5, 0.0, 2.0**300],
    "Counts": [1.0, 2.0, 3.0],
    "Unit": "Bytes",
    "StorageResolution": 60,
}


def request_by_botocore(operation: str, params: dict[str, Any]) -> Request:
    made = create_serializer(CBOR, include_validation=False).serialize_to_request(
        params, service_model("cloudwatch").operation_model(operation)
    )
    headers = {name.lower(): value for name, value in made["headers"].items()}
    return Request(made["method"], made["url_path"], "", headers, made["body"])


def read_by_botocore(operation: str, response: Response) -> dict[str, Any]:
    answer = {
        "status_code": response.status,
        "headers": HeadersDict(response.headers),
        "body": response.body,
    }
    shape = service_model("cloudwatch").operation_model(operation).output_shape
    return create_parser(CBOR).parse(answer, shape)


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("PutMetricData", {"Namespace": "N", "MetricData": [DATUM] * 30}),
        (
            "GetMetricStatistics",
            {
                "Namespace": "N",
                "MetricName": "M",
                "StartTime": WHOLE,
                "EndTime": NOON,
                "Period": 70_000,
                "ExtendedStatistics": ["p99.9"],
            },
        ),
        ("ListMetrics", {"IncludeLinkedAccounts": False}),
        ("ListMetrics", {}),
    ],
)
def test_what_botocore_sends_is_what_an_operation_gets(operation, params):
    request = request_by_botocore(operation, params)
    route = find_route(request)

    assert route == Route("cloudwatch", operation, "rpc-v2-cbor")
    assert parse(request, route) == params


def test_what_an_operation_returns_is_what_botocore_reads():
    result = {
        "MetricDataResults": [
            {
                "Id": "a",
                "Label": "ä" * 70_000,
                "Timestamps": [WHOLE, NOON],
                "Values": [1.0, -2.5e-300],
                "StatusCode": "Complete",
            }
        ],
        "NextToken": None,
    }
    response = serialize(Request("POST", "/"), ROUTE, result, "id-1")
    read = read_by_botocore("GetMetricData", response)

    assert response.headers["smithy-protocol"] == "rpc-v2-cbor"
    assert response.headers["content-type"] == "application/cbor"
    assert read["ResponseMetadata"]["RequestId"] == "id-1"
    assert read["MetricDataResults"] == result["MetricDataResults"]
    assert "NextToken" not in read


def test_blobs_and_booleans_are_written_as_cbor_has_them():
    image = Route("cloudwatch", "GetMetricWidgetImage", "rpc-v2-cbor")
    response = serialize(Request("POST", "/"), image, {"MetricWidgetImage": b"\0\xff" * 200}, "i")

    assert read_by_botocore("GetMetricWidgetImage", response)["MetricWidgetImage"] == (
        b"\0\xff" * 200
    )


def test_an_error_keeps_its_name_of_the_query_protocol():
    error = AwsError("InvalidParameterValueException", "no")
    read = read_by_botocore("GetMetricData", fault(Request("POST", "/"), ROUTE, error, "id-1"))

    assert (read["Error"]["Code"], read["Error"]["Message"]) == ("InvalidParameterValue", "no")
    assert read["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"", {}),
        (b"\xbf\x61a\x01\xff", {"a": 1}),
        (b"\x9f\x01\x02\xff", [1, 2]),
        (b"\x7f\x61a\x62bc\xff", "abc"),
        (b"\x5f\x41\x01\xff", b"\x01"),
        (b"\xf9\x3c\x00", 1.0),
        (b"\xfa\x3f\xc0\x00\x00", 1.5),
        (b"\xf7", None),
        (b"\xc1\x18\x64", 100),
        (b"\x3b" + b"\xff" * 8, -(2**64)),
    ],
)
def test_forms_that_botocore_does_not_write_are_read_too(body, value):
    assert cbor.decode(body) == value


@pytest.mark.parametrize(
    "body",
    [
        b"\x01\x02",  # more than one value
        b"\x61",  # a text cut short
        b"\x9b" + b"\xff" * 8,  # an array that claims to be endless
        b"\xbb" + b"\x7f" * 8 + b"\x61a",
        b"\x62\xc3\x28",  # no UTF-8
        b"\xa1\x01\x02",  # a number for a name
        b"\xa1\x80\x02",
        b"\xc0\x61a",  # another tag
        b"\xc1\x61a",  # a text for a time
        b"\xc1\xf5",
        b"\xff",
        b"\x9f\x01",  # no break
        b"\x1c",
        b"\xf8\x20",
        b"\x7f\x41a\xff",  # bytes inside a text
        b"\x7f\x7f\x61a\xff\xff",
        b"\x81" * 100_000 + b"\x01",
        b"\xc1" * 100_000 + b"\x01",
    ],
)
def test_what_is_malformed_is_refused(body):
    with pytest.raises(AwsError) as refused:
        cbor.decode(body)

    assert refused.value.code == "SerializationException"


@given(st.binary(max_size=60))
def test_no_bytes_break_the_decoder(body):
    with suppress(AwsError):
        cbor.decode(body)


@given(st.floats(allow_nan=False), st.integers(-(2**63), 2**63 - 1), st.text())
def test_scalars_come_back(number, integer, text):
    assert cbor.decode(writers.text(text)) == text
    assert cbor.decode(b"\xfb" + struct.pack(">d", number)) == number
    shape = service_model("cloudwatch").shape_for("StorageResolution")
    assert cbor.decode(writers.compile_writer(shape)(integer)) == integer
