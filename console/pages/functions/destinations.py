"""A function's Destinations: everything that its results are sent to, and who sends it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer
from console.pages.functions import frame, listing
from console.pages.tables import standing
from console.pages.triggers import destinations, permits, qualifiers
from console.pages.triggers.destinations import Destination
from functions.models import Function


@dataclass(frozen=True, slots=True)
class Row:
    """A destination as the list shows it."""

    destination: Destination
    table: str  # of its trigger
    there: bool
    allowed: bool


@listing.of_function
def index(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """List the destinations of a function with all its qualifiers; let the role send to one."""
    if request.method == "POST":
        return _allow(request, scope, function)
    return frame.show(
        request,
        scope,
        function,
        "functions/destinations.html",
        tab="configuration",
        setting="destinations",
        rows=[_row(scope, function, one) for one in destinations.of_function(scope, function)],
    )


def _row(scope: Scope, function: Function, one: Destination) -> Row:
    run = qualifiers.runs(scope, function, one.qualifier)
    there = permits.there(scope, one.arn)
    table = standing.table_of(one.mapping.stream_arn) if one.mapping else ""
    return Row(one, table, there, there and permits.may_send(scope, run, one.arn))


def _allow(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    run = qualifiers.runs(scope, function, request.POST.get("qualifier", ""))
    try:
        messages.success(request, permits.write_to(scope, run, request.POST.get("arn", "")))
    except AwsError as error:
        messages.error(request, f"{error.message} ({error.code})")
    return answer.see(request.path)
