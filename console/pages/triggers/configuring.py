"""The panels under the designer: configure a new trigger, look at a staged or a saved one.

A panel is part of the function's page; what a trigger does is decided in `triggers.mappings`.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, labels, place
from console.pages.aws import call, check
from console.pages.forms.triggers import ADVICES, SettingsForm, TriggerForm, initial
from console.pages.functions import listing
from console.pages.functions.overview import Panel, page
from console.pages.refusals import Refusal, explain
from console.pages.tables import standing as streams
from console.pages.triggers import permits
from console.pages.triggers import preview as previews
from console.pages.triggers.designer import LOOKS
from console.pages.triggers.qualifiers import apart, home, plain, qualified, runs
from console.pages.triggers.safety import Suggestion
from functions.models import Function
from triggers.mappings import drafts, lifecycle


def chosen_panel(request: HttpRequest, scope: Scope, name: str) -> Panel:
    """Give the panel of the node that the address names; none without a node.

    Raises AwsError ResourceNotFoundException for a node that is gone.
    """
    if uuid := request.GET.get("trigger"):
        return saved_panel(scope, uuid)
    if draft_id := request.GET.get("draft"):
        return _draft_panel(scope, name, draft_id)
    return Panel(qualifier=plain(request.GET.get("qualifier", "")))


def saved_panel(
    scope: Scope,
    uuid: str,
    form: SettingsForm | None = None,
    suggested: list[Suggestion] | None = None,
) -> Panel:
    """Show a saved trigger: its settings to change, and what can be done with it."""
    found = lifecycle.get_mapping(scope, uuid)
    row = found.row
    look, icon, _ = LOOKS[found.state]
    form = form or SettingsForm(initial=initial(lifecycle.settings_of(row)))
    return Panel(
        "triggers/saved.html",
        str(row.uuid),
        plain(row.qualifier),
        {
            "mapping": row,
            "state": found.state,
            "look": look,
            "state_icon": icon,
            "table": streams.table_of(row.stream_arn),
            "form": form,
            "destinations": previews.destinations(scope),
            "suggested": suggested,
            "preview": previews.of_saved(scope, listing.find(scope, row.function_name), row, form),
        },
    )


def _draft_panel(scope: Scope, name: str, draft_id: str) -> Panel:
    draft = drafts.listed(scope, name).filter(pk=int(draft_id) if draft_id.isdigit() else 0).first()
    if draft is None:
        raise AwsError("ResourceNotFoundException", "That trigger is not staged any more.")
    refusal: Refusal | None = None
    if draft.error_code:
        refusal = explain(AwsError(draft.error_code, draft.error_message), ADVICES)
    table = streams.table_of(draft.settings["EventSourceArn"])
    return Panel(
        "triggers/draft.html",
        f"draft-{draft.pk}",
        apart(draft.settings.get("FunctionName", name))[1],
        {"draft": draft, "table": table, "refusal": refusal, "more": _more(draft.settings)},
    )


def _more(members: dict[str, Any]) -> list[tuple[str, str]]:
    """Spell the settings that are not as a new trigger's, by AWS's names."""
    said = ("FunctionName", "BatchSize", "StartingPosition", "Enabled", "EventSourceArn")
    return [
        (name, value if isinstance(value, str) else json.dumps(value))
        for name, value in members.items()
        if name not in said
    ]


@require_GET
@listing.of_function
def show(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Show a function; `?trigger=` and `?draft=` open the panel of a node of the designer."""
    try:
        panel = chosen_panel(request, scope, function.name)
    except AwsError:  # the node was saved, removed or deleted meanwhile
        panel = Panel()
    return page(request, scope, function, panel)


