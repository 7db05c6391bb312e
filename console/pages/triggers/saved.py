"""Pages of one saved trigger: its shards and attempts, and enabling, changing, ending it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, labels, place
from console.pages.aws import call
from console.pages.forms.triggers import SettingsForm
from console.pages.functions import listing
from console.pages.functions.overview import page
from console.pages.tables import standing
from console.pages.triggers import configuring, livepart, permits, qualifiers
from console.pages.triggers import preview as previews
from functions.catalog.finding import Published
from triggers.mappings import lifecycle


@require_GET
def show(request: HttpRequest, name: str, uuid: str) -> HttpResponse:
    """Show one trigger's shards and attempts."""
    scope = place.scope(request)
    try:
        found = lifecycle.get_mapping(scope, uuid)
    except AwsError as error:
        back = reverse("function", args=[name])
        return answer.refused(request, error, section="functions", back=back)
    table = standing.table_of(found.row.stream_arn)
    qualifier = qualifiers.plain(found.row.qualifier)
    as_table = request.GET.get("view") == livepart.TABLE
    topic = f"trigger:{uuid}/{livepart.TABLE}" if as_table else f"trigger:{uuid}"
    return answer.page(
        request,
        "triggers/show.html",
        section="functions",
        trail=listing.trail(
            (qualifiers.qualified(name, qualifier), qualifiers.home(name, qualifier)),
            (f"DynamoDB: {table}", ""),
        ),
        name=name,
        mapping=found.row,
        enabled=found.row.enabled,
        table=table,
        as_table=as_table,
        topic=topic,
        topics=[topic],
    )


@require_POST
def change(request: HttpRequest, name: str, uuid: str) -> HttpResponse:
    """Change the settings of a trigger from its panel; `do` enables or disables it at once."""
    scope = place.scope(request)
    back = _back(request, name, uuid)
    if (wanted := request.POST.get("do", "")) in ("enable", "disable"):
        try:
            _update(scope, uuid, {"Enabled": wanted == "enable"})
        except AwsError as error:
            messages.error(request, f"{error.message} ({error.code})")
        return answer.see(back)
    form = SettingsForm(request.POST)
    looks_ahead = {"check", "suggest", "make_queue"} & set(request.POST)
    suggested = None
    try:
        function = listing.find(scope, name)
        if permits.asked(request.POST):
            qualifier = lifecycle.get_mapping(scope, uuid).row.qualifier
            _permit(request, scope, qualifiers.runs(scope, function, qualifier))
        elif "suggest" in request.POST:
            suggested = previews.suggestions(scope, form)
            form = SettingsForm(initial=configuring.filled(form, suggested))
        elif "make_queue" in request.POST:
            made = {"destination": configuring.make_queue(scope, name)}
            form = SettingsForm(initial=configuring.filled(form, []) | made)
        elif not looks_ahead and form.is_valid():
            with form.refused_by_aws():
                _update(scope, uuid, form.members())
                return answer.see(back)
        panel = configuring.saved_panel(scope, uuid, form, suggested)
    except AwsError as error:
        return answer.refused(request, error, section="functions", back=reverse("functions"))
    return page(request, scope, function, panel, status=422 if form.errors else 200)


def _permit(request: HttpRequest, scope: Scope, function: Published) -> None:
    """Let the function's role do what the trigger needs, and say how that went."""
    where = request.POST.get("destination", "")
    try:
        messages.success(request, permits.grant(scope, function, request.POST, where))
    except AwsError as error:
        messages.error(request, f"{error.message} ({error.code})")


@require_GET
def preview(request: HttpRequest, name: str, uuid: str) -> HttpResponse:
    """Say what a saved trigger would do with the settings as they are typed now."""
    scope = place.scope(request)
    try:
        found = lifecycle.get_mapping(scope, uuid)
        function = listing.find(scope, name)
    except AwsError as error:
        return answer.refused(request, error, section="functions", back=reverse("functions"))
    shown = previews.of_saved(scope, function, found.row, SettingsForm(request.GET))
    context = {"function": function, "preview": shown}
    return render(request, "triggers/preview.html", context)


def _back(request: HttpRequest, name: str, uuid: str) -> str:
    """Name the page to return to: the trigger's own when the visitor comes from there."""
    detail = reverse("trigger", args=[name, uuid])
    if request.headers.get("Referer", "").endswith(detail):
        return detail
    return f"{reverse('function', args=[name])}?trigger={uuid}#panel"


def _update(scope: Scope, uuid: str, members: dict[str, object]) -> None:
    call(scope, "lambda", "UpdateEventSourceMapping", UUID=uuid, **members)


def delete(request: HttpRequest, name: str, uuid: str) -> HttpResponse:
    """Ask, then end a trigger."""
    back = f"{reverse('function', args=[name])}?trigger={uuid}#panel"
    if request.method == "POST":
        try:
            gone = call(place.scope(request), "lambda", "DeleteEventSourceMapping", UUID=uuid)
            _, qualifier = qualifiers.apart(gone["FunctionArn"].partition(":function:")[2])
        except AwsError as error:
            messages.error(request, f"{error.message} ({error.code})")
            return answer.see(back)
        return answer.see(qualifiers.home(name, qualifier))
    return answer.confirm(
        request,
        section="functions",
        trail=listing.trail(
            (name, reverse("function", args=[name])), (labels.text("trigger.delete"), "")
        ),
        title="Delete the trigger",
        question="Delete this trigger?",
        consequence="Its place in the stream is forgotten. To stop for a while, disable it instead.",
        verb="trigger.delete",
        action=reverse("trigger-delete", args=[name, uuid]),
        back=back,
    )


def disable(request: HttpRequest, name: str, uuid: str) -> HttpResponse:
    """Ask before a trigger is disabled."""
    return answer.confirm(
        request,
        section="functions",
        trail=listing.trail(
            (name, reverse("function", args=[name])), (labels.text("trigger.disable"), "")
        ),
        title="Disable the trigger",
        question="Disable this trigger?",
        consequence="Its place in the stream is kept; once enabled again, it goes on from there.",
        verb="trigger.disable",
        kind="primary",
        do="disable",
        action=reverse("trigger-change", args=[name, uuid]),
        back=f"{reverse('function', args=[name])}?trigger={uuid}#panel",
    )
