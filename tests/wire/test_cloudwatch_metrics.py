"""Metrics through the wire: boto3 (JSON), the AWS CLI, clients of the query and CBOR protocols."""

from __future__ import annotations

import gzip
import subprocess
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from botocore.awsrequest import HeadersDict
from botocore.exceptions import ClientError
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from console.aws.wire.models import service_model

DIMENSIONS = [{"Name": "Shop", "Value": "north"}]


@pytest.fixture
def cloudwatch(gateway, account):
    return gateway.client("cloudwatch", account)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


def around(now, minutes=5):
    return {"StartTime": now - timedelta(minutes=minutes), "EndTime": now + timedelta(minutes=1)}


def put(client, name="Sold", dimensions=DIMENSIONS, namespace="Shop", **members):
    datum = {"MetricName": name, "Dimensions": dimensions, **members}
    client.put_metric_data(Namespace=namespace, MetricData=[datum])


def statistics(client, now, **members):
    wanted = {
        "Namespace": "Shop",
        "MetricName": "Sold",
        "Dimensions": DIMENSIONS,
        "Period": 60,
        **around(now),
        **members,
    }
    return client.get_metric_statistics(**wanted)


def query(name="Sold", stat="Sum", dimensions=DIMENSIONS, **members):
    metric = {"Namespace": "Shop", "MetricName": name, "Dimensions": dimensions}
    return {
        "Id": "q1",
        "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat},
        **members,
    }


def refusal(call, *arguments, **members) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(*arguments, **members)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_values_that_were_put_are_read_as_statistics(cloudwatch, now):
    put(cloudwatch, Timestamp=now, Value=3, Unit="Count")
    put(cloudwatch, Timestamp=now, Values=[1.0, 7.0], Counts=[2.0, 1.0], Unit="Count")

    wanted = ["SampleCount", "Sum", "Average", "Minimum", "Maximum"]
    answer = statistics(cloudwatch, now, Statistics=wanted)

    assert answer["Label"] == "Sold"
    assert answer["Datapoints"] == [
        {
            "Timestamp": now,
            "SampleCount": 4.0,
            "Sum": 12.0,
            "Average": 3.0,
            "Minimum": 1.0,
            "Maximum": 7.0,
            "Unit": "Count",
        }
    ]


def test_percentiles_are_read_as_extended_statistics(cloudwatch, now):
    put(cloudwatch, Timestamp=now, Values=[float(one) for one in range(1, 101)])

    answer = statistics(cloudwatch, now, ExtendedStatistics=["p0", "p50", "p99.9", "p100"])
    (point,) = answer["Datapoints"]

    assert point["ExtendedStatistics"]["p0"] == 1
    assert point["ExtendedStatistics"]["p50"] == pytest.approx(50.5, rel=0.09)
    assert point["ExtendedStatistics"]["p99.9"] == pytest.approx(99.9, rel=0.09)
    assert point["ExtendedStatistics"]["p100"] == 100


def test_statistic_sets_count_but_have_no_percentiles(cloudwatch, now):
    told = {"SampleCount": 4, "Sum": 20, "Minimum": 2, "Maximum": 9}
    put(cloudwatch, Timestamp=now, StatisticValues=told)

    (point,) = statistics(cloudwatch, now, Statistics=["Average", "Maximum"])["Datapoints"]
    assert (point["Average"], point["Maximum"], point["Unit"]) == (5, 9, "None")
    assert statistics(cloudwatch, now, ExtendedStatistics=["p50"])["Datapoints"] == []


def test_units_are_not_mixed(cloudwatch, now):
    put(cloudwatch, Timestamp=now, Value=1, Unit="Seconds")
    put(cloudwatch, Timestamp=now, Value=5, Unit="Bytes")

    both = statistics(cloudwatch, now, Statistics=["Sum"])["Datapoints"]
    one = statistics(cloudwatch, now, Statistics=["Sum"], Unit="Bytes")["Datapoints"]

    assert {(point["Unit"], point["Sum"]) for point in both} == {("Seconds", 1), ("Bytes", 5)}
    assert [point["Sum"] for point in one] == [5]


def test_dimensions_name_a_metric_all_together_in_any_order(cloudwatch, now):
    pair = [{"Name": "A", "Value": "1"}, {"Name": "B", "Value": "2"}]
    put(cloudwatch, Timestamp=now, Value=1, dimensions=pair)

    swapped = statistics(cloudwatch, now, Statistics=["Sum"], Dimensions=pair[::-1])
    fewer = statistics(cloudwatch, now, Statistics=["Sum"], Dimensions=pair[:1])

    assert len(swapped["Datapoints"]) == 1
    assert fewer["Datapoints"] == []


def test_longer_periods_add_minutes_up(cloudwatch, now):
    for back in (0, 1, 4):
        put(cloudwatch, Timestamp=now - timedelta(minutes=back), Value=1)

    (point,) = statistics(cloudwatch, now, Statistics=["Sum"], Period=600)["Datapoints"]

    assert (point["Timestamp"], point["Sum"]) == (now - timedelta(minutes=5), 3)


