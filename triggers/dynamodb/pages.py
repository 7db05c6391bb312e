"""What a page of Query or Scan is and where it ends: at a limit or at 1 MB.

Filters and projections come after the page is cut, as on AWS. Reads no row itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import orjson

from console.aws.errors import AwsError
from triggers.dynamodb import values
from triggers.dynamodb.expressions.conditions import holds
from triggers.dynamodb.expressions.nodes import Condition, Path
from triggers.dynamodb.expressions.paths import project
from triggers.dynamodb.expressions.request import Bound
from triggers.dynamodb.expressions.walk import paths_in
from triggers.dynamodb.values import Item

MAX_PAGE_BYTES: Final = 1024 * 1024
"""Source: developer guide, "Paginating table query results"."""

Given = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ThroughIndex:
    """What a page was read through: an index, and the sizes of items fetched from the table."""

    name: str
    local: bool
    fetched: list[int]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of Query or Scan: items as JSON, how many were looked at, where to go on."""

    table: str
    items: list[bytes]
    count: int
    scanned: int
    bytes: int
    last_key: Item | None
    through: ThroughIndex | None = None


@dataclass(frozen=True, slots=True)
class Paging:
    """How much to read: at most `limit` items after the key `start`; only count them, or read.

    `index` names the index to read through, of which `whole` wants all attributes of the items;
    `consistent` reads see every write that has been answered.
    """

    limit: int | None = None
    start: Given | None = None
    count_only: bool = False
    index: str | None = None
    whole: bool = False
    consistent: bool = False


FIRST_PAGE: Final = Paging()
_WORDED_FOR_START: Final = (
    "Supplied AttributeValue",
    "One or more parameter values were invalid: Null attribute value",
    "One or more parameter values were invalid: An string set  may not be empty",
    "One or more parameter values were invalid: Binary sets",
)


def check_start(given: Given | None) -> None:
    """Refuse values that no ExclusiveStartKey can have, some of them in words of its own.

    Source: public tests of dynalite, which run against AWS.
    """
    try:
        values.check_item(given or {})
    except AwsError as error:
        if error.message.startswith(_WORDED_FOR_START):
            message = f"The provided starting key is invalid: {error.message}"
            raise AwsError(error.code, message) from None
        raise


class Stored(Protocol):
    """A row on the way: an item's JSON and the bytes it counts."""

    @property
    def body(self) -> bytes:
        """The item as JSON."""

    @property
    def size(self) -> int:
        """What it adds to the page."""


@dataclass(frozen=True, slots=True)
class End:
    """Where a page ended: `body` is the last item when there may be more, else None."""

    body: bytes | None
    scanned: int
    bytes: int


@dataclass(slots=True)
class Reader:
    """What is done with each row of a page."""

    filter: Condition | None
    projection: tuple[Path, ...] | None
    count_only: bool
    items: list[bytes] = field(default_factory=list)
    count: int = 0

    def take(self, body: bytes) -> None:
        """Count an item that passes the filter, and keep its projection."""
        if self.filter is None and (self.projection is None or self.count_only):
            self.count += 1
            if not self.count_only:
                self.items.append(body)
            return
        item = orjson.loads(body)
        if self.filter is not None and not holds(self.filter, item):
            return
        self.count += 1
        if not self.count_only:
            shown = body if self.projection is None else values.dump(project(item, self.projection))
            self.items.append(shown)


def cut(rows: Iterator[Stored], reader: Reader, limit: int | None) -> End:
    """Read rows until the limit or 1 MB is reached; a page cut by the limit always says where."""
    scanned = size = 0
    last: bytes | None = None
    more = False
    for row in rows:
        if last is not None and size + row.size > MAX_PAGE_BYTES:
            more = True
            break
        last = row.body
        scanned += 1
        size += row.size
        reader.take(last)
    if limit is not None and scanned >= limit:
        more = True
    return End(last if more else None, scanned, size)


def refuse_key_filter(key_names: Sequence[str], bound: Bound) -> None:
    """Refuse a Query's filter on an attribute of the key that is queried."""
    for path in paths_in(bound.filter) if bound.filter is not None else ():
        if path.parts[0] in key_names:
            raise AwsError(
                "ValidationException",
                f"{bound.filter_title} can only contain non-primary key attributes: "
                f"Primary key attribute: {path.parts[0]}",
            )
