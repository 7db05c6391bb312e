"""Tables are made, changed and removed as AWS does, with their streams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb import definitions, items, reading, tables
from triggers.dynamodb.descriptions import describe
from triggers.dynamodb.models import Item, Table
from triggers.dynamodb.tables import TableChange
from triggers.streams.models import Shard, Stream

pytestmark = pytest.mark.postgres
KEY = {"p": {"S": "a"}}


def test_a_description_has_awss_members(
    scope: Scope, make_table: Callable[..., Table], clock: Any
) -> None:
    table = make_table(range_type="N")
    items.put_item(scope, "Orders", KEY | {"r": {"N": "1"}}, clock=clock)

    found = describe(scope, tables.get_table(scope, "Orders", clock=clock), clock)

    assert found == {
        "AttributeDefinitions": [
            {"AttributeName": "p", "AttributeType": "S"},
            {"AttributeName": "r", "AttributeType": "N"},
        ],
        "TableName": "Orders",
        "KeySchema": [
            {"AttributeName": "p", "KeyType": "HASH"},
            {"AttributeName": "r", "KeyType": "RANGE"},
        ],
        "TableStatus": "ACTIVE",
        "CreationDateTime": table.created_at,
        "ProvisionedThroughput": {
            "NumberOfDecreasesToday": 0,
            "ReadCapacityUnits": 0,
            "WriteCapacityUnits": 0,
        },
        "BillingModeSummary": {
            "BillingMode": "PAY_PER_REQUEST",
            "LastUpdateToPayPerRequestDateTime": table.created_at,
        },
        "TableSizeBytes": 5,
        "ItemCount": 1,
        "TableArn": "arn:aws:dynamodb:us-east-1:111111111111:table/Orders",
        "TableId": table.table_id,
        "DeletionProtectionEnabled": False,
        "WarmThroughput": {
            "ReadUnitsPerSecond": 12000,
            "WriteUnitsPerSecond": 4000,
            "Status": "ACTIVE",
        },
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        "LatestStreamLabel": "2024-11-25T16:07:45.250",
        "LatestStreamArn": "arn:aws:dynamodb:us-east-1:111111111111:table/Orders"
        "/stream/2024-11-25T16:07:45.250",
    }


def test_a_name_is_taken_once_in_an_account_and_region(
    scope: Scope, other: Scope, make_table: Callable[..., Table]
) -> None:
    make_table()

    with pytest.raises(AwsError) as refused:
        make_table()

    assert refused.value.code == "ResourceInUseException"
    assert refused.value.message == "Table already exists: Orders"
    with pytest.raises(AwsError, match="Requested resource not found: Table: Orders not found"):
        tables.get_table(other, "Orders")
    assert tables.list_tables(other) == ([], False)


def test_a_table_can_be_named_by_its_arn(
    scope: Scope, other: Scope, make_table: Callable[..., Table]
) -> None:
    arn = scope.arn("dynamodb", "table/Orders")

    assert make_table(arn).name == "Orders"
    assert tables.get_table(scope, arn).name == "Orders"
    for call in (tables.get_table, tables.delete_table):
        with pytest.raises(AwsError) as refused:
            call(other, arn)
        assert refused.value.code == "ResourceNotFoundException"


def test_tables_are_listed_by_name_in_pages(scope: Scope, make_table: Callable[..., Table]) -> None:
    for name in ("ccc", "aaa", "bbb"):
        make_table(name, view_type=None)

    assert tables.list_tables(scope, limit=2) == (["aaa", "bbb"], True)
    assert tables.list_tables(scope, after="bbb", limit=2) == (["ccc"], False)
    assert tables.list_tables(scope, after="b") == (["bbb", "ccc"], False)


def test_each_enabling_makes_a_new_stream(
    scope: Scope, make_table: Callable[..., Table], clock: Any
) -> None:
    make_table()
    first = Stream.objects.get()

    off = tables.update_table(scope, "Orders", TableChange(stream=""), clock=clock)
    described = describe(scope, off, clock)
    items.put_item(scope, "Orders", KEY, clock=clock)
    on = tables.update_table(scope, "Orders", TableChange(stream="KEYS_ONLY"), clock=clock)

    assert described["LatestStreamArn"] == first.arn
    assert "StreamSpecification" not in described
    assert on.stream is not None
    assert on.stream.arn != first.arn
    assert [shard.closed_at is None for shard in Shard.objects.order_by("id")] == [False, True]
    assert Shard.objects.order_by("id").last().head == 0


@pytest.mark.parametrize(
    ("view_type", "change", "message"),
    [
        ("KEYS_ONLY", "NEW_IMAGE", "Table already has an enabled stream: TableName: Orders"),
        (None, "", "Table has no stream to disable: TableName: Orders"),
    ],
)
def test_a_stream_is_switched_only_when_that_changes_it(
    scope: Scope, make_table: Callable[..., Table], view_type: str | None, change: str, message: str
) -> None:
    make_table(view_type=view_type)

    with pytest.raises(AwsError) as refused:
        tables.update_table(scope, "Orders", TableChange(stream=change))

    assert (refused.value.code, refused.value.message) == ("ValidationException", message)


def test_a_deleted_table_leaves_its_stream(
    scope: Scope, make_table: Callable[..., Table], clock: Any
) -> None:
    make_table()
    items.put_item(scope, "Orders", KEY, clock=clock)

    tables.delete_table(scope, "Orders", clock=clock)

    assert Item.objects.count() == Table.objects.count() == 0
    stream = Stream.objects.get()
    assert stream.table is None
    assert stream.disabled_at is not None
    make_table()
    assert Stream.objects.count() == 2


def test_a_protected_table_is_not_deleted(scope: Scope, make_table: Callable[..., Table]) -> None:
    make_table()
    tables.update_table(scope, "Orders", TableChange(deletion_protection=True))

    with pytest.raises(AwsError) as refused:
        tables.delete_table(scope, "Orders")

    assert refused.value.message == (
        "Resource cannot be deleted as it is currently protected against deletion. "
        "Disable deletion protection first."
    )
    tables.update_table(scope, "Orders", TableChange(deletion_protection=False))
    tables.delete_table(scope, "Orders")


def test_changes_settle_after_the_table_delay(
    scope: Scope, make_table: Callable[..., Table], clock: Any, settings: Any
) -> None:
    settings.TABLE_DELAY_SECONDS = 5
    table = make_table()

    assert tables.status_of(table, clock) == "CREATING"
    with pytest.raises(AwsError, match="Requested resource not found"):
        items.put_item(scope, "Orders", KEY, clock=clock)
    with pytest.raises(AwsError) as in_use:
        tables.delete_table(scope, "Orders", clock=clock)
    assert in_use.value.code == "ResourceInUseException"
    assert in_use.value.message == (
        "Attempt to change a resource which is still in use: Table is being created: Orders"
    )

    clock.seconds += 5
    assert tables.status_of(table, clock) == "ACTIVE"
    tables.update_table(scope, "Orders", TableChange(deletion_protection=False), clock=clock)
    items.put_item(scope, "Orders", KEY, clock=clock)
    with pytest.raises(AwsError, match="Table is being updated: Orders"):
        tables.delete_table(scope, "Orders", clock=clock)

    clock.seconds += 5
    tables.delete_table(scope, "Orders", clock=clock)
    assert tables.status_of(tables.get_table(scope, "Orders", clock=clock), clock) == "DELETING"
    with pytest.raises(AwsError, match="Requested resource not found"):
        reading.scan(scope, "Orders", clock=clock)

    clock.seconds += 5
    with pytest.raises(AwsError, match="Table: Orders not found"):
        tables.get_table(scope, "Orders", clock=clock)
    assert tables.list_tables(scope, clock=clock) == ([], False)
    make_table()


def test_a_clock_set_back_hides_no_table(
    scope: Scope, make_table: Callable[..., Table], clock: Any, settings: Any
) -> None:
    settings.TABLE_DELAY_SECONDS = 5
    make_table()
    clock.seconds -= 3600

    items.put_item(scope, "Orders", KEY, clock=clock)


def attribute(name: str, kind: str = "S") -> dict[str, str]:
    return {"AttributeName": name, "AttributeType": kind}


def element(name: str, kind: str = "HASH") -> dict[str, str]:
    return {"AttributeName": name, "KeyType": kind}


INVALID = "One or more parameter values were invalid: "


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: definitions.check_table_name(None),
            "The parameter 'TableName' is required but was not present in the request",
        ),
        (
            lambda: definitions.check_table_name("ab"),
            "TableName must be at least 3 characters long and at most 255 characters long",
        ),
        (
            lambda: definitions.read_schema([element("a")], [attribute("b")]),
            f"{INVALID}Some index key attributes are not defined in AttributeDefinitions. "
            "Keys: [a], AttributeDefinitions: [b]",
        ),
        (
            lambda: definitions.read_schema([element("a", "RANGE")], [attribute("a")]),
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
        ),
        (
            lambda: definitions.read_schema(
                [element("a"), element("b")], [attribute("a"), attribute("b")]
            ),
            "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
        ),
        (
            lambda: definitions.read_schema([element("a")], [attribute("a"), attribute("b")]),
            f"{INVALID}Number of attributes in KeySchema does not exactly match number of "
            "attributes defined in AttributeDefinitions",
        ),
        (
            lambda: definitions.read_billing(None, None),
            f"{INVALID}ReadCapacityUnits and WriteCapacityUnits must both be specified when "
            "BillingMode is PROVISIONED",
        ),
        (
            lambda: definitions.read_billing(
                "PAY_PER_REQUEST", {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
            ),
            f"{INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
            "BillingMode is PAY_PER_REQUEST",
        ),
        (
            lambda: definitions.read_new_stream({"StreamEnabled": True}),
            f"{INVALID}Table is being created with a stream enabled, UpdateViewType is required",
        ),
        (
            lambda: definitions.read_new_stream(
                {"StreamEnabled": False, "StreamViewType": "NEW_IMAGE"}
            ),
            f"{INVALID}Table is being created with a stream disabled, "
            "UpdateViewType should not be specified",
        ),
        (
            lambda: definitions.read_new_stream({}),
            "1 validation error detected: Value null at 'streamSpecification.streamEnabled' "
            "failed to satisfy constraint: Member must not be null",
        ),
        (
            lambda: definitions.read_changed_stream({"StreamEnabled": True}),
            f"{INVALID}If stream is being enabled then UpdateViewType is required",
        ),
        (
            lambda: definitions.read_changed_stream(
                {"StreamEnabled": False, "StreamViewType": "NEW_IMAGE"}
            ),
            f"{INVALID}If stream is being disabled, then UpdateViewType must not be specified",
        ),
        (
            lambda: tables.read_change(
                {
                    "StreamSpecification": {"StreamEnabled": False},
                    "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
                },
                {},
            ),
            f"{INVALID}You cannot modify stream status while updating table IOPS",
        ),
    ],
)
def test_definitions_are_refused_in_awss_words(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(AwsError) as refused:
        call()

    assert (refused.value.code, refused.value.message) == ("ValidationException", message)
