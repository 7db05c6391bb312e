"""A function's Asynchronous invocation settings: retries, age, destinations, dead-letter queue."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from console.aws.scope import Scope
from console.pages import answer
from console.pages.aws import call
from console.pages.forms.catalog import AsynchronousForm
from console.pages.functions import frame, listing
from console.pages.triggers import permits, preview
from functions.models import EventInvokeConfig, Function


@listing.of_function
def show(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Say what becomes of asynchronous invocations of $LATEST."""
    form = AsynchronousForm(request.POST or None, initial=_initial(function))
    if permits.asked(request.POST) and form.is_valid():
        with form.refused_by_aws():
            messages.success(request, _allow(scope, function, form))
            form = AsynchronousForm(initial=form.cleaned_data)
    elif request.method == "POST" and form.is_valid():
        with form.refused_by_aws():
            _save(scope, function, form)
            messages.success(request, "The settings of asynchronous invocation were saved.")
            return answer.see(request.path)
    others = listing.rows(scope).exclude(name=function.name).values_list("name", flat=True)
    return frame.show(
        request,
        scope,
        function,
        "functions/asynchronous.html",
        tab="configuration",
        setting="asynchronous",
        status=422 if form.errors else 200,
        form=form,
        destinations=[
            *preview.destinations(scope),
            *(scope.arn("lambda", f"function:{other}") for other in others),
        ],
        others=function.event_configs.exclude(qualifier="$LATEST").order_by("qualifier"),
    )


def _allow(scope: Scope, function: Function, form: AsynchronousForm) -> str:
    """Let the role send wherever it may not yet; say so. Raises AwsError as IAM does."""
    typed = [form.cleaned_data[field] for field in ("on_success", "on_failure", "dead_letter")]
    lacking = [arn for arn in typed if arn and not permits.may_send(scope, function, arn)]
    said = [permits.write_to(scope, function, arn) for arn in dict.fromkeys(lacking)]
    return " ".join([*said, "Choose Save again."])


def _config(function: Function) -> EventInvokeConfig | None:
    return function.event_configs.filter(qualifier="$LATEST").first()


def _initial(function: Function) -> dict[str, Any]:
    config = _config(function)
    own = {"dead_letter": function.dead_letter}
    if config is None:
        return own
    fields = ("on_success", "on_failure")
    return {
        **own,
        **{field: getattr(config, field) for field in fields},
        "retries": config.max_retries,
        "age": config.max_age,
    }


def _save(scope: Scope, function: Function, form: AsynchronousForm) -> None:
    """Save both kinds of settings, together or not at all. Raises AwsError as the operations do."""
    members = form.members()
    wanted = members["DestinationConfig"]
    chosen = [members["MaximumRetryAttempts"], members["MaximumEventAgeInSeconds"]]
    name, queue = function.name, form.cleaned_data["dead_letter"]
    with transaction.atomic():
        if any(one is not None for one in chosen) or any(wanted.values()):
            call(scope, "lambda", "PutFunctionEventInvokeConfig", FunctionName=name, **members)
        elif _config(function) is not None:
            call(scope, "lambda", "DeleteFunctionEventInvokeConfig", FunctionName=name)
        if queue != function.dead_letter:
            call(
                scope,
                "lambda",
                "UpdateFunctionConfiguration",
                FunctionName=name,
                DeadLetterConfig={"TargetArn": queue},
            )
