"""What the builder of queries and scans asks for, and the request of DynamoDB it makes.

Pure: text in, members out. A value that cannot be read is refused here; whether a request is
allowed is DynamoDB's rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.http import QueryDict

from console.pages.items import attributes
from console.pages.items.attributes import Attribute

SCAN, QUERY = "scan", "query"
SIZES: Final = (10, 25, 50, 100, 300)
SIZE: Final = 50
"""Items that are looked at for one page."""
MOST_FILTERS: Final = 20

RANGE_OPERATORS: Final = {
    "=": "equal to",
    "<": "less than",
    "<=": "less than or equal to",
    ">": "greater than",
    ">=": "greater than or equal to",
    "between": "between",
    "begins_with": "begins with",
}
FILTER_OPERATORS: Final = {
    "=": "equal to",
    "<>": "not equal to",
    "<": "less than",
    "<=": "less than or equal to",
    ">": "greater than",
    ">=": "greater than or equal to",
    "between": "between",
    "in": "one of",
    "begins_with": "begins with",
    "contains": "contains",
    "not_contains": "does not contain",
    "exists": "exists",
    "not_exists": "does not exist",
    "type": "is of type",
}
WITHOUT_VALUE: Final = frozenset({"exists", "not_exists"})
_PART: Final = re.compile(r"([^.\[\]]+)((?:\[\d+\])*)")


class UnreadableError(ValueError):
    """Something typed that makes no request; `place` says where: hash-0, range-0, filter-2."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True, slots=True)
class KeyPart:
    """A key attribute of what is read: its name, type, and role HASH or RANGE."""

    name: str
    kind: str
    role: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison as it was typed; `high` is the upper end of between."""

    operator: str = "="
    value: str = ""
    high: str = ""
    name: str = ""
    kind: str = "S"

    @property
    def wants_value(self) -> bool:
        """Say whether it compares with anything."""
        return self.operator not in WITHOUT_VALUE


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked for; everything lies in the address, so that it can be shared."""

    mode: str = SCAN
    index: str = ""
    hashes: tuple[str, ...] = ()
    ranges: tuple[Comparison, ...] = ()
    filters: tuple[Comparison, ...] = ()
    projection: str = ""
    descending: bool = False
    consistent: bool = False
    size: int = SIZE
    start: str = ""

    @classmethod
    def read(cls, get: QueryDict) -> Search:
        """Take it from the address, with a filter more or fewer when that button was pressed."""
        filters = [
            Comparison(operator, value, high, name, kind)
            for name, kind, operator, value, high in zip(
                *(get.getlist(f"f_{part}") for part in ("name", "type", "op", "value", "high")),
                strict=False,
            )
        ][:MOST_FILTERS]
        filters = [one for place, one in enumerate(filters) if str(place) != get.get("drop")]
        if "add" in get:
            filters.append(Comparison())
        ranges = zip(*(get.getlist(f"r_{part}") for part in ("op", "value", "high")), strict=False)
        size = get.get("size", "")
        return cls(
            mode=QUERY if get.get("mode") == QUERY else SCAN,
            index=get.get("index", ""),
            hashes=tuple(get.getlist("h")),
            ranges=tuple(Comparison(*one) for one in ranges),
            filters=tuple(filters),
            projection=get.get("show", "").strip(),
            descending=get.get("order") == "desc",
            consistent="consistent" in get,
            size=int(size) if size in map(str, SIZES) else SIZE,
            start=get.get("start", ""),
        )

    def address(self, start: str = "") -> str:
        """Write it as an address's query; `start` is where the page begins, as JSON."""
        pairs = [("mode", self.mode), ("index", self.index)]
        pairs += [("h", text) for text in self.hashes]
        for one in self.ranges:
            pairs += [("r_op", one.operator), ("r_value", one.value), ("r_high", one.high)]
        for one in self.filters:
            pairs += [("f_name", one.name), ("f_type", one.kind), ("f_op", one.operator)]
            pairs += [("f_value", one.value), ("f_high", one.high)]
        pairs += [("show", self.projection), ("size", str(self.size))]
        pairs += [("order", "desc")] if self.descending else []
        pairs += [("consistent", "on")] if self.consistent else []
        pairs += [("start", start)] if start else []
        kept = {"f_name", "f_type", "f_op", "f_value", "f_high", "r_op", "r_value", "r_high", "h"}
        return urlencode([(name, text) for name, text in pairs if text or name in kept])

    @property
    def is_ready(self) -> bool:
        """Say whether there is something to run: a query needs a partition key."""
        return self.mode == SCAN or any(self.hashes)

    def sized(self, size: int) -> Search:
        """Look at `size` items a page."""
        return replace(self, size=size)


