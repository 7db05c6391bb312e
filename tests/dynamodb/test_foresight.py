"""What putting an item would do is what putting it then does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from tests.dynamodb.conftest import FrozenClock
from triggers.dynamodb import items
from triggers.dynamodb.foresight import UNKNOWN, fingerprint_of, foresee_put
from triggers.dynamodb.models import Item, Table
from triggers.models import Record

OLD: dict[str, Any] = {"p": {"S": "a"}, "n": {"N": "1"}}
NEW: dict[str, Any] = {"p": {"S": "a"}, "n": {"N": "2"}, "x": {"SS": ["b", "a"]}}


@pytest.mark.parametrize("view_type", ["NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY"])
def test_the_foreseen_record_is_the_one_that_is_made(
    scope: Scope, make_table: Callable[..., Table], clock: FrozenClock, view_type: str
) -> None:
    make_table(view_type=view_type)
    for item in (OLD, NEW):
        foreseen = foresee_put(scope, "Orders", item, clock=clock)
        items.put_item(scope, "Orders", item, clock=clock)

        made = orjson.loads(bytes(Record.objects.order_by("-seq")[0].body))
        made["eventID"] = made["dynamodb"]["SequenceNumber"] = UNKNOWN
        assert foreseen.record == made
        assert foreseen.size == Item.objects.get().size


def test_a_change_of_nothing_and_a_stream_that_is_off_make_no_record(
    scope: Scope, make_table: Callable[..., Table], clock: FrozenClock
) -> None:
    make_table()
    make_table("Quiet", view_type=None)
    items.put_item(scope, "Orders", OLD, clock=clock)

    same = foresee_put(scope, "Orders", OLD, clock=clock)
    quiet = foresee_put(scope, "Quiet", OLD, clock=clock)

    assert (same.changes, same.record) == (False, None)
    assert (quiet.changes, quiet.has_stream, quiet.record) == (True, False, None)


def test_looking_ahead_writes_nothing(
    scope: Scope, make_table: Callable[..., Table], clock: FrozenClock
) -> None:
    make_table()

    foresee_put(scope, "Orders", OLD, clock=clock)

    assert not Item.objects.exists()
    assert not Record.objects.exists()


@pytest.mark.parametrize("item", [{"q": {"S": "x"}}, {"p": {"N": "1"}}, {"p": {"S": ""}}])
def test_what_would_be_refused_is_refused_alike(
    scope: Scope, make_table: Callable[..., Table], clock: FrozenClock, item: dict[str, Any]
) -> None:
    make_table()

    with pytest.raises(AwsError) as foreseen:
        foresee_put(scope, "Orders", item, clock=clock)
    with pytest.raises(AwsError) as put:
        items.put_item(scope, "Orders", item, clock=clock)

    assert foreseen.value.message == put.value.message


def test_another_accounts_item_is_not_foreseen(
    scope: Scope, other: Scope, make_table: Callable[..., Table], clock: FrozenClock
) -> None:
    make_table()

    with pytest.raises(AwsError, match="ResourceNotFoundException"):
        foresee_put(other, "Orders", OLD, clock=clock)


def test_records_of_an_item_bear_its_fingerprint(
    scope: Scope, make_table: Callable[..., Table], clock: FrozenClock
) -> None:
    table = make_table()
    items.put_item(scope, "Orders", OLD, clock=clock)

    assert bytes(Record.objects.get().key_hash) == fingerprint_of(table, {"p": {"S": "a"}})
