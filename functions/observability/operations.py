"""CloudWatch Logs on the wire: translate, call one verb, translate back."""

from __future__ import annotations

from console.aws.errors import AwsError
from console.aws.registry import Params, operation
from console.aws.scope import Scope
from functions.observability import (
    acceptance,
    answers,
    browsing,
    groups,
    grouptags,
    limits,
    listings,
    metricfilters,
)
from functions.observability.models import LogGroup
from functions.observability.reading import Span


@operation(
    "logs", "CreateLogGroup", honours="logGroupName logGroupClass tags deletionProtectionEnabled"
)
def create_log_group(scope: Scope, params: Params) -> None:
    """Make a log group."""
    _refuse_true(params, "CreateLogGroup", "deletionProtectionEnabled")
    grouptags.check(params.get("tags", {}))
    groups.create_group(
        scope,
        params["logGroupName"],
        kind=params.get("logGroupClass", groups.STANDARD),
        tags=params.get("tags", {}),
    )


@operation("logs", "DeleteLogGroup", honours="logGroupName")
def delete_log_group(scope: Scope, params: Params) -> None:
    """Delete a log group with all it holds."""
    groups.delete_group(scope, params["logGroupName"])


@operation(
    "logs",
    "DescribeLogGroups",
    honours="logGroupNamePrefix logGroupNamePattern logGroupIdentifiers logGroupClass"
    " includeLinkedAccounts nextToken limit",
)
def describe_log_groups(scope: Scope, params: Params) -> Params:
    """List log groups by name."""
    _refuse_true(params, "DescribeLogGroups", "includeLinkedAccounts")
    page = listings.list_groups(
        scope,
        prefix=params.get("logGroupNamePrefix", ""),
        containing=params.get("logGroupNamePattern", ""),
        identifiers=params.get("logGroupIdentifiers", ()),
        kind=params.get("logGroupClass", groups.STANDARD),
        token=params.get("nextToken"),
        count=params.get("limit", limits.PAGE_ENTRIES),
    )
    by_pattern = bool(params.get("logGroupNamePattern"))
    stored = {} if by_pattern else groups.stored_bytes(page.rows)
    return {
        "logGroups": [answers.group(scope, row, stored.get(row.pk)) for row in page.rows],
        **answers.further(page.token),
    }


@operation("logs", "ListLogGroups", honours="logGroupNamePattern logGroupClass nextToken limit")
def list_log_groups(scope: Scope, params: Params) -> Params:
    """List log groups whose names match one of several alternatives, in short."""
    page = listings.list_groups(
        scope,
        alternatives=params.get("logGroupNamePattern", ""),
        kind=params.get("logGroupClass", groups.STANDARD),
        token=params.get("nextToken"),
        count=params.get("limit", limits.PAGE_ENTRIES),
    )
    return {
        "logGroups": [answers.group_summary(scope, row) for row in page.rows],
        **answers.further(page.token),
    }


@operation(
    "logs",
    "PutMetricFilter",
    honours="logGroupName filterName filterPattern metricTransformations",
)
def put_metric_filter(scope: Scope, params: Params) -> None:
    """Count messages that a pattern means."""
    metricfilters.put(
        scope,
        params["logGroupName"],
        params["filterName"],
        params["filterPattern"],
        params["metricTransformations"][0],
    )


@operation(
    "logs",
    "DescribeMetricFilters",
    honours="logGroupName filterNamePrefix metricName metricNamespace nextToken limit",
)
def describe_metric_filters(scope: Scope, params: Params) -> Params:
    """List metric filters."""
    wanted = metricfilters.Wanted(
        group=params.get("logGroupName", ""),
        prefix=params.get("filterNamePrefix", ""),
        metric=params.get("metricName", ""),
        namespace=params.get("metricNamespace", ""),
    )
    count = params.get("limit", limits.PAGE_ENTRIES)
    page = metricfilters.listed(scope, wanted, token=params.get("nextToken"), count=count)
    return {
        "metricFilters": [answers.metric_filter(row) for row in page.rows],
        **answers.further(page.token),
    }


@operation("logs", "DeleteMetricFilter", honours="logGroupName filterName")
def delete_metric_filter(scope: Scope, params: Params) -> None:
    """Count no more."""
    metricfilters.delete(scope, params["logGroupName"], params["filterName"])


@operation("logs", "TestMetricFilter", honours="filterPattern logEventMessages")
def try_metric_filter(scope: Scope, params: Params) -> Params:
    """Say which messages a pattern means."""
    del scope
    found = metricfilters.test(params["filterPattern"], params["logEventMessages"])
    return {
        "matches": [
            {"eventNumber": number, "eventMessage": message, "extractedValues": values}
            for number, message, values in found
        ]
    }


@operation("logs", "TagResource", honours="resourceArn tags")
def tag_resource(scope: Scope, params: Params) -> None:
    """Add tags to a log group."""
    grouptags.tag(scope, params["resourceArn"], params["tags"])


@operation("logs", "UntagResource", honours="resourceArn tagKeys")
def untag_resource(scope: Scope, params: Params) -> None:
    """Take tags from a log group."""
    grouptags.untag(scope, params["resourceArn"], params["tagKeys"])


@operation("logs", "ListTagsForResource", honours="resourceArn")
def list_tags_for_resource(scope: Scope, params: Params) -> Params:
    """Show the tags of a log group."""
    return {"tags": grouptags.of(scope, params["resourceArn"])}