def test_data_of_several_queries_come_newest_first(cloudwatch, now):
    put(cloudwatch, Timestamp=now - timedelta(minutes=1), Value=1)
    put(cloudwatch, Timestamp=now, Value=2)
    queries = [query(), query("Other", Id="q2", Label="mine"), query(Id="q3", ReturnData=False)]

    answer = cloudwatch.get_metric_data(MetricDataQueries=queries, **around(now))

    assert answer["MetricDataResults"] == [
        {
            "Id": "q1",
            "Label": "Sold",
            "Timestamps": [now, now - timedelta(minutes=1)],
            "Values": [2, 1],
            "StatusCode": "Complete",
        },
        {"Id": "q2", "Label": "mine", "Timestamps": [], "Values": [], "StatusCode": "Complete"},
    ]


def test_data_are_read_page_by_page(cloudwatch, now):
    for back in range(3):
        put(cloudwatch, Timestamp=now - timedelta(minutes=back), Value=back)
        put(cloudwatch, "Other", Timestamp=now - timedelta(minutes=back), Value=10 + back)
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[query(), query("Other", Id="q2")],
        MaxDatapoints=2,
        ScanBy="TimestampAscending",
        **around(now),
    )
    found = {"q1": [], "q2": []}
    codes = []
    for page in pages:
        for result in page["MetricDataResults"]:
            found[result["Id"]] += result["Values"]
        codes.append([result["StatusCode"] for result in page["MetricDataResults"]])

    assert found == {"q1": [2, 1, 0], "q2": [12, 11, 10]}
    assert codes == [["PartialData", "PartialData"], ["Complete", "PartialData"], ["Complete"] * 2]


def test_metrics_are_listed_by_name_and_dimension(cloudwatch, now):
    put(cloudwatch, Value=1)
    put(cloudwatch, Value=1, dimensions=[{"Name": "Shop", "Value": "south"}])
    put(cloudwatch, "Lost", Value=1, dimensions=[])

    everything = cloudwatch.list_metrics(Namespace="Shop", RecentlyActive="PT3H")["Metrics"]
    south = cloudwatch.list_metrics(Dimensions=[{"Name": "Shop", "Value": "south"}])["Metrics"]
    shops = cloudwatch.list_metrics(MetricName="Sold", Dimensions=[{"Name": "Shop"}])["Metrics"]

    assert [(one["MetricName"], len(one["Dimensions"])) for one in everything] == [
        ("Lost", 0),
        ("Sold", 1),
        ("Sold", 1),
    ]
    assert [one["Dimensions"][0]["Value"] for one in south] == ["south"]
    assert len(shops) == 2


def test_many_metrics_are_listed_page_by_page(cloudwatch):
    names = [f"M{number:03d}" for number in range(520)]
    data = [{"MetricName": name, "Value": 1} for name in names]
    cloudwatch.put_metric_data(Namespace="Many", MetricData=data)  # boto3 sends this gzipped

    first = cloudwatch.list_metrics(Namespace="Many")
    pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace="Many")

    assert len(first["Metrics"]) == 500
    assert [one["MetricName"] for page in pages for one in page["Metrics"]] == names


def test_another_account_and_region_see_nothing(gateway, cloudwatch, now, account):
    put(cloudwatch, Timestamp=now, Value=1)

    for other in (gateway.client("cloudwatch"), gateway.client("cloudwatch", account, "eu-west-1")):
        assert other.list_metrics(Namespace="Shop")["Metrics"] == []
        assert statistics(other, now, Statistics=["Sum"])["Datapoints"] == []


def test_a_page_token_is_good_for_its_own_question_only(gateway, cloudwatch):
    data = [{"MetricName": f"M{number}", "Value": 1} for number in range(501)]
    cloudwatch.put_metric_data(Namespace="Many", MetricData=data)
    token = cloudwatch.list_metrics(Namespace="Many")["NextToken"]

    for client, members in (
        (gateway.client("cloudwatch", "999999999999"), {"Namespace": "Many"}),
        (cloudwatch, {"Namespace": "Other"}),
    ):
        code, _ = refusal(client.list_metrics, NextToken=token, **members)
        assert code == "InvalidNextToken"


def test_what_aws_refuses_is_refused(cloudwatch, now):
    later = {"StartTime": now, "EndTime": now}
    long = {"StartTime": now - timedelta(days=2)}

    assert refusal(put, cloudwatch, namespace="AWS/Lambda", Value=1) == (
        "InvalidParameterValue",
        "The value AWS/Lambda for parameter Namespace is invalid.",
    )
    assert refusal(statistics, cloudwatch, now, Statistics=["Sum"], **later) == (
        "InvalidParameterValue",
        "The parameter StartTime must be less than the parameter EndTime.",
    )
    assert refusal(statistics, cloudwatch, now, Statistics=["Sum"], **long) == (
        "InvalidParameterCombination",
        "You have requested up to 2,881 datapoints, which exceeds the limit of 1,440. You may "
        "reduce the datapoints requested by increasing Period, or decreasing the time range.",
    )
    assert refusal(put, cloudwatch, Value=1, Values=[1.0]) == (
        "InvalidParameterCombination",
        "The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually "
        "exclusive and you have specified both.",
    )
    assert refusal(put, cloudwatch, Values=[1.0, 2.0], Counts=[1.0])[0] == "InvalidParameterValue"
    assert refusal(put, cloudwatch)[0] == "MissingParameter"
    old = now - timedelta(days=15)
    assert refusal(put, cloudwatch, Value=1, Timestamp=old)[0] == "InvalidParameterValue"
    assert refusal(statistics, cloudwatch, now)[0] == "InvalidParameterCombination"
    assert refusal(statistics, cloudwatch, now, Statistics=["Middle"])[0] == "ValidationError"


