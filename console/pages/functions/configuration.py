"""The Configuration tab: general settings, triggers, permissions, environment variables, tags.

Each page changes its own members of the function and leaves the others as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, live
from console.pages.aws import call
from console.pages.forms.catalog import StatementForm
from console.pages.forms.form import ConsoleForm
from console.pages.forms.functions import (
    EnvironmentForm,
    GeneralForm,
    LoggingForm,
    RoleForm,
    TagsForm,
)
from console.pages.functions import frame, handlers, listing, policy
from console.pages.functions.runtimes import offered
from console.pages.tables import standing
from console.pages.triggers import designer, permits, qualifiers
from console.pages.triggers.permits import Permission
from functions.catalog import logformats
from functions.iam import attachments, roles
from functions.models import Function
from triggers.models import EventSourceMapping


@dataclass(frozen=True, slots=True)
class Need:
    """What one trigger asks of the role."""

    mapping: EventSourceMapping
    table: str
    permissions: list[Permission]


@dataclass(frozen=True, slots=True)
class Entry:
    """One trigger as the list shows it."""

    mapping: EventSourceMapping
    table: str
    state: str
    look: str
    icon: str

    @property
    def qualifier(self) -> str:
        """The version or alias that it runs; empty for $LATEST."""
        return qualifiers.plain(self.mapping.qualifier)


@listing.of_function
def general(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Change memory, timeout, handler and the like."""
    form = GeneralForm(request.POST or None, runtimes=offered(), initial=_general(function))
    if request.method == "POST" and form.is_valid() and _saved(request, scope, function, form):
        return answer.see(request.path)
    unfound = handlers.unfound_in(function)
    return _page(request, scope, function, "general", form=form, unfound=unfound)


