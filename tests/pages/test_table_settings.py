"""A table's indexes, settings and monitor, by plain forms."""

from __future__ import annotations

from typing import Any

import pytest

from console.pages.aws import call
from tests.pages.conftest import Browser, markup, text
from triggers.models import Table

NEW = {
    "name": "Orders",
    "partition_key": "id",
    "partition_type": "S",
    "sort_type": "S",
    "stream": "OFF",
    "billing": "PAY_PER_REQUEST",
}
INDEX = {
    "name": "by-status",
    "partition_key": "status",
    "partition_type": "S",
    "sort_key": "amount",
    "sort_type": "N",
    "projection": "ALL",
}


def described(browser: Browser) -> dict[str, Any]:
    found: dict[str, Any] = call(browser.scope, "dynamodb", "DescribeTable", TableName="Orders")
    table: dict[str, Any] = found["Table"]
    return table


def numbered(number: int, **more: str) -> dict[str, str]:
    fields = INDEX | {"kind": "global"} | more
    return {"index": str(number)} | {f"index-{number}-{name}": v for name, v in fields.items()}


def test_a_global_index_is_added_and_deleted(browser: Browser) -> None:
    browser.table()
    browser.item(id="A-1", status="NEW")

    browser.post("/tables/Orders/indexes/create", **INDEX)
    (made,) = described(browser)["GlobalSecondaryIndexes"]
    page = browser.read("/tables/Orders/indexes")
    browser.post("/tables/Orders/indexes/by-status/delete")

    assert [one["AttributeName"] for one in made["KeySchema"]] == ["status", "amount"]
    assert "status (partition), amount (sort)" in page
    assert "GlobalSecondaryIndexes" not in described(browser)
    assert "No indexes" in browser.read("/tables/Orders/indexes")


def test_an_index_with_several_key_attributes_is_added(browser: Browser) -> None:
    browser.table()

    browser.post("/tables/Orders/indexes/create", **INDEX, more_keys="HASH country S\nRANGE day N")

    (made,) = described(browser)["GlobalSecondaryIndexes"]
    assert [(one["AttributeName"], one["KeyType"]) for one in made["KeySchema"]] == [
        ("status", "HASH"),
        ("country", "HASH"),
        ("amount", "RANGE"),
        ("day", "RANGE"),
    ]


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"name": "x"}, "name", "Member must have length greater than or equal to 3"),
        ({"included": "note"}, "included", "NonKeyAttributes is specified"),
        ({"more_keys": "SORT of"}, "more_keys", "write it like HASH country S"),
        ({"partition_key": "id", "partition_type": "N"}, "partition_key", "same type"),
    ],
)
def test_a_refused_index_is_refused_beside_its_field(
    browser: Browser, change: dict[str, str], field: str, said: str
) -> None:
    browser.table()

    answer = browser.post("/tables/Orders/indexes/create", **(INDEX | change))

    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert said in text(answer)


