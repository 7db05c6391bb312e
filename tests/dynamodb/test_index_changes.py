"""UpdateTable makes, fills, changes and removes indexes, one at a time."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from console.aws.errors import AwsError
from console.aws.scope import Scope
from tests.dynamodb.indexed import KEYS_ONLY, change, create, index, item, read, scanned
from triggers.dynamodb import indexbuilding, items, reading, tables
from triggers.dynamodb.descriptions import describe
from triggers.dynamodb.expressions.request import Expressions
from triggers.dynamodb.models import Index, IndexEntry
from triggers.dynamodb.reading import Paging

pytestmark = pytest.mark.postgres
PREFIX = "One or more parameter values were invalid: "
BY_G = {"Create": index("by-g", ["g"])}
NO_G = {"Delete": {"IndexName": "by-g"}}


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexbuilding, "PIECE", 3)


def described(scope: Scope, clock: Any) -> list[Any]:
    table = tables.get_table(scope, "Orders", clock=clock)
    found: list[Any] = describe(scope, table, clock).get("GlobalSecondaryIndexes", [])
    return found


def test_a_new_index_holds_the_items_that_were_there(scope: Scope, clock: Any) -> None:
    create(scope, clock)
    items.put_item(scope, "Orders", item("a", g="x"))
    items.put_item(scope, "Orders", item("none"))
    for name, value in (("number", {"N": "1"}), ("empty", {"S": ""}), ("long", {"S": "x" * 2049})):
        items.put_item(scope, "Orders", item(name) | {"g": value})

    table = change(scope, clock, BY_G, g="S")
    items.put_item(scope, "Orders", item("later", g="x"))

    assert scanned(scope, "by-g") == [("a", "1"), ("later", "1")]
    answer = describe(scope, table, clock, changing=["by-g"])["GlobalSecondaryIndexes"][0]
    assert (answer["IndexStatus"], answer["Backfilling"]) == ("CREATING", False)
    assert [(one["IndexStatus"], "Backfilling" in one) for one in described(scope, clock)] == [
        ("ACTIVE", False)
    ]


def test_items_from_before_may_keep_what_a_key_cannot_be(scope: Scope, clock: Any) -> None:
    create(scope, clock)
    items.put_item(scope, "Orders", item("a", g=5))
    change(scope, clock, BY_G, g="S")
    key = {"p": {"S": "a"}, "r": {"S": "1"}}

    unrelated = Expressions(update="SET x = :x", values={":x": {"S": "y"}})
    items.update_item(scope, "Orders", key, unrelated)

    with pytest.raises(AwsError, match="Type mismatch for Index Key g Expected: S Actual: N"):
        items.put_item(scope, "Orders", item("a", g=5))


@pytest.mark.usefixtures("small_pieces")
def test_a_large_table_is_filled_in_pieces(scope: Scope, clock: Any) -> None:
    create(scope, clock)
    for n in range(7):
        items.put_item(scope, "Orders", item("a", str(n), g="x"))

    change(scope, clock, {"Create": index("by-g", ["g"], projection=KEYS_ONLY)}, g="S")
    first = IndexEntry.objects.count()
    (while_building,) = described(scope, clock)
    items.put_item(scope, "Orders", item("a", "0", g="z"))
    items.delete_item(scope, "Orders", {"p": {"S": "a"}, "r": {"S": "6"}})
    items.put_item(scope, "Orders", item("b", "new", g="x"))
    indexbuilding.carry_on_everywhere()

    assert first == 3
    assert (while_building["IndexStatus"], while_building["Backfilling"]) == ("CREATING", True)
    assert described(scope, clock)[0]["IndexStatus"] == "ACTIVE"
    assert scanned(scope, "by-g") == [("a", str(n)) for n in range(6)] + [("b", "new")]
    changed = read(reading.scan(scope, "Orders", paging=Paging(index="by-g")))
    assert [one["g"]["S"] for one in changed if one["r"]["S"] == "0"] == ["z"]


@pytest.mark.usefixtures("small_pieces")
def test_while_an_index_is_filled_no_other_is_made_or_removed(scope: Scope, clock: Any) -> None:
    create(scope, clock)
    for n in range(7):
        items.put_item(scope, "Orders", item("a", str(n), g="x"))
    change(scope, clock, BY_G, g="S")

    for update in ({"Create": index("by-h", ["h"])}, NO_G):
        with pytest.raises(AwsError) as refused:
            change(scope, clock, update, h="S")

        assert (refused.value.code, refused.value.message) == (
            "LimitExceededException",
            "Subscriber limit exceeded: Only 1 online index can be created or deleted "
            "simultaneously per table",
        )


@pytest.mark.usefixtures("small_pieces")
def test_a_removed_index_is_emptied_in_pieces_and_its_name_is_free(
    scope: Scope, clock: Any
) -> None:
    create(scope, clock, of_all=[index("by-g", ["g"])], g="S")
    for n in range(7):
        items.put_item(scope, "Orders", item("a", str(n), g="x"))

    change(scope, clock, NO_G)
    (deleting,) = described(scope, clock)
    items.put_item(scope, "Orders", item("b", g=5))
    indexbuilding.carry_on_everywhere()

    assert deleting["IndexStatus"] == "DELETING"
    assert (described(scope, clock), IndexEntry.objects.count()) == ([], 0)
    with pytest.raises(AwsError, match="The table does not have the specified index: by-g"):
        scanned(scope, "by-g")
    change(scope, clock, BY_G, g="S")
    indexbuilding.carry_on_everywhere()
    assert len(scanned(scope, "by-g")) == 7


def test_an_index_settles_after_the_tables_delay(scope: Scope, clock: Any, settings: Any) -> None:
    settings.TABLE_DELAY_SECONDS = 5
    create(scope, clock, of_all=[index("by-g", ["g"])], g="S")
    states = [described(scope, clock)[0]["IndexStatus"]]
    clock.seconds += 6
    states.append(described(scope, clock)[0]["IndexStatus"])
    change(scope, clock, NO_G)
    states.append(described(scope, clock)[0]["IndexStatus"])
    clock.seconds += 6

    assert states == ["CREATING", "ACTIVE", "DELETING"]
    assert described(scope, clock) == []


@pytest.mark.parametrize(
    ("updates", "kinds", "code", "message"),
    [
        (
            [{}],
            {},
            "ValidationException",
            f"{PREFIX}One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
            "GlobalSecondaryIndexUpdate.Delete must not be null",
        ),
        (
            [BY_G | NO_G],
            {},
            "ValidationException",
            f"{PREFIX}Only one global secondary index action is allowed per "
            "GlobalSecondaryIndexUpdate object",
        ),
        (
            [BY_G, NO_G],
            {},
            "ValidationException",
            f"{PREFIX}Only one global secondary index update per index is allowed simultaneously. "
            "Index: by-g",
        ),
        (
            [BY_G, {"Create": index("by-h", ["h"])}],
            {"g": "S", "h": "S"},
            "LimitExceededException",
            "Subscriber limit exceeded: Only 1 online index can be created or deleted "
            "simultaneously per table",
        ),
        (
            [{"Create": index("there", ["unknown"])}],
            {},
            "ValidationException",
            "Attempting to create an index which already exists",
        ),
        (
            [BY_G],
            {},
            "ValidationException",
            f"{PREFIX}AttributeDefinitions is not specified for index: by-g",
        ),
        (
            [BY_G],
            {"h": "S"},
            "ValidationException",
            f"{PREFIX}Some index key attributes are not defined in AttributeDefinitions. "
            "Keys: [g], AttributeDefinitions: [h]",
        ),
        (
            [{"Create": index("by-t", ["t"])}],
            {"t": "N"},
            "ValidationException",
            f"{PREFIX}Attributes cannot be redefined. Please check that your attribute has the same "
            "type as previously defined. Existing schema: Schema:[SchemaElement: key{t:S:HASH}] "
            "New schema: Schema:[SchemaElement: key{t:N:HASH}]",
        ),
        (
            [{"Delete": {"IndexName": "missing"}}],
            {},
            "ResourceNotFoundException",
            "Requested resource not found",
        ),
        (
            [{"Delete": {"IndexName": "local"}}],
            {},
            "ValidationException",
            "Cannot delete an index that is not a GlobalSecondaryIndex: local",
        ),
        (
            [
                {
                    "Update": {
                        "IndexName": "there",
                        "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
                    }
                }
            ],
            {},
            "ValidationException",
            f"{PREFIX}The only Updates for index: there when TableThroughputMode is "
            "PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput",
        ),
    ],
)
def test_what_aws_does_not_change_is_refused(
    scope: Scope, clock: Any, updates: Any, kinds: dict[str, str], code: str, message: str
) -> None:
    create(
        scope,
        clock,
        of_all=[index("there", ["t"])],
        local=[index("local", ["p"], ["t"])],
        t="S",
    )

    with pytest.raises(AwsError) as refused:
        change(scope, clock, *updates, **kinds)

    assert (refused.value.code, refused.value.message) == (code, message)


def test_an_index_is_not_changed_together_with_a_stream() -> None:
    params = {
        "GlobalSecondaryIndexUpdates": [NO_G],
        "StreamSpecification": {"StreamEnabled": False},
    }

    with pytest.raises(AwsError, match="You cannot create or delete index while changing stream"):
        tables.read_change(params, {})


def test_billing_gives_indexes_their_units_and_takes_them(scope: Scope, clock: Any) -> None:
    create(scope, clock, of_all=[index("by-g", ["g"])], g="S")
    units = {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}
    to_provisioned = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": units}

    with pytest.raises(AwsError, match="ProvisionedThroughput must be specified for index: by-g"):
        tables.update_table(scope, "Orders", tables.read_change(to_provisioned, {}), clock=clock)
    update = {"Update": {"IndexName": "by-g", "ProvisionedThroughput": units}}
    both = to_provisioned | {"GlobalSecondaryIndexUpdates": [update]}
    tables.update_table(scope, "Orders", tables.read_change(both, {}), clock=clock)
    provisioned = Index.objects.get().read_units
    on_demand = tables.read_change({"BillingMode": "PAY_PER_REQUEST"}, {})
    tables.update_table(scope, "Orders", on_demand, clock=clock)

    assert (provisioned, Index.objects.get().read_units) == (3, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_pieces")
def test_no_write_is_missed_by_an_index_that_is_made_meanwhile(scope: Scope, clock: Any) -> None:
    create(scope, clock)
    for n in range(30):
        items.put_item(scope, "Orders", item("a", str(n), g="old"))
    begun = threading.Barrier(4)

    def write(writer: int) -> None:
        try:
            begun.wait()
            for n in range(writer, 30, 3):
                items.put_item(scope, "Orders", item("a", str(n), g=f"new{n % 2}"))
                items.put_item(scope, "Orders", item(f"b{writer}", str(n), g="new"))
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(n,)) for n in range(3)]
    for writer in writers:
        writer.start()
    begun.wait()
    change(scope, clock, BY_G, g="S")
    indexbuilding.carry_on(Index.objects.get().pk)
    for writer in writers:
        writer.join()

    table = {(one["p"]["S"], one["r"]["S"]) for one in read(reading.scan(scope, "Orders"))}
    assert len(table) == 60
    assert set(scanned(scope, "by-g")) == table
    assert IndexEntry.objects.count() == 60
    stale = Expressions(key_condition="g = :g", values={":g": {"S": "old"}})
    assert reading.query(scope, "Orders", stale, Paging(index="by-g")).count == 0
