"""The single actions of a transaction: how they come, and what each makes of its item.

Pure: knows no rows and no other action of the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from console.aws.errors import AwsError
from triggers.dynamodb import values
from triggers.dynamodb.changes import image_of, refuse_key_update, updated
from triggers.dynamodb.expressions.nodes import Condition
from triggers.dynamodb.expressions.request import NONE, Expressions
from triggers.dynamodb.expressions.updates import Update
from triggers.dynamodb.keys import KeySchema
from triggers.dynamodb.values import Item
from triggers.streams.records import Image

Kind = Literal["ConditionCheck", "Put", "Delete", "Update"]
_KINDS: Final[tuple[Kind, ...]] = ("ConditionCheck", "Put", "Delete", "Update")
Given = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Write:
    """One action as it comes: `item` is the whole item of a Put, the key of anything else.

    `inserts` marks a Put whose failed condition means that the item is there already.
    """

    kind: Kind
    table: str
    item: Given
    expressions: Expressions = NONE
    shows_item: bool = False
    inserts: bool = False

    def prepare(self) -> Prepared:
        """Check values and expressions. Raises AwsError("ValidationException")."""
        item = values.check_item(self.item)
        bound = self.expressions.bind(
            *(("UpdateExpression",) if self.kind == "Update" else ()), "ConditionExpression"
        )
        return Prepared(
            self.kind,
            self.table,
            item,
            bound.condition,
            bound.update,
            self.shows_item,
            self.inserts,
            values.item_size(item) + self._bytes_of_values(),
        )

    def _bytes_of_values(self) -> int:
        given = self.expressions.values or {}
        return sum(values.size(values.check(value)) for value in given.values())


@dataclass(frozen=True, slots=True)
class Prepared:
    """One action, checked and bound; `bytes` is what it adds to the request."""

    kind: Kind
    table: str
    item: Item
    condition: Condition | None
    update: Update | None
    shows_item: bool
    inserts: bool
    bytes: int

    @property
    def is_put(self) -> bool:
        """Say whether `item` is a whole item."""
        return self.kind == "Put"


@dataclass(frozen=True, slots=True)
class Get:
    """One item of TransactGetItems."""

    table: str
    key: Given
    expressions: Expressions = NONE


def read_writes(transact_items: Sequence[Mapping[str, Any]]) -> list[Write]:
    """Take the actions out of TransactWriteItems' TransactItems."""
    return [_write(one) for one in transact_items]


def read_gets(transact_items: Sequence[Mapping[str, Any]]) -> list[Get]:
    """Take the items out of TransactGetItems' TransactItems."""
    return [
        Get(one["Get"]["TableName"], one["Get"]["Key"], Expressions.read(one["Get"]))
        for one in transact_items
    ]


def outcome(action: Prepared, schema: KeySchema, old: Image | None) -> Image | None:
    """Say what the action makes of the stored item `old`.

    Raises AwsError("ValidationException") when an update does not fit it.
    """
    match action.kind:
        case "ConditionCheck":
            return old
        case "Put":
            return image_of(action.item)
        case "Delete":
            return None
        case "Update":
            update = action.update or Update(())
            refuse_key_update(schema, update)
            return updated(old, action.item, update)


def _write(given: Mapping[str, Any]) -> Write:
    chosen = [kind for kind in _KINDS if given.get(kind) is not None]
    if not chosen:
        raise _invalid(
            "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"
        )
    if len(chosen) > 1:
        raise _invalid("TransactItems can only contain one of Check, Put, Update or Delete")
    kind = chosen[0]
    action = given[kind]
    return Write(
        kind,
        action["TableName"],
        action["Item" if kind == "Put" else "Key"],
        Expressions.read(action),
        action.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD",
    )


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