@dataclass(slots=True)
class _Names:
    """Aliases for the names and values of one request."""

    names: dict[str, str]
    values: dict[str, Any]

    def path(self, text: str) -> str:
        """Alias every name of a path such as lines[0].sku; a quoted text is one name."""
        if len(text) > 2 and text[0] == text[-1] == '"':
            return self._name(text[1:-1])
        parts = text.split(".")
        found = [_PART.fullmatch(part) for part in parts]
        if all(found):
            return ".".join(self._name(one[1]) + one[2] for one in found if one)
        return self._name(text)

    def value(self, value: Any) -> str:
        """Give the placeholder of a value."""
        alias = f":v{len(self.values)}"
        self.values[alias] = value
        return alias

    def _name(self, name: str) -> str:
        alias = next((one for one, known in self.names.items() if known == name), "")
        if not alias:
            alias = f"#n{len(self.names)}"
            self.names[alias] = name
        return alias


def request(
    search: Search, table: str, key: Sequence[KeyPart], table_keys: Sequence[str]
) -> dict[str, Any]:
    """Give the members of Query or Scan; `key` is that of the table or index that is read.

    Raises UnreadableError.
    """
    names = _Names({}, {})
    members: dict[str, Any] = {
        "TableName": table,
        "IndexName": search.index or None,
        "Limit": search.size,
        "ConsistentRead": search.consistent or None,
        "ReturnConsumedCapacity": "TOTAL",
    }
    if search.mode == QUERY:
        members["KeyConditionExpression"] = _key_condition(search, key, names)
        members["ScanIndexForward"] = not search.descending
    tests = [
        _filter(one, f"filter-{place}", names)
        for place, one in enumerate(search.filters)
        if one.name
    ]
    members["FilterExpression"] = " AND ".join(tests) or None
    shown = [part.strip() for part in search.projection.split(",") if part.strip()]
    if shown:
        wanted = dict.fromkeys([*table_keys, *shown])
        members["ProjectionExpression"] = ", ".join(names.path(one) for one in wanted)
    members["ExpressionAttributeNames"] = names.names or None
    members["ExpressionAttributeValues"] = names.values or None
    return members


def _key_condition(search: Search, key: Sequence[KeyPart], names: _Names) -> str:
    conditions = []
    hashes = [part for part in key if part.role == "HASH"]
    ranges = [part for part in key if part.role == "RANGE"]
    for place, part in enumerate(hashes):
        text = search.hashes[place] if place < len(search.hashes) else ""
        test = Comparison("=", text, "", part.name, part.kind)
        conditions.append(_compared(test, f"hash-{place}", names))
    for place, (part, typed) in enumerate(zip(ranges, search.ranges, strict=False)):
        if typed.value:
            test = replace(typed, name=part.name, kind=part.kind)
            conditions.append(_compared(test, f"range-{place}", names))
    return " AND ".join(conditions)


def _filter(test: Comparison, place: str, names: _Names) -> str:
    path = names.path(test.name)
    match test.operator:
        case "exists":
            return f"attribute_exists({path})"
        case "not_exists":
            return f"attribute_not_exists({path})"
        case "type":
            return f"attribute_type({path}, {names.value({'S': test.value.strip().upper()})})"
        case "contains" | "not_contains":
            found = f"contains({path}, {names.value(_read(test, test.value, place))})"
            return found if test.operator == "contains" else f"NOT {found}"
        case "in":
            options = [one.strip() for one in test.value.split(",")]
            listed = ", ".join(names.value(_read(test, one, place)) for one in options)
            return f"{path} IN ({listed})"
        case _:
            return _compared(test, place, names)


def _compared(test: Comparison, place: str, names: _Names) -> str:
    quoted = f'"{test.name}"' if place[0] in "hr" else test.name
    path, value = names.path(quoted), names.value(_read(test, test.value, place))
    match test.operator:
        case "between":
            return f"{path} BETWEEN {value} AND {names.value(_read(test, test.high, place))}"
        case "begins_with":
            return f"begins_with({path}, {value})"
        case "=" | "<>" | "<" | "<=" | ">" | ">=":
            return f"{path} {test.operator} {value}"
        case _:
            raise UnreadableError(place, "Choose a comparison.")


def _read(test: Comparison, text: str, place: str) -> Any:
    try:
        return attributes.value_of(Attribute(test.name, test.kind, text))
    except ValueError as error:
        raise UnreadableError(place, str(error)) from None