def test_a_table_is_made_with_indexes_units_tags_and_protection(browser: Browser) -> None:
    asked = NEW | {"sort_key": "at", "billing": "PROVISIONED", "read_units": "3"}
    asked |= {"write_units": "4", "protected": "on", "tags": "team=blue\nstage=test"}
    asked |= {"table_class": "STANDARD_INFREQUENT_ACCESS"}
    first = numbered(0, read_units="1", write_units="2")
    second = numbered(2, kind="local", name="by-day", partition_key="id", sort_key="day")

    browser.client.post("/tables/create", asked | first | second | {"index": ["0", "2"]})

    table = described(browser)
    assert table["ProvisionedThroughput"]["WriteCapacityUnits"] == 4
    assert table["DeletionProtectionEnabled"]
    assert table["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert Table.objects.get().tags == {"team": "blue", "stage": "test"}
    assert table["LocalSecondaryIndexes"][0]["IndexName"] == "by-day"
    made = table["GlobalSecondaryIndexes"][0]
    assert made["ProvisionedThroughput"]["WriteCapacityUnits"] == 2


def test_indexes_of_a_new_table_are_added_and_removed_without_losing_what_was_typed(
    browser: Browser,
) -> None:
    more = browser.client.post("/tables/create", NEW | numbered(0) | {"add": "index"})
    fewer = browser.client.post("/tables/create", NEW | numbered(0) | {"drop": "0"})

    assert more.content.decode().count('name="index"') == 2
    assert 'value="by-status"' in more.content.decode()
    assert 'name="index"' not in fewer.content.decode()
    assert 'value="Orders"' in fewer.content.decode()
    assert not Table.objects.exists()


def test_a_refused_index_of_a_new_table_is_told(browser: Browser) -> None:
    answer = browser.client.post("/tables/create", NEW | numbered(0, kind="local"))

    assert answer.status_code == 422
    assert "Table KeySchema does not have a range key" in text(answer)
    assert '<details class="more" open>' in markup(answer)


def test_capacity_is_changed(browser: Browser) -> None:
    browser.table()

    browser.post(
        "/tables/Orders/settings", do="capacity", billing="PROVISIONED", read_units=7, write_units=8
    )

    assert described(browser)["ProvisionedThroughput"]["ReadCapacityUnits"] == 7
    assert "no effect here" in browser.read("/tables/Orders/settings")


def test_time_to_live_is_turned_on_and_off(browser: Browser) -> None:
    browser.table()

    browser.post("/tables/Orders/settings", do="expire", attribute="until")
    on = browser.read("/tables/Orders/settings")
    browser.post("/tables/Orders/settings", do="keep")

    assert "Items expire by until" in on
    assert Table.objects.get().ttl_attribute == ""


def test_deletion_protection_is_turned_on_and_off(browser: Browser) -> None:
    browser.table()

    browser.post("/tables/Orders/settings", do="protect")
    browser.post("/tables/Orders/delete", typed="Orders")
    assert "currently protected against deletion" in browser.read("/tables/")

    browser.post("/tables/Orders/settings", do="unprotect")
    assert not described(browser)["DeletionProtectionEnabled"]


def test_tags_are_added_and_removed(browser: Browser) -> None:
    browser.table()

    browser.post("/tables/Orders/settings", do="tag", key="team", value="blue")
    page = browser.read("/tables/Orders/settings")
    browser.post("/tables/Orders/settings", do="untag", key="team")

    assert "team blue" in page
    assert Table.objects.get().tags == {}


def test_a_tag_that_is_too_long_is_refused_beside_it(browser: Browser) -> None:
    browser.table()

    answer = browser.post("/tables/Orders/settings", do="tag", key="k" * 129, value="")

    assert answer.status_code == 422
    assert 'id="id_key_error"' in answer.content.decode()


def test_the_table_class_is_kept_and_shown_as_without_effect(browser: Browser) -> None:
    browser.table()

    browser.post("/tables/Orders/settings", do="class", table_class="STANDARD_INFREQUENT_ACCESS")

    assert "TableClass STANDARD_INFREQUENT_ACCESS" in browser.read("/tables/Orders/settings")


def test_an_unknown_change_changes_nothing(browser: Browser) -> None:
    browser.table()

    assert browser.post("/tables/Orders/settings", do="explode").status_code == 422


def test_the_monitor_counts_changes_of_all_shards(browser: Browser) -> None:
    browser.table()
    browser.post("/tables/Orders/streams", split=Table.objects.get().stream.shards.get().name)
    for number in range(7):
        browser.item(id=f"A-{number}")

    page = browser.read("/tables/Orders/monitor")

    assert "Changes recorded Orders 7" in page
    assert "ConsumedReadCapacityUnits" in page


def test_the_monitor_shows_the_functions_that_read_the_table(browser: Browser) -> None:
    browser.table()
    browser.function()
    browser.trigger()

    page = browser.read("/tables/Orders/monitor?range=3h")

    assert "Iterator age reader" in page
    assert "Errors reader" in page