def test_what_is_not_offered_is_refused_by_name(cloudwatch, now):
    data = {"MetricDataQueries": [{"Id": "e1", "Expression": "q1 / 2"}], **around(now)}
    alarm = {"AlarmName": "a", "EvaluationPeriods": 1, "ComparisonOperator": "LessThanThreshold"}

    assert "Expression" in refusal(cloudwatch.get_metric_data, **data)[1]
    assert "StorageResolution" in refusal(put, cloudwatch, Value=1, StorageResolution=1)[1]
    assert "tm90" in refusal(statistics, cloudwatch, now, ExtendedStatistics=["tm90"])[1]
    assert (
        "multiple of 60" in refusal(statistics, cloudwatch, now, Statistics=["Sum"], Period=30)[1]
    )
    assert "PutMetricAlarm" in refusal(cloudwatch.put_metric_alarm, **alarm)[1]


def test_the_aws_cli_puts_and_reads(gateway, account, now):
    cli = ("cloudwatch", "put-metric-data", "--namespace", "Cli", "--metric-name", "M")
    gateway.cli(*cli, "--value", "4", "--dimensions", "A=1", account=account)
    span = ("--start-time", around(now)["StartTime"].isoformat())
    span += ("--end-time", (now + timedelta(minutes=60)).isoformat())
    metric = ("--namespace", "Cli", "--metric-name", "M", "--dimensions", "Name=A,Value=1")

    read = ("cloudwatch", "get-metric-statistics", *metric, "--period", "60", *span)
    found = gateway.cli(*read, "--statistics", "Maximum", account=account)
    listed = gateway.cli("cloudwatch", "list-metrics", "--namespace", "Cli", account=account)

    assert [point["Maximum"] for point in found["Datapoints"]] == [4.0]
    assert listed["Metrics"][0]["Dimensions"] == [{"Name": "A", "Value": "1"}]
    with pytest.raises(subprocess.CalledProcessError) as failed:
        gateway.cli("cloudwatch", "describe-alarms", account=account)
    assert "DescribeAlarms" in failed.value.stderr


@pytest.mark.parametrize("protocol", ["query", "smithy-rpc-v2-cbor"])
def test_older_and_newer_sdks_get_the_same(gateway, cloudwatch, account, now, protocol):
    put(cloudwatch, Timestamp=now, Value=2.5, Unit="Count")
    wanted = {
        "Namespace": "Shop",
        "MetricName": "Sold",
        "Dimensions": DIMENSIONS,
        "Period": 60,
        "Statistics": ["Sum"],
        **around(now),
    }

    found = call(gateway, account, protocol, "GetMetricStatistics", wanted)
    empty = call(gateway, account, protocol, "PutMetricData", {"Namespace": "S", "MetricData": []})
    failed = call(gateway, account, protocol, "GetMetricStatistics", wanted | {"Period": 7})

    assert found["Datapoints"] == [{"Timestamp": now, "Sum": 2.5, "Unit": "Count"}]
    assert empty["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert failed["Error"]["Code"] == "InvalidParameterValue"


def call(gateway, account, protocol, operation, params):
    """Call as an SDK would that prefers `protocol`."""
    model = service_model("cloudwatch").operation_model(operation)
    made = create_serializer(protocol).serialize_to_request(params, model)
    body = made["body"] if isinstance(made["body"], bytes) else urlencode(made["body"]).encode()
    headers = {name: str(value) for name, value in made["headers"].items()}
    credential = f"{account}/20260101/us-east-1/monitoring/aws4_request"
    headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0"
    )
    status, answered, content = gateway.raw("POST", made["url_path"], headers, body)
    answer = {"status_code": status, "headers": HeadersDict(answered), "body": content}
    return create_parser(protocol).parse(answer, model.output_shape)


def test_a_body_that_unpacks_to_too_much_is_refused(gateway):
    bomb = gzip.compress(b'{"Namespace": "' + b"x" * (17 * 1024 * 1024) + b'"}')
    headers = {
        "X-Amz-Target": "GraniteServiceVersion20100801.PutMetricData",
        "Content-Type": "application/x-amz-json-1.0",
        "Content-Encoding": "gzip",
    }

    assert gateway.raw("POST", "/", headers, bomb)[0] == 413
    assert gateway.raw("POST", "/", headers, b"no gzip")[0] == 400
