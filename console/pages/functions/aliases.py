"""A function's Aliases tab: made, pointed elsewhere, weighted, deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, ending, labels, place
from console.pages.aws import call
from console.pages.forms.catalog import AliasForm
from console.pages.functions import frame, listing, versions
from console.pages.triggers import qualifiers
from console.pages.triggers.qualifiers import qualified
from functions.catalog import finding
from functions.catalog.routing import LATEST
from functions.models import Alias, Function


@dataclass(frozen=True, slots=True)
class Row:
    """An alias as the list shows it: shares in percent by version, and triggers that follow it."""

    alias: Alias
    shares: list[tuple[str, int]]
    triggers: int


@listing.of_function
def index(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """List the aliases, and make a new one."""
    form = AliasForm(request.POST or None, versions=_versions(function))
    if request.method == "POST" and form.is_valid():
        with form.refused_by_aws():
            alias = form.cleaned_data["name"]
            call(
                scope,
                "lambda",
                "CreateAlias",
                FunctionName=function.name,
                Name=alias,
                **_lasting(form),
            )
            messages.success(request, f"The alias {alias} was created.")
            return answer.see(request.path)
    triggers = qualifiers.counts(scope, function.name)
    return frame.show(
        request,
        scope,
        function,
        "functions/aliases.html",
        tab="aliases",
        status=422 if form.errors else 200,
        form=form,
        rows=[_row(one, triggers) for one in function.aliases.order_by("name")],
    )


def show(request: HttpRequest, name: str, alias: str) -> HttpResponse:
    """Point an alias elsewhere."""
    scope = place.scope(request)
    try:
        function = listing.find(scope, name)
        shown = call(scope, "lambda", "GetAlias", FunctionName=name, Name=alias)
    except AwsError as error:
        return listing.missing(request, error)
    form = AliasForm(
        request.POST or None, versions=_versions(function), fixed=True, initial=_initial(shown)
    )
    if request.method == "POST" and form.is_valid():
        with form.refused_by_aws():
            call(scope, "lambda", "UpdateAlias", FunctionName=name, Name=alias, **form.members())
            messages.success(request, f"The alias {alias} was saved.")
            return answer.see(reverse("function-aliases", args=[name]))
    topic = f"triggers:{qualified(name, alias)}"
    return frame.show(
        request,
        scope,
        function,
        "functions/alias.html",
        tab="aliases",
        status=422 if form.errors else 200,
        form=form,
        alias=shown,
        topic=topic,
        topics=[topic],
    )


def delete(request: HttpRequest, name: str, alias: str) -> HttpResponse:
    """Ask, then delete an alias."""

    def run() -> str:
        call(place.scope(request), "lambda", "DeleteAlias", FunctionName=name, Name=alias)
        return f"The alias {alias} was deleted."

    back = reverse("function-aliases", args=[name])
    return ending.ask(
        request,
        run,
        back=back,
        section="functions",
        trail=listing.trail(
            (name, reverse("function", args=[name])),
            (labels.text("alias.list"), back),
            (labels.text("alias.delete"), ""),
        ),
        title=f"Delete {alias}",
        question=f"Delete the alias {alias} of {name}?",
        consequence="Callers and triggers that use it fail from then on.",
        verb="alias.delete",
    )


def _lasting(form: AliasForm) -> dict[str, Any]:
    """Give a new alias' members; CreateAlias takes no empty routing."""
    return {
        member: value
        for member, value in form.members().items()
        if member != "RoutingConfig" or value["AdditionalVersionWeights"]
    }


def _versions(function: Function) -> list[tuple[str, str]]:
    found = finding.list_versions(function, limit=versions.MOST)
    return [
        (
            one.version,
            one.version if one is function else f"{one.version}  {one.description}".strip(),
        )
        for one in found
    ]


def _row(alias: Alias, triggers: dict[str, int]) -> Row:
    others = [(other, round(weight * 100)) for other, weight in alias.weights.items()]
    shares = [(alias.version, 100 - sum(share for _, share in others)), *others]
    return Row(alias, shares, triggers.get(alias.name, 0))


def _initial(shown: dict[str, Any]) -> dict[str, Any]:
    weights = shown.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    other, weight = next(iter(weights.items()), ("", None))
    return {
        "version": shown["FunctionVersion"] or LATEST,
        "description": shown["Description"],
        "other": other,
        "weight": None if weight is None else round(weight * 100),
    }
