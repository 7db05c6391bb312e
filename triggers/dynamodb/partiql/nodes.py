"""What statements become. Their conditions and updates are the trees of expressions."""

from __future__ import annotations

from dataclasses import dataclass

from triggers.dynamodb.expressions.nodes import Action, Condition, Path
from triggers.dynamodb.values import Item


@dataclass(frozen=True, slots=True)
class Order:
    """One key attribute of ORDER BY."""

    name: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Select:
    """Reads a table or (not None) an index; `projection` is None for all attributes."""

    table: str
    index: str | None
    projection: tuple[Path, ...] | None
    where: Condition | None
    order: tuple[Order, ...] = ()


@dataclass(frozen=True, slots=True)
class Insert:
    """Stores an item that is not there yet."""

    table: str
    item: Item


@dataclass(frozen=True, slots=True)
class Update:
    """Changes an item that is there; `returning` is a ReturnValues of UpdateItem."""

    table: str
    actions: tuple[Action, ...]
    where: Condition
    returning: str | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Removes an item; `returning` is a ReturnValues of DeleteItem."""

    table: str
    where: Condition
    returning: str | None = None


@dataclass(frozen=True, slots=True)
class Exists:
    """Looks, in a transaction, whether an item is there that meets a condition."""

    table: str
    where: Condition


Statement = Select | Insert | Update | Delete | Exists
