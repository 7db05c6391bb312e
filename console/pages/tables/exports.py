"""A table's Exports and streams tab: its stream on and off, its shards, who reads it, its records.

Nothing is decided here: streams begin and end by UpdateTable, shards by `triggers.streams`' verbs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, labels, live, place
from console.pages.aws import call
from console.pages.forms.tables import StreamForm
from console.pages.functions import listing as function_pages
from console.pages.tables import lineage, records
from console.pages.tables import listing as tables
from console.pages.tables import standing as streams
from console.pages.triggers import designer
from triggers.dynamodb.tables import get_table
from triggers.mappings import lifecycle
from triggers.models import EventSourceMapping, Record, Shard, Stream, Table
from triggers.streams import resharding

NEWEST = 20
PAGE = 50
MOST_DRAWN = 60
"""Newest shards that are drawn."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A trigger on the stream, and how its State looks; a `stale` one reads a stream that ended."""

    row: EventSourceMapping
    state: str
    look: str
    icon: str
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A shard as the list under the drawing shows it."""

    row: Shard
    fact: lineage.Shard
    children: list[str]


def show(request: HttpRequest, name: str) -> HttpResponse:
    """Show a table's stream; POST turns it on or off, or closes a shard for its children."""
    scope = place.scope(request)
    try:
        row = get_table(scope, name)
        if request.method == "POST":
            return _act(request, scope, row)
    except AwsError as error:
        return answer.refused(request, error, section="tables", back=reverse("tables"))
    return _page(request, scope, row, StreamForm())


@require_GET
def trigger(request: HttpRequest, name: str) -> HttpResponse:
    """Lead to the chosen function's Configure triggers, with this table chosen."""
    wanted = request.GET.get("function", "")
    functions = [one.name for one in function_pages.rows(place.scope(request))]
    if wanted not in functions:
        return answer.see(reverse("function-create"))
    return answer.see(f"{reverse('trigger-add', args=[wanted])}?{urlencode({'table': name})}")


@require_GET
@tables.of_table
def all_records(request: HttpRequest, scope: Scope, row: Table) -> HttpResponse:
    """Show the records of one shard, newest first and page by page, or those that were looked for."""
    asked = request.GET
    shards = (
        list(Shard.objects.filter(stream=row.stream).order_by("-ordinal")) if row.stream else []
    )
    chosen = _chosen(shards, asked.get("shard", ""))
    query, before = asked.get("q", "").strip(), asked.get("before", "")
    found: list[Record] = []
    if query:
        found = records.find(Shard.objects.filter(stream=row.stream), query)
    elif chosen is not None:
        upto = int(before) if before.isdecimal() and len(before) < 19 else chosen.head + 1
        rows = Record.objects.filter(shard=chosen, seq__lt=min(upto, chosen.head + 1))
        found = list(rows.select_related("shard").order_by("-seq")[:PAGE])
    last = found[-1].seq if found and not query else 0
    return answer.page(
        request,
        "tables/all_records.html",
        section="tables",
        trail=tables.trail(
            (row.name, reverse("table", args=[row.name])),
            (labels.text("table.streams"), reverse("table-streams", args=[row.name])),
            (labels.text("records.heading"), ""),
        ),
        name=row.name,
        shards=shards,
        chosen=chosen,
        query=query,
        before=before,
        told=records.tell(found),
        older=last if chosen and last > chosen.trimmed + 1 else 0,
        journeys=[one.row for one in _readers(scope, row.stream)] if row.stream else [],
    )


def _chosen(shards: list[Shard], wanted: str) -> Shard | None:
    """Give the shard with that name, else the one that was written to last."""
    for one in shards:
        if one.name == wanted:
            return one
    return max(shards, key=lambda one: (one.last_ms, one.ordinal), default=None)