@listing.of_function
def logging(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Change the format and the levels of the log."""
    form = LoggingForm(request.POST or None, initial=_logging(function))
    if request.method == "POST" and form.is_valid() and _saved(request, scope, function, form):
        return answer.see(request.path)
    return _page(request, scope, function, "logging", form=form)


@listing.of_function
def environment(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Change the environment variables."""
    form = EnvironmentForm(request.POST or None, pairs=function.environment or {})
    if form.saving and form.is_valid() and _saved(request, scope, function, form):
        return answer.see(request.path)
    return _page(request, scope, function, "environment", form=form)


@listing.of_function
def tags(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Change the tags."""
    form = TagsForm(request.POST or None, pairs=function.tags)
    if form.saving and form.is_valid():
        with form.refused_by_aws():
            _tag(scope, function, form.pairs())
            messages.success(request, "The tags were saved.")
            return answer.see(request.path)
    return _page(request, scope, function, "tags", form=form)


@listing.of_function
def permissions(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Choose the role; say what each trigger still needs, and let the role do it."""
    if permits.asked(request.POST):
        return _permit(request, scope, function)
    form = RoleForm(request.POST or None, scope=scope, initial={"role": function.role_arn})
    if request.method == "POST" and form.is_valid() and _saved(request, scope, function, form):
        return answer.see(request.path)
    return _permissions(request, scope, function, form, StatementForm())


@require_POST
@listing.of_function
def statement(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Add a statement to the function's own policy, or remove one."""
    here = reverse("function-permissions", args=[function.name]) + "#policy"
    if sid := request.POST.get("remove"):
        try:
            policy.remove(scope, function.name, sid, request.POST.get("qualifier", ""))
            messages.success(request, f"The statement {sid} was removed.")
        except AwsError as error:
            messages.error(request, f"{error.message} ({error.code})")
        return answer.see(here)
    form = StatementForm(request.POST)
    if policy.added(scope, function.name, form):
        messages.success(request, f"The statement {form.cleaned_data['sid']} was added.")
        return answer.see(here)
    role = RoleForm(None, scope=scope, initial={"role": function.role_arn})
    return _permissions(request, scope, function, role, form)


@require_GET
@listing.of_function
def triggers(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """List the triggers, saved and staged, as they are now."""
    topic = f"triggers:{function.name}"
    return _page(request, scope, function, "triggers", topic=topic, topics=[topic])


@live.topic("triggers")
def render(scope: Scope, argument: str) -> str:
    """Render the triggers of a function, or of "function:qualifier" alone, as rows."""
    name, colon, qualifier = argument.partition(":")
    found = (
        qualifiers.mappings_of(scope, name, qualifiers.plain(qualifier))
        if colon
        else qualifiers.all_mappings(scope, name)
    )
    entries = [
        Entry(
            one.row,
            standing.table_of(one.row.stream_arn),
            one.state,
            *designer.LOOKS[one.state][:2],
        )
        for one in found
    ]
    context = {"name": name, "qualifier": qualifier, "several": not colon, "entries": entries}
    return render_to_string("functions/triggers_table.html", context)


def _page(
    request: HttpRequest, scope: Scope, function: Function, setting: str, **context: Any
) -> HttpResponse:
    refused = any(
        one is not None and one.is_bound and one.errors
        for one in (context.get("form"), context.get("statement"))
    )
    return frame.show(
        request,
        scope,
        function,
        f"functions/{setting}.html",
        tab="configuration",
        setting=setting,
        status=422 if refused else 200,
        **context,
    )


def _permissions(
    request: HttpRequest, scope: Scope, function: Function, form: RoleForm, typed: StatementForm
) -> HttpResponse:
    return _page(
        request,
        scope,
        function,
        "permissions",
        form=form,
        role=function.role_arn.rpartition("/")[2],
        role_gone=roles.find_by_arn(scope, function.role_arn) is None,
        needs=_needs(scope, function),
        statements=policy.statements(function),
        statement=typed,
        logs=[permits.logs(scope, function)],
        policies=_policies(scope, function),
    )


def _saved(request: HttpRequest, scope: Scope, function: Function, form: ConsoleForm) -> bool:
    with form.refused_by_aws():
        members = form.members()  # type: ignore[attr-defined]  # every form of this tab has it
        call(scope, "lambda", "UpdateFunctionConfiguration", FunctionName=function.name, **members)
    if not form.errors:
        messages.success(request, "The configuration was saved.")
    return not form.errors


def _general(function: Function) -> dict[str, object]:
    return {
        "description": function.description,
        "handler": function.handler,
        "memory": function.memory_mb,
        "ephemeral": function.ephemeral_mb,
        "timeout": function.timeout,
        "runtime": function.runtime,
        "layers": "\n".join(function.layers),
    }


def _logging(function: Function) -> dict[str, object]:
    kept = function.logging
    found: dict[str, object] = {"log_format": kept.get("LogFormat", logformats.TEXT)}
    for field, name in (("application", "ApplicationLogLevel"), ("system", "SystemLogLevel")):
        if name in kept:
            found[field] = kept[name]
    return found


def _tag(scope: Scope, function: Function, wanted: dict[str, str]) -> None:
    """Make the tags these and no others. Raises AwsError as TagResource and UntagResource do."""
    arn = scope.arn("lambda", f"function:{function.name}")
    gone = [key for key in function.tags if key not in wanted]
    with transaction.atomic():
        if gone:
            call(scope, "lambda", "UntagResource", Resource=arn, TagKeys=gone)
        if wanted:
            call(scope, "lambda", "TagResource", Resource=arn, Tags=wanted)


def _needs(scope: Scope, function: Function) -> list[Need]:
    return [
        Need(
            found.row,
            standing.table_of(found.row.stream_arn),
            permits.needs(
                scope,
                qualifiers.runs(scope, function, found.row.qualifier),
                found.row.stream_arn,
                found.row.destination,
            ),
        )
        for found in qualifiers.all_mappings(scope, function.name)
    ]


def _policies(scope: Scope, function: Function) -> list[tuple[str, str]]:
    """List the policies in force, each with its document; none when the role is gone."""
    role = roles.find_by_arn(scope, function.role_arn)
    if role is None:
        return []
    found = [(one.name, one.text) for one in attachments.attached(scope, role)]
    return found + [(one.name, one.document) for one in role.policies.order_by("name")]


def _permit(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    posted = request.POST
    run = qualifiers.runs(scope, function, posted.get("qualifier", ""))
    try:
        said = permits.grant(scope, run, posted, posted.get("destination", ""))
        messages.success(request, said)
    except AwsError as error:
        messages.error(request, f"{error.message} ({error.code})")
    return answer.see(request.path)
