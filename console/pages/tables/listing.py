"""Pages of tables: the list, a table's overview, deleting it; the frame of all its tabs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from console.aws.clock import SYSTEM_CLOCK
from console.aws.errors import AwsError
from console.pages import answer, elsewhere, labels, lists, place
from console.pages.about import about
from console.pages.aws import call
from console.pages.tables import standing as streams
from triggers.dynamodb import tables
from triggers.dynamodb.descriptions import table_arn
from triggers.models import Item, Table

TABS = (
    ("table.overview", "table"),
    ("table.indexes", "table-indexes"),
    ("table.monitor", "table-monitor"),
    ("table.streams", "table-streams"),
    ("table.settings", "table-settings"),
)
"""The tabs of a table's page: ids of their labels, and routes."""

of_table = about(tables.get_table, "tables", "tables")
"""Hands a view the table of its address."""


@dataclass(frozen=True, slots=True)
class Row:
    """A table as the list shows it."""

    card: streams.TableCard
    status: str
    items: int
    triggers: int


def trail(*more: tuple[str, str]) -> answer.Trail:
    """Begin the breadcrumbs of a page about a table."""
    return [(labels.text("table.list"), reverse("tables")), *more]


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the tables of this account and region."""
    scope = place.scope(request)
    readers = streams.mapping_counts(scope, "stream_arn")
    listed = lists.of_rows(request, "table.list", streams.tables(scope).select_related("stream"))
    found = list(listed.page)
    counts = dict(
        Item.objects.filter(table__in=[row.pk for row in found])
        .values_list("table_id")
        .annotate(Count("table_id"))
    )
    rows = [
        Row(card, status, counts.get(row.pk, 0), readers.get(card.stream_arn, 0))
        for row, card in ((row, streams.card(row)) for row in found)
        if (status := tables.status_of(row, SYSTEM_CLOCK)) != "GONE"
    ]
    return answer.page(
        request,
        "tables/index.html",
        section="tables",
        trail=trail(),
        rows=rows,
        listed=listed,
        others=elsewhere.places(scope) if not (rows or listed.query) else [],
    )


@require_GET
def show(request: HttpRequest, name: str) -> HttpResponse:
    """Show a table's overview."""
    scope = place.scope(request)
    try:
        table = call(scope, "dynamodb", "DescribeTable", TableName=name)["Table"]
    except AwsError as error:
        return answer.refused(request, error, section="tables", back=reverse("tables"))
    row = tables.get_table(scope, name)
    return tab(request, row, "overview", table=table, expires_by=row.ttl_attribute, tags=row.tags)


def delete(request: HttpRequest, name: str) -> HttpResponse:
    """Ask for the name, then delete a table."""
    mistyped = request.method == "POST" and request.POST.get("typed", "") != name
    if request.method == "POST" and not mistyped:
        try:
            call(place.scope(request), "dynamodb", "DeleteTable", TableName=name)
            messages.success(request, f"Table {name} was deleted.")
        except AwsError as error:
            messages.error(request, f"{error.message} ({error.code})")
        return answer.see(reverse("tables"))
    return answer.confirm(
        request,
        section="tables",
        trail=trail((name, reverse("table", args=[name])), (labels.text("table.delete"), "")),
        title=f"Delete {name}",
        question=f"Delete the table {name}?",
        consequence="Its items go. Its stream ends; what is in it can still be read for 24 hours.",
        verb="table.delete",
        must_type=name,
        mistyped=mistyped,
        action=reverse("table-delete", args=[name]),
        back=reverse("table", args=[name]),
    )


def tab(
    request: HttpRequest, row: Table, chosen: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Render one of the tabs of a table's page."""
    return answer.page(
        request,
        f"tables/{chosen}.html",
        section="tables",
        trail=trail((row.name, "")),
        status=status,
        name=row.name,
        card=streams.card(row),
        tab=f"table.{chosen}",
        tabs=TABS,
        arn=table_arn(place.scope(request), row),
        **context,
    )
