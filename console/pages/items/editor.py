"""The item editor: one item as a form, as JSON or as DynamoDB JSON, to create or to change.

Beside it stands what saving would do: the size and the stream record (`triggers.dynamodb.foresight`).
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, jsontext, labels, place
from console.pages.aws import call
from console.pages.items import attributes, tree
from console.pages.items import draft as itemdraft
from console.pages.items.draft import Draft
from console.pages.items.exploring import keys, trail, values
from console.pages.refusals import Advice, explain
from console.pages.tables import records
from console.pages.triggers import filtertest
from triggers.dynamodb import tables
from triggers.dynamodb.changes import MAX_ITEM_BYTES
from triggers.dynamodb.foresight import fingerprint_of, foresee_put
from triggers.mappings import lifecycle
from triggers.models import EventSourceMapping, Table

NEWEST = 5
"""Stream records of the item that are shown."""

_ADVICES = (
    Advice(
        "ConditionalCheckFailedException",
        "",
        "condition",
        "The item that is stored does not meet the condition; nothing was written.",
    ),
    Advice("*", "ConditionExpression|ExpressionAttribute", "condition"),
)


def edit(request: HttpRequest, name: str) -> HttpResponse:
    """Create an item, or change the one that `?key=` names; `?view=` is form, json or dynamodb."""
    scope = place.scope(request)
    try:
        table = tables.get_table(scope, name)
        posted = request.method == "POST"
        draft = itemdraft.posted(request.POST, table) if posted else _opened(request, scope, table)
    except AwsError as error:
        return answer.refused(request, error, section="items", back=reverse("items", args=[name]))
    if posted and request.POST.get("do") == "put" and _put(scope, table, draft):
        verb = "changed" if draft.key else "created"
        messages.success(request, f"The item was {verb}.")
        return answer.see(reverse("items", args=[name]))
    if posted and (view := request.POST.get("to", "")) in itemdraft.VIEWS:
        itemdraft.turn(draft, view, keys(table), _stored(scope, table, draft.key))
    return _page(request, scope, table, draft)


@require_POST
def preview(request: HttpRequest, name: str) -> HttpResponse:
    """Answer the part that shows what saving would do, while the item is typed."""
    scope = place.scope(request)
    try:
        table = tables.get_table(scope, name)
    except AwsError as error:
        return HttpResponse(error.message, status=404)
    draft = itemdraft.posted(request.POST, table)
    return render(request, "items/preview.html", _ahead(scope, table, draft))


def _opened(request: HttpRequest, scope: Scope, table: Table) -> Draft:
    view = request.GET.get("view", "")
    key = request.GET.get("key") or request.GET.get("like", "")
    stored = _stored(scope, table, key)
    if key and stored is None:
        raise AwsError("ResourceNotFoundException", "The item is not in the table any more.")
    item = stored or {
        name: {kind: ""}
        for name, kind in ((table.hash_name, table.hash_type), (table.range_name, table.range_type))
        if name
    }
    return itemdraft.of(item, keys(table), view, request.GET.get("key", ""), blank=stored is None)


def _stored(scope: Scope, table: Table, key: str) -> dict[str, Any] | None:
    """Read the item with a key given as JSON; None without a key or an item."""
    if not key:
        return None
    item = call(scope, "dynamodb", "GetItem", TableName=table.name, Key=_key(key)).get("Item")
    return None if item is None else values(item)


def _key(text: str) -> dict[str, Any]:
    try:
        found = jsontext.read(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise AwsError("ValidationException", "The provided key element does not match the schema")
    return found


def _put(scope: Scope, table: Table, draft: Draft) -> bool:
    try:
        item = itemdraft.read(draft, _stored(scope, table, draft.key))
        if item is None:
            return False
        call(
            scope,
            "dynamodb",
            "PutItem",
            TableName=table.name,
            Item=item,
            **itemdraft.condition(draft),
        )
    except AwsError as error:
        draft.refusal = explain(error, _ADVICES)
        return False
    return not draft.failed


def _ahead(scope: Scope, table: Table, draft: Draft) -> dict[str, Any]:
    """Say what saving would do; nothing while the item cannot be read."""
    silent = itemdraft.copy(draft)
    try:
        item = itemdraft.read(silent, _stored(scope, table, draft.key))
        foreseen = None if item is None else foresee_put(scope, table.name, item)
    except AwsError as error:
        why_not = "" if _keyless(draft) else error.message
        return {"foreseen": None, "why_not": why_not, "name": table.name}
    record = foreseen.record if foreseen else None
    return {
        "name": table.name,
        "foreseen": foreseen,
        "most": MAX_ITEM_BYTES,
        "changes": list(records.changes(record)) if record else [],
        "readers": _readers(scope, table, record) if record else [],
    }


def _keyless(draft: Draft) -> bool:
    """Say whether the form's keys are not typed yet: nothing is wrong, only not ready."""
    return any(row.is_key and not row.text for row in draft.rows)


def _readers(scope: Scope, table: Table, record: dict[str, Any]) -> list[tuple[Any, bool]]:
    """List the stream's triggers, and whether the record would pass the filters of each."""
    event = record | {"eventSourceARN": table.stream.arn if table.stream else ""}
    return [
        (row, not row.filters or filtertest.judge(row.filters, event).pattern > 0)
        for row in _mappings(scope, table)
    ]


def _mappings(scope: Scope, table: Table) -> list[EventSourceMapping]:
    """List the triggers on the table's stream."""
    if table.stream is None:
        return []
    return [one.row for one in lifecycle.list_mappings(scope, source_arn=table.stream.arn)]


def _told(table: Table, key: str) -> list[records.Told]:
    """Read the newest stream records of the item that is changed."""
    if not key:
        return []
    try:
        fingerprint = fingerprint_of(table, _key(key))
    except AwsError:
        return []
    return records.tell(records.of_key(table.stream, fingerprint, NEWEST))


def _page(request: HttpRequest, scope: Scope, table: Table, draft: Draft) -> HttpResponse:
    title = labels.text("item.edit" if draft.key else "item.create")
    return answer.page(
        request,
        "items/edit.html",
        section="items",
        trail=trail(
            table.name,
            (labels.text("item.explore"), reverse("items", args=[table.name])),
            (title, ""),
        ),
        status=422 if draft.failed else 200,
        title=title,
        draft=draft,
        views=itemdraft.VIEWS,
        kinds=attributes.TYPES,
        full=len(draft.rows) >= tree.MOST_ROWS,
        told=_told(table, draft.key),
        journeys=_mappings(scope, table),
        **_ahead(scope, table, draft),
    )
