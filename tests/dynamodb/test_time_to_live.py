"""Items whose time is over are deleted by the service, and their records say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb import expiry, items, reading, tables, timetolive
from triggers.dynamodb.models import Item, Table
from triggers.dynamodb.values import check_item
from triggers.streams.models import Record
from triggers.streams.records import event_body

pytestmark = pytest.mark.postgres
NOW = 1_732_550_865


def put(scope: Scope, clock: Any, name: str, until: dict[str, Any] | None = None) -> None:
    item = {"p": {"S": name}} | ({"until": until} if until else {})
    items.put_item(scope, "Orders", item, clock=clock)


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ({"N": str(NOW)}, True),
        ({"N": str(NOW + 1)}, False),
        ({"N": f"{NOW - 1}.5"}, True),
        ({"N": str(NOW - 5 * 365 * 24 * 3600 + 1)}, True),
        ({"N": str(NOW - 5 * 365 * 24 * 3600)}, False),
        ({"N": "1e120"}, False),
        ({"N": "-1e120"}, False),
        ({"S": str(NOW - 1)}, False),
        ({"L": [{"N": "1"}]}, False),
    ],
)
def test_only_numbers_of_the_last_five_years_are_over(
    until: dict[str, Any], expected: bool
) -> None:
    assert expiry.is_expired(check_item({"until": until}), "until", NOW + 0.5) is expected


def test_expired_items_go_and_their_records_name_the_service(
    scope: Scope, make_table: Callable[..., Table], clock: Any
) -> None:
    make_table()
    timetolive.switch_time_to_live(scope, "Orders", "until", enabled=True, clock=clock)
    put(scope, clock, "over", {"N": str(NOW - 1)})
    put(scope, clock, "later", {"N": str(NOW + 60)})
    put(scope, clock, "for ever")
    assert reading.get_item(scope, "Orders", {"p": {"S": "over"}}).body is not None

    assert expiry.sweep(clock) == 1
    assert expiry.sweep(clock) == 0
    clock.seconds += 60
    assert expiry.sweep(clock) == 1

    assert [bytes(item.body) for item in Item.objects.all()] == [b'{"p":{"S":"for ever"}}']
    first, _ = (bytes(one.body) for one in Record.objects.order_by("seq")[3:])
    record = orjson.loads(first)
    assert record["eventName"] == "REMOVE"
    assert record["userIdentity"] == {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}
    assert record["dynamodb"]["OldImage"]["until"] == {"N": str(NOW - 1)}
    event = orjson.loads(event_body(first, b',"eventSourceARN":"arn"}'))
    assert event["userIdentity"] == {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    assert event["eventSourceARN"] == "arn"
    assert len(event_body(first, b"}")) == len(first)


def test_what_people_delete_is_not_the_services(
    scope: Scope, make_table: Callable[..., Table], clock: Any
) -> None:
    make_table()
    put(scope, clock, "a", {"N": str(NOW)})
    items.delete_item(scope, "Orders", {"p": {"S": "a"}}, clock=clock)

    body = bytes(Record.objects.order_by("seq")[1].body)
    assert b"userIdentity" not in body
    assert event_body(body, b"}") == body


def test_a_large_table_is_swept_in_pieces(
    scope: Scope, make_table: Callable[..., Table], clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_table(range_type="N")
    monkeypatch.setattr(expiry, "_PIECE", 3)
    timetolive.switch_time_to_live(scope, "Orders", "until", enabled=True, clock=clock)
    for n in range(10):
        key = {"p": {"S": str(n % 2)}, "r": {"N": str(n)}}
        items.put_item(scope, "Orders", key | {"until": {"N": str(NOW)}}, clock=clock)

    assert expiry.sweep(clock) == 10
    assert Item.objects.count() == 0


def test_nothing_expires_without_a_time_to_live(
    scope: Scope, make_table: Callable[..., Table], clock: Any
) -> None:
    make_table()
    put(scope, clock, "over", {"N": str(NOW)})
    timetolive.switch_time_to_live(scope, "Orders", "until", enabled=True, clock=clock)
    timetolive.switch_time_to_live(scope, "Orders", "until", enabled=False, clock=clock)

    assert timetolive.ttl_attribute(scope, "Orders") is None
    assert expiry.sweep(clock) == 0


@pytest.mark.parametrize(
    ("before", "attribute", "enabled", "message"),
    [
        ("until", "until", True, "TimeToLive is already enabled"),
        ("", "until", False, "TimeToLive is already disabled"),
        (
            "until",
            "other",
            True,
            "TimeToLive is active on a different AttributeName: current AttributeName is until",
        ),
    ],
)
def test_switching_to_what_is_so_already_is_refused(
    scope: Scope,
    make_table: Callable[..., Table],
    before: str,
    attribute: str,
    enabled: bool,
    message: str,
) -> None:
    make_table()
    if before:
        timetolive.switch_time_to_live(scope, "Orders", before, enabled=True)

    with pytest.raises(AwsError) as refused:
        timetolive.switch_time_to_live(scope, "Orders", attribute, enabled=enabled)

    assert refused.value.message == message


def test_a_table_in_the_making_has_no_time_to_live_yet(
    scope: Scope, make_table: Callable[..., Table], clock: Any, settings: Any
) -> None:
    settings.TABLE_DELAY_SECONDS = 5
    make_table()

    with pytest.raises(AwsError, match="Current table state is CREATING"):
        timetolive.ttl_attribute(scope, "Orders", clock=clock)
    with pytest.raises(AwsError, match="Table is being created: Orders"):
        timetolive.switch_time_to_live(scope, "Orders", "until", enabled=True, clock=clock)


def test_tables_of_others_are_not_found(other: Scope, make_table: Callable[..., Table]) -> None:
    make_table()

    with pytest.raises(AwsError, match="Table: Orders not found"):
        timetolive.switch_time_to_live(other, "Orders", "until", enabled=True)
    assert tables.list_tables(other) == ([], False)
