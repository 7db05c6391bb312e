"""Running a function with an event from the console, and keeping such events."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from console.aws.clock import SYSTEM_CLOCK
from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, place, visitor
from console.pages.aws import call
from console.pages.forms.functions import PRIVATE, SHAREABLE, TestEventForm
from console.pages.functions import blueprints, captured, frame, listing
from console.pages.refusals import Refusal, explain
from console.pages.templatetags.console import pretty
from functions.catalog import test_events
from functions.catalog.routing import LATEST
from functions.models import Function

MOST = 500
"""Versions that are offered for a test."""


_FACT = re.compile(
    r"\t((?:Init |Billed )?Duration|Memory Size|Max Memory Used): ([\d.]+ (?:ms|MB))"
)


_METRIC = re.compile(r'"(\w+)":([\d.]+)')
_NAMES = {
    "durationMs": "Duration",
    "billedDurationMs": "Billed Duration",
    "memorySizeMB": "Memory Size",
    "maxMemoryUsedMB": "Max Memory Used",
    "initDurationMs": "Init Duration",
}
"""The report's metrics in a log of JSON, by what a REPORT line calls them."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came back from one run."""

    failed: bool
    payload: str
    log: str
    seconds: float
    refusal: Refusal | None = None

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What the log's report says: durations and memory, each with its unit."""
        _, lines, report = self.log.rpartition("REPORT RequestId: ")
        if lines:
            return _FACT.findall(report)
        _, objects, report = self.log.rpartition('"platform.report"')
        found = _METRIC.findall(report) if objects else []
        return [
            (_NAMES[name], f"{value} {name[-2:].replace('Ms', 'ms')}")
            for name, value in found
            if name in _NAMES
        ]


@listing.of_function
def show(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Show the Test tab; `?event=` opens a saved event, a template, or one that really happened."""
    if request.method == "POST":
        return _posted(request, scope, function)
    opened = _opened(request, scope, function)
    opened["qualifier"] = request.GET.get("qualifier", "")
    form = TestEventForm(initial=opened, qualifiers=_qualifiers(function))
    return _page(request, scope, function, form)


@require_POST
@listing.of_function
def run_saved(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Run with a saved event, or a template, chosen on the Code tab."""
    body = _body(request, scope, function, request.POST.get("event", ""))
    qualifier = request.POST.get("qualifier", "")
    result = run(scope, function.name, body, qualifier)
    if request.headers.get("HX-Request"):
        return render(request, "functions/result.html", {"result": result, "function": function})
    form = TestEventForm(
        initial={"body": body, "qualifier": qualifier}, qualifiers=_qualifiers(function)
    )
    return _page(request, scope, function, form, result)


@require_POST
def delete(request: HttpRequest, name: str) -> HttpResponse:
    """Forget a saved event."""
    owner = test_events.SHARED if request.POST.get("shared") else visitor.of(request)
    event = request.POST.get("event", "")
    test_events.delete(place.scope(request), name, event, owner)
    messages.success(request, f"Event {event} was deleted.")
    return answer.see(reverse("function-test", args=[name]))


def run(scope: Scope, name: str, body: str, qualifier: str = "") -> Result:
    """Invoke the function, or one of its qualifiers; wait for its answer and its log's end."""
    began = SYSTEM_CLOCK.monotonic()
    try:
        said = call(
            scope,
            "lambda",
            "Invoke",
            FunctionName=name,
            Qualifier=qualifier or None,
            InvocationType="RequestResponse",
            LogType="Tail",
            Payload=body.encode(),
        )
    except AwsError as error:
        return Result(True, "", "", SYSTEM_CLOCK.monotonic() - began, explain(error))
    return Result(
        failed=bool(said.get("FunctionError")),
        payload=bytes(said.get("Payload", b"")).decode(errors="replace"),
        log=base64.b64decode(said.get("LogResult", "")).decode(errors="replace"),
        seconds=SYSTEM_CLOCK.monotonic() - began,
    )


def _posted(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    form = TestEventForm(request.POST, qualifiers=_qualifiers(function))
    if not form.is_valid():
        return _page(request, scope, function, form, status=422)
    if request.POST.get("do") == "save":
        with form.refused_by_aws():
            return _saved(request, scope, function, form)
        return _page(request, scope, function, form, status=422)
    qualifier = form.cleaned_data.get("qualifier", "")
    result = run(scope, function.name, form.cleaned_data["body"], qualifier)
    return _page(request, scope, function, form, result)


def _saved(
    request: HttpRequest, scope: Scope, function: Function, form: TestEventForm
) -> HttpResponse:
    """Keep the event, for everybody or for this visitor. Raises AwsError as the verb does."""
    name, body = form.cleaned_data["name"], form.cleaned_data["body"]
    shared = form.cleaned_data["sharing"] == SHAREABLE
    owner = test_events.SHARED if shared else visitor.of(request) or visitor.new()
    test_events.save(scope, function.name, name, body, owner)
    messages.success(request, f"Event {name} was saved.")
    query = urlencode({"event": name})
    back = answer.see(f"{reverse('function-test', args=[function.name])}?{query}")
    if owner:
        visitor.remember(back, owner)
    return back


def _page(
    request: HttpRequest,
    scope: Scope,
    function: Function,
    form: TestEventForm,
    result: Result | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    return frame.show(
        request,
        scope,
        function,
        "functions/test.html",
        tab="test",
        status=status,
        form=form,
        result=result,
        events=test_events.visible(scope, function.name, visitor.of(request)),
        captured=captured.newest(scope, function),
        opened=_chosen(request) or next(iter(blueprints.TEMPLATES)),
        templates=blueprints.TEMPLATES,
    )


def _qualifiers(function: Function) -> list[tuple[str, str]]:
    """List what can be run; nothing while there is $LATEST alone."""
    numbers = function.versions.order_by("-number").values_list("number", flat=True)[:MOST]
    names = function.aliases.order_by("name").values_list("name", flat=True)
    found = [*names, *(str(number) for number in numbers)]
    return [("", LATEST), *((one, one) for one in found)] if found else []


def _chosen(request: HttpRequest) -> str:
    """Name the event that the address asks for: a saved, a real one, or a template."""
    return request.GET.get("event", "") or request.GET.get("template", "")


def _opened(request: HttpRequest, scope: Scope, function: Function) -> dict[str, str]:
    name = request.GET.get("event", "")
    body = _body(request, scope, function, _chosen(request))
    saved = test_events.find(scope, function.name, name, visitor.of(request))
    if saved is None:
        return {"name": "", "body": body}
    sharing = PRIVATE if saved.owner else SHAREABLE
    return {"name": saved.name, "body": body, "sharing": sharing}


def _body(request: HttpRequest, scope: Scope, function: Function, name: str) -> str:
    """Find an event: a saved one or a template by name, a real one by its invocation's id.

    The first template for anything else.
    """
    saved = test_events.find(scope, function.name, name, visitor.of(request))
    if saved is not None:
        return str(saved.body)
    if name in blueprints.TEMPLATES:
        return blueprints.TEMPLATES[name]
    real = captured.event(scope, function, name)
    return pretty(real) if real else next(iter(blueprints.TEMPLATES.values()))
