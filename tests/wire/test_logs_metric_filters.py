"""Metric filters through unmodified boto3: kept, tried out, and counted while events are written."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.wire.test_logs_events import GROUP, STREAM, prepare, put, refusal

COUNT = {"metricName": "errors", "metricNamespace": "app", "metricValue": "1"}


@pytest.fixture
def logs(gateway, account):
    client = gateway.client("logs", account)
    prepare(client)
    return client


@pytest.fixture
def now():
    return int(datetime.now(UTC).timestamp() * 1000)


def keep(logs: Any, pattern: str, name: str = "f", **changes: Any) -> None:
    logs.put_metric_filter(
        logGroupName=GROUP,
        filterName=name,
        filterPattern=pattern,
        metricTransformations=[COUNT | changes],
    )


def counted(gateway: Any, account: str, name: str = "errors", **dimensions: str) -> list[float]:
    """Sum, count and maximum of what was counted."""
    now = datetime.now(UTC)
    points = gateway.client("cloudwatch", account).get_metric_statistics(
        Namespace="app",
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=2),
        Period=7200,
        Statistics=["Sum", "SampleCount", "Maximum"],
    )["Datapoints"]
    return [points[0][one] for one in ("Sum", "SampleCount", "Maximum")] if points else []


def test_a_filter_is_kept_shown_and_deleted(logs: Any) -> None:
    keep(logs, '{$.message = "test"}', defaultValue=0)

    shown = logs.describe_metric_filters(logGroupName=GROUP, filterNamePrefix="f")["metricFilters"]
    groups = logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]
    logs.delete_metric_filter(logGroupName=GROUP, filterName="f")

    assert [{k: v for k, v in one.items() if k != "creationTime"} for one in shown] == [
        {
            "filterName": "f",
            "filterPattern": '{$.message = "test"}',
            "metricTransformations": [COUNT | {"defaultValue": 0.0}],
            "logGroupName": GROUP,
            "applyOnTransformedLogs": False,
        }
    ]
    assert groups[0]["metricFilterCount"] == 1
    assert logs.describe_metric_filters(logGroupName=GROUP)["metricFilters"] == []
    after = logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]
    assert after[0]["metricFilterCount"] == 0


def test_filters_are_found_by_prefix_metric_and_page(logs: Any) -> None:
    for name in ("a-1", "a-2", "b"):
        keep(logs, "ERROR", name, metricName=name)

    def names(**wanted: Any) -> list[str]:
        found = logs.describe_metric_filters(**wanted)["metricFilters"]
        return [one["filterName"] for one in found]

    pages = logs.get_paginator("describe_metric_filters").paginate(PaginationConfig={"PageSize": 2})
    assert names(filterNamePrefix="a") == ["a-1", "a-2"]
    assert names(metricName="b", metricNamespace="app") == ["b"]
    assert [len(page["metricFilters"]) for page in pages] == [2, 1]
    assert refusal(logs.describe_metric_filters, metricName="b")[1] == "InvalidParameterException"


def test_what_events_say_is_counted_as_they_come(
    gateway: Any, account: str, logs: Any, now: int
) -> None:
    keep(logs, "ERROR")
    keep(logs, '{ $.kind = "sale" }', "sales", metricName="sales", metricValue="$.price")

    put(
        logs,
        (now, "ERROR one"),
        (now, "fine"),
        (now, json.dumps({"kind": "sale", "price": 2.5})),
        (now, json.dumps({"kind": "sale", "price": 4})),
        (now, json.dumps({"kind": "gift", "price": 9})),
    )

    assert counted(gateway, account) == [1.0, 1.0, 1.0]
    assert counted(gateway, account, "sales") == [6.5, 2.0, 4.0]


def test_a_default_counts_for_all_others_and_fields_have_names(
    gateway: Any, account: str, logs: Any, now: int
) -> None:
    keep(logs, "ERROR", defaultValue=0)
    keep(logs, "[ip, status, size]", "sizes", metricName="size", metricValue="$size")

    put(logs, (now, "ERROR"), (now, "1.2.3.4 200 17"))

    assert counted(gateway, account) == [1.0, 2.0, 1.0]
    assert counted(gateway, account, "size") == [17.0, 1.0, 17.0]


def test_dimensions_come_from_the_event(gateway: Any, account: str, logs: Any, now: int) -> None:
    keep(logs, "{ $.city = * }", dimensions={"City": "$.city"})

    put(logs, (now, json.dumps({"city": "Ulm"})), (now, json.dumps({"city": "Bern"})))

    assert counted(gateway, account, City="Ulm") == [1.0, 1.0, 1.0]
    assert counted(gateway, account) == []


@pytest.mark.parametrize(
    ("pattern", "messages", "matches"),
    [
        ("ERROR", ["ERROR a", "b"], [(1, {})]),
        (
            '{ $.n > 1 && $.user.id = "x" }',
            ['{"n": 2, "user": {"id": "x"}}'],
            [(1, {"$.n": "2", "$.user.id": "x"})],
        ),
        (
            "[ip, user, ..., size]",
            ["1.1.1.1 bob a b 12"],
            [(1, {"$ip": "1.1.1.1", "$user": "bob", "$size": "12"})],
        ),
        ("[ip, status = 4*]", ["h 404", "h 200"], [(1, {"$ip": "h", "$status": "404"})]),
    ],
)
def test_a_pattern_can_be_tried(
    logs: Any, pattern: str, messages: list[str], matches: list[tuple[int, dict[str, str]]]
) -> None:
    found = logs.test_metric_filter(filterPattern=pattern, logEventMessages=messages)["matches"]

    assert [(one["eventNumber"], one["extractedValues"]) for one in found] == matches


def test_a_filter_has_one_transformation(logs: Any) -> None:
    counted = {"metricNamespace": "shop", "metricValue": "1"}
    two = [counted | {"metricName": name} for name in ("m1", "m2")]

    answer = refusal(
        logs.put_metric_filter,
        logGroupName=GROUP,
        filterName="f",
        filterPattern="",
        metricTransformations=two,
    )

    shown = ", ".join(
        f"MetricTransformation(metricName={name}, metricNamespace=shop, metricValue=1, "
        "defaultValue=null, unit=null, dimensions=null)"
        for name in ("m1", "m2")
    )
    assert answer == (
        400,
        "InvalidParameterException",
        f"1 validation error detected: Value '[{shown}]' at 'metricTransformations' failed to "
        "satisfy constraint: Member must have length less than or equal to 1",
    )


def test_what_cannot_be_counted_is_refused(logs: Any) -> None:
    many = {
        "logGroupName": GROUP,
        "filterName": "f",
        "filterPattern": "a",
        "metricTransformations": [COUNT, COUNT],
    }

    assert refusal(logs.put_metric_filter, **many)[1] == "InvalidParameterException"
    one = many | {"metricTransformations": [COUNT | {"metricValue": "much"}]}
    assert refusal(logs.put_metric_filter, **one)[1] == "InvalidParameterException"
    assert refusal(logs.put_metric_filter, **(many | {"logGroupName": "x" * 513}))[2] == (
        "Invalid LogGroup or LogStream, both must have length less than or equal to 512."
    )
    assert refusal(logs.delete_metric_filter, logGroupName=GROUP, filterName="f") == (
        400,
        "ResourceNotFoundException",
        "The specified metric filter does not exist.",
    )
    gone = refusal(logs.describe_metric_filters, logGroupName="/none")
    assert gone[1] == "ResourceNotFoundException"


WRONG = "Invalid metric transformation: "
SELECTOR = WRONG + "dimension value must be valid selector"
EXCLUSIVE = WRONG + "dimensions and default value are mutually exclusive properties"


@pytest.mark.parametrize(
    ("pattern", "changes", "message"),
    [
        ("a", {"metricValue": "much"}, WRONG + "metric value much must be a valid number"),
        ("a", {"metricValue": "$.n"}, WRONG + "metric value $.n must be a valid number"),
        ("[a, b]", {"metricValue": "$c"}, WRONG + "metric value $c must be a valid number"),
        (
            "{ $.a = * }",
            {"metricValue": "$.b[*]"},
            WRONG + "metric value $.b[*] must be a valid number",
        ),
        ("{ $.a = * }", {"dimensions": {"A": "$.a"}, "defaultValue": 0.0}, EXCLUSIVE),
        ("{ $.a = * }", {"dimensions": {"A": "literal"}}, SELECTOR),
        ("[a, b]", {"dimensions": {"A": "$a", "B": "$3"}}, SELECTOR),
        ("a", {"dimensions": {"A": "$.a"}}, SELECTOR),
        (
            "{ $.a = * }",
            {"dimensions": {name: f"$.{name}" for name in "abcd"}},
            WRONG + "at most 3 dimensions are allowed",
        ),
    ],
)
def test_a_transformation_asks_for_what_its_pattern_finds(
    logs: Any, pattern: str, changes: dict[str, Any], message: str
) -> None:
    refused = refusal(
        logs.put_metric_filter,
        logGroupName=GROUP,
        filterName="f",
        filterPattern=pattern,
        metricTransformations=[COUNT | changes],
    )

    assert refused == (400, "InvalidParameterException", message)


def test_fields_are_selected_by_name_or_place(logs: Any) -> None:
    keep(logs, "[host, ..., size]", metricValue="$2", dimensions={"Host": "$host"})

    found = logs.describe_metric_filters(logGroupName=GROUP)["metricFilters"]
    assert found[0]["metricTransformations"][0]["dimensions"] == {"Host": "$host"}


def test_a_namespace_may_hold_what_the_model_forbids(logs: Any) -> None:
    keep(logs, "a", metricNamespace="A.B-c_d/1#2:mine")

    found = logs.describe_metric_filters(metricName="errors", metricNamespace="A.B-c_d/1#2:mine")
    assert [one["filterName"] for one in found["metricFilters"]] == ["f"]


def test_filters_go_with_their_group(logs: Any) -> None:
    keep(logs, "a")
    logs.delete_log_group(logGroupName=GROUP)
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)

    assert logs.describe_metric_filters(logGroupName=GROUP)["metricFilters"] == []


def test_groups_are_listed_in_short(logs: Any) -> None:
    logs.create_log_group(logGroupName="/other/One")

    def names(pattern: str) -> list[str]:
        found = logs.list_log_groups(logGroupNamePattern=pattern)["logGroups"]
        assert all(set(one) == {"logGroupName", "logGroupArn", "logGroupClass"} for one in found)
        return [one["logGroupName"] for one in found]

    assert names("lambda") == [GROUP]
    assert names("^/other|^lambda") == ["/other/One"]
    assert names("one") == []
    assert len(logs.list_log_groups()["logGroups"]) == 2
