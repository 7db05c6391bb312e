"""One search box over every noun of the console, and over records by number, event ID and key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from console.aws.scope import Scope
from console.pages import answer, labels, place
from console.pages.access import policies
from console.pages.functions import listing as functions
from console.pages.tables import records, standing
from functions.iam import library
from functions.messaging import buckets, finding, topics
from functions.models import Alias, Layer, LogGroup, Role, User
from triggers.models import EventSourceMapping, Record, Shard

MOST = 20
"""Hits of one kind that are shown."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found."""

    kind: str
    icon: str
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Noun:
    """A kind of thing with a name: where its rows are, and the address of one."""

    kind: str
    icon: str
    rows: Callable[[Scope], QuerySet[Any]]
    href: Callable[[Any], str]

    def hits(self, scope: Scope, query: str) -> Iterator[Hit]:
        """Find what has the words in its name."""
        rows = self.rows(scope).filter(name__icontains=query).order_by("name")
        for row in rows[: MOST + 1]:
            yield Hit(self.kind, self.icon, row.name, self.href(row))


def _page(route: str) -> Callable[[Any], str]:
    return lambda row: reverse(route, args=[row.name])


NOUNS = (
    Noun("Function", "square-function", functions.rows, _page("function")),
    Noun(
        "Alias",
        "tag",
        lambda scope: Alias.objects.filter(function__in=functions.rows(scope)).select_related(
            "function"
        ),
        lambda row: reverse("function-alias", args=[row.function.name, row.name]),
    ),
    Noun(
        "Layer",
        "package",
        lambda scope: Layer.objects.filter(
            tenancy_id=scope.tenancy, region=scope.region, versions__deleted=False
        ).distinct(),
        _page("layer"),
    ),
    Noun("Table", "table-2", standing.tables, _page("table")),
    Noun("Queue", "layers", finding.of, _page("queue")),
    Noun("Topic", "bell", topics.of, _page("topic")),
    Noun("Bucket", "archive", buckets.of, _page("bucket")),
    Noun(
        "Log group",
        "scroll-text",
        lambda scope: LogGroup.objects.filter(tenancy_id=scope.tenancy, region=scope.region),
        lambda row: f"{reverse('log-group')}?{urlencode({'name': row.name})}",
    ),
    Noun(
        "Role",
        "shield",
        lambda scope: Role.objects.filter(tenancy_id=scope.tenancy),
        _page("role"),
    ),
    Noun(
        "User",
        "user",
        lambda scope: User.objects.filter(tenancy_id=scope.tenancy),
        _page("user"),
    ),
)


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Show what has the words in its name, and the record that they are the number or key of."""
    query = request.GET.get("q", "").strip()
    hits = list(_hits(place.scope(request), query)) if query else []
    shown = _first(hits)
    return answer.page(
        request,
        "search.html",
        section="",
        trail=[(labels.text("search.title"), "")],
        query=query,
        hits=shown,
        most=MOST if len(shown) < len(hits) else 0,
    )


def _first(hits: list[Hit]) -> list[Hit]:
    """Leave the first of each kind."""
    kinds = groupby(hits, lambda hit: hit.kind)
    return [hit for _, found in kinds for hit in islice(found, MOST)]


def _hits(scope: Scope, query: str) -> Iterator[Hit]:
    for noun in NOUNS:
        yield from noun.hits(scope, query)
    yield from _policies(scope, query)
    yield from _triggers(scope, query)
    yield from _records(scope, query)


def _policies(scope: Scope, query: str) -> Iterator[Hit]:
    found = [one for one in library.under(scope) if query.lower() in one.name.lower()]
    for one in found[: MOST + 1]:
        yield Hit("Policy", "shield-check", one.name, policies.address(one.arn))


def _triggers(scope: Scope, query: str) -> Iterator[Hit]:
    """The trigger that has this UUID."""
    try:
        uuid = UUID(query)
    except ValueError:
        return
    rows = EventSourceMapping.objects.filter(tenancy_id=scope.tenancy, region=scope.region)
    for row in rows.filter(uuid=uuid):
        title = f"DynamoDB: {standing.table_of(row.stream_arn)} → {row.function_name}"
        yield Hit("Trigger", "workflow", title, reverse("trigger", args=[row.function_name, uuid]))


def _records(scope: Scope, query: str) -> Iterable[Hit]:
    """Records of this place's streams: their journey, or their page when no trigger reads them."""
    shards = Shard.objects.filter(stream__tenancy_id=scope.tenancy, stream__region=scope.region)
    for told in records.tell(records.find(shards, query)[: MOST + 1]):
        one = told.record
        title = f"{one.shard.stream.table_name}: {told.event} {told.keys} · {told.number}"
        yield Hit("Record", "activity", title, _journey(one) or _stored(one, query))


def _journey(record: Record) -> str:
    reader = EventSourceMapping.objects.filter(stream=record.shard.stream).first()
    if reader is None:
        return ""
    where = [reader.function_name, reader.uuid, record.shard_id, record.seq]
    return reverse("record", args=where)


def _stored(record: Record, query: str) -> str:
    page = reverse("table-records", args=[record.shard.stream.table_name])
    return f"{page}?{urlencode({'q': query})}"