def _act(request: HttpRequest, scope: Scope, row: Table) -> HttpResponse:
    post, here = request.POST, reverse("table-streams", args=[row.name])
    try:
        if "split" in post:
            _reshard(request, scope, row, post["split"], "split")
        elif "roll" in post:
            _reshard(request, scope, row, post["roll"], "roll")
        elif post.get("do") == "off":
            _switch(scope, row, StreamEnabled=False)
        else:
            form = StreamForm(post)
            if not form.is_valid():
                return _page(request, scope, row, form, status=422)
            _switch(scope, row, StreamEnabled=True, StreamViewType=form.cleaned_data["view_type"])
    except AwsError as error:
        messages.error(request, f"{error.message} ({error.code})")
    return answer.see(here)


def _switch(scope: Scope, row: Table, **specification: Any) -> None:
    call(scope, "dynamodb", "UpdateTable", TableName=row.name, StreamSpecification=specification)


def _reshard(request: HttpRequest, scope: Scope, row: Table, shard: str, how: str) -> None:
    arn = row.stream.arn if row.stream else ""
    verb = resharding.split_shard if how == "split" else resharding.roll_over
    children = verb(scope, arn, shard)
    names = " and ".join(f"…{one.name[-8:]}" for one in children)
    messages.success(
        request,
        f"Shard …{shard[-8:]} is closed and goes on in {names}. It is read to its end first.",
    )


def _page(
    request: HttpRequest, scope: Scope, row: Table, form: StreamForm, status: int = 200
) -> HttpResponse:
    shards, newest = f"shards:{row.name}", f"records:{row.name}"
    ended = list(
        Stream.objects.filter(tenancy_id=scope.tenancy, region=scope.region, table_name=row.name)
        .exclude(disabled_at=None)
        .order_by("-disabled_at")
    )
    on = [row.stream] if row.stream and row.stream.disabled_at is None else []
    return tables.tab(
        request,
        row,
        "streams",
        status=status,
        form=form,
        readers=[one for stream in (*on, *ended) for one in _readers(scope, stream)],
        functions=[one.name for one in function_pages.rows(scope)],
        ended=ended,
        shards_topic=shards,
        records_topic=newest,
        topics=[shards, newest],
    )


def _readers(scope: Scope, stream: Stream) -> list[Reader]:
    """List the triggers on a stream."""
    found = lifecycle.list_mappings(scope, source_arn=stream.arn)
    ended = stream.disabled_at is not None
    return [Reader(one.row, one.state, *designer.LOOKS[one.state][:2], ended) for one in found]


@live.topic("records")
def newest_records(scope: Scope, name: str) -> str:
    """Render the newest records of a table's stream."""
    row = streams.tables(scope).select_related("stream").filter(name=name).first()
    found = records.newest(row.stream if row else None, NEWEST)
    return render_to_string("tables/records.html", {"told": records.tell(found), "name": name})


@live.topic("shards")
def shards_of(scope: Scope, name: str) -> str:
    """Render the shards of a table's stream: drawn with their lineage, and as a list."""
    row = streams.tables(scope).select_related("stream").filter(name=name).first()
    rows = Shard.objects.filter(stream=row.stream) if row and row.stream else Shard.objects.none()
    drawn = list(rows.order_by("-ordinal")[:MOST_DRAWN])[::-1]
    facts = [_fact(one) for one in drawn]
    children: dict[str, list[str]] = {}
    for one in facts:
        children.setdefault(one.parent, []).append(one.name)
    parts = [
        Part(shard, fact, children.get(fact.name, []))
        for shard, fact in zip(drawn, facts, strict=True)
    ]
    return render_to_string(
        "tables/shards.html",
        {
            "drawing": lineage.draw(facts),
            "parts": parts,
            "older": rows.count() - len(drawn),
            "on": bool(row and row.stream and row.stream.disabled_at is None),
        },
    )


def _fact(row: Shard) -> lineage.Shard:
    return lineage.Shard(
        name=row.name,
        parent=row.parent_name,
        low=int.from_bytes(bytes(row.hash_lo), "big"),
        high=int.from_bytes(bytes(row.hash_hi), "big"),
        records=row.head - row.trimmed,
        closed=row.closed_at is not None,
    )
