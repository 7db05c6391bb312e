"""Explore items: scan or query a table or an index, a page at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from console.aws.clock import SYSTEM_CLOCK
from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, jsontext, labels, lists, place, visitor
from console.pages.aws import call
from console.pages.items import attributes, kept, searches
from console.pages.items.searches import QUERY, Comparison, KeyPart, Search, UnreadableError
from console.pages.refusals import Refusal, explain
from console.pages.tables import standing
from console.pages.triggers.snippets import Snippet, called
from triggers.dynamodb import tables
from triggers.models import Index, Table

COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """An item in the grid: its key as JSON and as an address, and its cells."""

    key: str
    address: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Grid:
    """A page of items, and what reading it cost."""

    columns: list[str]
    lines: list[Line]
    scanned: int = 0
    onward: str = ""
    units: float = 0.0
    milliseconds: float = 0.0
    hidden: int = 0


def trail(name: str, *more: tuple[str, str]) -> answer.Trail:
    """Begin the breadcrumbs of a page about the items of a table."""
    return [
        (labels.text("table.list"), reverse("tables")),
        (name, reverse("table", args=[name])),
        *more,
    ]


@require_GET
def explore(request: HttpRequest) -> HttpResponse:
    """Let the visitor choose a table; with one chosen, go to its items."""
    found = standing.cards(place.scope(request))
    table = request.GET.get("table")
    if table in [card.name for card in found]:
        return answer.see(reverse("items", args=[table]))
    listed = lists.of_things(request, "table.list", found, lambda card: card.name)
    return answer.page(
        request,
        "items/choose.html",
        section="items",
        trail=[(labels.text("item.explore"), "")],
        tables=listed.page,
        listed=listed,
    )


@require_GET
def index(request: HttpRequest, name: str) -> HttpResponse:
    """Show the builder and a page of what it asks for."""
    scope, search = place.scope(request), Search.read(request.GET)
    try:
        table = tables.get_table(scope, name)
    except AwsError as error:
        return answer.refused(request, error, section="items", back=reverse("tables"))
    grid, refusal, complaint = Grid([], []), None, None
    try:
        if search.is_ready:
            grid = read(scope, table, search)
    except UnreadableError as error:
        complaint = error
    except AwsError as error:
        refusal = explain(error)
    except ValueError:
        refusal = Refusal("ValidationException", "The starting key is invalid")
    key = key_of(table, search.index)
    here, who = search.address(), visitor.of(request)
    ran = "run" in request.GET and search.is_ready and not (refusal or complaint)
    if ran:
        who = kept.remember(request, scope, kept.page_of(name), here)
    response = answer.page(
        request,
        "items/index.html",
        section="items",
        trail=trail(name, (labels.text("item.explore"), "")),
        status=422 if refusal or complaint else 200,
        name=name,
        card=standing.card(table),
        search=search,
        indexes=_indexes(table),
        hashes=_typed([part for part in key if part.role == "HASH"], search.hashes, ""),
        ranges=_typed([part for part in key if part.role == "RANGE"], search.ranges, Comparison()),
        range_operators=searches.RANGE_OPERATORS,
        filter_operators=searches.FILTER_OPERATORS,
        kinds=attributes.TYPES,
        sizes=searches.SIZES,
        grid=grid,
        refusal=refusal,
        complaint=complaint,
        here=here,
        shelf=kept.of_table(scope, who, name),
        customized=bool(search.filters or search.projection or search.consistent),
        snippets=[] if refusal or complaint or not search.is_ready else _same(table, search),
    )
    if ran:
        visitor.remember(response, who)
    return response


def _typed(parts: list[KeyPart], typed: tuple[Any, ...], empty: Any) -> list[tuple[KeyPart, Any]]:
    """Put what was typed beside its key attribute."""
    return [
        (part, typed[number] if number < len(typed) else empty) for number, part in enumerate(parts)
    ]


def _same(table: Table, search: Search) -> list[Snippet]:
    """Write what was asked as a command and as a script."""
    members = searches.request(search, table.name, key_of(table, search.index), keys(table))
    asked = {name: value for name, value in members.items() if value is not None}
    return called("dynamodb", "Query" if search.mode == QUERY else "Scan", asked)


def read(scope: Scope, table: Table, search: Search) -> Grid:
    """Scan or query one page. Raises AwsError, UnreadableError, and ValueError for a broken start."""
    began = SYSTEM_CLOCK.monotonic()
    page = fetch(scope, table, search, jsontext.read(search.start) if search.start else None)
    took = (SYSTEM_CLOCK.monotonic() - began) * 1000
    last = page.get("LastEvaluatedKey")
    return _grid(
        table,
        search,
        [values(item) for item in page.get("Items", [])],
        scanned=page.get("ScannedCount", 0),
        onward=search.address(json.dumps(values(last))) if last else "",
        units=page.get("ConsumedCapacity", {}).get("CapacityUnits", 0.0),
        milliseconds=took,
    )


def fetch(scope: Scope, table: Table, search: Search, start: Any) -> dict[str, Any]:
    """Ask DynamoDB for one page. Raises AwsError and UnreadableError."""
    key = key_of(table, search.index)
    members = searches.request(search, table.name, key, keys(table))
    operation = "Query" if search.mode == QUERY else "Scan"
    return call(scope, "dynamodb", operation, ExclusiveStartKey=start, **members)


def every(scope: Scope, table: Table, search: Search) -> Iterator[dict[str, Any]]:
    """Read page after page; each item as DynamoDB JSON. Raises AwsError and UnreadableError."""
    start = None
    while True:
        page = fetch(scope, table, search, start)
        yield from (values(item) for item in page.get("Items", []))
        start = page.get("LastEvaluatedKey")
        if not start:
            return


def keys(table: Table) -> tuple[str, ...]:
    """Name a table's key attributes."""
    return (table.hash_name, table.range_name) if table.range_name else (table.hash_name,)


def key_of(table: Table, index_name: str) -> list[KeyPart]:
    """Give the key of the table, or of one of its indexes."""
    rows = Index.objects.filter(table=table) if index_name else []
    row = next((one for one in rows if one.name == index_name), None)
    if row is not None:
        return [KeyPart(*part) for part in row.key]
    found = [KeyPart(table.hash_name, table.hash_type, "HASH")]
    if table.range_name:
        found.append(KeyPart(table.range_name, table.range_type, "RANGE"))
    return found


def values(item: Any) -> dict[str, Any]:
    """Give an item as DynamoDB JSON, whether the operation answered values or final JSON."""
    return json.loads(item) if isinstance(item, bytes | str) else dict(item)


def _indexes(table: Table) -> list[tuple[str, str]]:
    rows = Index.objects.filter(table=table).order_by("name")
    return [
        (row.name, ", ".join(part[0] for part in row.key))
        for row in rows
        if row.transition != "DELETING"
    ]


def _grid(table: Table, search: Search, found: list[dict[str, Any]], **more: Any) -> Grid:
    key_names = keys(table)
    first = dict.fromkeys([*key_names, *(part.name for part in key_of(table, search.index))])
    others: dict[str, None] = {}
    for item in found:
        others |= dict.fromkeys(sorted(name for name in item if name not in first))
    columns = [*first, *others]
    shown = columns[:COLUMNS]
    lines = []
    for item in found:
        cells = [attributes.shown(item[name]) if name in item else "" for name in shown]
        key = json.dumps({name: item[name] for name in key_names})
        lines.append(Line(key, urlencode({"key": key}), cells))
    return Grid(shown, lines, hidden=len(columns) - len(shown), **more)