@operation("logs", "TagLogGroup", honours="logGroupName tags")
def tag_log_group(scope: Scope, params: Params) -> None:
    """Add tags to a log group (the older call)."""
    grouptags.tag(scope, params["logGroupName"], params["tags"])


@operation("logs", "UntagLogGroup", honours="logGroupName tags")
def untag_log_group(scope: Scope, params: Params) -> None:
    """Take tags from a log group (the older call)."""
    grouptags.untag(scope, params["logGroupName"], params["tags"])


@operation("logs", "ListTagsLogGroup", honours="logGroupName")
def list_tags_log_group(scope: Scope, params: Params) -> Params:
    """Show the tags of a log group (the older call)."""
    return {"tags": grouptags.of(scope, params["logGroupName"])}


@operation("logs", "PutRetentionPolicy", honours="logGroupName retentionInDays")
def put_retention_policy(scope: Scope, params: Params) -> None:
    """Say how long a group keeps its events."""
    groups.retain(scope, params["logGroupName"], params["retentionInDays"])


@operation("logs", "DeleteRetentionPolicy", honours="logGroupName")
def delete_retention_policy(scope: Scope, params: Params) -> None:
    """Go back to the default retention."""
    groups.retain(scope, params["logGroupName"], None)


@operation("logs", "CreateLogStream", honours="logGroupName logStreamName")
def create_log_stream(scope: Scope, params: Params) -> None:
    """Make a log stream."""
    groups.create_stream(scope, params["logGroupName"], params["logStreamName"])


@operation("logs", "DeleteLogStream", honours="logGroupName logStreamName")
def delete_log_stream(scope: Scope, params: Params) -> None:
    """Delete a log stream with its events."""
    groups.delete_stream(scope, params["logGroupName"], params["logStreamName"])


@operation(
    "logs",
    "DescribeLogStreams",
    honours="logGroupName logGroupIdentifier logStreamNamePrefix orderBy descending nextToken limit",
)
def describe_log_streams(scope: Scope, params: Params) -> Params:
    """List a group's streams by name or by their last event."""
    group = _group(scope, params)
    order = listings.StreamOrder(
        prefix=params.get("logStreamNamePrefix", ""),
        by_time=params.get("orderBy") == "LastEventTime",
        descending=params.get("descending", False),
    )
    page = listings.list_streams(
        scope,
        group,
        order,
        token=params.get("nextToken"),
        count=params.get("limit", limits.PAGE_ENTRIES),
    )
    return {
        "logStreams": [answers.stream(scope, group, row) for row in page.rows],
        **answers.further(page.token),
    }


@operation("logs", "PutLogEvents", honours="logGroupName logStreamName logEvents sequenceToken")
def put_log_events(scope: Scope, params: Params) -> Params:
    """Store a batch of events."""
    events = [(one["timestamp"], one["message"]) for one in params["logEvents"]]
    taken = acceptance.accept(scope, params["logGroupName"], params["logStreamName"], events)
    return answers.accepted(taken, len(events))


@operation(
    "logs",
    "GetLogEvents",
    honours="logGroupName logGroupIdentifier logStreamName startTime endTime nextToken limit"
    " startFromHead unmask",
)
def get_log_events(scope: Scope, params: Params) -> Params:
    """Read one stream page by page, in both directions."""
    _refuse_true(params, "GetLogEvents", "unmask")
    leaf = browsing.page(
        scope,
        _group(scope, params),
        params["logStreamName"],
        Span(params.get("startTime"), params.get("endTime")),
        token=params.get("nextToken"),
        from_head=params.get("startFromHead", False),
        count=params.get("limit", limits.PAGE_EVENTS),
    )
    return {
        "events": [answers.event(line) for line in leaf.lines],
        "nextForwardToken": leaf.forward,
        "nextBackwardToken": leaf.backward,
    }


@operation(
    "logs",
    "FilterLogEvents",
    honours="logGroupName logGroupIdentifier logStreamNames logStreamNamePrefix startTime endTime"
    " filterPattern nextToken limit interleaved unmask",
    waits=True,
)
def filter_log_events(scope: Scope, params: Params) -> Params:
    """Search several streams of a group."""
    _refuse_true(params, "FilterLogEvents", "unmask")
    last = params.get("endTime")  # included here, excluded in GetLogEvents
    search = browsing.Search(
        names=params.get("logStreamNames", ()),
        prefix=params.get("logStreamNamePrefix", ""),
        span=Span(params.get("startTime"), None if last is None else last + 1),
        pattern=params.get("filterPattern", ""),
    )
    catch = browsing.find(
        scope,
        _group(scope, params),
        search,
        token=params.get("nextToken"),
        count=params.get("limit", limits.PAGE_EVENTS),
    )
    return {
        "events": [answers.found(line) for line in catch.lines],
        "searchedLogStreams": [],
        **answers.further(catch.token),
    }


def _group(scope: Scope, params: Params) -> LogGroup:
    return groups.chosen_group(scope, params.get("logGroupName"), params.get("logGroupIdentifier"))


def _refuse_true(params: Params, operation: str, member: str) -> None:
    """Refuse a switch for what is not here; switched off it asks for nothing."""
    if params.get(member):
        raise AwsError(
            "InvalidParameterException",
            f"Shardlight does not offer the parameter {member} of {operation} yet.",
        )