@listing.of_function
def add(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Configure a trigger; Add stages it, without creating anything yet."""
    if request.method != "POST":
        asked = {field: request.GET.get(field, "") for field in ("table", "qualifier")}
        form = _form(scope, initial=asked)
        return _configure(request, scope, function, form)
    pressed = _pressed(request, scope, function)
    if pressed is not None:
        return pressed
    form = _form(scope, data=request.POST)
    if form.is_valid():
        with form.refused_by_aws():
            whose = qualified(function.name, form.whose)
            members = {"FunctionName": whose, **form.members()}
            check("lambda", "CreateEventSourceMapping", members)
            drafts.stage(scope, function.name, members)
            return answer.see(home(function.name, form.whose))
    return _configure(request, scope, function, form, status=422)


def _pressed(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse | None:
    """Do what a button within the form stands for; None when the form itself was sent."""
    if table := request.POST.get("turn_on_stream"):
        return _turn_on(request, scope, function, table)
    if permits.asked(request.POST):
        return _permit(request, scope, function)
    if "suggest" in request.POST:
        typed = _form(scope, data=request.POST)
        found = previews.suggestions(scope, typed)
        form = _form(scope, initial=filled(typed, found))
        return _configure(request, scope, function, form, suggested=found)
    if "make_queue" in request.POST:
        return _make_queue(request, scope, function)
    if "check" in request.POST:
        return _configure(request, scope, function, _form(scope, initial=_kept(request.POST)))
    return None


def filled(typed: SettingsForm, suggested: list[Suggestion]) -> dict[str, Any]:
    """Give what was typed, with what is suggested put in, as what a form begins with."""
    return {name: typed[name].value() for name in typed.fields} | {
        one.field: one.value for one in suggested
    }


def _form(scope: Scope, **kwargs: Any) -> TriggerForm:
    live = {card.name: card.stream_arn for card in streams.cards(scope) if card.stream_arn}
    return TriggerForm(kwargs.pop("data", None), streams=live, **kwargs)


def _configure(
    request: HttpRequest,
    scope: Scope,
    function: Function,
    form: TriggerForm,
    *,
    status: int = 200,
    suggested: list[Suggestion] | None = None,
) -> HttpResponse:
    return page(
        request,
        scope,
        function,
        Panel(
            "triggers/configure.html",
            qualifier=form.whose,
            context={
                "form": form,
                "tables": streams.cards(scope),
                "chosen_table": form["table"].value(),
                "destinations": previews.destinations(scope),
                "suggested": suggested,
                "preview": previews.of_new(scope, function, form),
                "view_types": [
                    (name, labels.text(f"stream.{name}")) for name in streams.VIEW_TYPES
                ],
            },
        ),
        status=status,
    )


@require_GET
@listing.of_function
def preview(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Say what a trigger would do with the settings as they are typed now."""
    shown = previews.of_new(scope, function, _form(scope, data=request.GET))
    return render(request, "triggers/preview.html", {"function": function, "preview": shown})


def _turn_on(request: HttpRequest, scope: Scope, function: Function, table: str) -> HttpResponse:
    """Turn on a table's stream, choose the table, and keep whatever else was filled in."""
    kept = request.POST.copy()
    kept["table"] = table
    view_type = request.POST.get(f"view_type:{table}", streams.VIEW_TYPES[0])
    refusal: AwsError | None = None
    try:
        call(
            scope,
            "dynamodb",
            "UpdateTable",
            TableName=table,
            StreamSpecification={"StreamEnabled": True, "StreamViewType": view_type},
        )
    except AwsError as error:
        refusal = error
    form = _form(scope, initial=_kept(kept))
    if refusal is not None:
        form = _form(scope, data=kept)
        form.refuse(refusal)
        return _configure(request, scope, function, form, status=422)
    messages.success(request, f"The stream of {table} is on.")
    return _configure(request, scope, function, form)


def _permit(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Let the function's role do what the trigger needs, and keep what was filled in."""
    run = runs(scope, function, plain(request.POST.get("qualifier", "")))
    try:
        messages.success(
            request,
            permits.grant(scope, run, request.POST, request.POST.get("destination", "")),
        )
    except AwsError as error:
        form = _form(scope, data=request.POST)
        form.refuse(error)
        return _configure(request, scope, function, form, status=422)
    return _configure(request, scope, function, _form(scope, initial=_kept(request.POST)))


def _make_queue(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Create a queue for failures, make it the destination, and keep what was filled in."""
    typed = _form(scope, data=request.POST)
    try:
        arn = make_queue(scope, function.name)
    except AwsError as error:
        typed.refuse(error)
        return _configure(request, scope, function, typed, status=422)
    messages.success(request, f"The queue {arn.rpartition(':')[2]} is there.")
    form = _form(scope, initial=filled(typed, []) | {"destination": arn})
    return _configure(request, scope, function, form)


def make_queue(scope: Scope, function_name: str) -> str:
    """Create the queue for a function's failures; its ARN. Raises AwsError as SQS does."""
    name = f"{function_name}-failures"
    call(scope, "sqs", "CreateQueue", QueueName=name)
    return scope.arn("sqs", name)


def _kept(posted: Any) -> dict[str, Any]:
    """Give what was typed as what a form begins with."""
    typed = TriggerForm(posted, streams={})
    return {name: typed[name].value() for name in typed.fields}


@require_POST
def save(request: HttpRequest, name: str) -> HttpResponse:
    """Create every staged trigger; those that AWS refuses stay staged with its answer."""
    scope = place.scope(request)
    refused = drafts.save_all(scope, name).refused
    where = reverse("function", args=[name])
    if refused:
        messages.error(request, f"{refused[0].error_message} ({refused[0].error_code})")
        return answer.see(f"{where}?draft={refused[0].pk}#panel")
    return answer.see(where)


@require_POST
def remove(request: HttpRequest, name: str, draft_id: int) -> HttpResponse:
    """Take a staged trigger away; the fixing buttons let the role do what it needs."""
    scope = place.scope(request)
    where = reverse("function", args=[name])
    draft = drafts.listed(scope, name).filter(pk=draft_id).first()
    whose = apart(draft.settings.get("FunctionName", name))[1] if draft else ""
    if permits.asked(request.POST):
        failing = draft.settings.get("DestinationConfig", {}).get("OnFailure", {}) if draft else {}
        where_to = failing.get("Destination", "")
        try:
            run = runs(scope, listing.find(scope, name), whose)
            said = permits.grant(scope, run, request.POST, where_to)
            messages.success(request, f"{said} Choose Save again.")
        except AwsError as error:
            messages.error(request, error.message)
        return answer.see(f"{where}?draft={draft_id}#panel")
    drafts.remove(scope, name, draft_id)
    return answer.see(home(name, whose))
