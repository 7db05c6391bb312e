"""Log groups and streams: names, lists, ends."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.observability import groups, listings
from functions.observability.listings import Page, StreamOrder
from functions.observability.models import LogEvent, LogGroup, LogStream
from functions.observability.writing import put_events

pytestmark = pytest.mark.postgres
T = 1_790_000_000_000


def refusal(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(AwsError) as refused:
        call()
    return refused.value.code, refused.value.message


def names(page: Page[LogGroup] | Page[LogStream]) -> list[str]:
    return [row.name for row in page.rows]


def test_names_are_given_once(scope: Scope, other: Scope) -> None:
    groups.create_group(scope, "g")
    groups.create_group(other, "g")
    groups.create_stream(scope, "g", "s")

    assert refusal(lambda: groups.create_group(scope, "g")) == (
        "ResourceAlreadyExistsException",
        "The specified log group already exists",
    )
    assert refusal(lambda: groups.create_stream(scope, "g", "s")) == (
        "ResourceAlreadyExistsException",
        "The specified log stream already exists",
    )


def test_a_deleted_group_takes_its_events_along(scope: Scope, other: Scope) -> None:
    for one in (scope, other):
        put_events(one.tenancy, one.region, "g", "s", [(T, "x")], T)

    groups.delete_group(scope, "g")

    assert LogEvent.objects.count() == 1
    assert refusal(lambda: groups.delete_group(scope, "g")) == (
        "ResourceNotFoundException",
        "The specified log group does not exist.",
    )


def test_a_deleted_stream_takes_only_its_own_events_along(scope: Scope) -> None:
    put_events(scope.tenancy, scope.region, "g", "s", [(T, "x")], T)
    put_events(scope.tenancy, scope.region, "g", "t", [(T, "y")], T)

    groups.delete_stream(scope, "g", "s")

    assert [event.message for event in LogEvent.objects.all()] == ["y"]
    assert refusal(lambda: groups.delete_stream(scope, "g", "s")) == (
        "ResourceNotFoundException",
        "The specified log stream does not exist.",
    )


def test_names_that_begin_like_those_of_aws_are_refused(scope: Scope) -> None:
    for name in ("AWS/x", "aws/spans"):
        assert refusal(partial(groups.create_group, scope, name)) == (
            "InvalidParameterException",
            "Log groups starting with AWS/ are reserved for AWS.",
        )


def test_groups_are_listed_by_their_names_and_arns(scope: Scope) -> None:
    one, two, _ = [groups.create_group(scope, name) for name in ("one", "two", "three")]
    asked = ["one", groups.arn_of(scope, two), "none", "arn:aws:sqs:us-east-1:111111111111:three"]

    found = listings.list_groups(scope, identifiers=asked, count=9)

    assert names(found) == [one.name, two.name]
    code, _ = refusal(lambda: listings.list_groups(scope, identifiers=asked, prefix="o", count=9))
    assert code == "InvalidParameterException"
    assert names(listings.list_groups(scope, kind="INFREQUENT_ACCESS", count=9)) == []


def test_groups_are_listed_by_prefix_or_by_a_part_of_their_name(scope: Scope, other: Scope) -> None:
    for name in ("/aws/lambda/orders", "/aws/lambda/Orders", "/aws/other", "mine"):
        groups.create_group(scope, name)
    groups.create_group(other, "/aws/lambda/foreign")

    prefixed = listings.list_groups(scope, prefix="/aws/lambda/", count=9)
    containing = listings.list_groups(scope, containing="orders", count=9)

    assert sorted(names(prefixed)) == ["/aws/lambda/Orders", "/aws/lambda/orders"]
    assert names(containing) == ["/aws/lambda/orders"]
    assert refusal(lambda: listings.list_groups(scope, prefix="a", containing="b", count=9)) == (
        "InvalidParameterException",
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
    )


def test_group_pages_follow_each_other(scope: Scope) -> None:
    for name in "cab":
        groups.create_group(scope, name)

    first = listings.list_groups(scope, count=2)
    rest = listings.list_groups(scope, token=first.token, count=2)

    assert (names(first), names(rest), rest.token) == (["a", "b"], ["c"], None)


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        (StreamOrder(), ["a", "b", "c", "d"]),
        (StreamOrder(descending=True), ["d", "c", "b", "a"]),
        (StreamOrder(by_time=True), ["d", "b", "c", "a"]),
        (StreamOrder(by_time=True, descending=True), ["a", "c", "b", "d"]),
    ],
)
def test_stream_pages_follow_each_other_in_any_order(
    scope: Scope, order: StreamOrder, wanted: list[str]
) -> None:
    group = groups.create_group(scope, "g")
    for name, at in (("a", 9), ("b", 5), ("c", 5)):
        put_events(scope.tenancy, scope.region, "g", name, [(at, "x")], T)
    groups.create_stream(scope, "g", "d")

    seen: list[str] = []
    page = listings.list_streams(scope, group, order, count=1)
    seen += names(page)
    while page.token is not None:
        page = listings.list_streams(scope, group, order, token=page.token, count=1)
        seen += names(page)

    assert seen == wanted


def test_streams_by_time_have_no_prefix(scope: Scope) -> None:
    group = groups.create_group(scope, "g")
    order = StreamOrder(prefix="x", by_time=True)

    assert refusal(lambda: listings.list_streams(scope, group, order, count=1)) == (
        "InvalidParameterException",
        "Cannot order by LastEventTime with a logStreamNamePrefix.",
    )


def test_a_group_is_found_by_its_arn_in_its_own_account_only(scope: Scope, other: Scope) -> None:
    group = groups.create_group(scope, "g")
    arn = groups.arn_of(scope, group)

    assert groups.identified_group(scope, arn) == group
    assert groups.identified_group(scope, f"{arn}:*") == group
    groups.create_group(other, "g")
    assert refusal(lambda: groups.identified_group(other, arn))[0] == "ResourceNotFoundException"


def test_a_retention_is_one_of_those_that_aws_offers(scope: Scope) -> None:
    groups.create_group(scope, "g")
    groups.retain(scope, "g", 7)

    assert refusal(lambda: groups.retain(scope, "g", 2))[0] == "InvalidParameterException"
    assert groups.find_group(scope, "g").retention_days == 7
    groups.retain(scope, "g", None)
    assert groups.find_group(scope, "g").retention_days is None
