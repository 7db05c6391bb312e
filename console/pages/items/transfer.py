"""Items in and out of a table by the file, and deleting many of them at once.

What is written goes through BatchWriteItem; where that is refused, item by item, so that the line
at fault is known. Bounded: `files.MOST_ITEMS` and `MOST_BYTES`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import islice

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, jsontext, labels, place
from console.pages.aws import call
from console.pages.forms.transfers import ImportForm
from console.pages.items import exploring as items
from console.pages.items import files
from console.pages.items.files import Complaint, Placed
from console.pages.items.searches import Search, UnreadableError
from console.pages.refusals import explain
from triggers.dynamodb.tables import get_table
from triggers.models import Table

PIECE = 25
"""Items of one BatchWriteItem. Source: API reference."""
_READ = 300


@require_GET
def export(request: HttpRequest, name: str) -> HttpResponse:
    """Answer what the builder asks for as a file; its name says when there is more."""
    scope, form = place.scope(request), request.GET.get("format", files.DYNAMODB)
    search = Search.read(request.GET).sized(_READ)
    try:
        table = get_table(scope, name)
        found = list(islice(items.every(scope, table, search), files.MOST_ITEMS + 1))
    except UnreadableError as error:
        refused = AwsError("ValidationException", str(error))
        return answer.refused(request, refused, section="items", back=_back(name), status=422)
    except AwsError as error:
        return answer.refused(request, error, section="items", back=_back(name), status=422)
    suffix = files.SUFFIXES.get(form, files.SUFFIXES[files.DYNAMODB])
    whole = len(found) <= files.MOST_ITEMS
    file_name = f"{name}{'' if whole else f'-first-{files.MOST_ITEMS}'}.{suffix}"
    text = files.write(form, found[: files.MOST_ITEMS], items.keys(table))
    kind = "text/csv" if form == files.CSV else "application/json"
    return HttpResponse(
        text,
        content_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )


def load(request: HttpRequest, name: str) -> HttpResponse:
    """Read items from a file or from what was pasted; `do=check` writes nothing."""
    scope = place.scope(request)
    try:
        table = get_table(scope, name)
    except AwsError as error:
        return answer.refused(request, error, section="items", back=reverse("tables"))
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, table, form)
    types = {part.name: part.kind for part in items.key_of(table, "")}
    parsed = files.parse(form.cleaned_data["format"], form.cleaned_data["text"], types)
    if parsed.complaints or request.POST.get("do") == "check":
        form = form.kept()
        return _page(request, table, form, parsed.items, parsed.complaints)
    written, refused = put_all(scope, name, parsed.items)
    if refused:
        return _page(request, table, form, parsed.items, refused, written)
    plural = "" if written == 1 else "s"
    messages.success(request, f"{written} item{plural} imported.")
    return answer.see(_back(name))


def put_all(scope: Scope, table_name: str, placed: Sequence[Placed]) -> tuple[int, list[Complaint]]:
    """Put items, 25 at a time; how many were written, and what was refused, line by line."""
    written = 0
    refused: list[Complaint] = []
    for start in range(0, len(placed), PIECE):
        piece = placed[start : start + PIECE]
        wishes = [{"PutRequest": {"Item": one.item}} for one in piece]
        try:
            call(scope, "dynamodb", "BatchWriteItem", RequestItems={table_name: wishes})
            written += len(piece)
            continue
        except AwsError as error:
            if error.code == "ResourceNotFoundException":
                return written, [*refused, Complaint(piece[0].line, error.message)]
        for one in piece:
            try:
                call(scope, "dynamodb", "PutItem", TableName=table_name, Item=one.item)
                written += 1
            except AwsError as error:
                refused.append(Complaint(one.line, f"{error.message} ({error.code})"))
    return written, refused


def _page(
    request: HttpRequest,
    table: Table,
    form: ImportForm,
    placed: Sequence[Placed] = (),
    complaints: Sequence[Complaint] = (),
    written: int | None = None,
) -> HttpResponse:
    title = labels.text("import.heading")
    return answer.page(
        request,
        "items/import.html",
        section="items",
        trail=items.trail(
            table.name, (labels.text("item.explore"), _back(table.name)), (title, "")
        ),
        status=422 if form.errors or complaints else 200,
        name=table.name,
        form=form,
        checked=request.method == "POST" and not form.errors and written is None,
        found=len(placed),
        first=[(one.line, json.dumps(one.item, ensure_ascii=False)) for one in placed[:5]],
        complaints=complaints[:100],
        more=max(len(complaints) - 100, 0),
        written=written,
    )


@require_POST
def delete(request: HttpRequest, name: str) -> HttpResponse:
    """Delete the item with the posted key; several keys are asked about first."""
    scope, texts = place.scope(request), request.POST.getlist("key")
    if len(texts) > 1 and request.POST.get("do") != "delete":
        return answer.confirm(
            request,
            section="items",
            trail=items.trail(
                name, (labels.text("item.explore"), _back(name)), (labels.text("item.delete"), "")
            ),
            title=labels.text("item.delete"),
            question=f"Delete {len(texts)} items of {name}?",
            consequence="Each one makes a REMOVE record in the table's stream.",
            verb="item.delete",
            do="delete",
            hidden=[("key", text) for text in texts],
            action=reverse("item-delete", args=[name]),
            back=_back(name),
        )
    try:
        found = [jsontext.read(text) for text in texts]
        for start in range(0, len(found), PIECE):
            wishes = [{"DeleteRequest": {"Key": key}} for key in found[start : start + PIECE]]
            call(scope, "dynamodb", "BatchWriteItem", RequestItems={name: wishes})
        said = "The item was deleted." if len(found) == 1 else f"{len(found)} items were deleted."
        if found:
            messages.success(request, said)
        else:
            messages.warning(request, "No item was chosen.")
    except AwsError as error:
        refusal = explain(error)
        messages.error(request, f"{refusal.message} ({refusal.code})")
    except ValueError:
        messages.error(request, "The key is not JSON.")
    return answer.see(_back(name))


def _back(name: str) -> str:
    return reverse("items", args=[name])
