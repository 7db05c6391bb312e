"""A function's Concurrency settings: what it has for itself, what is kept ready, what runs now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, live
from console.pages.aws import call
from console.pages.forms.catalog import OWN, SHARED, ConcurrencyForm
from console.pages.forms.serving import ProvisionForm
from console.pages.functions import frame, listing, versions
from functions.invocations.crowding import crowd
from functions.models import Function
from functions.observability.metrics.emission import Place


@listing.of_function
def show(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Reserve concurrency for a function, or give the reserve back."""
    form = _form(function, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refused_by_aws():
            if form.cleaned_data["kind"] == OWN:
                call(
                    scope,
                    "lambda",
                    "PutFunctionConcurrency",
                    FunctionName=function.name,
                    ReservedConcurrentExecutions=form.cleaned_data["reserved"],
                )
            else:
                call(scope, "lambda", "DeleteFunctionConcurrency", FunctionName=function.name)
            messages.success(request, "The concurrency was saved.")
            return answer.see(request.path)
    return _page(request, scope, function, form)


@require_POST
@listing.of_function
def provision(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Keep environments of a version or an alias ready, or `remove` what is kept of one."""
    back = reverse("function-concurrency", args=[function.name])
    if gone := request.POST.get("remove"):
        try:
            call(
                scope,
                "lambda",
                "DeleteProvisionedConcurrencyConfig",
                FunctionName=function.name,
                Qualifier=gone,
            )
            messages.success(request, f"Nothing is kept ready of {gone} any more.")
        except AwsError as error:
            messages.error(request, f"{error.message} ({error.code})")
        return answer.see(back)
    form = ProvisionForm(request.POST, qualifiers=_qualifiers(function))
    if form.is_valid():
        with form.refused_by_aws():
            call(
                scope,
                "lambda",
                "PutProvisionedConcurrencyConfig",
                FunctionName=function.name,
                Qualifier=form.cleaned_data["qualifier"],
                ProvisionedConcurrentExecutions=form.cleaned_data["many"],
            )
            return answer.see(back)
    return _page(request, scope, function, _form(function), provisioning=form)


@live.topic("provisions")
def render(scope: Scope, name: str) -> str:
    """Render what is kept ready of a function; nothing once it is gone."""
    function = listing.rows(scope).filter(name=name).first()
    found = function.provisions.order_by("qualifier") if function else []
    return render_to_string("functions/provisions.html", {"provisions": found})


def _form(function: Function, data: Any = None) -> ConcurrencyForm:
    reserved = function.reserved
    kind = SHARED if reserved is None else OWN
    return ConcurrencyForm(data, initial={"kind": kind, "reserved": reserved})


def _qualifiers(function: Function) -> list[tuple[str, str]]:
    """List what can be provisioned: aliases, then versions, newest first."""
    aliases = function.aliases.order_by("name").values_list("name", flat=True)
    numbers = function.versions.order_by("-number").values_list("number", flat=True)
    return [(one, one) for one in (*aliases, *map(str, numbers[: versions.MOST]))]


def _page(
    request: HttpRequest,
    scope: Scope,
    function: Function,
    form: ConcurrencyForm,
    *,
    provisioning: ProvisionForm | None = None,
) -> HttpResponse:
    topic = f"provisions:{function.name}"
    qualifiers = _qualifiers(function)
    refused = form.errors or (provisioning is not None and provisioning.errors)
    return frame.show(
        request,
        scope,
        function,
        "functions/concurrency.html",
        tab="configuration",
        setting="concurrency",
        status=422 if refused else 200,
        form=form,
        provisioning=provisioning or ProvisionForm(qualifiers=qualifiers),
        can_provision=bool(qualifiers),
        topic=topic,
        topics=[topic],
        crowd=crowd(Place(scope.tenancy, scope.region, function.name)),
        limit=call(scope, "lambda", "GetAccountSettings")["AccountLimit"],
    )
