"""One record's journey: what changed, what became of it for each trigger, every attempt, where it went.

Read from the ledger and from invocations; nothing is worked out anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, labels, place
from console.pages.functions import listing
from console.pages.tables import records, standing
from console.pages.triggers import shards, shardview
from console.pages.triggers.shardview import Look
from functions.models import Invocation
from triggers.mappings import lifecycle
from triggers.models import EventSourceMapping, Lane, Record, Settled, Shard
from triggers.polling import ledger
from triggers.sources.registry import source_of

_ATTEMPTS = 50


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of the record for one mapping."""

    mapping: EventSourceMapping
    look: Look
    run: Settled | None
    attempts: list[Invocation]
    tell: str

    @property
    def kind(self) -> str:
        """The look as a class of the stylesheet."""
        return self.look.name.lower()


@require_GET
def show(request: HttpRequest, name: str, uuid: str, shard: int, seq: int) -> HttpResponse:
    """Show one record of the stream that a trigger reads."""
    scope = place.scope(request)
    try:
        found = lifecycle.get_mapping(scope, uuid).row
    except AwsError as error:
        return answer.refused(request, error, section="functions", back=reverse("functions"))
    row = Shard.objects.filter(pk=shard, stream__mappings=found).first()
    if row is None or not 0 < seq <= row.head:
        raise Http404
    record = Record.objects.filter(shard=row, seq=seq).first()
    body = json.loads(bytes(record.body)) if record else None
    table = standing.table_of(found.stream_arn)
    return answer.page(
        request,
        "triggers/record.html",
        section="functions",
        trail=listing.trail(
            (name, reverse("function", args=[name])),
            (f"DynamoDB: {table}", reverse("trigger", args=[name, uuid])),
            (f"{labels.text('record.heading')} {seq}", ""),
        ),
        name=name,
        mapping=found,
        shard=row,
        seq=seq,
        number=_number(found, row, seq),
        record=record,
        body=body,
        changes=list(records.changes(body)) if body else [],
        fates=list(_fates(scope, row, seq)),
        before=seq - 1 if seq > 1 else None,
        after=seq + 1 if seq < row.head else None,
    )


@require_GET
def search(request: HttpRequest, name: str, uuid: str) -> HttpResponse:
    """Find records of the trigger's stream by sequence number, event ID or a key's value."""
    scope, query = place.scope(request), request.GET.get("q", "").strip()
    try:
        mapping = lifecycle.get_mapping(scope, uuid).row
    except AwsError as error:
        return answer.refused(request, error, section="functions", back=reverse("functions"))
    shards = Shard.objects.filter(stream__mappings=mapping)
    found = records.find(shards, query) if query else []
    if len(found) == 1:
        return answer.see(reverse("record", args=[name, uuid, found[0].shard_id, found[0].seq]))
    table = standing.table_of(mapping.stream_arn)
    return answer.page(
        request,
        "triggers/records.html",
        section="functions",
        trail=listing.trail(
            (name, reverse("function", args=[name])),
            (f"DynamoDB: {table}", reverse("trigger", args=[name, uuid])),
            (labels.text("record.find"), ""),
        ),
        name=name,
        mapping=mapping,
        query=query,
        records=[(one, bytes(one.body).decode()) for one in found],
    )


def _number(mapping: EventSourceMapping, shard: Shard, seq: int) -> str:
    """Spell a record's sequence number as its source does."""
    source = source_of(mapping.stream_arn)
    return source.face(shard.pk).text(seq) if source else ""


def _fates(scope: Scope, shard: Shard, seq: int) -> Iterable[Fate]:
    rows = Lane.objects.filter(
        shard=shard, mapping__tenancy=scope.tenancy, mapping__region=scope.region
    ).select_related("mapping", "shard")
    by_mapping: dict[EventSourceMapping, list[Lane]] = {}
    for lane in rows.order_by("mapping_id", "pk"):
        by_mapping.setdefault(lane.mapping, []).append(lane)
    for mapping, lanes in by_mapping.items():
        yield _fate(mapping, lanes, seq)


def _fate(mapping: EventSourceMapping, lanes: list[Lane], seq: int) -> Fate:
    """Tell what the ledger knows, and how far the record's lane is when it knows nothing yet."""
    told = ledger.where(mapping.pk, lanes[0].shard_id, seq)
    run = told.run if told else None
    lane = told.lane if told and told.lane else lanes[-1]
    look = shardview.look(shards.facts(mapping, lane), seq)
    if told is not None and run is not None:
        look = shardview.FATES[told.fate]
    tried = Invocation.objects.filter(
        lane_id__in=[one.pk for one in lanes], first_seq__lte=seq, last_seq__gte=seq
    )
    newest = tried.order_by("-created_at")[:_ATTEMPTS]
    return Fate(
        mapping, look, run, list(newest) if look is not Look.FILTERED else [], _tell(look, run)
    )


def _tell(look: Look, run: Settled | None) -> str:
    if look is Look.EXPIRED and run is None:
        return "It has expired from the stream, and so has what was written down about it."
    return {
        Look.PROCESSED: "The function had it and succeeded.",
        Look.FILTERED: "It matches no filter pattern and was passed over.",
        Look.DISCARDED: "It was given up.",
        Look.EXPIRED: "It expired from the stream before it could be processed.",
        Look.FLIGHT: "The function has it now.",
        Look.FAILING: "Its batch has failed and will come again.",
        Look.WAITING: "It waits for its turn.",
        Look.OTHER: "It waits for its turn.",
        Look.BEFORE: "It was there before the trigger began to read.",
    }[look]
